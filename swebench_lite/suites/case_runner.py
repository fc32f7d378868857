"""Runs one case of the python suite inside the sandbox: SOURCE CASE -> a JSON document on descriptor 3.

SOURCE is the answer's file, CASE a JSON document: entry, arguments, or inputs for several calls, and for classes the calls to
make and the methods whose results are kept. It stands alone: no other module of the project is there.
"""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path
from typing import Any


def run(source: str, case: dict[str, Any]) -> Any:
    """What the answer gives for a case; a list of results where it has several inputs, those of the kept methods for a class."""
    module = types.ModuleType("answer")
    sys.modules["answer"] = module  # dataclasses look for the module that they are defined in
    exec(compile(source, "answer.py", "exec"), module.__dict__)  # noqa: S102 - this is what the sandbox is for
    entry = getattr(module, case["entry"])
    if "inputs" in case:
        return [entry(*arguments) for arguments in case["inputs"]]
    made = entry(*case["arguments"])
    if "calls" not in case:
        return made
    results = [(name, getattr(made, name)(*arguments)) for name, arguments in case["calls"]]
    return [result for name, result in results if name in case["kept"]]


def main() -> None:
    """Never raises for what the answer does; whoever ends the process leaves the descriptor empty."""
    channel = os.dup(3)
    os.close(3)
    os.write(channel, b"\n")  # says that the interpreter is there, whatever status the answer ends it with
    source, case = Path(sys.argv[1]).read_bytes(), json.loads(Path(sys.argv[2]).read_bytes())
    try:
        told = json.dumps({"value": run(source.decode("utf-8", "replace"), case)}, allow_nan=False)
    except BaseException as error:  # also SystemExit, which would look like a good end
        told = json.dumps({"error": f"{type(error).__name__}: {error}"[:500]})
    os.write(channel, told.encode())


if __name__ == "__main__":
    main()
