from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.records import Outcome, TestsReport
from swebench_lite.reports.html import render
from tests.test_reports_model import attempt, example, report

VOID = {"meta"}


class Page(HTMLParser):
    """Collects what a browser would see; notes tags that do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.crossed = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.crossed |= not self.open or self.open.pop() != tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


PLAIN = Page(render(report(attempt("a", Outcome.UNRESOLVED, "r", model="m", tests=TestsReport(f2p_failure=("t",))))))


def test_tags_nest_and_close() -> None:
    page = Page(render(example()))
    assert (page.crossed, page.open) == (False, [])


HOSTILE = st.sampled_from(["<script>alert(1)</script>", '"><img src=x onerror=y>', "</style><b>", "&lt;b&gt;"])


@given(HOSTILE | st.text(st.characters(), min_size=1, max_size=30))
def test_text_from_outside_never_becomes_markup(text: str) -> None:
    tests = TestsReport(f2p_failure=(text,))
    page = Page(render(report(attempt(text, Outcome.UNRESOLVED, text, model=text, tests=tests))))
    assert page.tags == PLAIN.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in PLAIN.attributes]


def test_hostile_text_is_shown_as_it_is() -> None:
    page = Page(render(report(attempt("<b>&amp;", Outcome.TIMEOUT))))
    assert "<b>&amp;" in page.words


def test_nothing_is_loaded_and_nothing_runs() -> None:
    page = render(example())
    assert not {"script", "link", "img", "iframe"} & set(Page(page).tags)
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "url(" not in page


@pytest.mark.parametrize("name", ["lang", "scope", "aria-label"])
def test_the_page_speaks_to_screen_readers(name: str) -> None:
    assert name in dict(Page(render(example())).attributes)


def test_every_table_has_a_caption() -> None:
    tags = Page(render(example())).tags
    assert tags.count("table") == tags.count("caption") == 3


def test_outcomes_are_words_and_not_only_colours() -> None:
    assert {"RESOLVED", "UNRESOLVED", "PROVIDER", "NOT RUN"} <= set(Page(render(example())).words)


def test_light_and_dark_are_both_there() -> None:
    assert "prefers-color-scheme: dark" in render(example())


def test_many_failed_tests_are_counted_and_cut() -> None:
    tests = TestsReport(p2p_failure=tuple(f"t{number}" for number in range(80)))
    page = Page(render(report(attempt("a", Outcome.UNRESOLVED, tests=tests))))
    assert "80 required tests fail" in page.words
    assert page.words.count("and 30 more") == 1
    assert "t50" not in page.words
