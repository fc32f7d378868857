"""Assets are fetched once, from a real server, and never offline."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from swebench_lite.assets import fetched
from swebench_lite.errors import NoEnvironment
from swebench_lite.records import Asset
from swebench_lite.settings import Settings

PICTURE = bytes(range(256)) * 4


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache=tmp_path / "cache", runs=tmp_path / "runs")


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            found = self.path == "/expected.png"
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(PICTURE if found else b"nothing here")

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{web.server_port}", asked
        web.shutdown()
        thread.join()


def test_an_asset_is_fetched_once_and_kept(settings: Settings, server: tuple[str, list[str]]) -> None:
    address, asked = server
    asset = Asset(path="test/expected.png", belongs_to="test_patch", url=f"{address}/expected.png")
    for _ in range(2):
        (found,) = fetched((asset,), settings)
        assert found.data == PICTURE
    assert asked == ["/expected.png"]


def test_a_kept_asset_serves_offline(settings: Settings, server: tuple[str, list[str]]) -> None:
    address, _ = server
    asset = Asset(path="expected.png", belongs_to="patch", url=f"{address}/expected.png")
    fetched((asset,), settings)
    assert fetched((asset,), replace(settings, offline=True))[0].data == PICTURE


def test_an_asset_that_was_never_fetched_is_named_offline(settings: Settings) -> None:
    asset = Asset(path="expected.png", belongs_to="patch", url="http://127.0.0.1:9/expected.png")
    with pytest.raises(NoEnvironment, match=r"expected\.png .*--offline"):
        fetched((asset,), replace(settings, offline=True))


def test_an_asset_that_the_server_does_not_have_is_named(settings: Settings, server: tuple[str, list[str]]) -> None:
    asset = Asset(path="lost.png", belongs_to="patch", url=f"{server[0]}/lost.png")
    with pytest.raises(NoEnvironment, match=r"lost\.png cannot be fetched .*404"):
        fetched((asset,), settings)


@pytest.mark.parametrize("address", [None, "", "file:///etc/passwd", "ftp://example.org/x"])
def test_only_the_web_is_asked(settings: Settings, address: str | None) -> None:
    asset = Asset(path="x.png", belongs_to="patch", url=address)
    with pytest.raises(NoEnvironment, match="no address that could be fetched"):
        fetched((asset,), settings)
