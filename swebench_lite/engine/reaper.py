"""``python -m swebench_lite.engine.reaper LEASE``: waits for its owner to die, then removes the owner's containers.

Standard input is a pipe from the owner. It reaches its end when the owner is gone, even after SIGKILL.
"""

from __future__ import annotations

import signal
import sys
import time

from swebench_lite.engine import LABEL, connect
from swebench_lite.errors import SwebenchLiteError


def main(lease_id: str) -> None:
    """Block until standard input ends, then remove every container that carries the lease."""
    # A terminal's interrupt goes to the whole group; the owner decides when to end, not the key press.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.stdin.buffer.read()
    # Twice: a create request that was under way when the owner died may land after the first pass.
    for pause in (0.0, 2.0):
        time.sleep(pause)
        if not _remove_all(lease_id):
            return


def _remove_all(lease_id: str) -> int:
    import docker.errors

    try:
        client = connect()
        found = client.api.containers(all=True, filters={"label": [f"{LABEL}.lease={lease_id}"]})
        for entry in found:
            try:
                client.api.remove_container(entry["Id"], force=True, v=True)
            except docker.errors.APIError:
                continue  # another pass, or the next start's sweep, will find it
    except (SwebenchLiteError, docker.errors.DockerException, OSError):
        return 0
    return len(found)


if __name__ == "__main__":
    main(sys.argv[1])
