"""A comparison as Markdown and as one self-contained HTML page, with its plots inlined.

Plots come as SVG bytes by name; each becomes an image whose data is in the page itself. As an image it can run no script
and load nothing, and a program that cannot show it shows the sentence that stands for it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence

from swebench_lite.errors import UsageError, unknown
from swebench_lite.reports import compare, html, markdown, plots, text
from swebench_lite.reports.compare import Comparison, Pair
from swebench_lite.reports.compare_text import (
    STEPS_TITLE,
    category_header,
    category_rows,
    columns,
    step_cells,
    step_names,
    told,
)
from swebench_lite.reports.figures import effect_line
from swebench_lite.scoring.sentences import p_text, points

_CAPTIONS = {
    "Figures": "One line per group.",
    "Steps": "How far the scored attempts come.",
    "Categories": "The same groups within each category.",
}
_WHERE = "the table below has them all"
_TITLES = {"funnel": "How far the attempts came", "cost": "Cost and what was resolved"}
_PAIRS = ("A", "B", "Instances", "Both", "Only A", "Only B", "Neither", "Difference", "95 % interval", "p", "p corrected",
          "Test")  # fmt: skip
_EXPLAINED = (
    "Rates are over scored attempts; strict rates count everything that was planned, and what is not scored as a failure. "
    "Intervals are Wilson's, 95 %, as wide as if each instance counted once. Pairs use the instances and samples that both "
    "have and that are scored for both; their p-values are corrected for the number of pairs that answer one question "
    "(Holm): arms of one model, or contestants. Intervals of a difference are not corrected."
)

# A plot has a white ground of its own, whatever the reader's colours are.
_STYLE = (
    "figure { margin: 1rem 0; } img { max-width: 100%; height: auto; background: #fff; border-radius: .5rem; } "
    "th[scope=row] { min-width: 14rem; }"
)

Plots = Mapping[str, bytes]
_Table = tuple[Sequence[str], Iterable[Sequence[str]]]


def render(comparison: Comparison, format_name: str, *, drawn: Plots | None = None) -> str:
    """A comparison in one of ``FORMATS``. drawn: SVG files by name of plot; a plot that is not there is left out.

    Raises UsageError naming the near miss for another format.
    """
    if format_name not in FORMATS:
        raise UsageError(unknown("format of a comparison", format_name, FORMATS))
    return FORMATS[format_name](comparison, drawn or {})


def draw(comparison: Comparison, *, kind: str = "svg") -> dict[str, bytes]:
    """Every plot of a comparison by name. Raises UsageError as ``plots.draw`` does."""
    shown = shown_groups(comparison)
    return {name: plots.draw(name, shown, kind=kind) for name in plots.PLOTS}


def shown_groups(comparison: Comparison) -> tuple[plots.Shown, ...]:
    """The groups as plots take them."""
    return tuple(
        plots.Shown(
            name=group.name,
            steps=tuple((step.name, step.count, step.unknown) for step in group.steps),
            rate=group.rate,
            interval=group.interval,
            cost=group.cost_per_attempt,
        )
        for group in comparison.groups
    )


def to_markdown(comparison: Comparison, drawn: Plots) -> str:
    """Tables, sentences and plots; text from outside shows as it is and formats nothing."""
    escape = markdown.escape

    def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        return markdown.table(header, ([*map(escape, row)] for row in rows))

    def sentences(given: Iterable[str]) -> str:
        return "\n".join(f"- {escape(sentence)}" for sentence in given)

    parts = [f"# {escape(_title(comparison))}", _EXPLAINED]
    parts += [sentences(comparison.notes)] if comparison.notes else []
    for title, (header, lines) in _tables(comparison):
        parts += [f"## {title}", table(header, lines)]
    for name, content in drawn.items():
        words = escape(plots.caption(name, shown_groups(comparison)))
        parts += [f"## {_TITLES[name]}", f"![{words}]({_data(content)})"]
    if comparison.effects:
        parts += ["## The harness", sentences(map(effect_line, comparison.effects))]
    if comparison.pairs:
        rows = map(_pair_row, comparison.pairs)
        parts += ["## Pairs", sentences(told(comparison.pairs, where=_WHERE)), table(_PAIRS, rows)]
    return "\n\n".join(parts) + "\n"


def to_html(comparison: Comparison, drawn: Plots) -> str:
    """The page, in the style of run reports; text from outside is escaped, and a policy forbids all foreign resources."""
    title = html.escape(_title(comparison))
    body = [f"<header><h1>{title}</h1>", f"<p>{html.escape(_EXPLAINED)}</p></header>"]
    body += [_list(comparison.notes)] if comparison.notes else []
    for heading, (header, rows) in _tables(comparison):
        body += [f"<h2>{heading}</h2>", _table(_CAPTIONS[heading], header, rows)]
    for name, content in drawn.items():
        words = html.escape(plots.caption(name, shown_groups(comparison)))
        body += [f'<h2>{_TITLES[name]}</h2>\n<figure><img src="{_data(content)}" alt="{words}"></figure>']
    if comparison.effects:
        body += ["<h2>The harness</h2>", _list(map(effect_line, comparison.effects))]
    if comparison.pairs:
        body += ["<h2>Pairs</h2>", _list(told(comparison.pairs, where=_WHERE))]
        body += [_table("Every two groups on what both have.", _PAIRS, map(_pair_row, comparison.pairs))]
    return _page(title, "\n".join(body))


FORMATS: Mapping[str, Callable[[Comparison, Plots], str]] = {
    "md": to_markdown,
    "html": to_html,
    "json": lambda comparison, _: compare.render(comparison),
}


def _page(title: str, body: str) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{title}</title>\n<style>{html._STYLE}{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    escape = html.escape
    cells = (
        f'<th scope="row">{escape(first)}</th>' + "".join(f'<td class="number">{escape(cell)}</td>' for cell in others)
        for first, *others in rows
    )
    return html._table(caption, header, cells)


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(sentence)}</li>' for sentence in sentences)}</ul>"


def _title(comparison: Comparison) -> str:
    runs = ", ".join(run.run_id for run in comparison.runs)
    return f"Comparison by {comparison.by} of {'run' if len(comparison.runs) == 1 else 'runs'} {runs}"


def _tables(comparison: Comparison) -> tuple[tuple[str, _Table], ...]:
    """The tables with a line per group, by heading."""
    shown = columns(comparison.groups)
    figures = ([group.name, *(column.cell(group) for column in shown)] for group in comparison.groups)
    found: list[tuple[str, _Table]] = [
        ("Figures", ((comparison.by.capitalize(), *(column.title for column in shown)), figures)),
        ("Steps", ((STEPS_TITLE, *step_names(comparison)), map(step_cells, comparison.groups))),
    ]
    if comparison.categories:
        found.append(("Categories", (category_header(comparison), category_rows(comparison))))
    return tuple(found)


def _pair_row(pair: Pair) -> tuple[str, ...]:
    found = pair.found
    counts = (found.n, found.both, found.only_a, found.only_b, found.neither)
    if found.difference is None or found.interval is None or pair.adjusted is None:
        return (pair.match.a, pair.match.b, *map(str, counts), *[text.NOTHING] * 5)
    low, high = (points(bound, signed=True) for bound in found.interval)
    figures = (
        f"{points(found.difference, signed=True)} points",
        f"{low} to {high}",
        _p(found.p_value),
        _p(pair.adjusted),
    )
    return (pair.match.a, pair.match.b, *map(str, counts), *figures, found.test)


def _p(value: float) -> str:
    return p_text(value).removeprefix("p ").removeprefix("= ")


def _data(content: bytes) -> str:
    return f"data:image/svg+xml;base64,{b64encode(content).decode('ascii')}"
