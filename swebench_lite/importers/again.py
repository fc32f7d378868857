"""An imported attempt judged once more from what the store keeps of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from swebench_lite.errors import DatasetError
from swebench_lite.importers import documents
from swebench_lite.importers.files import Content, parse
from swebench_lite.importers.official import ARTEFACTS, ORIGIN, case_of
from swebench_lite.importers.verdicts import judge
from swebench_lite.records import Instance, Verdict

_REPORT = "report.json"


def judge_again(instance_id: str, artefact: Callable[[str], bytes | None], instance: Instance) -> Verdict:
    """The verdict on an imported attempt, by the rules of its import: what is official stays so.

    artefact: the bytes that the store keeps under a name, None where it keeps none. instance: the row. Raises DatasetError
    where evidence is gone, the report is another one than was imported, or the row names no log reader that is known.
    """
    origin = _document(artefact)
    listed = origin.get("listed_under")
    files = _files(origin, artefact)
    case = case_of(
        instance_id, files, where=listed if isinstance(listed, str) else None, report=_report(files, instance_id)
    )
    return judge(case, instance).verdict


def _document(artefact: Callable[[str], bytes | None]) -> Mapping[str, object]:
    found = parse(_content(artefact(ORIGIN) or b""), ORIGIN)
    if not isinstance(found, Mapping) or not isinstance(found.get("files"), Mapping):
        raise DatasetError(f"{ORIGIN} does not say which files were imported; import the run again")
    return found


def _files(origin: Mapping[str, object], artefact: Callable[[str], bytes | None]) -> dict[str, Content]:
    """The files that were imported, by their official names."""
    listed = origin["files"]
    assert isinstance(listed, Mapping)  # looked at when it was read
    found: dict[str, Content] = {}
    for name, told in listed.items():
        ours = str(ARTEFACTS.get(name, name))
        data = artefact(ours)
        if data is None or not isinstance(told, Mapping):
            raise DatasetError(f"{ours} is gone; import the run again")
        found[name] = _content(data, whole=told.get("whole") is not False)
        if name == _REPORT and found[name].sha256 != told.get("sha256"):
            raise DatasetError(f"{_REPORT} is another one than was imported; import the run again")
    return found


def _report(files: Mapping[str, Content], instance_id: str) -> documents.InstanceReport | None:
    if _REPORT not in files:
        return None
    try:
        return documents.instance_report(parse(files[_REPORT], _REPORT), instance_id)
    except DatasetError:  # as at the import, which said so
        return None


def _content(data: bytes, *, whole: bool = True) -> Content:
    return Content(data=data, size=len(data), sha256=hashlib.sha256(data).hexdigest(), truncated=not whole)
