"""Ollama and LM Studio in a run over several models: which of them are there, and one at a time in the server's memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import takewhile
from types import TracebackType
from typing import Self

from swebench_lite.errors import ProviderError, SwebenchLiteError, UsageError
from swebench_lite.models.catalogs import list_models
from swebench_lite.models.endpoints import PLACEHOLDER
from swebench_lite.models.local_servers import LOCAL, Loaded, installed, loaded
from swebench_lite.models.openai_compatible import OpenAICompatible
from swebench_lite.models.protocol import UNSENT, Model
from swebench_lite.models.wire import PROVIDERS, NotRunning, Server
from swebench_lite.records import Exchange, Prompt
from swebench_lite.settings import Settings, tool

_LOOK = 0.2  # seconds after which whoever waits for a turn looks whether the run is being stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """missing: why a model cannot be asked, by its name. doubts: sentences about servers that do not tell what they have."""

    missing: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


def survey(models: Sequence[Model], settings: Settings) -> Survey:
    """Which models their local servers lack, or whose server does not run; models of other servers are not looked for."""
    missing: dict[str, str] = {}
    doubts: list[str] = []
    for server, mine in _by_server(models, settings):
        try:
            told = installed([one.endpoint.model for one in mine], server).missing
        except NotRunning as error:
            missing.update({one.name: str(error) for one in mine})
        except ProviderError as error:
            doubts.append(str(error))
        else:
            missing.update({one.name: told[one.endpoint.model] for one in mine if one.endpoint.model in told})
    return Survey(missing=missing, doubts=tuple(doubts))


class Memory:
    """What one local server holds in memory during a run: one model at a time, from its first request on.

    Another model is loaded only once every request of the one before has ended, and every attempt that was expected of those
    before it. Use in a ``with`` block, which unloads the
    last one; what goes wrong then is in ``problem``. Safe to use from several threads.
    """

    def __init__(
        self, server: Server, *, stopping: threading.Event, told: Callable[[str], None] = lambda _: None
    ) -> None:
        """stopping: once it is set nothing is loaded any more. told: hears in a few words what is loaded."""
        self.server = server
        self.problem = ""
        self._stopping = stopping
        self._told = told
        self._change = threading.Condition()
        self._held = ExitStack()
        self._model = ""
        self._loaded: Loaded | None = None
        self._failed: dict[str, SwebenchLiteError] = {}
        self._active = 0
        self._expected: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._held.close()
        except SwebenchLiteError as failed:
            self.problem = str(failed)

    def expect(self, model: str) -> None:
        """One more attempt will ask this model. Models have their turns in the order in which they were first expected, so
        whoever asks must begin the attempts of one model before those of the next."""
        with self._change:
            self._expected[model] = self._expected.get(model, 0) + 1

    def over(self, model: str) -> None:
        """One attempt that was expected asks no more."""
        with self._change:
            self._expected[model] -= 1
            self._change.notify_all()

    @contextmanager
    def turn(self, model: str, *, context: int | None = None) -> Iterator[Loaded | None]:
        """The model is in memory within the block; None where the run is being stopped and it was not loaded any more.

        context: tokens to load it with (LM Studio only). Raises ProviderError or UsageError where it cannot be loaded.
        """
        with self._change:
            while self._is_others(model) and not self._stopping.is_set():
                self._change.wait(_LOOK)
            if self._model != model and not self._stopping.is_set():
                self._switch(model, context)
            held = self._loaded if self._model == model else None
            self._active += held is not None
        try:
            yield held
        finally:
            with self._change:
                self._active -= held is not None
                self._change.notify_all()

    def _is_others(self, model: str) -> bool:
        if self._active and self._model != model:
            return True
        before = takewhile(lambda name: name != model, self._expected)
        return any(self._expected[name] for name in before)

    def _switch(self, model: str, context: int | None) -> None:
        if model in self._failed:
            # Each of its attempts says so; trying to load it for each of them could take all day.
            raise ProviderError(str(self._failed[model]))
        self._model, self._loaded = "", None
        try:
            self._held.close()
        except SwebenchLiteError as error:
            # The one before would not leave: that is no fault of this one, which may find room all the same.
            self._told(str(error))
        self._told(f"loading {model} at {self.server.base_url}")
        try:
            self._loaded = self._held.enter_context(loaded(model, self.server, context=context))
        except SwebenchLiteError as error:
            self._failed[model] = error
            raise
        self._model = model


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked:
    """Stands for a model that cannot be asked; why: the ``error`` of each of its exchanges, whose ``tries`` is 0."""

    name: str
    why: str
    untouched: bool = False

    def reply(self, prompt: Prompt, **_: object) -> Exchange:
        """A failure."""
        return Exchange(request=prompt.user, reply="", model=self.name, error=self.why, tries=0)

    def estimate(self, _prompt: Prompt, /) -> float | None:
        """Nothing: nobody is asked."""
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A model of a local server that is asked only while it is in the server's memory. Thread-safe."""

    model: OpenAICompatible
    memory: Memory

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def untouched(self) -> bool:
        return False

    def reply(self, prompt: Prompt, *, instance_id: str, arm: str, sample: int) -> Exchange:
        """One exchange; that the model cannot be loaded is in its ``error``, with ``tries`` 0."""
        with self.turn() as model:
            return model.reply(prompt, instance_id=instance_id, arm=arm, sample=sample)

    @contextmanager
    def turn(self) -> Iterator[Model]:
        """The model in memory; where it cannot be loaded, or is not any more, one whose every reply says so."""
        lmstudio = self.model.endpoint.provider == "lmstudio"
        context = self.model.options.context if lmstudio else None
        with ExitStack() as taken:
            model: Model = self.model
            try:
                held = taken.enter_context(self.memory.turn(self.model.endpoint.model, context=context))
            except (ProviderError, UsageError) as error:
                model = Unasked(name=self.name, why=str(error))
            else:
                if held is None:
                    model = Unasked(name=self.name, why=UNSENT)
                elif lmstudio and held.identifier != held.name:
                    model = replace(self.model, endpoint=replace(self.model.endpoint, model=held.identifier))
            yield model

    def check_thinking(self, level: str) -> None:
        """As the model itself."""
        self.model.check_thinking(level)

    def estimate(self, prompt: Prompt) -> float | None:
        """As the model itself."""
        return self.model.estimate(prompt)


def memories(
    models: Sequence[Model],
    settings: Settings,
    *,
    stopping: threading.Event,
    told: Callable[[str], None] = lambda _: None,
    fewest: int = 2,
) -> dict[str, Memory]:
    """The memories of local servers that are asked for several models, by the names of these models.

    fewest: how many models of one server are worth it; with 1 a single model is loaded and unloaded too.
    A server that cannot be told what to load keeps to its own ways; ``told`` hears that.
    """
    found: dict[str, Memory] = {}
    for server, mine in _by_server(models, settings):
        if len({one.endpoint.model for one in mine}) < fewest:
            continue
        why = _unsteerable(server)
        if why:
            told(f"{why}; it decides itself when to load which model")
            continue
        memory = Memory(server, stopping=stopping, told=told)
        found.update({one.name: memory for one in mine})
    return found


def _unsteerable(server: Server) -> str:
    """Why a server cannot be told what to load; "" where it can."""
    try:
        entries = list_models(server, details=False)
    except ProviderError as error:
        return str(error)
    unknown = any(one.instances is None for one in entries)
    if unknown and (server.provider == "ollama" or server.lms is None):
        return f"{PROVIDERS[server.provider].title} at {server.base_url} does not say what is in its memory"
    return ""


def _by_server(models: Sequence[Model], settings: Settings) -> list[tuple[Server, list[OpenAICompatible]]]:
    """The models of Ollama and LM Studio by their server."""
    groups: dict[tuple[str, str], list[OpenAICompatible]] = {}
    for one in models:
        if isinstance(one, OpenAICompatible) and one.endpoint.provider in LOCAL:
            groups.setdefault((one.endpoint.provider, one.endpoint.url), []).append(one)
    return [(_server(mine[0], settings), mine) for mine in groups.values()]


def _server(model: OpenAICompatible, settings: Settings) -> Server:
    where = model.endpoint
    return Server(
        provider=where.provider,
        base_url=where.url,
        key="" if where.key == PLACEHOLDER or where.own else where.key,
        lms=tool("lms", settings) or tool(str(settings.home / ".lmstudio" / "bin" / "lms"), settings),
        certificates=settings.certificates,
    )
