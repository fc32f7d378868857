"""Instance folders -> rows, and which folder holds the history of which repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from swebench_lite.documents import from_json
from swebench_lite.errors import DatasetError
from swebench_lite.histories.nouns import Row
from swebench_lite.histories.stream import bytes_of

_SUBMODULES = "_submodules"
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


def _instance_folders(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        raise DatasetError(f"{folder}: there is no such folder of instances; reinstall swebench-lite or name another")
    return tuple(sorted(place for place in folder.iterdir() if place.is_dir() and place.name[0] not in "._"))


def _instance(place: Path) -> dict[str, object]:
    file = place / "instance.json"
    row = from_json(Row, bytes_of(file), file)
    if row.instance_id != place.name:
        raise DatasetError(
            f"{file}, key 'instance_id': '{row.instance_id}' is not the name of its folder, '{place.name}'"
        )
    texts = {name: _text_of(place / source) for name, source in _ROW_FILES}
    return {**row.model_dump(), **texts, "hints_text": "", "environment_setup_commit": row.base_commit}


def _text_of(file: Path) -> str:
    # Bytes, not text mode: translating line ends would break a patch to a CRLF file.
    text = bytes_of(file).decode("utf-8", "surrogateescape")
    if not text.strip():
        raise DatasetError(f"{file}: is empty; every instance needs an issue and two patches")
    return text
