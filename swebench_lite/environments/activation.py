"""Stand-ins for the paths that official test scripts source, so that an ``eval_script`` runs unchanged in our images."""

from __future__ import annotations

import re

# `source /opt/miniconda3/bin/activate` and `conda activate testbed` put the environment on PATH. The installation that
# follows in most scripts has been done when the image was made: it is repeated only where the attempt says that the patch
# touches what an installation reads. Sourced under `set -u`, twice; shell functions reach neither the test command's
# children nor `pytest` itself.
ACTIVATE = r"""
_swebench_lite_env=/opt/miniconda3/envs/testbed
case ":$PATH:" in
    *":$_swebench_lite_env/bin:"*) ;;
    *) PATH="$_swebench_lite_env/bin:/opt/miniconda3/bin:$PATH"; export PATH ;;
esac
CONDA_PREFIX="$_swebench_lite_env"; CONDA_DEFAULT_ENV=testbed; export CONDA_PREFIX CONDA_DEFAULT_ENV
conda() { return 0; }
_swebench_lite_skip() {
    [ -z "${SWEBENCH_LITE_REINSTALL:-}" ] || return 1
    printf 'swebench-lite: skipped, nothing that an installation reads has changed: %s\n' "$*"
}
python() {
    case "$*" in
        "-m pip install"*|"setup.py install"*|"setup.py develop"*) _swebench_lite_skip "python $*" && return 0 ;;
    esac
    command python "$@"
}
pip() {
    case "$*" in
        install*) _swebench_lite_skip "pip $*" && return 0 ;;
    esac
    command pip "$@"
}
"""


def activation(script: str, *, version: str) -> str:
    """The activation text for a test script.

    Where the script starts pytest through tox, nothing asks pytest to name every test; its own variable does.
    version: shell text that tells a project its version, for those that ask git for it also when they run, or "".
    """
    return ACTIVATE + ("export PYTEST_ADDOPTS=-rA\n" if re.search(r"^tox ", script, re.MULTILINE) else "") + version


# There is no network where tests run: pip must not wait for one, and builds with what the environment holds.
# (`no-build-isolation = false` is how pip spells "do not isolate" in a configuration file.)
PIP_CONF = """[global]
no-index = true
disable-pip-version-check = true
[install]
no-build-isolation = false
no-deps = true
"""
