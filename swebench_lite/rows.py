"""One row of a dataset, checked field by field, becomes an Instance."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

from swebench_lite.errors import DatasetError, unknown
from swebench_lite.records import Asset, Instance

EVAL_TYPES = ("pass_and_fail", "fail_only")

_TEXTS = ("problem_statement", "hints_text", "patch", "test_patch")
_OPTIONAL = ("version", "environment_setup_commit", "image", "eval_script", "log_parser", "test_command", "difficulty")
FIELDS = (
    *("instance_id", "repo", "base_commit", "FAIL_TO_PASS", "PASS_TO_PASS", "created_at", "eval_type", "image_assets"),
    *("language", *_TEXTS, *_OPTIONAL),
)
# One word per toolchain; the ways in which rows and people write it on the left.
_LANGUAGE_WORDS = {
    **dict.fromkeys(("js", "javascript", "ts", "typescript", "nodejs"), "node"),
    **dict.fromkeys(("c++", "cxx"), "cpp"),
    "py": "python",
    "golang": "go",
    "rs": "rust",
    "rb": "ruby",
}
# Parsers of Python projects that are missing here fall to the test files' endings and then to Python.
_PARSER_LANGUAGES = {
    **dict.fromkeys(("redis", "jq", "micropython_test"), "c"),
    **dict.fromkeys(("doctest", "googletest"), "cpp"),
    **dict.fromkeys(("maven", "ant", "gradle_custom"), "java"),
    **dict.fromkeys(("minitest", "cucumber", "ruby_unit", "rspec_transformed_json", "jekyll"), "ruby"),
    **dict.fromkeys(("jest", "jest_json", "vitest", "karma", "tap", "immutable_js", "calypso", "chart_js"), "node"),
    **dict.fromkeys(("marked", "p5js", "react_pdf", "bpmn_js", "carbon", "eslint", "grommet", "highlightjs"), "node"),
    **dict.fromkeys(("lighthouse", "next", "openlayers", "prismjs", "quarto_cli"), "node"),
    **dict.fromkeys(("pytest", "pytest_v2", "pytest_options", "django", "sympy"), "python"),
    "gotest": "go",
    "cargo": "rust",
    "phpunit": "php",
}
_ENDING_LANGUAGES = {
    **dict.fromkeys((".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue"), "node"),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".hpp"), "cpp"),
    ".py": "python",
    ".go": "go",
    ".rs": "rust",
    ".java": "java",
    ".rb": "ruby",
    ".php": "php",
    ".c": "c",
}


def to_instance(row: Mapping[str, object], *, dataset: str, where: str) -> Instance:
    """One SWE-bench row as an Instance. dataset is the name it is kept under; where names the row in errors.

    Takes today's fields and those of older rows, which lack image, eval_script, log_parser and eval_type; FAIL_TO_PASS,
    PASS_TO_PASS and image_assets as JSON text or as values. Fields it does not know are passed over, and so is a
    log_parser nobody knows: that is found where its log is read. Raises DatasetError with where, field and remedy.
    """
    eval_type = _text(row, "eval_type", where) or EVAL_TYPES[0]
    if eval_type not in EVAL_TYPES:
        raise DatasetError(f"{where}: {unknown('eval_type', eval_type, EVAL_TYPES)}")
    texts: dict[str, Any] = {name: _text(row, name, where) for name in _TEXTS}
    texts.update({name: _text(row, name, where) or None for name in _OPTIONAL})
    return Instance(
        instance_id=_identifier(row, where),
        dataset=dataset,
        repo=_required(row, "repo", where),
        base_commit=_required(row, "base_commit", where),
        fail_to_pass=_tests(row, "FAIL_TO_PASS", where),
        pass_to_pass=_tests(row, "PASS_TO_PASS", where),
        created_at=_moment(row.get("created_at"), where),
        eval_type=eval_type,
        language=_language(row, where),
        image_assets=_assets(row.get("image_assets"), where),
        **texts,
    )


def language_name(text: str) -> str:
    """The one word that stands for a language here: ``TypeScript`` and ``js`` are ``node``, ``C++`` is ``cpp``."""
    word = text.strip().lower()
    return _LANGUAGE_WORDS.get(word, word)


def _is_missing(value: object) -> bool:
    """Whether a cell holds nothing: null, or the NaN that table tools write in its place."""
    return value is None or value != value  # noqa: PLR0124


def kind(value: object) -> str:
    """What a JSON value is, in words for an error message."""
    words = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return words.get(type(value), "a number" if isinstance(value, int | float) else f"a {type(value).__name__}")


def _text(row: Mapping[str, object], name: str, where: str) -> str:
    value = row.get(name)
    if _is_missing(value):
        return ""
    # YAML and table tools turn the version `4.3` into a number; no other text field can honestly be one.
    if name == "version" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise DatasetError(f"{where}: {name} is {kind(value)}; it must be text")
    return value


def _required(row: Mapping[str, object], name: str, where: str) -> str:
    value = _text(row, name, where)
    if not value.strip():
        raise DatasetError(f"{where}: {name} is missing or empty; every row needs it")
    return value


def _identifier(row: Mapping[str, object], where: str) -> str:
    name = _required(row, "instance_id", where)
    # Ids name files and containers, so an id must not lead anywhere.
    if name in {".", ".."} or any(c in "/\\" or c.isspace() or not c.isprintable() for c in name):
        raise DatasetError(f"{where}: instance_id {name!r} holds a slash, space or unprintable character; rename it")
    return name


def _tests(row: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    value = row.get(name)
    if isinstance(value, str):
        value = _json(value, name, where)
    if value is None:
        raise DatasetError(f"{where}: {name} is missing; give a list of test ids, [] for none")
    if not isinstance(value, list | tuple):
        raise DatasetError(f"{where}: {name} is {kind(value)}; it must be a list of test ids or the JSON text of one")
    for number, item in enumerate(value, start=1):
        if not isinstance(item, str):
            raise DatasetError(f"{where}: entry {number} of {name} is {kind(item)}; a test id must be text")
    return tuple(value)


def _json(text: str, name: str, where: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{error.msg} at character {error.pos + 1} of {text[:40]!r}"
        raise DatasetError(f"{where}: {name} is not JSON: {place}") from None
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{where}: {name} cannot be read as JSON: {error}") from None


def _moment(value: object, where: str) -> str | None:
    """A date in any form seen in datasets as ISO 8601 text in UTC; what says no zone is UTC."""
    if _is_missing(value) or value == "":
        return None
    try:
        moment = _to_datetime(value)
    except (ValueError, OverflowError, OSError):
        raise DatasetError(f"{where}: created_at {value!r} is no date; write it as 2023-01-23T04:10:47Z") from None
    # A naive time must not be read in this machine's zone.
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def _to_datetime(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Seconds since 1970, or the milliseconds that pandas writes: 10^11 s would be the year 5138.
        return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, tz=UTC)
    if isinstance(value, str):
        return datetime.fromisoformat(value.strip().removesuffix(" UTC"))
    raise ValueError


def _language(row: Mapping[str, object], where: str) -> str:
    given = _text(row, "language", where)
    if given:
        return language_name(given)
    parser = _text(row, "log_parser", where).removeprefix("parse_log_")
    return _PARSER_LANGUAGES.get(parser) or _language_of_files(_text(row, "test_patch", where))


def _language_of_files(patch: str) -> str:
    """The language of most files of a test patch; the first one wins a tie; Python where no ending tells."""
    heads = (line for line in patch.splitlines() if line.startswith(("+++ ", "--- ")))
    endings = (PurePosixPath(line[4:].split("\t")[0]).suffix.lower() for line in heads)
    counts = Counter(_ENDING_LANGUAGES[ending] for ending in endings if ending in _ENDING_LANGUAGES)
    return counts.most_common(1)[0][0] if counts else "python"


def _assets(value: object, where: str) -> tuple[Asset, ...]:
    if isinstance(value, str):
        value = _json(value, "image_assets", where) if value.strip() else None
    if _is_missing(value):
        return ()
    if not isinstance(value, Mapping):
        raise DatasetError(f"{where}: image_assets is {kind(value)}; it must be an object with patch and test_patch")
    # The official order: where both name one path, the file of the patch lands last.
    return tuple(asset for part in ("test_patch", "patch") for asset in _assets_of(value.get(part), part, where))


def _assets_of(entries: object, part: str, where: str) -> Iterator[Asset]:
    if entries is None:
        return
    if not isinstance(entries, list):
        raise DatasetError(f"{where}: image_assets.{part} is {kind(entries)}; it must be a list of {{path, url}}")
    for entry in entries:
        # Older rows list bare addresses: pictures for the reader, which have no place in the tree.
        path = entry.get("path") if isinstance(entry, Mapping) else None
        if not path:
            continue
        if not isinstance(path, str) or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise DatasetError(f"{where}: image_assets.{part} path {path!r} does not stay inside the repository")
        url = entry.get("url")
        yield Asset(path=path, belongs_to=part, url=url if isinstance(url, str) and url else None)
