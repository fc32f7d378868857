import json
import os
import subprocess
import sys

import pytest

C_LOCALE = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "ascii",
}


@pytest.fixture
def briefing(station, tmp_path):
    """Runs the command with the tool of the station; gives status, standard output and standard error."""

    def run(*arguments, env=None):
        environment = {**os.environ, "PYTHONPATH": os.getcwd(), "WEATHER_TOOL": station.line}
        done = subprocess.run(
            [sys.executable, "-m", "briefing", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=tmp_path,
            env={**environment, **(env or {})},
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def tokens(station):
    return [call["token"] for call in station.calls]


def test_a_line_for_each_place_in_their_order(station, briefing):
    step = {"places": {"Zürich": {"temperature": "21.4 C", "wind": "3.2 m/s", "sky": "light rain"}}}
    step["places"]["St. John's"] = {"temperature": "28.4 F", "wind": "24 kn", "sky": "snow: heavy"}
    station.steps(step)
    status, out, err = briefing("Zürich", "St. John's", "Zürich")
    assert [call["place"] for call in station.calls] == ["Zürich", "St. John's", "Zürich"]
    first, second, third = tokens(station)
    assert out == (
        f"Zürich: 21.4 °C, wind 11.5 km/h, light rain [{first}]\n"
        f"St. John's: -2.0 °C, wind 44.4 km/h, snow: heavy [{second}]\n"
        f"Zürich: 21.4 °C, wind 11.5 km/h, light rain [{third}]\n"
    )
    assert (status, err) == (0, "")


def test_imperial_units(station, briefing):
    station.steps({"fields": {"temperature": "21.4 C", "wind": "36 km/h"}})
    _, out, _ = briefing("--units", "imperial", "Zürich")
    assert out == f"Zürich: 70.5 °F, wind 22.4 mph, clear [{station.token}]\n"


def test_the_day_is_passed_on(station, briefing):
    briefing("--day", "tomorrow", "Zürich")
    assert station.calls[0]["day"] == "tomorrow"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"wind": "n/a"}, "20.0 °C, wind unknown, clear"),
        ({"temperature": "n/a"}, "temperature unknown, wind 18.0 km/h, clear"),
        ({"temperature": "n/a", "wind": "n/a"}, "temperature unknown, wind unknown, clear"),
        ({"temperature": "0 C", "wind": "0 kn"}, "0.0 °C, wind 0.0 km/h, clear"),
        ({"temperature": "-0.04 C"}, "0.0 °C, wind 18.0 km/h, clear"),
        ({"temperature": "-0.06 C"}, "-0.1 °C, wind 18.0 km/h, clear"),
    ],
    ids=["no_wind", "no_temperature", "nothing", "zero", "nearly_zero", "below_zero"],
)
def test_how_measures_read(station, briefing, fields, expected):
    station.steps({"fields": fields})
    status, out, _ = briefing("Zürich")
    assert (status, out) == (0, f"Zürich: {expected} [{station.token}]\n")


def test_json(station, briefing):
    step = {"places": {"Zürich": {"temperature": "-0.04 C", "wind": "n/a", "sky": "Föhn"}}}
    station.steps(step)
    status, out, err = briefing("--json", "--day", "tomorrow", "Zürich", "Bern")
    first, second = tokens(station)
    rows = [
        {
            "place": "Zürich",
            "day": "tomorrow",
            "temperature": 0.0,
            "wind": None,
            "units": "metric",
            "sky": "Föhn",
            "token": first,
        },
        {
            "place": "Bern",
            "day": "tomorrow",
            "temperature": 20.0,
            "wind": 18.0,
            "units": "metric",
            "sky": "clear",
            "token": second,
        },
    ]
    assert out == json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    assert (status, err) == (0, "")


def test_json_in_imperial_units(station, briefing):
    station.steps({"fields": {"temperature": "n/a", "wind": "10 m/s"}})
    [row] = json.loads(briefing("--json", "--units", "imperial", "Zürich")[1])
    assert (row["temperature"], row["wind"], row["units"]) == (None, 22.4, "imperial")


def test_a_place_that_fails_does_not_end_the_briefing(station, briefing):
    station.steps({"places": {"Atlantis": {"status": 66}, "Void": {"sky": ""}}})
    status, out, err = briefing("Zürich", "Atlantis", "Void", "Bern")
    first, _, _, last = tokens(station)
    assert out == (
        f"Zürich: 20.0 °C, wind 18.0 km/h, clear [{first}]\n"
        f"Bern: 20.0 °C, wind 18.0 km/h, clear [{last}]\n"
    )
    lines = err.splitlines()
    assert lines[0] == "briefing: Atlantis: no such place"
    assert lines[1].startswith("briefing: Void: bad report: ")
    assert (status, len(lines)) == (1, 2)


def test_json_holds_the_good_readings(station, briefing):
    station.steps({"places": {"Atlantis": {"status": 66}}})
    status, out, err = briefing("--json", "Atlantis", "Bern")
    assert [row["token"] for row in json.loads(out)] == [station.token]
    assert (status, err) == (1, "briefing: Atlantis: no such place\n")
    status, out, _ = briefing("--json", "Atlantis")
    assert (status, out) == (1, "[]\n")


def test_a_busy_tool_is_tried_again(station, briefing):
    station.steps({"status": 75, "stderr": "retry-after: 0\n"}, {})
    status, out, err = briefing("Zürich")
    assert (status, err, len(station.calls)) == (0, "", 2)
    assert out.endswith(f"[{station.token}]\n")


def test_a_tool_that_stays_busy(station, briefing):
    station.steps({"status": 75, "stderr": "retry-after: 0\n"})
    status, out, err = briefing("Zürich")
    assert (status, out) == (1, "")
    assert err == "briefing: Zürich: the weather tool was busy, 4 times\n"


def test_a_tool_that_is_not_there(briefing):
    status, out, err = briefing("Zürich", env={"WEATHER_TOOL": "/no/such/tool"})
    assert (status, out) == (1, "")
    assert err == "briefing: Zürich: cannot start the weather tool: No such file or directory\n"


def test_a_place_with_a_dash_comes_after_two_dashes(station, briefing):
    status, out, _ = briefing("--", "-Ness")
    assert (status, out) == (0, f"-Ness: 20.0 °C, wind 18.0 km/h, clear [{station.token}]\n")


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_the_locale_has_no_say(station, briefing, options):
    station.steps({"fields": {"sky": "Föhn 風", "temperature": "1 C"}})
    status, out, err = briefing(*options, "Bern", env=C_LOCALE)
    assert (status, err) == (0, "")
    assert "Föhn 風" in out
    assert station.token in out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--json"],
        ["--units", "kelvin", "Bern"],
        ["--day", "monday", "Bern"],
        ["--loud", "Bern"],
    ],
    ids=["nothing", "no_place", "units", "day", "option"],
)
def test_wrong_usage(station, briefing, arguments):
    status, out, err = briefing(*arguments)
    assert (status, out, station.calls) == (2, "", [])
    assert "usage:" in err
