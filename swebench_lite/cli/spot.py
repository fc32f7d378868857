"""Spot checks: a language's toolchain shown to work, by its easiest and its hardest task, with versions and times."""

from __future__ import annotations

from collections.abc import Sequence

from swebench_lite.backends import Backends
from swebench_lite.environments import bare, bases, host, host_candidate
from swebench_lite.records import Instance
from swebench_lite.sandbox import Job

_ORDER = ("easy", "medium", "expert")


def easiest_and_hardest(instances: Sequence[Instance]) -> tuple[Instance, ...]:
    """Of each language the first of its easiest and the last of its hardest instances, in the given order."""
    chosen: set[str] = set()
    for language in {one.language for one in instances}:
        ranked = sorted((one for one in instances if one.language == language), key=_rank)
        chosen |= {ranked[0].instance_id, ranked[-1].instance_id}
    return tuple(one for one in instances if one.instance_id in chosen)


def versions(language: str, backends: Backends) -> str:
    """What the toolchain of a language says of itself where the tests run. Raises NoEnvironment, EngineDown, InfraError."""
    if backends.sandbox.name == "local":
        probe = Instance(instance_id=f"the {language} toolchain", language=language)
        return host_candidate(probe, backends.settings).make().detail
    environment = bare(bases.base(language), backends.settings)
    script = f"{'; '.join(host.version_commands(language))}\n"
    job = Job(environment=environment, script=script, limits=backends.settings.limits, name=f"{language} versions")
    found = backends.sandbox.run(job, scratch=backends.scratch)
    return "; ".join(line.strip() for line in found.output.decode("utf-8", "replace").splitlines() if line.strip())


def _rank(instance: Instance) -> tuple[int, int]:
    level = instance.difficulty or ""
    return (_ORDER.index(level) if level in _ORDER else len(_ORDER), len(instance.patch))
