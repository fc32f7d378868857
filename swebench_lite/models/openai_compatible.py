"""Any model behind an OpenAI-compatible server. Every failure ends in the exchange."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from swebench_lite.conversation import Dialogue
from swebench_lite.errors import UsageError
from swebench_lite.models import prices, transport
from swebench_lite.models.completions import Completion
from swebench_lite.models.dialogue import as_prompt, fields
from swebench_lite.models.endpoints import Endpoint
from swebench_lite.models.options import Options, thinking_fields
from swebench_lite.models.pace import HeldBack, Pace, pace
from swebench_lite.models.prices import Price
from swebench_lite.models.profiles import BARE_ARMS, mend, words
from swebench_lite.models.protocol import UNSENT
from swebench_lite.models.retry import Failure, Retry
from swebench_lite.models.transport import Trial
from swebench_lite.records import Exchange, Prompt, Sampling

TIMEOUT = 900.0  # seconds per request: long thinking comes in one piece
_GUESS = 8192  # tokens of a reply that nothing bounds, for an estimate
_UNSENT = Trial(result=Failure(message=UNSENT, passing=False), sent=False)

_BILLED = ("input_tokens", "output_tokens", "cost_usd")


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAICompatible:
    """A model by name. Thread-safe; it pickles with its key, which nothing that it returns ever holds.

    run: the id of the run that asks; then each attempt's requests carry one ``Idempotency-Key``. bare: arms without a
    contract, to which a profile adds no words. stopped: says whether the run is being stopped, so that nothing is to be sent.

    thinking: the level in the name; it goes before the prompt's. defaults: sampling where neither the prompt nor the models
    file says anything. timeout: seconds per request. certificates: a CA bundle to trust instead of the usual ones.
    """

    name: str
    endpoint: Endpoint
    options: Options = field(default_factory=Options)
    thinking: str = ""
    defaults: Sampling = field(default_factory=Sampling)
    timeout: float = TIMEOUT
    retry: Retry = field(default_factory=Retry)
    certificates: Path | None = None
    untouched: bool = False
    run: str = ""
    bare: frozenset[str] = BARE_ARMS
    stopped: Callable[[], bool] = _never

    @property
    def price(self) -> Price | None:
        """Its rates by the models file, else nothing on this machine, else by the shipped list; None where nobody knows."""
        own = Price(blended=0.0) if self.endpoint.own else None
        return self.options.price or own or prices.find(self.endpoint.model)

    def reply(self, prompt: Prompt, *, instance_id: str, arm: str, sample: int) -> Exchange:
        """One exchange, retries included; ``seconds`` are those of the last request. A failure is in its ``error``.

        ``tries`` counts the requests that went out; 0 where none did. ``cost_usd`` is that of all of them, as far as the
        provider names it, and so are the tokens of a failure; those of a reply are its own.
        """
        return self._send(prompt, lambda: self.body(prompt, arm=arm, sample=sample), (instance_id, arm, sample))

    def converse(self, dialogue: Dialogue, *, instance_id: str, arm: str, sample: int) -> Exchange:
        """One exchange that goes on with a dialogue; ``sample`` tells its steps apart. Otherwise as ``reply``.

        Where the models file omits ``tools``, they are described in the text.
        """
        dialogue = replace(dialogue, in_text=dialogue.in_text or "tools" in self.options.omit)
        prompt = as_prompt(dialogue)

        def body() -> dict[str, Any]:
            # A dialogue's steps are not samples: the seed stays.
            plain = self.body(prompt, arm=arm, sample=0)
            return {**plain, **fields(dialogue, _clean)}

        return self._send(prompt, body, (instance_id, arm, sample))

    def _send(self, prompt: Prompt, make: Callable[[], dict[str, Any]], attempt: tuple[str, str, int]) -> Exchange:
        now = datetime.fromtimestamp(self.retry.clock(), UTC).isoformat(timespec="milliseconds")
        asked = Exchange(request="", reply="", model=self.name, asked_at=now.replace("+00:00", "Z"), tries=0)
        try:
            body = make()
        except UsageError as error:
            return replace(asked, request=prompt.user, error=str(error))
        asked = replace(asked, request=json.dumps(body, ensure_ascii=False), key=self._key(body, attempt[2]))
        if self.options.context and self.options.context <= prompt.tokens:
            told = f"the prompt has {prompt.tokens:,} tokens, the model's context {self.options.context:,}"
            return replace(asked, error=f"{told}; choose an arm with a smaller budget")
        pace = self._pace()
        once = self._once(asked.key, attempt)
        failed: list[Failure] = []

        def failure(trial: Trial) -> Failure | None:
            if not isinstance(trial.result, Failure):
                return None
            failed.append(trial.result)
            return trial.result

        trial, tries = self.retry.run(lambda: self._ask(body, pace, once), failure, asked_to_wait=pace.hold)
        return self._exchange(replace(asked, tries=tries - (not trial.sent)), trial, failed)

    def estimate(self, prompt: Prompt) -> float | None:
        """USD for the prompt and the longest reply that may come (8,192 tokens where nothing bounds it)."""
        inputs = prompt.tokens or (len(prompt.system) + len(prompt.user)) // 3
        return self._cost(Completion(input_tokens=inputs, output_tokens=self._sampling(prompt).max_tokens or _GUESS))

    def body(self, prompt: Prompt, *, arm: str, sample: int) -> dict[str, Any]:
        """The request's body. Raises UsageError for a thinking level that this server cannot be asked for.

        A seed grows with the sample: with the same one, every sample would be the same.
        """
        sampling = self._sampling(prompt)
        user = words(prompt.user, self.options.profile, arm, bare=self.bare)
        fields = {
            "model": _clean(self.endpoint.model),
            "messages": [
                {"role": role, "content": _clean(text)}
                for role, text in (("system", prompt.system), ("user", user))
                if text
            ],
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            self.endpoint.usual.limit: self._room(sampling.max_tokens, prompt),
            "seed": None if sampling.seed is None else sampling.seed + sample,
            "provider": dict(self.options.routing) or None,
            **({"stream": True, "stream_options": {"include_usage": True}} if self.options.stream else {}),
            **self._thinking(prompt.thinking),
            **self.options.extra_body,
        }
        return {name: value for name, value in fields.items() if value is not None and name not in self.options.omit}

    def check_thinking(self, level: str) -> None:
        """Raises UsageError where a prompt that wants this level cannot be sent. The level in the name goes before it."""
        self._thinking(level)

    def _thinking(self, level: str) -> dict[str, Any]:
        style = self.options.thinking_style or self.endpoint.usual.thinking
        return thinking_fields(style, self.thinking or level or self.options.thinking)

    def _sampling(self, prompt: Prompt) -> Sampling:
        """Field by field: the prompt's, else the models file's, else the defaults."""
        order = (prompt.sampling, self.options.sampling, self.defaults)
        return Sampling(**{
            name: next((value for one in order if (value := getattr(one, name)) is not None), None)
            for name in ("temperature", "top_p", "max_tokens", "seed")
        })  # fmt: skip

    def _room(self, most: int | None, prompt: Prompt) -> int | None:
        """The bound of the reply, no larger than what the prompt leaves of the context."""
        if most is None or not self.options.context:
            return most
        return max(1, min(most, self.options.context - prompt.tokens))

    def _pace(self) -> Pace:
        at_once = self.options.concurrency or self.endpoint.usual.at_once
        per_minute = self.options.requests_per_minute
        return pace(self.endpoint.url, self.endpoint.model, at_once=at_once, per_minute=per_minute)

    def _ask(self, body: dict[str, Any], pace: Pace, once: str) -> Trial:
        try:
            with pace.turn(self.retry.sleep, patience=self.retry.patience) as mine:
                # Whoever waited for a seat, or for the budget, may have waited until the run was stopped.
                if not mine or self.stopped():
                    return _UNSENT
                return transport.ask(
                    self.endpoint,
                    body,
                    timeout=self.timeout,
                    clock=self.retry.clock,
                    certificates=self.certificates,
                    once=once,
                )
        except HeldBack as held:
            return Trial(result=Failure(message=f"not sent: {held}; resume the run later", passing=False), sent=False)

    def _exchange(self, asked: Exchange, trial: Trial, failed: Sequence[Failure]) -> Exchange:
        exchange = replace(
            asked, response=trial.body, headers=trial.headers, status=trial.status, seconds=trial.seconds
        )
        said = trial.result
        if isinstance(said, Failure):
            asks = f" (asks to wait {said.wait:,.0f} s)" if said.wait and said.wait > self.retry.patience else ""
            return replace(
                exchange,
                error=f"{said.message}{asks}",
                input_tokens=_sum(one.input_tokens for one in failed),
                output_tokens=_sum(one.output_tokens for one in failed),
                reasoning_tokens=_sum(one.reasoning_tokens for one in failed),
                cost_usd=self._paid(failed),
            )
        mended = mend(said.reply, self.options.profile)
        cost = self._cost(said)
        return replace(
            exchange,
            reply=mended.reply,
            reasoning="\n\n".join(filter(None, (said.reasoning, mended.thinking))),
            refusal=said.refusal,
            tool_calls=said.tool_calls,
            finish_reason=said.finish_reason,
            model_used=said.model,
            input_tokens=said.input_tokens,
            output_tokens=said.output_tokens,
            reasoning_tokens=said.reasoning_tokens,
            cost_usd=None if cost is None else prices.money(Decimal(str(cost)) + Decimal(str(self._paid(failed) or 0))),
            headers=(*trial.headers, *self._profile_note(mended.changed)),
        )

    def _profile_note(self, changed: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """A line beside the response's headers that says under which profile it was read, and what that changed."""
        if self.options.profile is None:
            return ()
        return (("swebench-lite-profile", f"{self.options.profile.name}: {', '.join(changed) or 'reply as it came'}"),)

    def _paid(self, failed: Sequence[Failure]) -> float | None:
        """What failed tries cost together; None where the provider counts nothing, and so most likely bills nothing."""
        costs = [self._cost(one) for one in failed if any(getattr(one, name) is not None for name in _BILLED)]
        known = [Decimal(str(cost)) for cost in costs if cost is not None]
        return prices.money(sum(known, Decimal(0))) if known else None

    def _cost(self, said: Completion | Failure) -> float | None:
        """What the provider says, else by the models file's price, else 0 on this machine, else by the shipped price."""
        if said.cost_usd is not None:
            return prices.money(Decimal(str(said.cost_usd)))
        if self.endpoint.own and self.options.price is None:
            return 0.0
        price = self.price
        if price is None or said.input_tokens is None or said.output_tokens is None:
            return None
        return price.cost(said.input_tokens, said.output_tokens)

    def _once(self, exchange_key: str, attempt: tuple[str, str, int]) -> str:
        """One key for all tries of an attempt, also of a resumed run; another one as soon as anything else is asked."""
        if not self.run:
            return ""
        return hashlib.sha256(json.dumps([self.run, self.name, *attempt, exchange_key]).encode()).hexdigest()

    def _key(self, body: dict[str, Any], sample: int) -> str:
        decisive = json.dumps([self.endpoint.url, body, sample], sort_keys=True)
        return hashlib.sha256(decisive.encode()).hexdigest()


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _clean(text: str) -> str:
    """Text that JSON in UTF-8 can carry: what was no text becomes replacement characters."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
