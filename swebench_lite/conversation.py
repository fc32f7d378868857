"""The nouns between an instance and an answer: what a model is asked, under which conditions, and what it said.

Frozen, picklable, without behaviour, like those of ``records``, which offers them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNNAMED = "__unnamed_block__"  # the name of a file that was answered without one


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a reply is drawn; None leaves the choice to the server. max_tokens bounds the reply, reasoning included."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One experimental condition: what surrounds the prompt.

    contract: text before the request, or "" for none; contract_version names its edition. context: which files of the tree
    are shown (none, all, oracle, bm25, repo-map). tests: whether the tests that will run are shown too. answer_format: what
    is asked for (diff, files, search-replace). budget: the most tokens that a prompt may have. thinking: an effort (low,
    medium, high, ...) or a number of tokens, or "" for the model's own.
    """

    name: str
    contract: str = ""
    contract_version: str = ""
    system: str = "You are a careful software engineer."
    context: str = "none"
    answer_format: str = "diff"
    budget: int = 32_000
    sampling: Sampling = field(default_factory=Sampling)
    thinking: str = ""
    tests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent to a model: the system text and the user's text, and how the reply is to be drawn.

    context: the strategy that chose ``files``, the paths that are shown. tokens: of both texts, counted by ``tokenizer``
    (its name, or an estimator's). truncated: what was left out or cut to fit the budget, a sentence each.
    """

    system: str
    user: str
    context: str = "none"
    files: tuple[str, ...] = ()
    tokens: int = 0
    tokenizer: str = ""
    truncated: tuple[str, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    thinking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its reply, whole.

    request: the body that was sent, as JSON, or the prompt's text where nothing was sent. response: the body that came back,
    as text, undecoded. reply: the visible text in it; reasoning, refusal and tool_calls (name, arguments as JSON) are kept
    apart. headers: the response's that matter (name, value). error is set where the provider failed; status is the last HTTP
    status. tries: requests made, retries included. seconds is wall time; cost_usd is None when prices are unknown.
    settled_usd: what the run's budget counted for it, an estimate where cost_usd is None; None without a budget.
    key: SHA-256 of what decides the reply (endpoint, body, sample), so that nothing is asked twice.
    """

    request: str
    reply: str
    model: str
    error: str | None = None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float = 0.0
    key: str = ""
    response: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    model_used: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    tries: int = 1
    asked_at: str = ""
    settled_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a reply was read.

    form: where the answer was found (``fenced diff``, ``bare diff``, ``FILE blocks``, ``search/replace``, ``unnamed block``).
    notes: what was odd about it, a few words each (``unclosed fence``, ``3 diffs joined``, ``stray language line``).
    parses: whether the diff parses as written; None where the answer is no diff.
    """

    form: str
    notes: tuple[str, ...] = ()
    parses: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatScore:
    """0 to 100 for the shape of a reply. parts: (name, points, of how many), in order."""

    total: float
    parts: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool that a model may call. parameters: the JSON Schema of its arguments, an object."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One call that a model made. arguments: as it wrote them, JSON or not. call_id: what the result has to name."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a dialogue.

    role: ``user``, ``assistant`` or ``tool``. calls: those of an assistant's message. call_id, name: the call whose result
    a tool's message is. kept: more fields of an assistant's message, which its server wants to see again, as JSON or "".
    """

    role: str
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    name: str = ""
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """What is sent to a model in a talk of several turns.

    in_text: the tools are described in the text and called in it, for servers without tool calling. sampling, thinking: as
    in ``Prompt``.
    """

    system: str
    turns: tuple[Turn, ...]
    tools: tuple[ToolSpec, ...] = ()
    in_text: bool = False
    sampling: Sampling = field(default_factory=Sampling)
    thinking: str = ""
