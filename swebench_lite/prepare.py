"""Climbs the environment ladder until gold passes and null fails; keeps the winner and the oracle by digest."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from swebench_lite import patches, repositories
from swebench_lite.assets import fetched
from swebench_lite.backends import Backends
from swebench_lite.environments import Candidate, candidates, host_candidate, images, resources
from swebench_lite.errors import NoEnvironment, RepositoryError
from swebench_lite.execute import Work, reader_name, test_script
from swebench_lite.grade import GRADER_VERSION, grade, official
from swebench_lite.records import Environment, Execution, Flag, Instance, Limits, Oracle, Outcome, Patch, Verdict
from swebench_lite.repositories.excerpts import past
from swebench_lite.sandbox import identity
from swebench_lite.toolchains import network_evidence

# Changes whenever an environment that an earlier version settled on might not be chosen again.
LADDER_VERSION = "7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An instance ready to be judged, or the reason why it is not.

    instance: with its log reader filled in. environment: None where no rung could be built.
    gold, null: the verdicts of the reference patch and of no patch; None where there is no reference patch.
    valid: gold passes and null fails; rows without a reference patch count as valid and carry UNVERIFIED.
    """

    instance: Instance
    script: str
    tree: Path | None
    environment: Environment | None
    oracle: Oracle | None = None
    gold: Verdict | None = None
    null: Verdict | None = None
    valid: bool = False
    reason: str = ""
    flags: tuple[Flag, ...] = ()

    def work(self, patch: Patch | None, backends: Backends) -> Work:
        """The piece of work that judges a patch here. Raises NoEnvironment where nothing can be judged."""
        if self.environment is None or not self.valid:
            raise NoEnvironment(self.reason)
        return _work(self, self.environment, patch, backends)


def prepare(instance: Instance, backends: Backends, *, fresh: bool = False) -> Prepared:
    """Find the environment in which gold passes and null fails, from what is kept or by climbing.

    fresh: climb and execute again whatever is kept. A candidate that cannot be built, or in which the instance is not
    valid, makes way for the next; when all fail, the reason names the one that came nearest. Raises RepositoryError when
    the tree is not to be had, DatasetError when nothing tells how to run or read its tests, EngineDown and InfraError.
    """
    # Jobs in the local sandbox copy a checkout each; an image holds its own, and lends one only while it is built.
    tree = backends.checkout(instance) if backends.sandbox.name == "local" else None

    def files() -> tuple[str, ...]:
        return repositories.files(instance.repo, instance.base_commit, settings=backends.settings)

    assets = fetched(instance.image_assets, backends.settings)
    whole = replace(instance, log_parser=reader_name(instance, files), image_assets=assets)
    start = Prepared(instance=whole, script=test_script(whole, files), tree=tree, environment=None)
    key = _key(start, backends)
    kept = None if fresh else _kept(start, backends.prepared.get(key), backends)
    if kept is not None:
        return kept
    found = _climb(start, backends, fresh=fresh)
    if found.valid and found.environment is not None:
        backends.prepared.put(key, _document(found.environment))
    return found


def _climb(start: Prepared, backends: Backends, *, fresh: bool) -> Prepared:
    # Every rung looks at the same tree: it is lent until the climb is over.
    with ExitStack() as held:
        found = climb(_ladder(start, backends, held), start, backends, fresh=fresh)
        lacking = repositories.missing(start.instance.repo, start.instance.base_commit, settings=backends.settings)
    # An environment can be right without them; where none is, they are the first thing to look at.
    said = "" if found.valid or not lacking else f"its tree lacks {'; '.join(lacking)}; "
    return replace(found, reason=said + found.reason)


def climb(ladder: Iterator[Candidate], start: Prepared, backends: Backends, *, fresh: bool = False) -> Prepared:
    """The first step of a ladder on which an instance is valid, or the one that came nearest, with what every step said.

    start: the instance with its script, and no environment yet. Raises EngineDown and InfraError.
    """
    nearest: Prepared | None = None
    why: list[str] = []
    seen: set[str] = set()
    for candidate in ladder:
        backends.doing(start.instance.instance_id, f"environment {candidate.rung}: {candidate.detail}")
        begun = time.monotonic()
        try:
            environment = candidate.make()
        except NoEnvironment as error:
            why.append(f"{candidate.rung}: {error}")
            continue
        environment = replace(environment, build_seconds=round(time.monotonic() - begun, 2))
        if environment.digest in seen:
            continue  # two ways led to the same image
        seen.add(environment.digest)
        tried = _try(start, environment, backends, fresh=fresh)
        if tried.valid:
            return tried
        why.append(f"{candidate.rung}: {tried.reason}")
        if Outcome.TIMEOUT in {one.outcome for one in (tried.gold, tried.null) if one}:
            # No other rung makes the tests fit into the limit; trying them all would take hours.
            return replace(tried, reason=f"{tried.reason}; {_longer(start.instance, backends)}")
        if nearest is not None and Flag.NETWORK in tried.flags and _failing(tried) == _failing(nearest):
            # Other packages made no difference to the tests that want the network, and no further ones will.
            break
        nearest = tried if nearest is None or _passes(tried) > _passes(nearest) else nearest
    every = "; ".join(why)[:1500] or "there is no rung to try"
    if nearest is None or nearest.environment is None or len(why) == 1:
        return replace(nearest or start, valid=False, reason=every)
    closest = f"{nearest.environment.rung} ({nearest.environment.detail}) came nearest: {nearest.reason}"
    return replace(nearest, valid=False, reason=f"{closest}; all rungs: {every}")


def _ladder(start: Prepared, backends: Backends, held: ExitStack) -> Iterator[Candidate]:
    instance, settings = start.instance, backends.settings
    if backends.sandbox.name == "local":
        return iter((host_candidate(instance, settings),))

    def lend(repo: str, commit: str) -> AbstractContextManager[Path]:
        if (repo, commit) == (instance.repo, instance.base_commit):
            held.enter_context(repositories.borrowed(repo, commit, settings=settings))
        return repositories.borrowed(repo, commit, settings=settings)

    use = resources(
        settings,
        checkout=lend,
        ancestor=partial(repositories.ancestor, settings=settings),
        committed=partial(repositories.committed, settings=settings),
        described=partial(repositories.described, settings=settings),
        progress=lambda text: backends.doing(instance.instance_id, text),
    )
    return candidates(instance, use, image=backends.image)


def _try(start: Prepared, environment: Environment, backends: Backends, *, fresh: bool = False) -> Prepared:
    here = replace(start, environment=environment)
    if not here.instance.patch.strip():
        return _without_gold(here, environment, backends, fresh=fresh)
    backends.doing(here.instance.instance_id, f"gold in {environment.rung}")
    execution, _ = backends.execute(_work(here, environment, Patch(text=here.instance.patch), backends), fresh=fresh)
    oracle = _oracle(here.instance, execution)
    gold = grade(here.instance, execution, oracle)
    here = replace(here, gold=gold, oracle=oracle, flags=_only(gold.flags, Flag.NETWORK))
    if not gold.resolved:
        remedy = "; mend the row's `patch`" if gold.outcome is Outcome.PATCH_INVALID else ""
        wanted = network_evidence(execution.log) if Flag.NETWORK in gold.flags else None
        network = f"; its tests want the network: {wanted!r}" if wanted else ""
        return replace(here, reason=f"gold does not pass: {gold.reason}{remedy}{network}")
    backends.doing(here.instance.instance_id, f"null in {environment.rung}")
    execution, _ = backends.execute(_work(here, environment, None, backends), fresh=fresh)
    null = grade(here.instance, execution, oracle)
    here = replace(here, null=null)
    if null.resolved or null.official_resolved:
        return replace(here, reason="null passes: the tests do not need the patch")
    if null.outcome is Outcome.TIMEOUT:
        return replace(here, reason="null runs into the time limit")
    return replace(here, valid=True)


def _without_gold(here: Prepared, environment: Environment, backends: Backends, *, fresh: bool) -> Prepared:
    """Without a reference patch the best evidence is that the untouched tree runs the tests that must keep passing."""
    execution, _ = backends.execute(_work(here, environment, None, backends), fresh=fresh)
    null = grade(here.instance, execution)
    here = replace(here, null=null, flags=(Flag.UNVERIFIED,))
    if not null.graded:
        return replace(here, reason=f"the untouched tree cannot be tested: {null.reason}")
    if null.tests.p2p_failure:
        return replace(here, reason=f"{len(null.tests.p2p_failure)} tests that should pass fail on the untouched tree")
    return replace(here, valid=True)


def _kept(start: Prepared, document: Mapping[str, object] | None, backends: Backends) -> Prepared | None:
    """What an earlier climb settled on, if its image and the evidence are still there (or come from the cache again)."""
    if document is None:
        return None
    environment = Environment(**{name: document[name] for name in Environment.__slots__})  # type: ignore[arg-type]
    if backends.sandbox.name == "local":
        if host_candidate(start.instance, backends.settings).make().digest != environment.digest:
            return None
    elif environment.image is None or images.find(environment.image) != environment.digest:
        return None
    tried = _try(start, environment, backends)
    return tried if tried.valid else None


def _document(environment: Environment) -> dict[str, object]:
    return {name: getattr(environment, name) for name in Environment.__slots__}


def _work(prepared: Prepared, environment: Environment, patch: Patch | None, backends: Backends) -> Work:
    return Work(
        instance=prepared.instance,
        patch=patch,
        environment=environment,
        limits=_limits(prepared.instance, backends),
        tree=prepared.tree,
        script=prepared.script,
        past=_past(prepared.instance, patch, backends) if patch is not None else (),
    )


def _longer(instance: Instance, backends: Backends) -> str:
    """What to do about a time limit that is too short."""
    if _limits(instance, backends) is backends.settings.limits:
        return "raise it with --timeout"
    return f"it is the instance's own, {instance.timeout:g} s: mend it where the instance is defined"


def _limits(instance: Instance, backends: Backends) -> Limits:
    """The run's limits, or the instance's own time limit where that is shorter."""
    limits = backends.settings.limits
    if instance.timeout is None or instance.timeout >= limits.timeout:
        return limits
    return replace(limits, timeout=instance.timeout)


def _past(instance: Instance, patch: Patch, backends: Backends) -> tuple[bytes, ...]:
    ids = [old for old, _ in patches.object_ids(patch)]
    if not ids:
        return ()
    try:
        return past(
            instance.repo, instance.base_commit, ids, paths=patches.inspect(patch).paths, settings=backends.settings
        )
    except RepositoryError:
        return ()  # an environment outlives its repository; most patches name nothing but what is in it


def _oracle(instance: Instance, execution: Execution) -> Oracle:
    return Oracle(
        digest=execution.key,
        statuses=official(instance, execution.log).statuses,
        exit_status=execution.exit_status,
        seconds=execution.test_seconds,
        truncated=execution.truncated,
    )


def _key(start: Prepared, backends: Backends) -> str:
    instance = start.instance
    parts = [
        instance.instance_id, instance.repo, instance.base_commit, start.script, instance.test_patch, instance.patch,
        instance.fail_to_pass, instance.pass_to_pass, instance.eval_type, instance.log_parser, instance.image,
        instance.language, instance.created_at, instance.dependencies, backends.image, identity(backends.sandbox),
        GRADER_VERSION, LADDER_VERSION,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _passes(prepared: Prepared) -> int:
    tests = prepared.gold.tests if prepared.gold else None
    return len(tests.f2p_success) + len(tests.p2p_success) if tests else -1


def _failing(prepared: Prepared) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    tests = prepared.gold.tests if prepared.gold else None
    return (tests.f2p_failure, tests.p2p_failure) if tests else None


def _only(flags: tuple[Flag, ...], *wanted: Flag) -> tuple[Flag, ...]:
    return tuple(flag for flag in flags if flag in wanted)
