"""Words and figures as people read them, and text from outside made harmless."""

from __future__ import annotations

import re

from swebench_lite.records import Attempt

NOTHING = "-"  # where there is no figure

# Escape sequences: CSI and OSC with their parameters, then any other two-character one.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b.?", re.DOTALL
)
_BLANKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# Other control characters, marks that reorder or hide text, and characters that XML and UTF-8 cannot hold.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_IMPOSSIBLE = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


def clean(text: str, *, limit: int | None = None) -> str:
    """One line of visible text: no escape sequences, control or reordering characters, at most ``limit`` characters."""
    line = _HIDDEN.sub("", _BLANKS.sub(" ", _ESCAPES.sub("", text)))
    line = _IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", line).strip()
    return line if limit is None or len(line) <= limit else line[: limit - 1] + "…"


def percent(rate: float | None) -> str:
    """``60.0 %``, or ``NOTHING`` where there is nothing to divide by."""
    return NOTHING if rate is None else f"{100 * rate:.1f} %"


def seconds(value: float) -> str:
    """Seconds as people say them: ``0.4 s``, ``12 s``, ``3 min 05 s``, ``2 h 07 min``."""
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def money(value: float | None) -> str:
    """US dollars, or ``unknown``."""
    return "unknown" if value is None else f"${value:,.4f}" if value < 1 else f"${value:,.2f}"


def counted(count: int, what: str) -> str:
    """A count with its noun: ``1 attempt``, ``3 attempts``; ``y`` becomes ``ies``."""
    many = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{count:,} {what if count == 1 else many}"


def name(attempt: Attempt) -> str:
    """Which attempt of an instance: model, arm where there is one, sample where it is not the first."""
    key = attempt.key
    arm = f" · {clean(key.arm)}" if key.arm != "none" else ""
    return clean(key.model) + arm + (f" · sample {key.sample}" if key.sample else "")


def step(attempt: Attempt) -> str:
    """How the patch got in: the step that won, with repairs; ``NOTHING`` where nothing was applied."""
    application = attempt.application
    if application is None or application.step is None:
        return NOTHING
    repairs = f" after {', '.join(application.repairs)}" if application.repairs else ""
    return clean(application.step + repairs)


def flags(attempt: Attempt) -> str:
    """The flags, and what else a reader must know beside the outcome."""
    remarks = [flag.value for flag in attempt.verdict.flags]
    if attempt.verdict.official_resolved != attempt.verdict.resolved:
        remarks.append("official: resolved" if attempt.verdict.official_resolved else "official: not resolved")
    if attempt.cached:
        remarks.append("cached")
    return ", ".join(remarks)


def points(value: float | None) -> str:
    """Points as people write them, ``2.45`` or ``3``; ``NOTHING`` where there are none."""
    return NOTHING if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def mean(value: float | None, *, digits: int = 2) -> str:
    """A mean of scores, always with its digits, so that columns line up; ``NOTHING`` where there is none."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def score(attempt: Attempt) -> str:
    """``1 of 3``, and the lenient score where it differs: ``0 of 3, lenient 3``; ``NOTHING`` where there is none."""
    strict, lenient = attempt.score, attempt.lenient_score
    if strict is None:
        return NOTHING
    other = f", lenient {points(lenient.value)}" if lenient is not None and lenient.value != strict.value else ""
    return f"{points(strict.value)} of {points(strict.maximum)}{other}"


def form(attempt: Attempt) -> str:
    """The format score of 100; ``NOTHING`` where there is none."""
    return points(None if attempt.format_score is None else attempt.format_score.total)
