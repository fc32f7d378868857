"""Images in the engine: built from recipes by run and commit, named by digest, labelled, their logs kept."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from swebench_lite.engine import LABEL, attached, connect, engine_errors
from swebench_lite.engine.lease import labels, remove
from swebench_lite.environments import debian
from swebench_lite.environments.recipes import BUILD, TREE, Recipe
from swebench_lite.errors import InfraError, NoEnvironment
from swebench_lite.settings import Settings

_BUILD_LIMIT_SECONDS = 3600.0
_BAD_REQUEST = 400
_CA = f"{BUILD}/ca.pem"
# Every client that an image build is likely to use, told of the user's own certificates for the time of the build.
_CA_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What building may use of this machine.

    checkout: lends the folder of a one-commit tree of (repository, commit). ancestor: the newest commit of a repository
    before a day on the line that leads to a commit, or None. committed: the day of a commit, or "". described: the nearest
    tag before a commit and the steps since (``v1.2-34-gabc``), or "". mounts: host paths by the names that recipes use; one
    that ends in ``-cache`` is writable. progress: told in a few words what is being done.
    """

    settings: Settings
    checkout: Callable[[str, str], AbstractContextManager[Path]]
    ancestor: Callable[[str, str, str], str | None] = lambda _repo, _commit, _day: None
    committed: Callable[[str, str], str] = lambda _repo, _commit: ""
    described: Callable[[str, str], str] = lambda _repo, _commit: ""
    mounts: Mapping[str, Path] = field(default_factory=dict)
    progress: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image of ours: its tag, id, size in bytes (shared layers included), and when it was made."""

    tag: str
    id: str
    size: int
    created: str
    digest: str


def ensure(recipe: Recipe, resources: Resources) -> str:
    """The id of a recipe's image, building it and what it stands on where they are not here yet.

    Safe against other threads and processes preparing the same. Raises NoEnvironment when a step fails (the log's end in
    the message, the whole log under the cache), EngineDown or InfraError when the engine does.
    """
    found = find(recipe.tag)
    if found is not None:
        return found
    parent = ensure(recipe.parent, resources) if recipe.parent else _start(recipe, resources)
    with locked(f"image-{recipe.digest[:16]}", resources.settings):
        found = find(recipe.tag)
        if found is not None:
            return found
        resources.progress(f"building {recipe.name}")
        return _build(recipe, parent, resources)


def find(tag: str) -> str | None:
    """The id of an image that is in the engine, else None."""
    import docker.errors

    with engine_errors(f"looking for image {tag}"):
        try:
            return str(connect().api.inspect_image(tag)["Id"])
        except docker.errors.ImageNotFound:
            return None
        except docker.errors.APIError as error:
            if error.status_code == _BAD_REQUEST:
                raise NoEnvironment(f"'{tag}' is no name that an image can have; the form is NAME:TAG") from error
            raise


def run(
    recipe: Recipe, resources: Resources, script: str, *, name: str, checkout: tuple[str, str] | None = None
) -> str:
    """Run a script in a throw-away container of a recipe's image, with the network; returns what it printed.

    For questions (resolving a lock); nothing is kept. Raises NoEnvironment when it fails.
    """
    question = Recipe(
        name=name, parent=recipe, script=script, mounts=("uv", "uv-cache"), network=True, checkout=checkout
    )
    parent = ensure(recipe, resources)
    with _container(question, parent, resources) as (container, log):
        _run_build(container, question, log)
    return log.read_text(encoding="utf-8", errors="replace")


def list_images() -> tuple[Image, ...]:
    """Every image of ours, newest first."""
    with engine_errors("listing images"):
        found = connect().api.images(filters={"label": [LABEL]})
    return tuple(
        Image(tag=tag, id=entry["Id"], size=int(entry["Size"]), digest=(entry.get("Labels") or {}).get(f"{LABEL}.digest", ""),
              created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(entry["Created"])))
        for entry in found for tag in entry.get("RepoTags") or ["<none>"]
    )  # fmt: skip


def prune(*, keep_bases: bool = True, dry_run: bool = False) -> tuple[Image, ...]:
    """Remove our images; with keep_bases those of whole languages and interpreters stay. Returns what went."""
    import docker.errors

    gone = []
    for image in list_images():
        if keep_bases and image.tag.split("/")[-1].startswith(("base", "debian:", "python-")):
            continue
        if not dry_run:
            try:
                with engine_errors(f"removing image {image.tag}"):
                    connect().api.remove_image(image.id if image.tag.startswith("<none>") else image.tag)
            except (docker.errors.APIError, InfraError):
                continue  # something still uses it
        gone.append(image)
    return tuple(gone)


def log_file(recipe: Recipe, settings: Settings) -> Path:
    """Where the log of a recipe's latest build lies."""
    return settings.cache / "images" / f"{recipe.name}-{recipe.digest[:16]}.log"


def _start(recipe: Recipe, resources: Resources) -> str:
    if recipe.suite is not None:
        return debian.start_image(recipe.suite, resources.settings, resources.progress)
    if recipe.image is None:
        raise NoEnvironment(f"recipe {recipe.name} starts from nothing; this is a bug, please report it")
    found = find(recipe.image)
    if found is None:
        raise NoEnvironment(f"image {recipe.image} is not here; pull it with `docker pull {recipe.image}`")
    return found


def _build(recipe: Recipe, parent: str, resources: Resources) -> str:
    with _container(recipe, parent, resources) as (container, log):
        _run_build(container, recipe, log)
        with engine_errors(f"keeping image {recipe.tag}"):
            name, _, tag = recipe.tag.partition(":")
            changes = [f"LABEL {LABEL}=1 {LABEL}.digest={recipe.digest} {LABEL}.owner= {LABEL}.lease= {LABEL}.deadline=",
                       'CMD ["/bin/sh"]']  # fmt: skip
            made = connect().api.commit(container, repository=name, tag=tag, changes=changes)
    return str(made["Id"])


@contextmanager
def _container(recipe: Recipe, parent: str, resources: Resources) -> Iterator[tuple[str, Path]]:
    import tempfile

    log = log_file(recipe, resources.settings)
    log.parent.mkdir(parents=True, exist_ok=True)
    container = None
    lent = resources.checkout(*recipe.checkout) if recipe.checkout else nullcontext(None)
    with lent as tree, tempfile.TemporaryDirectory(dir=log.parent, prefix=".inputs-") as folder:
        for name, text in (("build.sh", _preamble(resources) + recipe.script), *recipe.files):
            (Path(folder) / name).write_text(text, encoding="utf-8")
        try:
            with engine_errors(f"building {recipe.name}"):
                api = connect().api
                made = api.create_container(
                    parent, ["/bin/sh", "-eu", f"{BUILD}/build.sh"], entrypoint=[], user="root", working_dir="/",
                    labels=labels(lifetime=_BUILD_LIMIT_SECONDS),
                    host_config=api.create_host_config(
                        init=True, network_mode="host" if recipe.network else "none", log_config={"type": "none"},
                        binds=_binds(recipe, Path(folder), tree, resources),
                    ),
                )  # fmt: skip
                container = str(made["Id"])
            yield container, log
        finally:
            if container is not None:
                remove(container)


def _run_build(container: str, recipe: Recipe, log: Path) -> None:
    with engine_errors(f"building {recipe.name}"), log.open("wb") as file, attached(container) as stream:
        api = connect().api
        api.start(container)
        alarm = threading.Timer(_BUILD_LIMIT_SECONDS, lambda: api.kill(container))
        alarm.daemon = True
        alarm.start()
        try:
            for piece in stream:
                file.write(piece)
            status = int(api.wait(container)["StatusCode"])
        finally:
            alarm.cancel()
    if status:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise NoEnvironment(
            f"building {recipe.name} failed (status {status}): {' | '.join(lines[-3:])[-400:]}; whole log: {log}"
        )


def _preamble(resources: Resources) -> str:
    # Set in the script and not on the container: a commit would bake a container's variables into the image.
    certificates = resources.settings.certificates
    lines = [f"export {name}={_CA}" for name in _CA_VARIABLES] if certificates else []
    if resources.settings.index:
        address = shlex.quote(resources.settings.index)
        lines.append(f"export UV_DEFAULT_INDEX={address} PIP_INDEX_URL={address}")
    lines += [f"export PATH={BUILD}/mounts/uv:$PATH UV_CACHE_DIR={BUILD}/mounts/uv-cache UV_LINK_MODE=copy",
              "export UV_NO_PROGRESS=1 UV_PYTHON_DOWNLOADS=never PIP_NO_COMPILE=0 PIP_ROOT_USER_ACTION=ignore"]  # fmt: skip
    return "exec 2>&1\n" + "\n".join(lines) + "\n"


def _binds(recipe: Recipe, folder: Path, tree: Path | None, resources: Resources) -> dict[str, dict[str, str]]:
    binds = {str(folder): {"bind": BUILD, "mode": "rw"}}
    if tree is not None:
        binds[str(tree)] = {"bind": TREE, "mode": "ro"}
    if resources.settings.certificates:
        binds[str(resources.settings.certificates.resolve())] = {"bind": _CA, "mode": "ro"}
    for name in recipe.mounts:
        if name not in resources.mounts:
            raise NoEnvironment(f"building {recipe.name} needs '{name}', and this machine has none")
        mode = "rw" if name.endswith("-cache") else "ro"
        binds[str(resources.mounts[name])] = {"bind": f"{BUILD}/mounts/{name.replace(':', '-')}", "mode": mode}
    return binds


@contextmanager
def locked(name: str, settings: Settings) -> Iterator[None]:
    """Keep other threads and processes that share the cache from doing the same at the same time."""
    from filelock import FileLock

    locks = settings.cache / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / f"{name}.lock"):
        yield
