import json
import os
import subprocess
import sys

import pytest

HEADER = "day,person,project,minutes,note\n"
MAY = (
    HEADER
    + "2024-05-30,Ada,engine,90,\n"
    + '2024-05-30,Grace,compiler,45,"review, second round"\n'
    + "2024-05-31,Ada,notes,30,\n"
    + "2024-05-31,Ada,engine,60,\n"
)
C_LOCALE = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "ascii",
}


class Outcome:
    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout.decode() if process.stdout is not None else None
        self.err = process.stderr.decode()


@pytest.fixture
def timesheet(tmp_path):
    """Runs the command in a folder of its own."""

    def run(*arguments, stdin=b"", env=None, stdout=subprocess.PIPE):
        data = stdin.encode() if isinstance(stdin, str) else stdin
        environment = {**os.environ, "PYTHONPATH": os.getcwd(), **(env or {})}
        command = [sys.executable, "-m", "timesheet", *arguments]
        process = subprocess.run(
            command,
            input=data,
            stdout=stdout,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment,
        )
        return Outcome(process)

    return run


@pytest.fixture
def may(tmp_path):
    (tmp_path / "may.csv").write_text(MAY)
    return "may.csv"


def groups(outcome):
    return {g["name"]: g["minutes"] for g in json.loads(outcome.out)["groups"]}


def line(person="Ada", project="engine", minutes=60, day="2024-05-31"):
    return json.dumps({"day": day, "person": person, "project": project, "minutes": minutes}) + "\n"


# Formats


def test_the_text_report(timesheet, may):
    outcome = timesheet(may)
    assert outcome.out == (
        "project   entries  time\n"
        "compiler        1  0:45\n"
        "engine          2  2:30\n"
        "notes           1  0:30\n"
        "total           4  3:45\n"
    )
    assert (outcome.status, outcome.err) == (0, "")


def test_the_csv_report(timesheet, may):
    outcome = timesheet("--format", "csv", "--by", "person", may)
    assert outcome.out == "person,entries,minutes\nAda,3,180\nGrace,1,45\n"


def test_the_markdown_report(timesheet, may):
    outcome = timesheet("--format", "markdown", "--top", "1", "--sort", "minutes", may)
    assert outcome.out == (
        "| project | entries | time |\n"
        "| --- | ---: | ---: |\n"
        "| engine | 2 | 2:30 |\n"
        "| **total** | 4 | 3:45 |\n"
    )


def test_the_json_report(timesheet, may):
    outcome = timesheet("--format", "json", "--since", "2024-05-31", may)
    document = {
        "by": "project",
        "groups": [
            {"name": "engine", "entries": 1, "minutes": 60},
            {"name": "notes", "entries": 1, "minutes": 30},
        ],
        "total": {"entries": 2, "minutes": 90},
    }
    assert outcome.out == json.dumps(document, indent=2) + "\n"


def test_columns_are_as_wide_as_their_widest_cell(timesheet):
    stdin = HEADER + "".join(f"2024-05-01,P{n % 2},x,6001,\n" for n in range(12))
    assert timesheet("--by", "person", stdin=stdin).out == (
        "person  entries     time\n"
        "P0            6   600:06\n"
        "P1            6   600:06\n"
        "total        12  1200:12\n"
    )


def test_a_total_wider_than_all_names(timesheet):
    outcome = timesheet("--by", "day", stdin=HEADER + "2024-05-01,a,x,5,\n")
    assert (
        outcome.out
        == "day         entries  time\n2024-05-01        1  0:05\ntotal             1  0:05\n"
    )


def test_csv_quotes_what_needs_it(timesheet):
    stdin = HEADER + '2024-05-01,"Lovelace, Ada",x,5,\n2024-05-01,"the ""boss""",x,5,\n'
    outcome = timesheet("--format", "csv", "--by", "person", stdin=stdin)
    assert outcome.out == ('person,entries,minutes\n"Lovelace, Ada",1,5\n"the ""boss""",1,5\n')


def test_names_with_breaks_and_bars(timesheet):
    stdin = line(project="a|b\tc\nd\re")
    run = lambda form: timesheet("--input", "jsonl", "--format", form, stdin=stdin).out
    assert run("text").splitlines()[1] == "a|b c d e        1  1:00"
    assert run("markdown").splitlines()[2] == "| a\\|b c d e | 1 | 1:00 |"
    assert run("csv") == 'project,entries,minutes\n"a|b\tc\nd\re",1,60\n'
    assert json.loads(run("json"))["groups"][0]["name"] == "a|b\tc\nd\re"


def test_a_quoted_line_break_belongs_to_its_field(timesheet):
    stdin = HEADER + '2024-05-01,a,"two\nlines",5,\n2024-05-01,a,x,none,\n'
    outcome = timesheet(stdin=stdin)
    assert outcome.out.splitlines()[1] == "two lines        1  0:05"
    assert outcome.err.startswith("timesheet: -:4: minutes")


def test_csv_that_is_none_is_a_bad_record(timesheet):
    stdin = HEADER + "2024-05-01,a," + "x" * 200_000 + ",5,\n2024-05-01,a,x,7,\n"
    outcome = timesheet("--format", "csv", stdin=stdin)
    assert (outcome.status, outcome.out) == (1, "project,entries,minutes\nx,1,7\n")
    assert outcome.err.startswith("timesheet: -:2: not CSV: ")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text", "no entries\n"),
        ("csv", "project,entries,minutes\n"),
        (
            "markdown",
            "| project | entries | time |\n| --- | ---: | ---: |\n| **total** | 0 | 0:00 |\n",
        ),
    ],
    ids=["text", "csv", "markdown"],
)
def test_a_report_of_nothing(timesheet, form, expected):
    outcome = timesheet("--format", form, stdin="")
    assert (outcome.status, outcome.out, outcome.err) == (0, expected, "")


def test_a_json_report_of_nothing(timesheet, may):
    outcome = timesheet("--format", "json", "--person", "Nobody", may)
    total = {"entries": 0, "minutes": 0}
    assert json.loads(outcome.out) == {"by": "project", "groups": [], "total": total}
    assert outcome.status == 0


# Choosing and ordering


def test_both_ends_of_a_period_count(timesheet, may):
    run = lambda *a: timesheet("--format", "json", *a, may)
    assert groups(run("--until", "2024-05-30")) == {"compiler": 45, "engine": 90}
    assert groups(run("--since", "2024-05-31")) == {"engine": 60, "notes": 30}
    assert groups(run("--since", "2024-05-30", "--until", "2024-05-30")) == {
        "compiler": 45,
        "engine": 90,
    }


def test_people_are_chosen_by_their_exact_names(timesheet, may):
    run = lambda *a: groups(timesheet("--format", "json", "--by", "person", *a, may))
    assert run("--person", "Grace") == {"Grace": 45}
    assert run("--person", "Grace", "--person", "Ada") == {"Ada": 180, "Grace": 45}
    assert run("--person", "ada") == {}


def test_entries_are_grouped_by_month(timesheet):
    stdin = HEADER + "2024-05-31,a,x,5,\n2024-06-01,a,x,7,\n2023-06-30,a,x,9,\n2024-06-30,b,y,1,\n"
    outcome = timesheet("--by", "month", "--format", "csv", stdin=stdin)
    assert outcome.out == "month,entries,minutes\n2023-06,1,9\n2024-05,1,5\n2024-06,2,8\n"


def test_names_are_sorted_by_code_points(timesheet):
    stdin = HEADER + "".join(
        f"2024-05-01,{n},x,5,\n" for n in ("b", "Zoe", "Émile", "a", "10", "9")
    )
    outcome = timesheet("--by", "person", "--format", "json", stdin=stdin)
    assert list(groups(outcome)) == ["10", "9", "Zoe", "a", "b", "Émile"]


def test_sorting_by_minutes_breaks_ties_by_name(timesheet):
    rows = (("c", 5), ("a", 5), ("d", 9), ("b", 5), ("e", 100))
    stdin = HEADER + "".join(f"2024-05-01,{n},x,{m},\n" for n, m in rows)
    outcome = timesheet("--by", "person", "--sort", "minutes", "--format", "json", stdin=stdin)
    assert list(groups(outcome)) == ["e", "d", "a", "b", "c"]


def test_the_total_is_that_of_all_groups(timesheet, may):
    assert timesheet("--top", "1", may).out == (
        "project   entries  time\ncompiler        1  0:45\ntotal           4  3:45\n"
    )
    assert len(groups(timesheet("--top", "9", "--format", "json", may))) == 3


# Files


def test_files_are_added_up(timesheet, tmp_path, may):
    (tmp_path / "june.JSONL").write_text(line(person="Grace", minutes=10) + "\n \n" + line())
    outcome = timesheet("--format", "json", may, "june.JSONL", "-", stdin=HEADER)
    assert groups(outcome) == {"compiler": 45, "engine": 220, "notes": 30}
    assert (outcome.status, outcome.err) == (0, "")


def test_standard_input_is_read_where_no_file_is_named(timesheet):
    assert groups(timesheet("--format", "json", stdin=MAY))["engine"] == 150
    assert groups(timesheet("--format", "json", "-", stdin=MAY))["engine"] == 150


def test_input_sets_one_form_for_all(timesheet, tmp_path):
    (tmp_path / "odd.jsonl").write_text(MAY)
    (tmp_path / "odd.csv").write_text(line())
    assert groups(timesheet("--format", "json", "--input", "csv", "odd.jsonl"))["engine"] == 150
    assert groups(timesheet("--format", "json", "--input", "jsonl", "odd.csv")) == {"engine": 60}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_byte_order_mark_and_foreign_line_ends(timesheet, form):
    text = {"csv": MAY.replace("\n", "\r\n"), "jsonl": line().replace("\n", "\r\n\r\n")}[form]
    outcome = timesheet("--input", form, "--format", "json", stdin="\ufeff" + text)
    assert (outcome.status, outcome.err) == (0, "")
    assert groups(outcome)["engine"] == {"csv": 150, "jsonl": 60}[form]


def test_a_line_separator_does_not_end_a_line(timesheet):
    record = {
        "day": "2024-05-31",
        "person": "Ada",
        "project": "x",
        "minutes": 5,
        "note": "a\u2028b",
    }
    stdin = json.dumps(record, ensure_ascii=False) + "\nbad\n"
    outcome = timesheet("--input", "jsonl", stdin=stdin)
    assert outcome.err == "timesheet: -:2: not JSON\n"
    assert outcome.out.endswith("total          1  0:05\n")


@pytest.mark.parametrize("form", ["text", "csv", "markdown", "json"])
def test_the_locale_has_no_say(timesheet, tmp_path, form):
    (tmp_path / "a.csv").write_text(HEADER + "2024-05-31,Zoë,Größe,5,\n", encoding="utf-8")
    stdin = HEADER + "2024-05-31,李,Größe,7,\n2024-05-31,ü,x,no,\n"
    outcome = timesheet("--format", form, "a.csv", "-", stdin=stdin, env=C_LOCALE)
    assert "Größe" in outcome.out
    assert "timesheet: -:3: minutes is not a whole number above 0: 'no'\n" == outcome.err
    assert outcome.status == 1


def test_a_lone_surrogate_is_written_as_a_question_mark(timesheet):
    outcome = timesheet("--input", "jsonl", "--format", "csv", stdin=line(project="a\ud800b"))
    assert (outcome.out, outcome.status) == ("project,entries,minutes\na?b,1,60\n", 0)


def test_output_replaces_a_file(timesheet, tmp_path, may):
    target = tmp_path / "report.txt"
    target.write_text("old and much longer than the report is, by far\n" * 20)
    outcome = timesheet("--output", "report.txt", "--format", "csv", "--by", "day", may)
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert target.read_bytes() == b"day,entries,minutes\n2024-05-30,2,135\n2024-05-31,2,90\n"


def test_output_is_utf8_whatever_the_locale(timesheet, tmp_path):
    stdin = HEADER + "2024-05-31,Zoë,x,5,\n"
    timesheet("--output", "r.csv", "--format", "csv", "--by", "person", stdin=stdin, env=C_LOCALE)
    assert (tmp_path / "r.csv").read_bytes() == "person,entries,minutes\nZoë,1,5\n".encode()


# Bad records


def test_bad_records_are_told_and_the_rest_is_reported(timesheet, tmp_path):
    (tmp_path / "a.csv").write_text(
        HEADER + '2024-05-31,Ada,x,5,"two\nlines"\n2024-05-31,,x,5,\n2024-05-31,Ada,x\n'
    )
    (tmp_path / "b.jsonl").write_text('[1]\n{"day": "2024-05-31"\n' + line() + line(minutes=True))
    outcome = timesheet("--format", "csv", "a.csv", "b.jsonl")
    assert outcome.out == "project,entries,minutes\nengine,1,60\nx,1,5\n"
    assert outcome.err.splitlines() == [
        "timesheet: a.csv:4: person is missing",
        "timesheet: a.csv:5: 3 fields where the header has 5",
        "timesheet: b.jsonl:1: not an object",
        "timesheet: b.jsonl:2: not JSON",
        "timesheet: b.jsonl:4: minutes is not a whole number above 0: True",
    ]
    assert outcome.status == 1


def test_bad_records_outside_the_choice_are_told_too(timesheet):
    stdin = HEADER + "2024-05-31,Ada,x,none,\n"
    outcome = timesheet("--person", "Grace", "--until", "2000-01-01", stdin=stdin)
    assert (outcome.status, outcome.out) == (1, "no entries\n")
    assert outcome.err.startswith("timesheet: -:2: minutes")


def test_strict_ends_at_the_first_bad_record(timesheet, tmp_path, may):
    (tmp_path / "report.txt").write_text("old\n")
    stdin = HEADER + "2024-05-31,,x,5,\n2024-05-31,Ada,,5,\n"
    outcome = timesheet("--strict", may, "-", "missing.csv", stdin=stdin)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == "timesheet: -:2: person is missing\n"
    outcome = timesheet("--strict", "--output", "report.txt", "-", stdin=stdin)
    assert (outcome.status, (tmp_path / "report.txt").read_text()) == (1, "old\n")


def test_strict_changes_nothing_for_good_records(timesheet, may):
    outcome = timesheet("--strict", may)
    assert outcome.out == timesheet(may).out
    assert (outcome.status, outcome.out[:7]) == (0, "project")


# Files that do not work


def test_a_missing_file_ends_the_run(timesheet, tmp_path, may):
    (tmp_path / "report.txt").write_text("old\n")
    outcome = timesheet("--output", "report.txt", may, "gone.csv", "also gone.csv")
    assert (outcome.status, outcome.out) == (3, "")
    assert outcome.err == "timesheet: gone.csv: No such file or directory\n"
    assert (tmp_path / "report.txt").read_text() == "old\n"


def test_a_folder_cannot_be_read(timesheet):
    outcome = timesheet(".")
    assert (outcome.status, outcome.out) == (3, "")
    assert outcome.err == "timesheet: .: Is a directory\n"


def test_bytes_that_are_not_utf8_end_the_run(timesheet, tmp_path):
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + b"2024-05-31,Zo\xeb,x,5,\n")
    for arguments, stdin, name in (
        (["latin.csv"], b"", "latin.csv"),
        (["--input", "jsonl"], b"\xff\xfe{\x00", "-"),
    ):
        outcome = timesheet(*arguments, stdin=stdin)
        assert (outcome.status, outcome.out) == (3, "")
        assert outcome.err == f"timesheet: {name}: not UTF-8\n"


def test_an_output_file_that_cannot_be_written(timesheet, may):
    outcome = timesheet("--output", "no/such/folder.txt", may)
    assert (outcome.status, outcome.out) == (3, "")
    assert outcome.err == "timesheet: no/such/folder.txt: No such file or directory\n"


@pytest.mark.parametrize("stdin", [MAY, HEADER + "2024-05-31,,x,5,\n"], ids=["good", "bad"])
def test_a_reader_that_went_away_is_no_error(timesheet, stdin):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        outcome = timesheet(stdin=stdin, stdout=writing)
    finally:
        os.close(writing)
    bad = stdin is not MAY
    assert outcome.err == ("timesheet: -:2: person is missing\n" if bad else "")
    assert outcome.status == (1 if bad else 0)


def test_a_standard_output_that_cannot_be_written_is_told(timesheet, may):
    with open(os.devnull, "rb") as unwritable:
        outcome = timesheet(may, stdout=unwritable)
    assert outcome.err == "timesheet: -: Bad file descriptor\n"
    assert outcome.status == 3


# Usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["--by", "note"],
        ["--sort", "time"],
        ["--format", "xml"],
        ["--input", "xlsx"],
        ["--top", "0"],
        ["--top", "-2"],
        ["--top", "some"],
        ["--since", "31.5.2024"],
        ["--since", "20240531"],
        ["--until", "2024-02-30"],
        ["--since", "2024-06-01", "--until", "2024-05-31"],
        ["--colour"],
    ],
    ids=lambda arguments: "_".join(arguments).strip("-"),
)
def test_wrong_usage(timesheet, arguments):
    outcome = timesheet(*arguments, "missing.csv")
    assert (outcome.status, outcome.out) == (2, "")
    assert arguments[0] in outcome.err
    assert "Traceback" not in outcome.err
    assert "missing.csv: No such" not in outcome.err


def test_help_names_every_option(timesheet):
    outcome = timesheet("--help")
    assert outcome.status == 0
    for option in "by since until person sort top format input output strict".split():
        assert f"--{option} " in outcome.out
