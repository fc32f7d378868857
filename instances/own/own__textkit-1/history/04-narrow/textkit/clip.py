"""Fit one line of text into a number of terminal cells."""

ELLIPSIS = "\u2026"


def clip(text, cells, ellipsis=ELLIPSIS):
    """Return text shortened to at most ``cells`` cells.

    Where something has to go, the result ends with ``ellipsis``.
    """
    if len(text) <= cells:
        return text
    if cells <= len(ellipsis):
        return ellipsis[: max(0, cells)]
    return text[: cells - len(ellipsis)] + ellipsis


def pad(text, cells, align="left"):
    """Return text filled up with blanks to ``cells`` cells; longer text is returned as it is."""
    missing = max(0, cells - len(text))
    if align == "left":
        return text + " " * missing
    if align == "right":
        return " " * missing + text
    if align == "center":
        return " " * (missing // 2) + text + " " * (missing - missing // 2)
    raise ValueError("align must be left, right or center, not %r" % (align,))
