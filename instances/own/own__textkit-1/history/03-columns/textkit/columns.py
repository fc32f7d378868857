"""Rows of cells as aligned lines."""

from textkit.clip import clip, pad


def columns(rows, gap=2, limit=None):
    """Return one line per row, each column as wide as its widest cell.

    ``limit`` is the most cells that one column may take; longer cells are clipped.
    The last column is not padded, so that no line ends in blanks.
    """
    rows = [[str(cell) for cell in row] for row in rows]
    if limit is not None:
        rows = [[clip(cell, limit) for cell in row] for row in rows]
    count = max((len(row) for row in rows), default=0)
    widths = [max((len(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    lines = []
    for row in rows:
        cells = [pad(cell, widths[i]) for i, cell in enumerate(row)]
        lines.append((" " * gap).join(cells).rstrip())
    return lines
