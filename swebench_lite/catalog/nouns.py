"""What a task folder says: its metadata, checked, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from swebench_lite.documents import Strict, Text
from swebench_lite.patches.names import danger_of

DATASET = "tasks"
# As tasks name them -> as instances and their toolchains do.
LANGUAGES: Mapping[str, str] = {
    "python": "python", "javascript": "node", "go": "go", "rust": "rust", "cpp": "cpp", "html": "html",
}  # fmt: skip
MOST_SECONDS = 1800.0


def _inside(path: str) -> str:
    """A path below the task's or the tree's folder; ``.`` is that folder itself."""
    parts = path.split("/")
    if path != "." and (danger_of(path) or {"", ".", ".."} & set(parts)):
        raise ValueError(f"{path!r} is no plain path below the folder")
    return path


def _requirement(name: str) -> str:
    # What installs it would take these for options, or for files of the machine that builds.
    if name[0] in "-./":
        raise ValueError("a requirement starts with the name of a package")
    return name


Inside = Annotated[Text, AfterValidator(_inside)]
TaskId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$", max_length=80)]
Requirement = Annotated[Text, AfterValidator(_requirement)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Eval(Strict):
    """How the tests run. working_dir: where, from the tree's root. tests_into: the folder that the tests are laid in.

    reader: the log reader, where it is not the language's usual one. may_skip: tests that some machines cannot run, and skip.
    """

    command: list[Text] = Field(min_length=1)
    timeout_seconds: float = Field(gt=0, le=MOST_SECONDS, strict=False)
    env: dict[Variable, str] = Field(default_factory=dict)
    working_dir: Inside = "."
    tests_into: Inside = "tests"
    reader: Text | None = None
    may_skip: list[Text] = Field(default_factory=list)


class Scoring(Strict):
    """When a task counts as resolved: every required test passes, and what worked before still does."""

    rule: Literal["all_tests"] = "all_tests"


class Metadata(Strict):
    """``metadata.json``. The two lists of test ids are what ``tasks check --write`` found in a run of the solution."""

    task_id: TaskId
    title: Text
    language: Literal["python", "javascript", "go", "rust", "cpp", "html"]
    type: Literal["bug_fix", "feature_implementation"]
    difficulty: Literal["easy", "medium", "expert"]
    instructions_file: Inside = "instructions.md"
    workspace_dir: Inside = "workspace"
    tests_dir: Inside = "tests"
    solution_dir: Inside = "solution"
    eval: Eval
    scoring: Scoring = Scoring()
    dependencies: list[Requirement] = Field(default_factory=list)
    tags: list[Text] = Field(default_factory=list)
    FAIL_TO_PASS: list[Text] = Field(default_factory=list)
    PASS_TO_PASS: list[Text] = Field(default_factory=list)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        """The three folders lie apart: what is in the workspace is shown to models."""
        named = [(key, getattr(self, key)) for key in ("workspace_dir", "tests_dir", "solution_dir")]
        for (key, inner), (other, outer) in permutations(named, 2):
            if outer == "." or f"{inner}/".startswith(f"{outer}/"):
                raise ValueError(f"'{key}' ({inner}) lies in '{other}' ({outer}); each needs a folder of its own")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogTask:
    """One task, whole. workspace, tests, solution: text by path; those of the tests already where they go in the tree."""

    folder: Path
    metadata: Metadata
    instructions: str
    workspace: Mapping[str, str]
    tests: Mapping[str, str]
    solution: Mapping[str, str]

    @property
    def task_id(self) -> str:
        """Its name, which is that of its folder."""
        return self.metadata.task_id
