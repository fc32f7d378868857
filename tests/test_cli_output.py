from __future__ import annotations

import pytest

from swebench_lite.cli import output


def test_a_line_keeps_its_indentation_and_loses_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    output.line("  a\x1b[31m b\x07")
    assert capsys.readouterr().out == "  a b\n"


def test_a_long_line_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    output.line("/path" * 100)
    assert capsys.readouterr().out.count("\n") == 1


def test_markup_in_a_cell_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("Name",), [("[red]x[/red]",)])
    assert "[red]x[/red]" in capsys.readouterr().out


def test_notes_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    output.warn("look")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "warning: look\n")


def test_a_half_character_in_a_document_is_still_json(capsys: pytest.CaptureFixture[str]) -> None:
    output.document({"name": "\udcff"})
    assert capsys.readouterr().out == '{\n  "name": "\\udcff"\n}\n'


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 bytes"), (999, "999 bytes"), (683_000_000, "683 MB"), (68 * 10**9, "68.0 GB")]
)
def test_sizes_are_said_in_the_unit_that_fits(count: int, words: str) -> None:
    assert output.size(count) == words
