"""A folder's history -> the input of ``git fast-import``, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from swebench_lite.documents import from_json
from swebench_lite.errors import DatasetError, unknown
from swebench_lite.histories.nouns import Commit, History

BRANCH = "refs/heads/main"
HOST = "https://github.com"


def submodules_of(history: Path) -> Mapping[str, str]:
    """Every submodule that a commit of the history adds: path -> repository name."""
    added = (step.commit.submodule for step in _read(history))
    return {one.path: one.repo for one in added if one}


def fast_import_stream(history: Path, *, submodules: Mapping[str, str]) -> bytes:
    """The input of ``git fast-import`` that makes the history on branch ``main``, the same bytes every time.

    history is the folder of ``history.json``; submodules gives the commit id that each submodule repository's name
    stands for. Raises DatasetError, which names the file, the commit and the key, where the history is malformed.
    """
    stream = [b"feature done\n"]
    paths: set[str] = set()
    links: dict[str, str] = {}
    for number, step in enumerate(_read(history), start=1):
        stream.append(_header(step.commit, number))
        stream.extend(_changes(step, paths, links, submodules))
    # Without the final word a stream that was cut short would still import.
    stream.append(b"done\n")
    return b"".join(stream)


def bytes_of(file: Path) -> bytes:
    """What a file holds. Raises DatasetError, which names it, where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read ({error.strerror}); restore it or remove its folder") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A commit, where it stands in its file, and the files that it writes, by their path in the repository."""

    file: Path
    key: str
    commit: Commit
    files: Mapping[str, Path]

    def wrong(self, name: str, what: str) -> DatasetError:
        return DatasetError(f"{self.file}: key '{self.key}.{name}': {what}")


def _read(history: Path) -> Iterator[_Step]:
    """Every commit of a history, those after the base commit included, oldest first."""
    file = history / "history.json"
    document = from_json(History, bytes_of(file), file)
    for name in ("commits", "future"):
        for number, commit in enumerate(getattr(document, name)):
            yield _step(history, _Step(file=file, key=f"{name}[{number}]", commit=commit, files={}))


def _step(history: Path, step: _Step) -> _Step:
    """The same step with the files of its overlay folder."""
    if step.commit.add is None:
        return step
    folder = history / step.commit.add
    # Installers compile the Python files of a wheel in place; what they leave is no part of a history.
    files = [file for file in folder.rglob("*") if file.is_file() and file.parent.name != "__pycache__"]
    if not files:
        raise step.wrong("add", f"there are no files in {folder}")
    return replace(step, files={file.relative_to(folder).as_posix(): file for file in files})


def _changes(step: _Step, paths: set[str], links: dict[str, str], ids: Mapping[str, str]) -> Iterator[bytes]:
    """What one commit changes, in the order that git needs; paths and links are what the branch holds so far."""
    before = dict(links)
    for path in step.commit.delete:
        if path not in paths:
            raise step.wrong("delete", unknown("path", path, paths))
        paths.discard(path)
        links.pop(path, None)
        yield b"D " + path.encode() + b"\n"
    for path, mode, data in _contents(step):
        paths.add(path)
        yield b"M " + mode + b" inline " + path.encode() + b"\n" + _data(data)
    submodule = step.commit.submodule
    if submodule:
        if submodule.repo not in ids:
            raise step.wrong("submodule", unknown("repository", submodule.repo, ids))
        paths.add(submodule.path)
        links[submodule.path] = submodule.repo
        yield b"M 160000 " + ids[submodule.repo].encode() + b" " + submodule.path.encode() + b"\n"
    if links != before:
        sections = (f'[submodule "{path}"]\n\tpath = {path}\n\turl = {HOST}/{links[path]}\n' for path in sorted(links))
        text = "".join(sections).encode()
        yield b"M 100644 inline .gitmodules\n" + _data(text) if text else b"D .gitmodules\n"


def _header(commit: Commit, number: int) -> bytes:
    # Git's raw date: seconds since 1970 and the zone as +hhmm.
    when = f"{int(commit.date.timestamp())} {commit.date.strftime('%z')[:5]}"
    who = f"{commit.author} <{commit.email}> {when}"
    parent = f"from :{number - 1}\n" if number > 1 else ""
    lines = f"commit {BRANCH}\nmark :{number}\nauthor {who}\ncommitter {who}\n"
    return lines.encode() + _data((commit.message + "\n").encode()) + parent.encode()


def _data(raw: bytes) -> bytes:
    return b"data %d\n" % len(raw) + raw + b"\n"


def _contents(step: _Step) -> Iterator[tuple[str, bytes, bytes]]:
    """Path, mode and bytes of everything that a commit writes, sorted as git sorts."""
    commit = step.commit
    for key, named in (("crlf", commit.crlf), ("executable", commit.executable)):
        for path in sorted(named - step.files.keys()):
            raise step.wrong(key, unknown("file", path, step.files))
    for path in sorted(step.files.keys() & commit.symlinks.keys()):
        raise step.wrong("symlinks", f"'{path}' is a file of the folder too; keep one of them")
    entries = [(path, b"120000", target.encode()) for path, target in commit.symlinks.items()]
    for path, file in step.files.items():
        raw = bytes_of(file)
        if path in commit.crlf:
            raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        entries.append((path, b"100755" if path in commit.executable else b"100644", raw))
    return iter(sorted(entries, key=lambda entry: entry[0].encode()))
