"""``python -m swebench_lite.engine.reaper LEASE``: waits for its owner to die, then removes the owner's containers.

Standard input is a pipe from the owner. It reaches its end when the owner is gone, even after SIGKILL.
"""

from __future__ import annotations

import signal
import sys
import time

from swebench_lite.engine import LABEL, connect
from swebench_lite.engine.lease import FAREWELL
from swebench_lite.errors import SwebenchLiteError

_SECOND_PASS_SECONDS = 3.0


def main(lease_id: str) -> None:
    """Block until standard input ends, then remove every container that carries the lease."""
    # A terminal's interrupt goes to the whole group; the owner decides when to end, not the key press.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    said = sys.stdin.buffer.read()
    _remove_all(lease_id)
    if said != FAREWELL:
        # Killed: a create request that was under way then may land after the first pass.
        time.sleep(_SECOND_PASS_SECONDS)
        _remove_all(lease_id)


def _remove_all(lease_id: str) -> None:
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
        return


if __name__ == "__main__":
    main(sys.argv[1])
