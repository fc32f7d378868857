import base64
import hashlib
import hmac
import os
import shutil
import sys

import pytest
from briefing import (
    BadReport,
    BriefingError,
    Reading,
    ToolFailed,
    ToolUnavailable,
    UnknownPlace,
    fetch,
)


class Naps:
    """Takes the place of time.sleep and keeps the seconds."""

    def __init__(self):
        self.seconds = []

    def __call__(self, seconds):
        self.seconds.append(seconds)


def failure(station, error, **options):
    options = {"tool": station.command, "sleep": Naps(), **options}
    with pytest.raises(BriefingError) as caught:
        fetch("Zürich", **options)
    assert type(caught.value) is error
    return str(caught.value)


# Calling the tool


def test_a_reading_comes_with_the_token_of_its_call(station):
    reading = fetch("Zürich", tool=station.command)
    assert len(station.calls) == 1
    assert reading == Reading("Zürich", "today", 20.0, 5.0, "clear", station.token)


def test_the_tool_is_called_anew_for_each_reading(station):
    tokens = [fetch("Zürich", tool=station.command).token for _ in range(3)]
    assert tokens == [call["token"] for call in station.calls]
    assert len({call["nonce"] for call in station.calls}) == 3


def test_the_day_is_passed_on(station):
    reading = fetch("Zürich", day="tomorrow", tool=station.command)
    assert (station.calls[0]["day"], reading.day, reading.token) == (
        "tomorrow",
        "tomorrow",
        station.token,
    )


PLACES = {
    "spaces": "New  York ",
    "quotes": """St. John's "Old" Town""",
    "shell": "$(touch owned); `touch owned` > owned",
    "dash": "-Ness",
    "option": "--day=tomorrow",
    "unicode": "Ħal Qormi 東京",
    "colon": "a: b: c",
    "backslash": "a\\nb %s {x}",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_any_text_is_a_place(station, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reading = fetch(place, tool=station.command)
    assert station.calls[0]["place"] == place
    assert (reading.place, reading.token) == (place, station.token)
    assert not (tmp_path / "owned").exists()


def test_the_tool_gets_an_empty_standard_input(station):
    reading, writing = os.pipe()
    os.write(writing, b"not for the tool\n")
    os.close(writing)
    saved = os.dup(0)
    os.dup2(reading, 0)
    try:
        result = fetch("Zürich", tool=station.command)
    finally:
        os.dup2(saved, 0)
        os.close(saved)
        os.close(reading)
    assert result.token == station.token
    assert station.calls[0]["stdin"] == ""


def test_the_tool_gets_the_environment(station, monkeypatch):
    monkeypatch.setenv("STATION_MARK", "here")
    fetch("Zürich", tool=station.command)
    assert station.calls[0]["mark"] == "here"


def test_the_variable_is_split_as_a_shell_does(station, monkeypatch):
    monkeypatch.setenv("WEATHER_TOOL", station.line)
    assert fetch("Zürich").token == station.token
    program = station.command[-1].replace("'", "\\'").replace(" ", "\\ ")
    monkeypatch.setenv("WEATHER_TOOL", f'"{sys.executable}" -I  {program}')
    assert fetch("Zürich").token == station.token
    assert len(station.calls) == 2


def test_nothing_in_the_variable_is_expanded(station, monkeypatch, tmp_path):
    monkeypatch.setenv("WEATHER_TOOL", station.line + " | touch $HOME")
    with pytest.raises(ToolFailed, match="failed with status 64"):
        fetch("Zürich")
    assert station.calls[0]["argv"][:3] == ["|", "touch", "$HOME"]


def test_the_argument_goes_before_the_variable(station, monkeypatch):
    monkeypatch.setenv("WEATHER_TOOL", "/no/such/tool")
    assert fetch("Zürich", tool=tuple(station.command)).token == station.token


@pytest.mark.parametrize("variable", [None, ""], ids=["unset", "empty"])
def test_the_tool_of_the_project_is_the_default(tmp_path, monkeypatch, variable):
    shutil.copy("examples/stations.json", tmp_path)
    key = os.urandom(32)
    (tmp_path / "key").write_bytes(key)
    monkeypatch.setenv("WEATHER_HOME", str(tmp_path))
    monkeypatch.delenv("WEATHER_TOOL", raising=False)
    if variable is not None:
        monkeypatch.setenv("WEATHER_TOOL", variable)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(tmp_path)
    reading = fetch("-Ness")
    [nonce] = (tmp_path / "nonces").read_text().split()
    text = f"place: -Ness\nday: today\nnonce: {nonce}\ntemperature: 280.15 K\nwind: 36 km/h\nsky: fog\n"
    proof = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
    assert reading.token == f"w2:{proof}"
    assert (reading.celsius, reading.wind) == (pytest.approx(7.0), pytest.approx(10.0))
    with pytest.raises(UnknownPlace):
        fetch("Atlantis")


# A busy tool


def test_a_busy_tool_is_called_again_with_a_new_nonce(station):
    naps = Naps()
    station.steps({"status": 75}, {"status": 75}, {})
    reading = fetch("Zürich", tool=station.command, sleep=naps)
    assert len({call["nonce"] for call in station.calls}) == 3
    assert reading.token == station.token
    assert naps.seconds == [0.5, 1]


def test_a_tool_that_is_always_busy(station):
    naps = Naps()
    station.steps({"status": 75, "stderr": "weather: busy\n"})
    assert failure(station, ToolUnavailable, sleep=naps) == "the weather tool was busy, 4 times"
    assert len(station.calls) == 4
    assert naps.seconds == [0.5, 1, 2]


def test_a_single_attempt_waits_for_nothing(station):
    naps = Naps()
    station.steps({"status": 75})
    message = failure(station, ToolUnavailable, sleep=naps, attempts=1)
    assert message == "the weather tool was busy, 1 time"
    assert (len(station.calls), naps.seconds) == (1, [])


def test_waits_double_up_to_ten_seconds(station):
    naps = Naps()
    station.steps({"status": 75})
    message = failure(station, ToolUnavailable, sleep=naps, attempts=8)
    assert message == "the weather tool was busy, 8 times"
    assert naps.seconds == [0.5, 1, 2, 4, 8, 10, 10]


def test_the_tool_says_how_long_to_wait(station):
    naps = Naps()
    station.steps(
        {"status": 75, "stderr": "weather: busy\r\nretry-after: 2.5\r\n"},
        {"status": 75},
        {"status": 75, "stderr": "retry-after: 0\nretry-after: 9"},
        {"status": 75, "stderr": "retry-after: 3600\n"},
        {},
    )
    reading = fetch("Zürich", tool=station.command, sleep=naps, attempts=9)
    assert reading.token == station.token
    assert naps.seconds == [2.5, 1, 0, 10]


@pytest.mark.parametrize(
    "value",
    ["soon", "-1", "nan", "inf", "", "+3", "2 s"],
    ids=["word", "negative", "nan", "infinite", "empty", "plus", "unit"],
)
def test_a_wait_that_is_no_number_counts_as_not_there(station, value):
    naps = Naps()
    station.steps({"status": 75, "stderr": f"retry-after: {value}\n"}, {})
    fetch("Zürich", tool=station.command, sleep=naps)
    assert naps.seconds == [0.5]


def test_the_first_decimal_wait_counts(station):
    naps = Naps()
    station.steps(
        {"status": 75, "stderr": "retry-after: soon\nretry-after: 3\nretry-after: 4\n"}, {}
    )
    fetch("Zürich", tool=station.command, sleep=naps)
    assert naps.seconds == [3]


def test_what_a_busy_tool_prints_means_nothing(station):
    station.steps({"status": 75, "fields": {"sky": "stale"}}, {"fields": {"sky": "fresh"}})
    reading = fetch("Zürich", tool=station.command, sleep=Naps())
    assert (reading.sky, reading.token) == ("fresh", station.token)


# A tool that fails


def test_an_unknown_place(station):
    station.steps({"status": 66, "stderr": "weather: nowhere\n"})
    assert failure(station, UnknownPlace) == "no such place"
    assert len(station.calls) == 1


def test_another_status_is_not_repeated(station):
    naps = Naps()
    stderr = "retry-after: 1\nweather: no sensors  \n \n\n"
    station.steps({"status": 70, "stderr": stderr}, {})
    message = failure(station, ToolFailed, sleep=naps)
    assert message == "the weather tool failed with status 70: weather: no sensors"
    assert (len(station.calls), naps.seconds) == (1, [])


def test_a_tool_that_fails_without_a_word(station):
    station.steps({"status": 1})
    assert failure(station, ToolFailed) == "the weather tool failed with status 1"


def test_a_tool_that_is_killed(station):
    station.steps({"signal": 9})
    assert failure(station, ToolFailed) == "the weather tool failed with status -9"


def test_complaints_in_another_encoding(station):
    station.steps({"status": 3, "stderr": "caf\udce9 closed\n"})
    message = failure(station, ToolFailed)
    assert message == "the weather tool failed with status 3: caf\ufffd closed"


def test_complaints_do_not_spoil_a_good_report(station):
    station.steps({"stderr": "weather: warning: retry-after: 5\n\udcff"})
    assert fetch("Zürich", tool=station.command).token == station.token


def test_a_tool_that_does_not_answer(station):
    naps = Naps()
    station.steps({"hang": True})
    message = failure(station, ToolUnavailable, timeout=1.5, sleep=naps)
    assert message == "the weather tool did not answer within 1.5 s"
    assert (len(station.calls) <= 1, naps.seconds) == (True, [])


def test_a_tool_that_is_not_there(station, monkeypatch):
    message = failure(station, ToolUnavailable, tool=["/no/such/tool", "x"])
    assert message == "cannot start the weather tool: No such file or directory"
    monkeypatch.setenv("WEATHER_TOOL", "/no/such/tool x")
    assert failure(station, ToolUnavailable, tool=None) == message


def test_a_tool_that_is_no_program(station):
    message = failure(station, ToolUnavailable, tool=[str(station.folder)])
    assert message == "cannot start the weather tool: Permission denied"


def test_a_variable_with_an_open_quote(station, monkeypatch):
    monkeypatch.setenv("WEATHER_TOOL", "python3 'tools/weather.py")
    message = failure(station, ToolUnavailable, tool=None)
    assert message == "cannot start the weather tool: No closing quotation"


# Reports


@pytest.mark.parametrize(
    ("text", "celsius"),
    [
        ("-3 C", -3),
        ("21.45 C", 21.45),
        ("68 F", 20),
        ("-40.0 F", -40),
        ("280.15 K", 7),
        ("n/a", None),
    ],
    ids=["integer", "decimal", "fahrenheit", "below_zero", "kelvin", "none"],
)
def test_temperatures_become_celsius(station, text, celsius):
    station.steps({"fields": {"temperature": text}})
    reading = fetch("Zürich", tool=station.command)
    assert reading.celsius == (None if celsius is None else pytest.approx(celsius, abs=1e-9))
    assert reading.token == station.token


@pytest.mark.parametrize(
    ("text", "wind"),
    [("0 m/s", 0), ("3.25 m/s", 3.25), ("36 km/h", 10), ("10 kn", 5.144444444), ("10 mph", 4.4704)]
    + [("n/a", None)],
    ids=["calm", "metres", "kilometres", "knots", "miles", "none"],
)
def test_winds_become_metres_a_second(station, text, wind):
    station.steps({"fields": {"wind": text}})
    reading = fetch("Zürich", tool=station.command)
    assert reading.wind == (None if wind is None else pytest.approx(wind, abs=1e-8))


def test_fields_come_in_any_order_among_others(station):
    more = ["humidity: 40 %", "x-note: a: b", "humidity: 41 %"]
    station.steps({"shuffle": True, "more": more, "edits": [["\n", "\r\n\r\n"]]})
    assert fetch("Zürich", tool=station.command) == Reading(
        "Zürich", "today", 20.0, 5.0, "clear", station.token
    )


def test_values_are_all_the_rest_of_the_line(station):
    sky = "rain: heavy, then  sun\u2028or\x0bso [70 %]"
    token = "t: a b\u0085c: ="
    station.steps({"fields": {"sky": sky, "token": token}})
    reading = fetch("Zürich", tool=station.command)
    assert (reading.sky, reading.token) == (sky, token)


BAD = {
    "nothing": {"raw": ""},
    "no_first_line": {"edits": [["weather-report/2\n", ""]]},
    "another_version": {"first": "weather-report/3"},
    "only_the_first_line": {"raw": "weather-report/2\n"},
    "another_place": {"fields": {"place": "Zurich"}},
    "another_day": {"fields": {"day": "tomorrow"}},
    "a_stale_nonce": {"fields": {"nonce": "00112233445566778899"}},
    "no_nonce": {"fields": {"nonce": None}},
    "no_token": {"fields": {"token": None}},
    "an_empty_token": {"fields": {"token": ""}},
    "no_sky": {"fields": {"sky": None}},
    "no_wind": {"fields": {"wind": None}},
    "a_field_twice": {"more": ["sky: other"]},
    "a_line_that_is_no_field": {"more": ["and so on"]},
    "cut_off": {"cut": 1},
    "not_utf8": {"fields": {"sky": "clou\udce9"}},
}
BAD |= {
    f"temperature_{n}": {"fields": {"temperature": text}}
    for n, text in enumerate(
        ("warm", "21", "21 R", "21,4 C", "nan C", "inf C", "C", "21.4  C", "21C", "5 m/s", "")
    )
}
BAD |= {
    f"wind_{n}": {"fields": {"wind": text}}
    for n, text in enumerate(("-1 m/s", "5", "5 C", "calm", "5 m/s NW", "N/A"))
}


@pytest.mark.parametrize("step", BAD.values(), ids=BAD.keys())
def test_a_bad_report(station, step):
    naps = Naps()
    station.steps(step, {})
    assert failure(station, BadReport, sleep=naps).startswith("bad report: ")
    assert (len(station.calls), naps.seconds) == (1, [])
