#!/usr/bin/env python3
"""The weather tool; the manual is docs/weather-tool.md."""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import sys
from pathlib import Path

USAGE, NO_PLACE, NOT_NOW, NOT_SET_UP = 64, 66, 75, 78


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        fail(USAGE, message)


def fail(status: int, message: str) -> None:
    print(f"weather: {message}", file=sys.stderr)
    sys.exit(status)


def key_of(home: Path) -> bytes:
    """The station's key, made when it is first needed."""
    path = home / "key"
    if not path.exists():
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()


def use_up(home: Path, nonce: str) -> None:
    if not re.fullmatch("[0-9a-f]{16,64}", nonce):
        fail(USAGE, "a nonce is 16 to 64 hexadecimal digits")
    path = home / "nonces"
    if path.exists() and nonce in path.read_text().split():
        fail(USAGE, "this nonce was used before")
    with path.open("a") as seen:
        seen.write(f"{nonce}\n")


def main() -> None:
    if sys.stdin.buffer.read():
        fail(USAGE, "standard input must be empty")
    parser = Parser(prog="weather", allow_abbrev=False)
    parser.add_argument("verb", choices=["report"])
    parser.add_argument("--place", required=True)
    parser.add_argument("--nonce", required=True)
    parser.add_argument("--day", choices=["today", "tomorrow"], default="today")
    query = parser.parse_args()
    home = Path(os.environ.get("WEATHER_HOME", ""))
    if not (home / "stations.json").is_file():
        fail(NOT_SET_UP, "WEATHER_HOME names no folder with stations.json")
    use_up(home, query.nonce)
    busy = home / "busy"
    if busy.exists():
        print(f"retry-after: {busy.read_text().strip()}", file=sys.stderr)
        fail(NOT_NOW, "the station is busy")
    stations = json.loads((home / "stations.json").read_text(encoding="utf-8"))
    reading = stations.get(query.place, {}).get(query.day)
    if reading is None:
        fail(NO_PLACE, "no such place")
    fields = {"place": query.place, "day": query.day, "nonce": query.nonce, **reading}
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    proof = hmac.new(key_of(home), text.encode(), hashlib.sha256).digest()
    token = "w2:" + base64.b64encode(proof).decode()
    sys.stdout.buffer.write(f"weather-report/2\n{text}token: {token}\n".encode())


if __name__ == "__main__":
    main()
