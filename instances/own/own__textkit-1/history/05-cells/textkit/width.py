"""How many terminal cells a text takes."""

import unicodedata

_ZERO = ("Mn", "Me", "Cf")


def char_width(char):
    """Return 0 for combining marks and invisible formatting, 2 for wide East Asian characters, else 1."""
    if unicodedata.category(char) in _ZERO and char != "\u00ad":
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def width(text):
    """Return the number of cells that text takes on a terminal."""
    return sum(char_width(char) for char in text)


def head(text, cells):
    """Return the longest beginning of text that takes at most ``cells`` cells, marks on its last character included."""
    used = 0
    for index, char in enumerate(text):
        used += char_width(char)
        if used > cells:
            return text[:index]
    return text
