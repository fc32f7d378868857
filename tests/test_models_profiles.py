from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from swebench_lite.errors import UsageError
from swebench_lite.models import Access, OpenAICompatible, open_model
from swebench_lite.models.options import STYLES, parse, read_models_file, thinking_fields
from swebench_lite.models.prices import Price
from swebench_lite.models.profiles import FIXES, PROFILES, Profile, mend, words
from swebench_lite.records import Prompt, Sampling
from swebench_lite.settings import Settings
from tests.model_server import ModelServer

WHOLE = """
[models."openrouter/qwen/qwen3"]
url = "https://example.test/v1"
model = "qwen3"
key_variable = "SWEBENCH_LITE_API_KEY"
placeholder = "hello"
prompt_price = 0.2
completion_price = 1
context = 32768
max_tokens = 4096
temperature = 0.2
top_p = 0.9
thinking = 8000
thinking_style = "reasoning"
provider = { order = ["a"], allow_fallbacks = false }
requests_per_minute = 30
concurrency = 2
timeout = 60
stream = true
extra_body = { top_k = 20 }
omit = ["seed"]
profile = "mine"

[profiles.mine]
contract = "One diff."
fixes = ["strip-thinking"]
"""


def test_every_setting_is_read() -> None:
    options = parse(WHOLE).models["openrouter/qwen/qwen3"]
    assert (options.url, options.model, options.key_variable) == (
        "https://example.test/v1",
        "qwen3",
        "SWEBENCH_LITE_API_KEY",
    )
    assert options.price == Price(prompt=0.2, completion=1.0)
    assert options.sampling == Sampling(temperature=0.2, top_p=0.9, max_tokens=4096)
    assert (options.context, options.thinking, options.thinking_style) == (32768, "8000", "reasoning")
    assert options.routing == {"order": ["a"], "allow_fallbacks": False}
    assert (options.requests_per_minute, options.concurrency, options.timeout) == (30.0, 2, 60.0)
    assert (options.stream, options.extra_body, options.omit) == (True, {"top_k": 20}, ("seed",))
    assert options.profile == Profile(name="mine", contract="One diff.\n", fixes=("strip-thinking",))
    assert options.placeholder == "hello"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[models.a]\nprompt_prize = 1",
            "models.toml, model 'a': unknown setting 'prompt_prize'; did you mean 'prompt_price'",
        ),
        ("[model.a]\n", "unknown table 'model'; did you mean 'models'"),
        ("[models]\na = 3", "must be a table"),
        ("models = 3", "must be a table"),
        ("[models.a]\nprompt_price = -1", "prompt_price must be a number from 0, not '-1'"),
        ("[models.a]\nprompt_price = nan", "must be a number from 0"),
        ("[models.a]\nprompt_price = true", "must be a number"),
        ("[models.a]\nprompt_price = 1", "give prompt_price and completion_price, or blended_price"),
        ("[models.a]\nblended_price = 1\nprompt_price = 1\ncompletion_price = 1", "either a prompt and a completion"),
        ("[models.a]\ncontext = 0", "context must be a whole number from 1"),
        ("[models.a]\nconcurrency = 1.5", "whole number"),
        ("[models.a]\nrequests_per_minute = 0", "must be a number above 0"),
        ("[models.a]\ntemperature = 3", "must be a number from 0 to 2"),
        ("[models.a]\nthinking = 'hihg'", "thinking must be one of none, minimal"),
        ("[models.a]\nthinking = -1", "thinking must be one of"),
        ("[models.a]\nthinking_style = 'reasonning'", "did you mean 'reasoning'"),
        ("[models.a]\nstream = 1", "must be true or false"),
        ("[models.a]\nextra_body = {model = 'x'}", "must not hold 'model'"),
        ("[models.a]\nextra_body = {when = 2024-01-01}", "only what JSON can say"),
        ("[models.a]\nextra_body = 3", "must be a table"),
        ("[models.a]\nomit = 'seed'", "must be a list of texts"),
        ("[models.a]\nprofile = 'mien'\n[profiles.mine]", "did you mean 'mine'"),
        ("[profiles.a]\nfixes = ['strip-thinkin']", "did you mean 'strip-thinking'"),
        ("[profiles.a]\ncontrakt = 'x'", "did you mean 'contract'"),
        ("[models.a", "models.toml is no TOML"),
        ("x = " + "[" * 5000, "models.toml is no TOML"),
    ],
    ids=lambda value: value[:40],
)
def test_a_mistake_is_named_with_its_place(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert told in str(caught.value)


@examples(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, f"[models.a]\n{text}", f"[models.a]\nextra_body = {{ x = {text} }}"):
        try:
            found = parse(whole)
        except UsageError:
            continue
        # Nothing is read that nobody wrote.
        assert all(name in whole for name in found.models)


def test_a_file_that_is_given_must_be_there(tmp_path: Path) -> None:
    assert read_models_file(None, folder=tmp_path).models == {}
    with pytest.raises(UsageError, match=r"nowhere\.toml' cannot be read: No such file"):
        read_models_file(tmp_path / "nowhere.toml", folder=tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"models\.toml' is no UTF-8 text"):
        read_models_file(None, folder=tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_bytes(b"\xef\xbb\xbf[models.a]\nconcurrency = 3\n")
    assert read_models_file(None, folder=tmp_path).models["a"].concurrency == 3


def test_settings_with_a_level_go_before_those_without() -> None:
    file = parse('[models.a]\nmax_tokens = 1\n[models."a@high"]\nmax_tokens = 2\n')
    assert file.options("a", "high").sampling.max_tokens == 2
    assert file.options("a", "low").sampling.max_tokens == 1
    assert file.options("b", "").sampling.max_tokens is None


def test_a_model_of_the_file_is_opened_by_its_name(settings: Settings, tmp_path: Path) -> None:
    with ModelServer() as server:
        (tmp_path / "models.toml").write_text(
            f'[models.mine]\nurl = "{server.url}"\nmodel = "tiny"\nthinking = "low"\n'
        )
        opened = open_model("mine", (), settings=settings, access=Access(folder=tmp_path))
        exchange = opened.reply(Prompt(system="", user="x"), instance_id="a", arm="a", sample=0)
    assert (exchange.model, exchange.model_used) == ("mine", "tiny-2025")
    assert server.requests[0].body["reasoning_effort"] == "low"


def test_a_name_that_is_not_in_the_file_names_those_that_are(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text('[models.sparrow]\nurl = "http://127.0.0.1:9/v1"\n')
    with pytest.raises(UsageError, match="did you mean 'sparrow'"):
        open_model("sparow", (), settings=settings, access=Access(folder=tmp_path))


@pytest.mark.parametrize(
    ("style", "level", "fields"),
    [
        ("reasoning_effort", "high", {"reasoning_effort": "high"}),
        ("reasoning", "high", {"reasoning": {"effort": "high"}}),
        ("reasoning", "2000", {"reasoning": {"max_tokens": 2000}}),
        ("thinking", "2000", {"thinking": {"type": "enabled", "budget_tokens": 2000}}),
        ("thinking", "none", {"thinking": {"type": "disabled"}}),
        ("enable_thinking", "2000", {"enable_thinking": True, "thinking_budget": 2000}),
        ("enable_thinking", "none", {"enable_thinking": False}),
        ("chat_template_kwargs", "0", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("chat_template_kwargs", "high", {"chat_template_kwargs": {"enable_thinking": True}}),
        ("reasoning", "", {}),
    ],
)
def test_a_level_is_put_in_the_words_of_the_server(style: str, level: str, fields: dict[str, object]) -> None:
    assert thinking_fields(style, level) == fields


@pytest.mark.parametrize(
    ("style", "level"), [("reasoning_effort", "2000"), ("thinking", "high"), ("reasoning", "lots")]
)
def test_a_level_that_a_style_cannot_say_is_refused(style: str, level: str) -> None:
    with pytest.raises(UsageError, match=f"'{level}' cannot be asked for: {style}"):
        thinking_fields(style, level)


def test_every_style_carries_its_level_in_the_field_of_its_name() -> None:
    assert all(style in thinking_fields(style, "none") for style in STYLES)


@pytest.mark.parametrize(
    ("fix", "reply", "mended", "thinking"),
    [
        ("strip-thinking", "<think>\nhm\n</think>\n\nanswer", "answer", "hm"),
        ("strip-thinking", "hm\n</think>\nanswer", "answer", "hm"),
        ("strip-thinking", "answer with <think>inner</think> text", "answer with <think>inner</think> text", ""),
        ("strip-thinking", "<think>never closed", "<think>never closed", ""),
        ("strip-thinking", 'a\nx = "</think>"\n', 'a\nx = "</think>"\n', ""),
        ("strip-thinking", "```FILE: a.py\n# drop </think>\n```\n", "```FILE: a.py\n# drop </think>\n```\n", ""),
        ("strip-thinking", "```diff\n+a</think>\n```\n", "```diff\n+a</think>\n```\n", ""),
        ("strip-thinking", "```py\nx\n```\nSo:\n</think>\nanswer", "answer", "```py\nx\n```\nSo:"),
        ("unwrap-markdown", "```md\na\n```\n```diff\nx\n```\n", "```md\na\n```\n```diff\nx\n```\n", ""),
        ("unwrap-markdown", "````md\n```\nx\n```\n````\n", "```\nx\n```\n", ""),
        ("unwrap-markdown", "```markdown\nhi\n```diff\nx\n```\n```\n", "hi\n```diff\nx\n```\n", ""),
        ("unwrap-markdown", "```diff\nx\n```\n", "```diff\nx\n```\n", ""),
        ("strip-special-tokens", "answer\n<|im_end|>\n", "answer\n", ""),
        ("strip-special-tokens", "answer</s><|endoftext|>", "answer\n", ""),
        ("strip-special-tokens", "a <|im_end|> b", "a <|im_end|> b", ""),
        ("unescape-newlines", 'a\\n\\tb \\\\ \\"c\\n', 'a\n\tb \\ "c\n', ""),
        ("unescape-newlines", "a\nb\\nc\\n", "a\nb\\nc\\n", ""),
        ("unescape-html", "a &lt; b &amp;&amp; c", "a < b && c", ""),
        ("unescape-html", "a &lt; b > c", "a &lt; b > c", ""),
    ],
)
def test_a_fix_mends_its_defect_and_nothing_else(fix: str, reply: str, mended: str, thinking: str) -> None:
    assert FIXES[fix](reply) == (mended, thinking)


@examples(deadline=None)
@given(st.sampled_from(sorted(FIXES)), st.text(st.sampled_from("<think>/|_`~\n \\n&lt;amp ax"), max_size=80))
def test_a_mended_reply_needs_no_second_mending_to_be_read(fix: str, reply: str) -> None:
    mended, _ = FIXES[fix](reply)
    assert len(mended) <= len(reply) + 1


def test_mending_a_huge_reply_takes_no_time() -> None:
    begun = time.monotonic()
    for piece in ("<think>", "</think>", "```md\n", "\n```\n", "<|a|>", "\n", " ", "\\n", "&lt;", "</s>"):
        for fix in FIXES.values():
            fix(piece * (2_000_000 // len(piece)))
    assert time.monotonic() - begun < 10


def test_a_profile_says_what_it_changed() -> None:
    mended = mend("<think>a</think>b", Profile(name="p", fixes=("strip-thinking", "unwrap-markdown")))
    assert (mended.reply, mended.thinking, mended.changed) == ("b", "a", ("strip-thinking",))


def test_without_a_profile_nothing_is_mended() -> None:
    assert mend("<think>a</think>b", None).reply == "<think>a</think>b"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda one: one.name)
def test_a_shipped_profile_does_something_and_only_known_fixes(profile: Profile) -> None:
    assert profile.contract or profile.fixes
    assert set(profile.fixes) <= set(FIXES)


def test_the_bare_arm_stays_bare() -> None:
    profile = Profile(name="p", contract="One diff.\n")
    assert words("Mend it.\n", profile, "unharnessed") == "Mend it.\n"
    assert words("Mend it.\n", profile, "harnessed") == "Mend it.\n\nOne diff.\n"


def test_what_a_profile_did_is_on_record(settings: Settings) -> None:
    with ModelServer(message={"content": "<think>hm</think>answer"}) as server:
        access = Access(base_url=server.url, folder=settings.cache)
        opened = open_model("tiny", (), settings=settings, access=access)
        assert isinstance(opened, OpenAICompatible)
        profile = Profile(name="p", contract="One diff.\n", fixes=("strip-thinking",))
        healed = replace(opened, options=replace(opened.options, profile=profile))
        exchange = healed.reply(Prompt(system="", user="x"), instance_id="a", arm="harnessed", sample=0)
    assert (exchange.reply, exchange.reasoning) == ("answer", "hm")
    assert ("swebench-lite-profile", "p: strip-thinking") in exchange.headers
    assert "One diff." in exchange.request
    assert "<think>" in json.loads(exchange.response)["choices"][0]["message"]["content"]
