from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import ProviderError, UsageError
from swebench_lite.models import local_servers
from swebench_lite.models.catalogs import list_models
from swebench_lite.models.entries import ORDERS, Entry, openai_entries, rank
from swebench_lite.models.wire import PROVIDERS, NotRunning, Server

# What a fake server answers: (status, document or bytes), from the method, the path and the body.
Answer = Callable[[str, str, Any], tuple[int, object]]
HTML = b"<!doctype html><html><body>Sign in to the hotel network</body></html>"


@dataclass
class Fake:
    """A running server: its address, and every request that it got."""

    url: str
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]


@contextmanager
def serving(answer: Answer) -> Iterator[Fake]:
    """A real HTTP server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(sent) if sent else None
            fake.requests.append((self.command, self.path, body))
            fake.headers.append(dict(self.headers))
            status, document = answer(self.command, self.path, body)
            data = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            if status in {301, 302, 307}:
                self.send_header("Location", "https://elsewhere.invalid/v1")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _reply  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake = Fake(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def raw(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server for what no library would send: one connection after the other, each handed to ``talk``."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(2)
                try:
                    connection.recv(65536)
                    talk(connection)
                except OSError:
                    pass  # the client has had enough

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()
        listener.close()


def table(answers: Mapping[str, object]) -> Answer:
    """Documents by path; 404 for any other."""
    return lambda _, path, __: (200, answers[path]) if path in answers else (404, b"404 page not found")


def listed(answer: Answer, provider: str, path: str = "", **more: Any) -> tuple[Entry, ...]:
    with serving(answer) as fake:
        return list_models(Server(provider=provider, base_url=fake.url + path, timeout=5, **more))


def ordered(found: Iterable[Entry], order: str = "price") -> list[Entry]:
    return sorted(found, key=lambda one: rank(one, order))


def refused(answer: Answer, provider: str = "openai", **more: Any) -> str:
    with pytest.raises(ProviderError) as caught:
        listed(answer, provider, **more)
    return str(caught.value)


OPENROUTER = {
    "data": [
        {
            "id": "vendor/large",
            "name": "Vendor: Large",
            "context_length": 200_000,
            "architecture": {"input_modalities": ["text"], "tokenizer": "Other", "instruct_type": None},
            "pricing": {"prompt": "0.000003", "completion": "0.000015", "request": "0"},
            "top_provider": {"context_length": 200_000, "max_completion_tokens": 64_000, "is_moderated": True},
            "supported_parameters": ["max_tokens", "tools", "tool_choice"],
        },
        {
            "id": "vendor/small:free",
            "context_length": 32_768,
            "pricing": {"prompt": "0", "completion": "0"},
            "supported_parameters": ["max_tokens"],
        },
        {"id": "openrouter/auto", "context_length": 2_000_000, "pricing": {"prompt": "-1", "completion": "-1"}},
        {"id": "vendor/tiny", "pricing": {"prompt": "0.0000000375", "completion": "0.00000015"}},
    ]
}


def test_openrouter_prices_are_dollars_per_million_tokens() -> None:
    large, free, _, tiny = listed(table({"/api/v1/models": OPENROUTER}), "openrouter", "/api/v1")
    assert (large.prompt_price, large.completion_price, large.price) == (3.0, 15.0, 18.0)
    assert (free.prompt_price, free.price) == (0.0, 0.0)
    assert (tiny.prompt_price, tiny.completion_price) == (0.0375, 0.15)


def test_a_price_that_depends_on_the_request_is_unknown_and_not_negative() -> None:
    auto = listed(table({"/models": OPENROUTER}), "openrouter")[2]
    assert (auto.prompt_price, auto.completion_price, auto.price) == (None, None, None)


def test_openrouter_says_context_and_tools() -> None:
    large, free, auto, tiny = listed(table({"/models": OPENROUTER}), "openrouter")
    assert [one.context for one in (large, free, auto, tiny)] == [200_000, 32_768, 2_000_000, None]
    assert [one.tools for one in (large, free, auto, tiny)] == [True, False, None, None]
    assert large.loaded is None


def test_models_are_sorted_by_price_and_those_without_one_come_last() -> None:
    found = listed(table({"/models": OPENROUTER}), "openrouter")
    names = [one.name for one in ordered(found)]
    assert names == ["vendor/small:free", "vendor/tiny", "vendor/large", "openrouter/auto"]


def test_models_without_prices_are_sorted_by_name() -> None:
    assert [one.name for one in ordered([Entry(name="b"), Entry(name="A"), Entry(name="a")])] == ["A", "a", "b"]


def test_the_longest_context_and_the_smallest_size_come_first() -> None:
    found = [Entry(name="x", context=8, size=3), Entry(name="y"), Entry(name="z", context=16, size=2)]
    assert [one.name for one in ordered(found, "context")] == ["z", "x", "y"]
    assert [one.name for one in ordered(found, "size")] == ["z", "x", "y"]


def test_an_unknown_order_is_named_with_its_near_miss() -> None:
    with pytest.raises(UsageError, match="did you mean 'price'"):
        rank(Entry(name="a"), "prise")


def test_every_order_sorts_models_that_say_nothing() -> None:
    assert all(len(ordered([Entry(name="a"), Entry(name="b")], order)) == 2 for order in ORDERS)


def test_any_openai_compatible_server_is_listed_with_what_it_says() -> None:
    answer = {
        "object": "list",
        "data": [
            {"id": "vllm", "max_model_len": 4096},
            {"id": "llama.cpp", "meta": {"n_ctx_train": 8192, "size": 100}},
            {"id": "groq", "context_window": 131_072},
            {"id": "plain"},
        ],
    }
    found = listed(table({"/v1/models": answer}), "openai", "/v1")
    assert [(one.name, one.context, one.size) for one in found] == [
        ("vllm", 4096, None),
        ("llama.cpp", 8192, 100),
        ("groq", 131_072, None),
        ("plain", None, None),
    ]


def test_a_bare_list_is_a_list() -> None:
    assert [one.name for one in listed(table({"/models": [{"id": "a"}, {"id": "b"}]}), "openai")] == ["a", "b"]


def test_prices_in_units_that_nobody_told_us_are_not_taken() -> None:
    answer = {"data": [{"id": "a", "pricing": {"prompt": 0.1, "completion": 0.4}}]}
    assert listed(table({"/models": answer}), "openai")[0].price is None


def test_entries_that_are_no_models_are_passed_over() -> None:
    answer = {"data": [None, 3, "text", {}, {"id": None}, {"id": ""}, {"id": "good"}, {"id": "good"}]}
    assert [one.name for one in listed(table({"/models": answer}), "openai")] == ["good"]


@pytest.mark.parametrize("value", [True, "x", "", "NaN", "Infinity", "1e999999999", None, [], {}, -0.1, "9" * 5000])
def test_a_price_that_is_none_is_unknown(value: object) -> None:
    answer = {"data": [{"id": "a", "pricing": {"prompt": value, "completion": value}}]}
    assert listed(table({"/models": answer}), "openrouter")[0].prompt_price is None


@pytest.mark.parametrize("value", [True, "4096", 0, -1, 2.5, 10**30, 1e300, None, [], {}])
def test_a_context_length_that_is_none_is_unknown(value: object) -> None:
    assert listed(table({"/models": {"data": [{"id": "a", "context_length": value}]}}), "openai")[0].context is None


def test_a_server_that_does_not_run_says_how_to_start_it_and_which_variable_names_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for provider, words in (
        ("ollama", ("Ollama", "ollama serve", "OLLAMA_BASE_URL")),
        ("lmstudio", ("LM Studio", "lms server start", "LMSTUDIO_BASE_URL")),
        ("openai", ("OPENAI_BASE_URL", "--base-url")),
    ):
        with pytest.raises(NotRunning) as caught:
            list_models(Server(provider=provider, base_url=f"http://127.0.0.1:{port}/v1"))
        assert all(word in str(caught.value) for word in (*words, f"127.0.0.1:{port}"))


def test_a_name_that_does_not_resolve_is_no_answer() -> None:
    with pytest.raises(ProviderError, match="no answer from"):
        list_models(Server(provider="openai", base_url="http://nowhere.invalid/v1", timeout=5))


def test_a_server_that_does_not_answer_in_time_is_left() -> None:
    def slow(method: str, path: str, body: object) -> tuple[int, object]:
        time.sleep(1)
        return 200, {}

    begun = time.monotonic()
    with serving(slow) as fake, pytest.raises(ProviderError, match=r"within 0\.2 s"):
        list_models(Server(provider="openai", base_url=fake.url, timeout=0.2))
    assert time.monotonic() - begun < 15


def test_an_answer_that_drips_is_left_when_the_time_is_over() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(40):
            connection.sendall(b" ")
            time.sleep(0.05)

    begun = time.monotonic()
    with raw(drip) as url, pytest.raises(ProviderError, match=r"within 0\.3 s"):
        list_models(Server(provider="openai", base_url=url, timeout=0.3))
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x01garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n{\x00}x",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "no HTTP", "cut off", "broken gzip", "broken chunks"],
)
def test_an_answer_that_breaks_is_an_error_of_the_server(answer: bytes) -> None:
    with (
        raw(lambda connection: connection.sendall(answer)) as url,
        pytest.raises(ProviderError, match="no answer from"),
    ):
        list_models(Server(provider="openai", base_url=url, timeout=2))


def test_a_web_page_is_called_one() -> None:
    for provider in PROVIDERS:
        assert "answers with a web page where JSON belongs" in refused(lambda *_: (200, HTML), provider)


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"[" * 100_000, b"9" * 5000, b'{"data": 1}', b"true", b'"x"'])
def test_broken_json_is_an_error_of_the_server(body: bytes) -> None:
    assert "answers with" in refused(lambda *_: (200, body))


def test_a_server_that_is_something_else_has_no_list() -> None:
    for provider in PROVIDERS:
        said = refused(lambda *_: (404, HTML), provider)
        assert "has no list of models" in said
        assert "/v1" in said


def test_an_error_of_the_server_is_passed_on_in_its_words() -> None:
    assert "503: we are full" in refused(lambda *_: (503, {"error": {"message": "we are full"}}))
    assert "500: out of memory" in refused(lambda *_: (500, {"error": "out of memory"}), "ollama")
    assert "502" in refused(lambda *_: (502, HTML))


def test_an_error_in_a_200_is_an_error() -> None:
    assert "no such account" in refused(lambda *_: (200, {"error": {"message": "no such account"}}))


def test_a_redirect_is_not_followed_but_named() -> None:
    with (
        serving(lambda *_: (302, b"")) as fake,
        pytest.raises(ProviderError, match=r"sends on to https://elsewhere\.invalid"),
    ):
        list_models(Server(provider="openai", base_url=fake.url, key="secret"))


def test_a_real_key_is_never_sent_to_this_machine() -> None:
    with serving(table({"/models": {"data": []}})) as fake:
        port = fake.url.rpartition(":")[2]
        for host in ("127.0.0.1", "localhost", "127.1"):
            list_models(Server(provider="openai", base_url=f"http://{host}:{port}", key="sk-secret"))
    assert len(fake.headers) == 3
    assert [headers for headers in fake.headers if "sk-secret" in str(headers)] == []


def test_a_key_is_sent_to_a_server_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"data": [{"id": "a"}]}
    with serving(table({"http://models.invalid/v1/models": answer})) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        found = list_models(Server(provider="openai", base_url="http://models.invalid/v1", key="sk-secret"))
    assert [one.name for one in found] == ["a"]
    assert proxy.headers[0]["Authorization"] == "Bearer sk-secret"


def test_a_proxy_never_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    assert [one.name for one in listed(table({"/models": {"data": [{"id": "a"}]}}), "openai")] == ["a"]


def test_a_key_that_is_wanted_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = {"error": {"message": "Incorrect API key provided: sk-secret", "code": "invalid_api_key"}}
    with serving(lambda *_: (401, denied)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        with pytest.raises(ProviderError, match="none was sent: set OPENROUTER_API_KEY"):
            list_models(Server(provider="openrouter", base_url="http://models.invalid/v1"))
        with pytest.raises(ProviderError, match="may be wrong: set OPENAI_API_KEY") as caught:
            list_models(Server(provider="openai", base_url="http://models.invalid/v1", key="sk-secret"))
    assert "sk-secret" not in str(caught.value)


def test_a_server_of_this_machine_that_wants_a_key_is_told_apart() -> None:
    denied = {"error": {"type": "invalid_request", "code": "invalid_api_key", "message": "a token is required"}}
    assert "switch its authentication off" in refused(lambda *_: (401, denied), "lmstudio", key="sk-secret")


def test_a_key_does_not_show_in_a_server_that_is_printed() -> None:
    assert "sk-secret" not in repr(Server(provider="openai", base_url="http://a.invalid", key="sk-secret"))


@pytest.mark.parametrize("key", ["a b", "a\n", "schlüssel", "a\x00"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(UsageError, match="that no key has") as caught:
        Server(provider="openai", base_url="http://a.invalid", key=key)
    assert key not in str(caught.value)


def test_an_unknown_provider_is_named_with_its_near_miss() -> None:
    with pytest.raises(UsageError, match="did you mean 'ollama'"):
        Server(provider="olama", base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    "url", ["", "localhost:11434", "ftp://a", "http://", "http://a:x", "http://a b/", "http://[::1"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        Server(provider="ollama", base_url=url)


def test_a_bundle_without_certificates_is_named(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("nothing")
    with pytest.raises(UsageError, match=r"bundle\.pem holds no certificates.*SSL_CERT_FILE"):
        list_models(Server(provider="openai", base_url="https://a.invalid/v1", certificates=bundle))


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/api", "/api/v0", "/api/v1/"])
def test_native_paths_lie_beside_the_openai_ones(path: str) -> None:
    for provider in ("ollama", "lmstudio"):
        assert Server(provider=provider, base_url=f"http://a:1/prefix{path}").root == "http://a:1/prefix"


@pytest.mark.parametrize("name", ["\ud800", "a\x1b[31mb", "a/../b", "💥" * 1000])
def test_odd_names_are_kept_as_they_are(name: str) -> None:
    assert listed(table({"/models": {"data": [{"id": name}]}}), "openai")[0].name == name


_FIELDS = (
    "data", "models", "id", "key", "name", "details", "model_info", "capabilities", "context_length", "digest", "size",
    "pricing", "prompt", "meta", "loaded_instances", "config", "quantization", "supported_parameters", "state", "type",
    "general.architecture",
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_FIELDS),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(provider=st.sampled_from(sorted(PROVIDERS)), documents=st.lists(_JSON, min_size=1, max_size=4))
def test_whatever_a_server_sends_makes_models_or_an_error_of_the_server(provider: str, documents: list[object]) -> None:
    answers = iter(documents * 50)
    server = Server(provider=provider, base_url="http://127.0.0.1:1")
    try:
        if provider in local_servers.LOCAL:
            found = local_servers.entries(lambda *_, **__: next(answers), server, details=True)
        else:
            found = openai_entries(lambda *_, **__: next(answers), server) or ()
    except ProviderError:
        return
    assert all(one.name for one in found)
    assert len(ordered(found)) == len(found)
