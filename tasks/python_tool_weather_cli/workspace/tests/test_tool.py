import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NONCE = "00112233445566778899"


@pytest.fixture
def weather(tmp_path):
    """Runs the weather tool with a station of its own."""
    shutil.copy("examples/stations.json", tmp_path)

    def run(*arguments, stdin=b""):
        command = [sys.executable, str(Path("tools/weather.py").resolve()), *arguments]
        env = {**os.environ, "WEATHER_HOME": str(tmp_path)}
        return subprocess.run(command, input=stdin, capture_output=True, env=env)

    return run


def test_the_tool_reports(weather):
    lines = weather("report", "--place", "Zürich", "--nonce", NONCE).stdout.decode().splitlines()
    assert lines[:-1] == [
        "weather-report/2",
        "place: Zürich",
        "day: today",
        f"nonce: {NONCE}",
        "temperature: 21.4 C",
        "wind: 3.2 m/s",
        "sky: light rain",
    ]
    assert lines[-1].startswith("token: w2:")


def test_the_tool_refuses_a_nonce_that_it_has_seen(weather):
    query = ("report", "--place", "Zürich", "--nonce", NONCE)
    assert [weather(*query).returncode for _ in range(2)] == [0, 64]


def test_the_tool_wants_an_empty_standard_input(weather):
    assert weather("report", "--place", "Zürich", "--nonce", NONCE, stdin=b"x").returncode == 64


def test_the_tool_does_not_know_every_place(weather):
    assert weather("report", "--place", "Atlantis", "--nonce", NONCE).returncode == 66


def test_a_busy_station_says_when_to_come_back(weather, tmp_path):
    (tmp_path / "busy").write_text("2.5")
    done = weather("report", "--place", "Zürich", "--nonce", NONCE)
    assert (done.returncode, done.stderr.splitlines()[0]) == (75, b"retry-after: 2.5")
