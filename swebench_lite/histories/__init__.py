"""Our own repository instances: folders of plain files become git histories whose commit ids never change.

A history is ``history.json`` beside one overlay folder per commit. Symlinks, CRLF line ends, executable bits and
submodules are named in that file and made while building: wheels and git settings would lose them. instances/README.md
shows every key. Nothing here starts a process: the caller feeds the stream to ``git fast-import`` in a bare repository.

    read_instances(bundled("instances") / "own")   ->   rows
    fast_import_stream(histories(folder)[repo], submodules=heads)   ->   bytes
"""

from __future__ import annotations

from swebench_lite.histories.folders import histories, read_instances
from swebench_lite.histories.stream import fast_import_stream, submodules_of

__all__ = ["fast_import_stream", "histories", "read_instances", "submodules_of"]
