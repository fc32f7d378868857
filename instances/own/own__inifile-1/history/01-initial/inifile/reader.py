"""Text to sections."""

from inifile.errors import ParseError

COMMENTS = (";", "#")


def loads(text):
    """Return {section: {key: value}}; keys are lower case, keys before any section are in section ''."""
    sections = {}
    current = sections.setdefault("", {})
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith(COMMENTS):
            continue
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1].strip(), {})
            continue
        key, equals, value = line.partition("=")
        if not equals or not key.strip():
            raise ParseError(line, number)
        current[key.strip().lower()] = value.strip()
    return sections
