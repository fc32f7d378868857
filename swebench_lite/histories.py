"""Our own repository instances: folders of plain files become git histories whose commit ids never change.

A history is ``history.json`` beside one overlay folder per commit. Symlinks, CRLF line ends, executable bits and
submodules are named in that file and made while building: wheels and git settings would lose them. instances/README.md
shows every key. Nothing here starts a process: the caller feeds the stream to ``git fast-import`` in a bare repository.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from swebench_lite.errors import DatasetError, unknown

BRANCH = "refs/heads/main"
HOST = "https://github.com"
LANGUAGES = ("python", "go", "rust", "cpp", "node")
EVAL_TYPES = ("pass_and_fail", "fail_only")

_SUBMODULES = "_submodules"
_COMMIT_TEXTS = ("message", "author", "email", "date")
_COMMIT_KEYS = (*_COMMIT_TEXTS, "add", "delete", "symlinks", "crlf", "executable", "submodule")
_ROW_META = ("created_at", "version", "difficulty")
_ROW_TEXTS = ("instance_id", "repo", "language", "base_commit", *_ROW_META, "log_parser", "test_command", "eval_type")
_ROW_LISTS = ("FAIL_TO_PASS", "PASS_TO_PASS")
_ROW_FILES = (("problem_statement", "issue.md"), ("patch", "gold.patch"), ("test_patch", "test.patch"))


def read_instances(folder: Path) -> tuple[dict[str, object], ...]:
    """The rows of every instance folder below ``folder``, in the order of their ids, keyed as SWE-bench keys them.

    Patches and issues are UTF-8 with undecodable bytes as surrogate escapes; line ends stay as they are in the file.
    Raises DatasetError, which names the file and the key, where a folder does not hold a usable instance.
    """
    return tuple(_instance(place) for place in _instance_folders(folder))


def histories(folder: Path) -> Mapping[str, Path]:
    """The history folder of every repository, submodules included: repository name -> folder of its ``history.json``.

    An instance folder without a history shares that of another instance of its repository. Raises DatasetError where
    a repository has two histories or none.
    """
    owners = [(str(_instance(place)["repo"]), place) for place in _instance_folders(folder)]
    inner = folder / _SUBMODULES
    owners += [(f"own/{place.name}", place) for place in (sorted(inner.iterdir()) if inner.is_dir() else ())]
    found: dict[str, Path] = {}
    for repo, place in owners:
        history = place / "history"
        if history.is_dir() and repo in found:
            raise DatasetError(f"{history}: {repo} has its history in {found[repo]} already; keep one of them")
        if history.is_dir():
            found[repo] = history
    for repo, place in owners:
        if repo not in found:
            raise DatasetError(f"{place}: no folder holds the history of {repo}; add {place / 'history'}")
    return found


def submodules_of(history: Path) -> Mapping[str, str]:
    """Every submodule that a commit of the history adds: path -> repository name."""
    return {commit.submodule[0]: commit.submodule[1] for commit in _read(history) if commit.submodule}


def fast_import_stream(history: Path, *, submodules: Mapping[str, str]) -> bytes:
    """The input of ``git fast-import`` that makes the history on branch ``main``, the same bytes every time.

    history is the folder of ``history.json``; submodules gives the commit id that each submodule repository's name
    stands for. Raises DatasetError, which names the file, the commit and the key, where the history is malformed.
    """
    stream = [b"feature done\n"]
    paths: set[str] = set()
    links: dict[str, str] = {}
    for number, commit in enumerate(_read(history), start=1):
        stream.append(_header(commit, number))
        stream.extend(_changes(commit, paths, links, submodules))
    # Without the final word a stream that was cut short would still import.
    stream.append(b"done\n")
    return b"".join(stream)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Commit:
    """One entry of ``history.json``, checked. when is git's raw date; place says where it stands, for errors."""

    place: str
    message: str
    author: str
    email: str
    when: str
    files: tuple[tuple[str, Path], ...]
    delete: tuple[str, ...]
    symlinks: tuple[tuple[str, str], ...]
    crlf: frozenset[str]
    executable: frozenset[str]
    submodule: tuple[str, str] | None


def _changes(commit: _Commit, paths: set[str], links: dict[str, str], ids: Mapping[str, str]) -> Iterator[bytes]:
    """What one commit changes, in the order that git needs; paths and links are what the branch holds so far."""
    before = dict(links)
    for path in commit.delete:
        if path not in paths:
            raise DatasetError(f"{commit.place}, key 'delete': {unknown('path', path, paths)}")
        paths.discard(path)
        links.pop(path, None)
        yield b"D " + path.encode() + b"\n"
    for path, mode, data in _contents(commit):
        paths.add(path)
        yield b"M " + mode + b" inline " + path.encode() + b"\n" + _data(data)
    if commit.submodule:
        path, repo = commit.submodule
        if repo not in ids:
            raise DatasetError(f"{commit.place}, key 'submodule': {unknown('repository', repo, ids)}")
        paths.add(path)
        links[path] = repo
        yield b"M 160000 " + ids[repo].encode() + b" " + path.encode() + b"\n"
    if links != before:
        sections = (f'[submodule "{path}"]\n\tpath = {path}\n\turl = {HOST}/{links[path]}\n' for path in sorted(links))
        text = "".join(sections).encode()
        yield b"M 100644 inline .gitmodules\n" + _data(text) if text else b"D .gitmodules\n"


def _header(commit: _Commit, number: int) -> bytes:
    who = f"{commit.author} <{commit.email}> {commit.when}"
    parent = f"from :{number - 1}\n" if number > 1 else ""
    lines = f"commit {BRANCH}\nmark :{number}\nauthor {who}\ncommitter {who}\n"
    return lines.encode() + _data((commit.message.rstrip("\n") + "\n").encode()) + parent.encode()


def _data(raw: bytes) -> bytes:
    return b"data %d\n" % len(raw) + raw + b"\n"


def _contents(commit: _Commit) -> Iterator[tuple[str, bytes, bytes]]:
    """Path, mode and bytes of everything that a commit writes, sorted as git sorts."""
    overlay = dict(commit.files)
    for key, named in (("crlf", commit.crlf), ("executable", commit.executable)):
        for path in sorted(named - overlay.keys()):
            raise DatasetError(f"{commit.place}, key '{key}': {unknown('file', path, overlay)}")
    for path in overlay.keys() & dict(commit.symlinks).keys():
        raise DatasetError(f"{commit.place}, key 'symlinks': '{path}' is a file of the folder too; keep one of them")
    entries = [(path, b"120000", target.encode()) for path, target in commit.symlinks]
    for path, file in overlay.items():
        raw = file.read_bytes()
        if path in commit.crlf:
            raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        entries.append((path, b"100755" if path in commit.executable else b"100644", raw))
    return iter(sorted(entries, key=lambda entry: entry[0].encode()))


def _read(history: Path) -> tuple[_Commit, ...]:
    """Every commit of a history, those after the base commit included, oldest first."""
    file = history / "history.json"
    document = _Keys(place=str(file), row=_load(file), known=("commits", "future"))
    if not document.rows("commits"):
        raise document.wrong("commits", "a history needs at least one commit")
    commits = [*document.rows("commits"), *document.rows("future")]
    return tuple(_commit(history, f"{file}, commit {number}", row) for number, row in enumerate(commits, start=1))


def _commit(history: Path, place: str, row: object) -> _Commit:
    keys = _Keys(place=place, row=row, known=_COMMIT_KEYS)
    message, author, email, date = (keys.text(name) for name in _COMMIT_TEXTS)
    for name, value in (("author", author), ("email", email)):
        if set(value) & set("<>\n"):
            raise keys.wrong(name, f"{value!r} holds a character that git does not allow there")
    submodule = keys.texts_by_name("submodule")
    if submodule and set(submodule) != {"path", "repo"}:
        raise keys.wrong("submodule", f"{submodule!r} must have exactly the keys path and repo")
    return _Commit(
        place=place,
        message=message,
        author=author,
        email=email,
        when=_raw_date(keys, date),
        files=_overlay(keys, history),
        delete=keys.paths("delete"),
        symlinks=tuple((keys.path("symlinks", path), to) for path, to in keys.texts_by_name("symlinks").items()),
        crlf=frozenset(keys.paths("crlf")),
        executable=frozenset(keys.paths("executable")),
        submodule=(keys.path("submodule", submodule["path"]), submodule["repo"]) if submodule else None,
    )


def _overlay(keys: _Keys, history: Path) -> tuple[tuple[str, Path], ...]:
    """The files of a commit's overlay folder by their path in the repository."""
    if "add" not in keys.mapping:
        return ()
    folder = history / keys.path("add", keys.text("add"))
    # Installers compile the Python files of a wheel in place; what they leave is no part of a history.
    files = [file for file in folder.rglob("*") if file.is_file() and file.parent.name != "__pycache__"]
    if not files:
        raise keys.wrong("add", f"there are no files in {folder}")
    return tuple((file.relative_to(folder).as_posix(), file) for file in files)


def _raw_date(keys: _Keys, text: str) -> str:
    """Git's raw date (seconds since 1970 and the zone as +hhmm) of an ISO 8601 date with a zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise keys.wrong("date", f"{text!r} is no ISO 8601 date with a zone, such as 2023-04-05T10:00:00+02:00")
    return f"{int(moment.timestamp())} {moment.strftime('%z')[:5]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    """Typed reading of one JSON object; every complaint names the place and the key."""

    place: str
    row: object
    known: tuple[str, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.row, dict):
            raise DatasetError(f"{self.place}: expected an object, found {_kind(self.row)}")
        for name in self.row:
            if name not in self.known:
                raise DatasetError(f"{self.place}: {unknown('key', name, self.known)}")

    @property
    def mapping(self) -> dict[str, object]:
        return self.row if isinstance(self.row, dict) else {}

    def wrong(self, name: str, what: str) -> DatasetError:
        return DatasetError(f"{self.place}, key '{name}': {what}")

    def unlike(self, name: str, expected: str, value: object) -> DatasetError:
        return self.wrong(name, f"expected {expected}, found {_kind(value)}")

    def path(self, name: str, path: str) -> str:
        # A path that starts with a quote or holds a line end would be read differently by git's stream parser.
        plain = PurePosixPath(path).as_posix() == path and path.isprintable() and path[0] not in '/"'
        if not plain or {".", "..", ".git"} & set(path.split("/")):
            raise self.wrong(name, f"{path!r} is no plain path below the repository's root")
        return path

    def paths(self, name: str) -> tuple[str, ...]:
        return tuple(self.path(name, path) for path in self.texts(name, default=()))

    def rows(self, name: str) -> list[object]:
        value = self.mapping.get(name, [])
        if not isinstance(value, list):
            raise self.unlike(name, "a list", value)
        return value

    def text(self, name: str) -> str:
        value = self.mapping.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.unlike(name, "a text that is not empty", value)
        return value

    def texts(self, name: str, *, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self.mapping.get(name, default)
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise self.unlike(name, "a list of texts", value)
        return tuple(value)

    def texts_by_name(self, name: str) -> dict[str, str]:
        value = self.mapping.get(name, {})
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self.unlike(name, "an object of texts", value)
        return value


def _kind(value: object) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {value!r}"[:80]


def _instance_folders(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        raise DatasetError(f"{folder}: there is no such folder of instances; reinstall swebench-lite or name another")
    return tuple(sorted(place for place in folder.iterdir() if place.is_dir() and place.name[0] not in "._"))


def _instance(place: Path) -> dict[str, object]:
    file = place / "instance.json"
    keys = _Keys(place=str(file), row=_load(file), known=(*_ROW_TEXTS, *_ROW_LISTS))
    row: dict[str, object] = {name: keys.text(name) for name in _ROW_TEXTS}
    row.update({name: list(keys.texts(name)) for name in _ROW_LISTS})
    for name, choices in (("language", LANGUAGES), ("eval_type", EVAL_TYPES)):
        if row[name] not in choices:
            raise keys.wrong(name, unknown(name, str(row[name]), choices))
    if row["instance_id"] != place.name:
        raise keys.wrong("instance_id", f"{row['instance_id']!r} is not the name of its folder, {place.name!r}")
    base = str(row["base_commit"])
    if len(base) != 40 or set(base) - set("0123456789abcdef"):
        raise keys.wrong("base_commit", f"{base!r} is no full commit id of 40 hexadecimal digits")
    if not row["FAIL_TO_PASS"]:
        raise keys.wrong("FAIL_TO_PASS", "an instance needs at least one test that its patch repairs")
    row.update({name: _text_of(place / source) for name, source in _ROW_FILES})
    return row | {"hints_text": "", "environment_setup_commit": base}


def _text_of(file: Path) -> str:
    # Bytes, not text mode: translating line ends would break a patch to a CRLF file.
    text = _bytes_of(file).decode("utf-8", "surrogateescape")
    if not text.strip():
        raise DatasetError(f"{file}: is empty; every instance needs an issue and two patches")
    return text


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read ({error.strerror}); restore it or remove its folder") from error


def _load(file: Path) -> object:
    try:
        document: object = json.loads(_bytes_of(file))
        # Half a surrogate pair passes as JSON and could not be written anywhere later.
        json.dumps(document, ensure_ascii=False).encode()
    except ValueError as error:
        raise DatasetError(f"{file}: is not JSON in UTF-8 ({error}); correct it") from error
    return document
