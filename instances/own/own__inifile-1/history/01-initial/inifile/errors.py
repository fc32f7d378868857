"""What can go wrong."""


class ParseError(ValueError):
    """A line that is neither section, key nor comment."""

    def __init__(self, line, number):
        super().__init__("line %d: cannot read %r" % (number, line))
        self.line = line
        self.number = number
