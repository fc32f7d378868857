from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swebench_lite.errors import DatasetError
from swebench_lite.sources import count_rows, no_such_file, read_json, read_path

ROWS = [{"instance_id": "a__b-1", "repo": "a/b"}, {"instance_id": "a__b-2", "repo": "a/b"}]


def values(path: Path) -> list[object]:
    return [record.value for record in read_path(path)]


def write_parquet(file: Path | io.BytesIO, rows: list[dict[str, Any]] = ROWS) -> None:
    pq.write_table(pa.Table.from_pylist(rows), file)


def write_lines(file: Path, rows: list[dict[str, Any]] = ROWS) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_parquet_rows_are_numbered(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet")
    places = [record.where for record in read_path(tmp_path / "t.parquet")]
    assert (places, values(tmp_path / "t.parquet")) == (["t.parquet row 1", "t.parquet row 2"], ROWS)


def test_parquet_columns_that_no_instance_has_are_not_read(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", [{**ROWS[0], "embedding": [0.5] * 9}])
    assert values(tmp_path / "t.parquet") == ROWS[:1]


@pytest.mark.parametrize("content", [b"", b"PAR1 but no more", b"\x00" * 64])
def test_a_broken_parquet_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(DatasetError, match=r"cannot read .*t\.parquet as parquet"):
        values(tmp_path / "t.parquet")


def test_blank_lines_and_a_byte_order_mark_are_passed_over_and_keep_line_numbers_right(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('\ufeff\n{"instance_id": "a"}\n  \r\n{"instance_id": "b"}')
    assert [record.where for record in read_path(tmp_path / "t.jsonl")] == ["t.jsonl line 2", "t.jsonl line 4"]


def test_a_broken_line_is_a_record_with_a_problem(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"instance_id": "a"}\n{"instance_id" "b"}\n{"instance_id": "c"}\n')
    records = list(read_path(tmp_path / "t.jsonl"))
    assert [bool(record.problem) for record in records] == [False, True, False]
    assert records[1].problem == "t.jsonl line 2, column 16 is not JSON: Expecting ':' delimiter"


def test_a_broken_document_is_named_with_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[\n  {"instance_id": "a"},\n  oops\n]')
    assert [record.problem for record in read_json(tmp_path / "t.json")] == [
        "t.json line 3, column 3 is not JSON: Expecting value"
    ]


def test_a_list_on_a_line_of_its_own_is_one_record(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('[]\n[1]\n{"repo": "a/b"}\n')
    assert values(tmp_path / "t.jsonl") == [[], [1], {"repo": "a/b"}]


@pytest.mark.parametrize("text", ["[" * 100_000, "[" + "9" * 5000 + "]"])
def test_json_beyond_all_measure_is_a_problem_and_no_crash(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    assert [bool(record.problem) for record in read_json(tmp_path / "t.json")] == [True]


def test_a_row_with_an_object_inside_is_not_taken_for_an_object_of_rows(tmp_path: Path) -> None:
    row = {"repo": "a/b", "image_assets": {"patch": []}}
    write_lines(tmp_path / "t.jsonl", [row])
    assert values(tmp_path / "t.jsonl") == [row]


def test_an_object_of_records_keeps_their_keys(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps({"x": {"repo": "a/b"}, "y": 5}, indent=1))
    found = [(record.key, record.value) for record in read_path(tmp_path / "t.json")]
    assert found == [("x", {"repo": "a/b"}), ("y", 5)]


def test_a_folder_gives_its_test_split(tmp_path: Path) -> None:
    write_parquet(tmp_path / "train.parquet", [{"instance_id": "no"}])
    write_parquet(tmp_path / "test.parquet")
    assert values(tmp_path) == ROWS


def test_shards_in_a_data_folder_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_parquet(tmp_path / "data" / "test-00001-of-00002.parquet", ROWS[1:])
    write_parquet(tmp_path / "data" / "test-00000-of-00002.parquet", ROWS[:1])
    assert values(tmp_path) == ROWS


def test_of_several_formats_one_is_read(tmp_path: Path) -> None:
    write_parquet(tmp_path / "rows.parquet", ROWS[:1])
    write_lines(tmp_path / "rows.jsonl", ROWS[1:])
    assert values(tmp_path) == ROWS[:1]


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no \.parquet, \.jsonl, \.json file"):
        values(tmp_path)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("instance_id\n")
    with pytest.raises(DatasetError, match=r"does not tell its format; end it in \.parquet, \.jsonl, \.json"):
        values(tmp_path / "rows.csv")


def test_a_missing_file_gets_the_near_miss_in_its_folder(tmp_path: Path) -> None:
    write_lines(tmp_path / "rows.jsonl")
    (tmp_path / ".row.jsonl").touch()
    assert "unknown dataset 'row.jsonl'; did you mean 'rows.jsonl'? choose from rows.jsonl (" in no_such_file(
        "dataset", tmp_path / "row.jsonl", (".jsonl",)
    )


def test_rows_are_counted_without_reading_them_where_the_format_allows_it(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.jsonl").write_text("{}\n\n{}\n{}")
    (tmp_path / "t.json").write_text("[{}]")
    (tmp_path / "broken.parquet").write_bytes(b"")
    names = ("t.parquet", "t.jsonl", "t.json", "broken.parquet")
    assert [count_rows(tmp_path / name) for name in names] == [2, 3, None, None]


# Every example overwrites the same file; the first text drawn builds a table of all characters, which takes seconds.
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(["t.json", "t.jsonl"]), st.binary() | st.text('[]{}",:1 \n\\u').map(str.encode))
def test_any_bytes_give_records_with_a_place(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert all(record.where.startswith(name) for record in read_json(tmp_path / name))


IN_ANOTHER_PROCESS = """
import sys
from swebench_lite.errors import DatasetError
from swebench_lite.sources import read_hub, read_path
try:
    rows = {call}
    print([row.value["instance_id"] for row in rows])
except DatasetError as error:
    print(error)
"""


def run(call: str, **variables: str) -> str:
    """What the call gives in a process of its own: the Hugging Face libraries read their variables when imported."""
    project = str(Path(__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": project, "NO_PROXY": "127.0.0.1", "HF_HUB_OFFLINE": "0", **variables}
    code = IN_ANOTHER_PROCESS.format(call=call)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.strip()


def parquet_bytes(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    write_parquet(buffer, rows)
    return buffer.getvalue()


HUB = {
    "me/tiny": {
        "data/train-00000-of-00001.parquet": parquet_bytes([{"instance_id": "no", "repo": "a/b"}]),
        "data/test-00000-of-00001.parquet": parquet_bytes(ROWS),
    },
    "me/one": {"data/train-00000-of-00001.parquet": parquet_bytes(ROWS[1:])},
    "me/two": {
        "data/train-00000-of-00001.parquet": parquet_bytes(ROWS[1:]),
        "data/validation-00000-of-00001.parquet": parquet_bytes(ROWS[1:]),
    },
}
COMMIT = "1" * 40


class Hub(BaseHTTPRequestHandler):
    """As much of the Hugging Face Hub as reading a dataset needs; counts what it is asked for."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        path = self.path.split("?")[0].strip("/").removeprefix("api/").removeprefix("datasets/")
        name = "/".join(path.split("/")[:2])
        rest = path.removeprefix(name).strip("/")
        if name not in HUB:
            self.answer(404, code="RepoNotFound")
        elif rest.startswith("resolve/"):
            content = HUB[name].get(rest.split("/", 2)[2])
            self.answer(404, code="EntryNotFound") if content is None else self.answer(200, content)
        elif rest.startswith("tree/"):
            files = {file: len(content) for file, content in HUB[name].items() if rest.endswith("data")}
            listed = [{"type": "file", "path": file, "size": size, "oid": COMMIT} for file, size in files.items()]
            top = [{"type": "directory", "path": "data", "oid": COMMIT, "size": 0}]
            self.answer(200, json.dumps(listed or top).encode())
        else:
            siblings = [{"rfilename": file} for file in HUB[name]]
            about = {"id": name, "sha": COMMIT, "siblings": siblings, "tags": [], "private": False, "gated": False}
            self.answer(200, json.dumps({**about, "downloads": 0, "likes": 0, "disabled": False}).encode())

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def answer(self, status: int, body: bytes = b"", *, code: str = "") -> None:
        self.send_response(status)
        # The client keeps files by this tag, so two files must not share one.
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        for name, value in (("ETag", tag), ("X-Repo-Commit", COMMIT), ("X-Error-Code", code)):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        pass


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Variables that lead the Hugging Face libraries to a server of our own, and what it was asked for."""
    handler = type("CountingHub", (Hub,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HOME": str(tmp_path / "hf")}, handler.asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_hugging_face_dataset_gives_its_test_split(hub: tuple[dict[str, str], list[str]]) -> None:
    assert run("read_hub('me/tiny', alias='me/tiny', offline=False)", **hub[0]) == "['a__b-1', 'a__b-2']"


def test_an_only_split_is_read_whatever_its_name(hub: tuple[dict[str, str], list[str]]) -> None:
    assert run("read_hub('me/one', alias='me/one', offline=False)", **hub[0]) == "['a__b-2']"


def test_a_split_can_be_named(hub: tuple[dict[str, str], list[str]]) -> None:
    assert run("read_hub('me/tiny', alias='me/tiny', offline=False, split='train')", **hub[0]) == "['no']"


def test_a_split_that_a_dataset_lacks_is_refused(hub: tuple[dict[str, str], list[str]]) -> None:
    answer = run("read_hub('me/one', alias='me/one', offline=False, split='dev')", **hub[0])
    assert answer == "me/one has no split 'dev' but train; name one with --split"


def test_offline_a_split_that_is_not_here_needs_a_name_of_its_own() -> None:
    answer = run("read_hub('me/tiny', alias='verified', offline=True, split='dev')")
    assert "`swebench-lite instances add NAME --from FOLDER --split dev` and load NAME" in answer


def test_a_choice_of_other_splits_is_refused(hub: tuple[dict[str, str], list[str]]) -> None:
    answer = run("read_hub('me/two', alias='me/two', offline=False)", **hub[0])
    assert answer == "me/two has no split 'test' but train, validation; name one with --split"


def test_offline_nothing_is_asked_for_and_the_command_is_named(hub: tuple[dict[str, str], list[str]]) -> None:
    variables, asked = hub
    answer = run("read_hub('me/tiny', alias='verified', offline=True)", **variables)
    assert "offline, and not in the Hugging Face cache" in answer
    assert "`swebench-lite instances add verified --from FILE`" in answer
    assert asked == []


def test_offline_what_was_fetched_before_is_read_from_the_cache(hub: tuple[dict[str, str], list[str]]) -> None:
    variables, asked = hub
    run("read_hub('me/tiny', alias='me/tiny', offline=False)", **variables)
    asked.clear()
    assert run("read_hub('me/tiny', alias='me/tiny', offline=True)", **variables) == "['a__b-1', 'a__b-2']"
    assert asked == []


def test_a_dataset_that_the_hub_does_not_have_is_named(hub: tuple[dict[str, str], list[str]]) -> None:
    answer = run("read_hub('me/none', alias='me/none', offline=False)", **hub[0])
    assert answer.startswith("cannot get me/none from Hugging Face (DatasetNotFoundError")


@pytest.mark.parametrize("splits", [True, False])
def test_what_save_to_disk_wrote_is_read(tmp_path: Path, splits: bool) -> None:
    folder = str(tmp_path / "saved")
    made = f"Dataset.from_list({ROWS!r})"
    whole = f"DatasetDict(test={made}, train={made})" if splits else made
    subprocess.run(
        [sys.executable, "-c", f"from datasets import *; {whole}.save_to_disk({folder!r})"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert run(f"read_path(__import__('pathlib').Path({folder!r}))") == "['a__b-1', 'a__b-2']"
    if splits:
        assert run(f"read_path(__import__('pathlib').Path({folder!r}), split='train')") == "['a__b-1', 'a__b-2']"


def test_an_id_that_stands_twice_makes_two_records(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"a": {"n": 1}, "b": {"n": 2}, "a": {"n": 3}}')
    found = [(one.key, one.value) for one in read_json(tmp_path / "x.json")]
    assert found == [("a", {"n": 1}), ("b", {"n": 2}), ("a", {"n": 3})]


def test_fields_that_stand_twice_are_named_for_their_own_record(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"a": 1, "b": 2, "a": 3}, {"a": 1, "c": {"d": 1, "d": 2}}]')
    assert [(one.value, one.repeated) for one in read_json(tmp_path / "x.json")] == [
        ({"a": 3, "b": 2}, ("a",)), ({"a": 1, "c": {"d": 2}}, ()),
    ]  # fmt: skip


def test_whether_surrogates_stand_for_bytes_is_known(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"a": "\\udc80"}\n{"a": "\x80"}\n')
    assert [(one.value, one.undecoded) for one in read_json(tmp_path / "x.jsonl")] == [
        ({"a": "\udc80"}, False), ({"a": "\udc80"}, True),
    ]  # fmt: skip
