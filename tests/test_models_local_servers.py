from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from swebench_lite.errors import ProviderError, UsageError
from swebench_lite.models.catalogs import list_models
from swebench_lite.models.entries import Entry
from swebench_lite.models.local_servers import find, installed, load, loaded, unload, unload_all
from swebench_lite.models.ollama import ollama_name
from swebench_lite.models.wire import Server
from tests.test_models_catalogs import HTML, Fake, serving, table

UNKNOWN = {"error": "Unexpected endpoint or method. (GET /somewhere)"}


class Ollama:
    """As the real one: a model leaves only after a few more looks, and names are compared without case and ``:latest``."""

    def __init__(self, *names: str, lag: int = 2) -> None:
        self.models: dict[str, dict[str, Any]] = {}
        for number, name in enumerate(names):
            self.add(name, digest=f"sha{number}")
        self.memory: dict[str, dict[str, Any]] = {}
        self.leaving: dict[str, int] = {}
        self.lag = lag
        self.loads: list[str] = []
        self.old = False  # neither /api/ps nor what newer lists hold
        self.stuck = False

    def add(self, name: str, **more: Any) -> None:
        self.models[name] = {
            "name": name, "model": name, "size": 2_019_393_189,
            "details": {"format": "gguf", "family": "llama", "parameter_size": "3.2B", "quantization_level": "Q4_K_M"},
            **more,
        }  # fmt: skip

    def __call__(self, _: str, path: str, body: Any) -> tuple[int, object]:
        if path == "/api/tags":
            return 200, {"models": list(self.models.values()) or None}
        if path == "/api/ps" and not self.old:
            return 200, {"models": self._running()}
        if path == "/api/show":
            return self._show(body["model"])
        return self._generate(body) if path == "/api/generate" else (404, b"404 page not found")

    def _running(self) -> list[dict[str, Any]]:
        for name in [] if self.stuck else list(self.leaving):
            self.leaving[name] -= 1
            if self.leaving[name] < 0:
                del self.leaving[name], self.memory[name]
        return list(self.memory.values())

    def _show(self, name: str) -> tuple[int, object]:
        if name not in self.models:
            return 404, {"error": f"model '{name}' not found"}
        info = {"general.architecture": "llama", "general.parameter_count": 3, "llama.context_length": 131_072}
        return 200, {
            "details": self.models[name]["details"],
            "model_info": info,
            "capabilities": ["completion", "tools"],
        }

    def _generate(self, body: dict[str, Any]) -> tuple[int, object]:
        name = next((one for one in self.models if ollama_name(one) == ollama_name(body["model"])), None)
        if name is None:
            return 404, {"error": f"model '{body['model']}' not found"}
        if body["prompt"] or body["stream"]:
            return 400, {"error": "this is no request to load"}
        if body["keep_alive"] == 0:
            if name in self.memory:
                self.leaving[name] = self.lag
            return 200, {"model": name, "response": "", "done": True, "done_reason": "unload"}
        if "embed" in name:
            return 400, {"error": f'"{name}" does not support generate'}
        self.loads.append(name)
        self.leaving.pop(name, None)
        digest = self.models[name]["digest"]
        self.memory[name] = {"name": name, "model": name, "size_vram": 1, "context_length": 4096, "digest": digest}
        return 200, {"model": name, "response": "", "done": True, "done_reason": "load"}


class Studio:
    """LM Studio: version 1 of its protocol, or an older one. What is in memory is kept in a file, as ``lms`` needs it."""

    def __init__(self, folder: Path, *keys: str, version: int = 1) -> None:
        self.file = folder / "memory.json"
        self.keys = keys
        self.version = version
        self.memory = {}

    @property
    def memory(self) -> dict[str, dict[str, Any]]:
        """Key and context length by instance."""
        found: dict[str, dict[str, Any]] = json.loads(self.file.read_text())
        return found

    @memory.setter
    def memory(self, value: dict[str, dict[str, Any]]) -> None:
        self.file.write_text(json.dumps(value))

    def __call__(self, _: str, path: str, body: Any) -> tuple[int, object]:
        answers: dict[tuple[int, str], Any] = {
            (1, "/api/v1/models"): self._models, (0, "/api/v0/models"): self._old_models,
            (1, "/api/v1/models/load"): self._load, (1, "/api/v1/models/unload"): self._unload,
            (-1, "/v1/models"): lambda _: (200, {"data": [{"id": key} for key in self.keys]}),
        }  # fmt: skip
        answer = answers.get((self.version, path))
        return answer(body) if answer else (200, UNKNOWN)

    def _models(self, _: object) -> tuple[int, object]:
        memory = self.memory
        return 200, {
            "models": [
                {
                    "type": "llm", "key": key, "architecture": "llama", "size_bytes": 241_410_208, "params_string": "270M",
                    "quantization": {"name": "Q4_0", "bits_per_weight": 4}, "max_context_length": 32_768,
                    "capabilities": {"vision": False, "trained_for_tool_use": True},
                    "loaded_instances": [
                        {"id": name, "config": {"context_length": one["context"]}}
                        for name, one in memory.items() if one["key"] == key
                    ],
                }
                for key in self.keys
            ]
        }  # fmt: skip

    def _old_models(self, _: object) -> tuple[int, object]:
        memory = self.memory
        return 200, {
            "object": "list",
            "data": [
                {
                    "id": key, "type": "llm", "arch": "llama", "quantization": "Q4_K_M", "max_context_length": 131_072,
                    "state": "loaded" if key in memory else "not-loaded",
                    **({"loaded_context_length": memory[key]["context"]} if key in memory else {}),
                }
                for key in self.keys
            ],
        }  # fmt: skip

    def _load(self, body: dict[str, Any]) -> tuple[int, object]:
        key, memory = body["model"], self.memory
        if key not in self.keys:
            return 404, {"error": {"type": "model_not_found", "message": f"no {key}"}}
        if "broken" in key:
            return 500, {"error": {"message": "Failed to load model: not enough memory"}}
        name = key if key not in memory else f"{key}:{len(memory) + 1}"
        self.memory = {**memory, name: {"key": key, "context": body.get("context_length", 4096)}}
        return 200, {"type": "llm", "instance_id": name, "load_time_seconds": 0.1, "status": "loaded"}

    def _unload(self, body: dict[str, Any]) -> tuple[int, object]:
        memory = self.memory
        if body["instance_id"] not in memory:
            return 404, {"error": {"type": "model_not_found", "message": "no such instance"}}
        self.memory = {name: one for name, one in memory.items() if name != body["instance_id"]}
        return 200, {"instance_id": body["instance_id"]}


# As the real one, it matches loosely, asks without --yes, and ends with 0 where it finds nothing to unload.
LMS = """#!{python}
import json, sys, time
from pathlib import Path
file, log = Path({memory!r}), Path({log!r})
arguments = sys.argv[1:]
with log.open("a") as out:
    out.write(json.dumps(arguments) + "\\n")
memory = json.loads(file.read_text())
def option(name, default=None):
    return arguments[arguments.index(name) + 1] if name in arguments else default
if arguments[0] == "load":
    if "slow" in arguments[1]:
        time.sleep(30)
    if "broken" in arguments[1]:
        sys.exit("Error: \\x1b[31mnot enough memory\\x1b[0m")
    if "--yes" not in arguments:
        sys.stdin.read()
        sys.exit(1)
    if "lazy" not in arguments[1]:
        memory[option("--identifier")] = {{"key": arguments[1], "context": int(option("--context-length", 4096))}}
elif "--all" in arguments:
    memory = {{}}
elif memory.pop(arguments[1], None) is None:
    print("Cannot find a model with the identifier")
file.write_text(json.dumps(memory))
print("done")
"""


def fake_lms(studio: Studio) -> tuple[Path, Path]:
    """The program in a folder of its own, and the file of its arguments, a line per call."""
    folder = studio.file.parent / "bin"
    folder.mkdir(exist_ok=True)
    program, log = folder / "lms", studio.file.parent / "lms.log"
    program.write_text(LMS.format(python=sys.executable, memory=str(studio.file), log=str(log)))
    program.chmod(0o755)
    return program, log


def calls(log: Path) -> list[list[str]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


@contextmanager
def ollama(*names: str, **more: Any) -> Iterator[tuple[Ollama, Server, Fake]]:
    state = Ollama(*names)
    for name, value in more.items():
        setattr(state, name, value)
    with serving(state) as fake:
        yield state, Server(provider="ollama", base_url=f"{fake.url}/v1", timeout=5), fake


@contextmanager
def studio(
    folder: Path, *keys: str, version: int = 1, lms: bool = False, timeout: float = 5
) -> Iterator[tuple[Studio, Server, Path]]:
    state = Studio(folder, *keys, version=version)
    program, log = fake_lms(state)
    with serving(state) as fake:
        path = str(program) if lms else None
        yield state, Server(provider="lmstudio", base_url=f"{fake.url}/v1", timeout=timeout, lms=path), log


def test_ollama_lists_what_its_models_are() -> None:
    with ollama("llama3.2:latest") as (_, server, _fake):
        (one,) = list_models(server)
    assert one == Entry(
        name="llama3.2:latest", size=2_019_393_189, context=131_072, tools=True, parameters="3.2B", quantisation="Q4_K_M",
        architecture="llama", instances=(),
    )  # fmt: skip


def test_newer_versions_of_ollama_say_it_all_in_one_list() -> None:
    with ollama() as (state, server, fake):
        details = {"family": "qwen3", "context_length": 40_960}
        state.add("qwen3:8b", details=details, capabilities=["completion"], digest="a")
        (one,) = list_models(server)
    assert (one.context, one.tools) == (40_960, False)
    assert "/api/show" not in fake.paths


def test_a_model_that_ollama_cannot_show_does_not_hide_the_others() -> None:
    def answer(method: str, path: str, body: Any) -> tuple[int, object]:
        broken = path == "/api/show" and body["model"] == "broken:latest"
        return (500, {"error": "unreadable"}) if broken else state(method, path, body)

    state = Ollama("broken:latest", "good:latest")
    with serving(answer) as fake:
        found = list_models(Server(provider="ollama", base_url=fake.url))
    assert [(one.name, one.tools) for one in found] == [("broken:latest", None), ("good:latest", True)]


def test_ollama_says_what_is_in_memory_and_with_how_much_context() -> None:
    with ollama("a:latest", "b:latest") as (_, server, _fake):
        load("a", server)
        one, other = list_models(server)
    assert (one.loaded, one.loaded_context) == (True, 4096)
    assert (other.loaded, other.loaded_context) == (False, None)


def test_a_model_that_was_deleted_from_disk_is_listed_while_it_is_in_memory() -> None:
    with ollama("a:latest") as (state, server, _fake):
        load("a", server)
        state.models = {}
        assert [(one.name, one.loaded) for one in list_models(server)] == [("a:latest", True)]


def test_an_ollama_without_models_has_an_empty_list() -> None:
    with ollama() as (_, server, _fake):
        assert list_models(server) == ()


def test_ollama_behind_a_gate_for_openai_only_is_listed_by_that() -> None:
    with serving(table({"/v1/models": {"data": [{"id": "a"}]}})) as fake:
        (one,) = list_models(Server(provider="ollama", base_url=fake.url))
    assert (one.name, one.loaded) == ("a", None)


def test_an_ollama_too_old_to_say_what_is_in_memory_is_to_be_updated() -> None:
    with ollama("a:latest", old=True) as (_, server, _fake):
        assert list_models(server)[0].loaded is None
        with pytest.raises(ProviderError, match="update it"):
            load("a", server)


def test_loading_one_model_unloads_the_others() -> None:
    with ollama("a:latest", "b:latest", "c:latest") as (state, server, _fake):
        load("a", server)
        state.memory["b:latest"] = {"name": "b:latest"}
        made = load("c", server)
        assert (made.name, made.unloaded) == ("c:latest", ("a:latest", "b:latest"))
        assert list(state.memory) == ["c:latest"]


def test_others_are_gone_before_a_model_is_loaded() -> None:
    with ollama("a:latest", "b:latest") as (_, server, fake):
        load("a", server)
        fake.requests.clear()
        load("b", server)
    told = [(body["model"], body["keep_alive"]) for _, path, body in fake.requests if path == "/api/generate"]
    assert told == [("a:latest", 0), ("b:latest", "24h")]
    between = fake.paths[fake.paths.index("/api/generate") : len(fake.paths) - fake.paths[::-1].index("/api/generate")]
    assert between.count("/api/ps") >= 3


def test_a_model_that_is_in_memory_stays_there_and_is_kept_for_longer() -> None:
    with ollama("a:latest", "b:latest") as (state, server, _fake):
        first, second = load("a", server), load("A:LATEST", server)
        assert (first.already, second.already) == (False, True)
        assert second.unloaded == ()
        assert state.loads == ["a:latest", "a:latest"]


def test_two_names_for_the_same_contents_are_one_model_in_memory() -> None:
    with ollama("a:latest") as (state, server, _fake):
        state.add("a:8b", digest="sha0")
        load("a", server)
        made = load("a:8b", server)
    assert (made.identifier, made.already, made.unloaded) == ("a:8b", True, ())


def test_a_model_that_is_not_there_is_named_with_its_near_miss_and_nothing_is_unloaded() -> None:
    with ollama("llama3.2:latest") as (state, server, _fake):
        load("llama3.2", server)
        with pytest.raises(
            UsageError, match=r"unknown model 'llama3'; did you mean 'llama3\.2'\?.*'ollama pull llama3'"
        ):
            load("llama3", server)
        assert list(state.memory) == ["llama3.2:latest"]


def test_what_ollama_cannot_load_is_told_in_its_words() -> None:
    with (
        ollama("nomic-embed:latest") as (_, server, _fake),
        pytest.raises(ProviderError, match="does not support generate"),
    ):
        load("nomic-embed", server)


def test_a_model_that_only_passes_requests_on_has_nothing_to_load() -> None:
    with ollama("a:latest") as (state, server, _fake):
        state.add("big:cloud", remote_host="https://elsewhere.invalid", size=384)
        load("a", server)
        made = load("big:cloud", server)
        assert (made.identifier, made.unloaded, state.memory) == ("big:cloud", ("a:latest",), {})
        assert find("big:cloud", list_models(server), server).size is None  # type: ignore[union-attr]


def test_ollama_takes_no_context_length() -> None:
    with ollama("a:latest") as (_, server, _fake), pytest.raises(UsageError, match="OLLAMA_CONTEXT_LENGTH"):
        load("a", server, context=8192)


def test_what_a_model_runs_with_and_could_run_with_is_told() -> None:
    with ollama("a:latest") as (_, server, _fake):
        made = load("a", server)
    assert (made.context, made.limit) == (4096, 131_072)


def test_unloading_names_what_is_gone() -> None:
    with ollama("a:latest", "b:latest") as (state, server, _fake):
        load("a", server)
        assert unload("a", server) == ("a:latest",)
        assert unload("b", server) == ()
        assert state.memory == {}


def test_unloading_a_model_that_is_not_there_is_a_usage_error() -> None:
    with ollama("a:latest") as (_, server, _fake), pytest.raises(UsageError, match="unknown model 'zzz'"):
        unload("zzz", server)


def test_a_model_that_does_not_leave_is_an_error() -> None:
    with serving(Ollama("a:latest", lag=10**6)) as fake:
        server = Server(provider="ollama", base_url=fake.url, timeout=0.5)
        load("a", server)
        with pytest.raises(ProviderError, match=r"a:latest is still in the memory.*after 0\.5 s"):
            unload_all(server)


def test_everything_is_unloaded() -> None:
    with ollama("a:latest", "b:latest") as (state, server, _fake):
        load("a", server)
        state.memory["b:latest"] = {"name": "b:latest"}
        assert unload_all(server) == ("a:latest", "b:latest")
        assert unload_all(server) == ()


def test_a_server_that_is_not_ollama_does_not_say_done() -> None:
    def answer(method: str, path: str, body: Any) -> tuple[int, object]:
        return (200, {}) if path == "/api/generate" else state(method, path, body)

    state = Ollama("a:latest")
    with serving(answer) as fake, pytest.raises(ProviderError, match="does not say that it is done"):
        load("a", Server(provider="ollama", base_url=fake.url))


@pytest.mark.parametrize("provider", ["openrouter", "openai"])
def test_a_server_elsewhere_loads_nothing_on_request(provider: str) -> None:
    server = Server(provider=provider, base_url="http://127.0.0.1:9")
    for told in (lambda: load("a", server), lambda: unload("a", server), lambda: unload_all(server)):
        with pytest.raises(UsageError, match="only Ollama and LM Studio do"):
            told()


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("llama3.2", "LLAMA3.2:latest"),
        ("library/llama3.2", "llama3.2:latest"),
        ("registry.ollama.ai/library/llama3.2:3b", "llama3.2:3b"),
        ("hf.co/Me/Model-GGUF:Q4_K_M", "hf.co/me/model-gguf:q4_k_m"),
        ("host:5000/me/model", "host:5000/me/model:latest"),
    ],
)
def test_ollama_names_are_compared_as_ollama_does(name: str, same: str) -> None:
    assert ollama_name(name) == ollama_name(same)


def test_wanted_models_are_those_that_are_there_and_those_that_are_missing() -> None:
    with ollama("llama3.2:latest", "qwen3:8b") as (_, server, _fake):
        there, missing = installed(["qwen3:8b", "llama3.2", "qwen3:8B", "lama3.2", "\x00"], server)
    assert there == ("qwen3:8b", "llama3.2:latest")
    assert list(missing) == ["lama3.2", "\x00"]
    assert "did you mean 'llama3.2'?" in missing["lama3.2"]


def test_a_model_is_loaded_within_the_block_only() -> None:
    with ollama("a:latest") as (state, server, _fake):
        with loaded("a", server) as made:
            assert list(state.memory) == [made.name]
        assert state.memory == {}


def test_a_sweep_has_one_model_in_memory_at_a_time() -> None:
    with ollama("a:latest", "b:latest") as (state, server, _fake):
        seen = []
        for name in ("a", "b"):
            with loaded(name, server):
                seen.append(list(state.memory))
        assert seen == [["a:latest"], ["b:latest"]]
        assert state.memory == {}


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, UsageError, SystemExit])
def test_the_model_is_unloaded_whatever_ends_the_block(kind: type[BaseException]) -> None:
    with ollama("a:latest") as (state, server, _fake):
        with pytest.raises(kind, match=r"^mine$"), loaded("a", server):
            raise kind("mine")
        assert state.memory == {}


def test_an_error_in_the_block_is_not_hidden_by_one_while_unloading() -> None:
    with ollama("a:latest") as (state, server, _fake):
        state.lag = 10**6
        short = Server(provider="ollama", base_url=server.base_url, timeout=0.3)
        with pytest.raises(ValueError, match="mine") as caught, loaded("a", short):
            raise ValueError("mine")
    assert "may still be in memory" in caught.value.__notes__[0]


def test_a_model_that_is_not_there_is_said_before_the_block_begins() -> None:
    entered = []
    with (
        ollama("a:latest") as (_, server, _fake),
        pytest.raises(UsageError, match="unknown model") as caught,
        loaded("zzz", server),
    ):
        entered.append(1)
    assert (entered, getattr(caught.value, "__notes__", [])) == ([], [])


def test_an_interrupt_from_the_terminal_unloads_the_model() -> None:
    code = (
        "import sys, time; from swebench_lite.models.wire import Server; "
        "from swebench_lite.models.local_servers import loaded\n"
        "with loaded('a', Server(provider='ollama', base_url=sys.argv[1])):\n    print('in', flush=True); time.sleep(60)"
    )
    with ollama("a:latest") as (state, server, _fake):
        with subprocess.Popen(
            [sys.executable, "-c", code, server.base_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "in\n"
            assert list(state.memory) == ["a:latest"]
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        assert process.returncode != 0
        assert state.memory == {}


def test_lm_studio_lists_what_its_models_are(tmp_path: Path) -> None:
    with studio(tmp_path, "gemma-3-270m-it-qat") as (state, server, _):
        state.memory = {"mine": {"key": "gemma-3-270m-it-qat", "context": 8192}}
        (one,) = list_models(server)
    assert one == Entry(
        name="gemma-3-270m-it-qat", size=241_410_208, context=32_768, tools=True, parameters="270M", quantisation="Q4_0",
        architecture="llama", kind="llm", instances=("mine",), loaded_context=8192,
    )  # fmt: skip


def test_an_older_lm_studio_is_listed_by_its_older_protocol(tmp_path: Path) -> None:
    with studio(tmp_path, "a", "b", version=0) as (state, server, _):
        state.memory = {"a": {"key": "a", "context": 4096}}
        one, other = list_models(server)
    assert (one.loaded, one.loaded_context, one.context, one.quantisation) == (True, 4096, 131_072, "Q4_K_M")
    assert (other.loaded, other.tools, other.size) == (False, None, None)


def test_tools_of_an_older_lm_studio_are_known_where_it_tells() -> None:
    models = [{"id": "a", "capabilities": ["tool_use"]}, {"id": "b", "capabilities": []}, {"id": "c"}]
    with serving(table({"/api/v0/models": {"data": models}})) as fake:
        found = list_models(Server(provider="lmstudio", base_url=fake.url))
    assert [one.tools for one in found] == [True, False, None]


def test_the_oldest_lm_studio_is_listed_by_names_only(tmp_path: Path) -> None:
    with studio(tmp_path, "a", version=-1) as (_, server, _log):
        assert [(one.name, one.loaded) for one in list_models(server)] == [("a", None)]


def test_lm_studio_says_200_to_what_it_does_not_know_and_that_is_no_answer() -> None:
    server = lambda *_: (200, UNKNOWN)  # noqa: E731
    with serving(server) as fake, pytest.raises(ProviderError, match="has no list of models where LM Studio has it"):
        list_models(Server(provider="lmstudio", base_url=fake.url))


def test_lm_studio_loads_one_model_at_a_time(tmp_path: Path) -> None:
    with studio(tmp_path, "a", "b") as (state, server, _):
        load("a", server)
        made = load("B", server)
        assert (made.name, made.identifier, made.unloaded) == ("b", "b", ("a",))
        assert list(state.memory) == ["b"]
        assert unload_all(server) == ("b",)
        assert state.memory == {}


def test_lm_studio_keeps_an_instance_that_is_there_and_says_what_it_is_called(tmp_path: Path) -> None:
    with studio(tmp_path, "a") as (state, server, _):
        state.memory = {"mine": {"key": "a", "context": 4096}, "second": {"key": "a", "context": 4096}}
        made = load("a", server)
        assert (made.already, made.identifier, made.unloaded) == (True, "mine", ("second",))


def test_lm_studio_loads_anew_for_another_context_length(tmp_path: Path) -> None:
    with studio(tmp_path, "a") as (_, server, _log):
        load("a", server)
        made = load("a", server, context=16_384)
        assert (made.already, made.unloaded, made.context) == (False, ("a",), 16_384)
        assert load("a", server, context=16_384).already


def test_lm_studio_unloads_every_instance_of_a_model(tmp_path: Path) -> None:
    with studio(tmp_path, "a", "b") as (state, server, _):
        state.memory = {name: {"key": "a", "context": 1} for name in ("a", "a:2")} | {"b": {"key": "b", "context": 1}}
        assert unload("a", server) == ("a", "a:2")
        assert list(state.memory) == ["b"]


def test_a_model_can_be_unloaded_by_the_name_that_it_was_loaded_under(tmp_path: Path) -> None:
    with studio(tmp_path, "a") as (state, server, _):
        state.memory = {"mine": {"key": "a", "context": 1}}
        assert unload("mine", server) == ("mine",)


def test_what_lm_studio_cannot_load_is_told_in_its_words(tmp_path: Path) -> None:
    with studio(tmp_path, "broken") as (_, server, _log), pytest.raises(ProviderError, match="not enough memory"):
        load("broken", server)


def test_an_older_lm_studio_is_told_through_its_program(tmp_path: Path) -> None:
    with studio(tmp_path, "a", "b", version=0, lms=True) as (state, server, log):
        load("a", server)
        made = load("b", server, context=8192)
        assert (made.identifier, made.unloaded, made.context) == ("b", ("a",), 8192)
        assert list(state.memory) == ["b"]
        assert unload("b", server) == ("b",)
    port = ["--port", server.base_url.rpartition(":")[2].removesuffix("/v1")]
    assert calls(log) == [
        ["load", "a", "--identifier", "a", "--yes", *port],
        ["unload", "a", *port],
        ["load", "b", "--identifier", "b", "--context-length", "8192", "--yes", *port],
        ["unload", "b", *port],
    ]


def test_the_oldest_lm_studio_is_cleared_before_loading(tmp_path: Path) -> None:
    with studio(tmp_path, "a", "b", version=-1, lms=True) as (state, server, log):
        state.memory = {"a": {"key": "a", "context": 1}}
        load("b", server)
        assert list(state.memory) == ["b"]
        assert unload("b", server) == ("b",)
    assert [one[:2] for one in calls(log)] == [["unload", "--all"], ["load", "b"], ["unload", "b"]]


def test_without_its_program_an_older_lm_studio_says_what_to_do(tmp_path: Path) -> None:
    with (
        studio(tmp_path, "a", version=0) as (_, server, _log),
        pytest.raises(ProviderError, match=r"'lms', which is not on PATH.*lms bootstrap"),
    ):
        load("a", server)


def test_a_program_that_fails_is_quoted(tmp_path: Path) -> None:
    with (
        studio(tmp_path, "broken", version=0, lms=True) as (_, server, _log),
        pytest.raises(ProviderError, match=r"'lms load broken.*failed \(1\).*not enough memory"),
    ):
        load("broken", server)


def test_a_program_that_does_nothing_is_found_out(tmp_path: Path) -> None:
    with (
        studio(tmp_path, "lazy", version=0, lms=True) as (_, server, _log),
        pytest.raises(ProviderError, match=r"lms ended well, but lazy is not loaded.*done"),
    ):
        load("lazy", server)


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with studio(tmp_path, "slow", version=0, lms=True) as (_, server, _log):
        impatient = Server(provider="lmstudio", base_url=server.base_url, lms=server.lms, load_timeout=1)
        begun = time.monotonic()
        with pytest.raises(ProviderError, match="not done within 1 s"):
            load("slow", impatient)
    assert time.monotonic() - begun < 10


def test_a_program_that_leaves_a_service_behind_is_not_waited_for(tmp_path: Path) -> None:
    with studio(tmp_path, "a", version=0, lms=True) as (state, server, _):
        program = Path(server.lms or "")
        body = program.read_text().replace(
            "import json", "import subprocess; subprocess.Popen(['sleep', '5'])\nimport json"
        )
        program.write_text(body)
        begun = time.monotonic()
        load("a", server)
        assert time.monotonic() - begun < 15
        assert list(state.memory) == ["a"]


def test_a_program_that_cannot_run_is_named(tmp_path: Path) -> None:
    with studio(tmp_path, "a", version=0, lms=True) as (_, server, _log):
        Path(server.lms or "").write_bytes(b"\x7fELF garbage")
        with pytest.raises(ProviderError, match="cannot be started"):
            load("a", server)


def test_a_name_that_is_an_option_never_reaches_the_program(tmp_path: Path) -> None:
    with studio(tmp_path, "--help", version=0, lms=True) as (_, server, log):
        with pytest.raises(ProviderError, match="for an option"):
            load("--help", server)
        assert not log.exists()


def test_a_web_page_is_no_load() -> None:
    def answer(method: str, path: str, body: Any) -> tuple[int, object]:
        return (200, HTML) if path == "/api/generate" else state(method, path, body)

    state = Ollama("a:latest")
    with serving(answer) as fake, pytest.raises(ProviderError, match="a web page"):
        load("a", Server(provider="ollama", base_url=fake.url))
