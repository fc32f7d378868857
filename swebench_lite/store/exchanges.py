"""The exchanges of a run, each kept whole the moment its reply is there, so that nothing is asked or paid twice.

<run>/exchanges/<digest of the attempt's key>.json     the prompt, and every exchange of the attempt, oldest first
<run>/exchanges/<digest of the attempt's key>.asked    a request is under way, or was when the run was killed
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from swebench_lite.errors import StoreError
from swebench_lite.records import AttemptKey, Exchange, Prompt
from swebench_lite.store import codec, files


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one attempt's model was asked, and what came back: failed exchanges first, the answered one last.

    Tools ask several times; only a plain question's last exchange is its answer.
    """

    key: AttemptKey
    prompt: Prompt
    exchanges: tuple[Exchange, ...]

    @property
    def answer(self) -> Exchange | None:
        """The exchange that was answered; None where every one failed."""
        return next((one for one in reversed(self.exchanges) if one.error is None), None)


class Exchanges:
    """The exchanges of one run. Safe to use from several threads; one process writes.

    warnings: sentences about damaged files, each once.
    """

    def __init__(self, folder: Path) -> None:
        """folder: the run's own; nothing is made before the first exchange."""
        self.folder = folder / "exchanges"
        self.warnings: list[str] = []
        self._lock = threading.Lock()

    def get(self, key: AttemptKey) -> Asked | None:
        """What is kept of an attempt, whichever copy of the run it is in; None where nothing is, or only a damaged file."""
        file = self._file(key)
        found = self._read(file)
        if found is not None and self._file(found.key) != file:
            self._warn(f"{file}: holds the exchanges of {found.key.instance_id}; they are passed over")
            return None
        return found

    def asking(self, key: AttemptKey) -> None:
        """Notes that a request goes out. Raises StoreError where the disk refuses: nothing is asked that cannot be kept."""
        files.write_atomic(self._file(key).with_suffix(".asked"), "")

    def not_asked(self, key: AttemptKey) -> None:
        """Takes the note back: the request never went out."""
        self._file(key).with_suffix(".asked").unlink(missing_ok=True)

    def put(self, key: AttemptKey, prompt: Prompt, exchange: Exchange) -> None:
        """Keeps an exchange, answered or failed, behind those of the attempt that are kept already. Raises StoreError."""
        file = self._file(key)
        with self._lock:
            before = self.get(key)
            whole = Asked(key=key, prompt=prompt, exchanges=(*(before.exchanges if before else ()), exchange))
            files.write_json(file, codec.to_document(whole))
            file.with_suffix(".asked").unlink(missing_ok=True)

    def all(self) -> Iterator[Asked]:
        """Everything that is kept, in no particular order; damaged files are named in ``warnings``."""
        for file in sorted(self.folder.glob("*.json")) if self.folder.is_dir() else ():
            found = self._read(file)
            if found is not None:
                yield found

    def lost(self) -> int:
        """How many requests were under way when an earlier process died: asked, perhaps paid, and never received."""
        return len(list(self.folder.glob("*.asked"))) if self.folder.is_dir() else 0

    def spent_usd(self) -> float:
        """What all exchanges together cost, failed ones too, in USD to the last digit.

        Where a budget counted more than is known of the cost, its amount counts; what neither knows counts nothing.
        """
        amounts = (max(one.settled_usd or 0.0, one.cost_usd or 0.0) for asked in self.all() for one in asked.exchanges)
        return float(sum((Decimal(str(amount)) for amount in amounts), Decimal(0)))

    def _file(self, key: AttemptKey) -> Path:
        text = json.dumps([key.instance_id, key.model, key.arm, key.sample])
        return self.folder / f"{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}.json"

    def _read(self, file: Path) -> Asked | None:
        if not file.is_file():
            return None
        try:
            return codec.from_document(Asked, files.read_json(file), where=str(file))
        except StoreError as error:
            self._warn(f"{error}; it is passed over")
            return None

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)
