"""Text to sections."""

from inifile.errors import ParseError

COMMENTS = (";", "#")


def loads(text):
    """Return {section: {key: value}}; keys are lower case, keys before any section are in section ''."""
    if text.startswith("\ufeff"):
        text = text[1:]
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
        current[key.strip().lower()] = _value(value)
    return sections


def _value(text):
    for mark in COMMENTS:
        text = text.split(mark, 1)[0]
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return text
