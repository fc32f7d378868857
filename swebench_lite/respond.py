"""Prompt, Model -> Exchange. The one place that asks a model."""

from __future__ import annotations

import time
from dataclasses import replace

from swebench_lite.errors import ProviderError
from swebench_lite.models import Model
from swebench_lite.records import Exchange, Prompt


def respond(prompt: Prompt, model: Model, *, instance_id: str, arm: str, sample: int) -> Exchange:
    """One exchange with its wall time in seconds. Raises ProviderError where the provider failed."""
    begun = time.monotonic()
    exchange = model.reply(prompt, instance_id=instance_id, arm=arm, sample=sample)
    if exchange.error:
        raise ProviderError(f"{model.name} did not answer: {exchange.error}")
    return replace(exchange, seconds=round(time.monotonic() - begun, 4))
