from __future__ import annotations

from pathlib import Path

import pytest

from swebench_lite.records import Limits
from swebench_lite.settings import bundled, default_table, read_settings, tool


def test_the_shell_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SWEBENCH_LITE_SANDBOX=local\nSWEBENCH_LITE_WORKERS=3\n")
    read = read_settings({"HOME": "/home/a", "SWEBENCH_LITE_WORKERS": "5"}, directory=tmp_path)
    assert (read.sandbox, read.workers) == ("local", 5)


def test_a_flag_wins_over_the_shell_and_none_is_no_flag(tmp_path: Path) -> None:
    read = read_settings({"HOME": "/h", "SWEBENCH_LITE_WORKERS": "5"}, directory=tmp_path, workers=2, sandbox=None)
    assert (read.workers, read.sandbox) == (2, "docker")


@pytest.mark.parametrize(
    ("variables", "cache"),
    [
        ({"HOME": "/h"}, "/h/.cache/swebench-lite"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "/x/swebench-lite"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x", "SWEBENCH_LITE_CACHE": "/own"}, "/own"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "", "SWEBENCH_LITE_CACHE": ""}, "/h/.cache/swebench-lite"),
    ],
)
def test_the_cache_lies_where_the_user_says(variables: dict[str, str], cache: str, tmp_path: Path) -> None:
    assert read_settings(variables, directory=tmp_path).cache == Path(cache)


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("yes", True), ("TRUE", True), ("0", False), ("off", False), ("", False)]
)
def test_offline_takes_the_usual_words(text: str, value: bool, tmp_path: Path) -> None:
    assert read_settings({"SWEBENCH_LITE_OFFLINE": text}, directory=tmp_path).offline is value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SWEBENCH_LITE_OFFLINE", "perhaps"),
        ("SWEBENCH_LITE_WORKERS", "0"),
        ("SWEBENCH_LITE_WORKERS", "-1"),
        ("SWEBENCH_LITE_WORKERS", "two"),
        ("SWEBENCH_LITE_WORKERS", "1.5"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(name: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=f"{name}='{text}'"):
        read_settings({name: text}, directory=tmp_path)


def test_several_folders_are_taken_in_their_order(tmp_path: Path) -> None:
    read = read_settings({"SWEBENCH_LITE_MIRRORS": "/a:: /b:/c", "SWEBENCH_LITE_PYTHONS": "/p"}, directory=tmp_path)
    assert [str(path).strip() for path in read.mirrors][0::2] == ["/a", "/c"]
    assert read.pythons == (Path("/p"),)


def test_only_certificates_that_are_there_count(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("x")
    gone = {"SSL_CERT_FILE": str(tmp_path / "gone"), "CURL_CA_BUNDLE": str(bundle)}
    assert read_settings(gone, directory=tmp_path).certificates == bundle
    assert read_settings({}, directory=tmp_path).certificates is None


def test_a_trailing_slash_of_an_address_does_not_count(tmp_path: Path) -> None:
    assert (
        read_settings({"SWEBENCH_LITE_GITHUB": "https://git.example/"}, directory=tmp_path).github
        == "https://git.example"
    )


def test_settings_do_not_read_the_environment_behind_ones_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEBENCH_LITE_SANDBOX", "local")
    assert read_settings({}, directory=tmp_path).sandbox == "docker"
    assert read_settings(directory=tmp_path).sandbox == "local"


def test_the_table_of_defaults_tells_the_real_ones() -> None:
    assert dict(default_table())["time limit"] == "1,800 s"
    assert Limits().timeout == 1800
    assert dict(default_table())["processes"] == str(Limits().processes)


def test_the_shipped_instances_are_found() -> None:
    assert (bundled("instances") / "own").is_dir()


def test_a_tool_is_looked_for_on_the_settings_path_only(tmp_path: Path) -> None:
    program = tmp_path / "thing"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert tool("thing", read_settings({"PATH": str(tmp_path)}, directory=tmp_path)) == str(program)
    assert tool("sh", read_settings({"PATH": str(tmp_path)}, directory=tmp_path)) is None
