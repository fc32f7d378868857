from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest

from swebench_lite.records import Application, Attempt, AttemptKey, FormatScore, Outcome, Plan, Reading, Verdict
from swebench_lite.store import RunStore
from tests import compare_by_hand as hand
from tests.test_cli import Cli
from tests.test_cli_evaluate import instance_row
from tests.test_reports_contestants import R, U, attempt, stored

STRICT = Application(step="git-apply", strict=True, official=True)
LOOSE = Application(step="patch", strict=False, official=True)
MENDED = Application(step=None, strict=False, official=False, repaired=True, repairs=("counts",))
BROKEN = Application(step=None, strict=False, official=False)


def save(
    root: Path, attempts: list[Attempt], *, created: str = "2026-11-01T00:00:00Z", dataset: str = "verified"
) -> None:
    run = stored(*attempts, created=created, dataset=dataset)
    store = RunStore(root)
    store.create(run.plan)
    for one in attempts:
        store.save(one, artefacts={})


def drawn(random: random.Random, key: AttemptKey, *, priced: bool) -> Attempt:
    """An attempt as a run could have made it."""
    fate = random.random()
    bill = round(random.uniform(0.001, 0.9), 4) if priced else None
    asked: dict[str, Any] = {"cost_usd": bill, "model_seconds": random.uniform(1, 90)}
    if fate < 0.1:
        outcome = random.choice([Outcome.PROVIDER, Outcome.INFRA, Outcome.NO_ENVIRONMENT, Outcome.CRASHED])
        return Attempt(
            key=key, verdict=Verdict(outcome=outcome, reason="r"), **(asked if fate < 0.05 else {"cost_usd": bill})
        )
    if fate < 0.2:
        shape = FormatScore(total=0.0)
        return Attempt(key=key, verdict=Verdict(outcome=Outcome.NO_ANSWER, reason="r"), format_score=shape, **asked)
    answered = {
        **asked, "patch_sha256": f"{random.random()}", "reading": Reading(form="fenced diff", parses=fate < 0.8),
        "format_score": FormatScore(total=random.choice([40.0, 75.0, 100.0])),
    }  # fmt: skip
    if fate < 0.3:
        application = random.choice([MENDED, BROKEN])
        return Attempt(
            key=key, verdict=Verdict(outcome=Outcome.PATCH_INVALID, reason="r"), application=application, **answered
        )
    outcome = random.choice([R, R, U, U, Outcome.TIMEOUT])
    verdict = Verdict(outcome=outcome, reason="r", official_resolved=outcome is R or fate > 0.95)
    return Attempt(key=key, verdict=verdict, application=random.choice([STRICT, LOOSE]), **answered)


@pytest.fixture(scope="module")
def realistic(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """Three runs: two models in two arms with two samples, one of them again, and ready-made predictions."""
    folder = tmp_path_factory.mktemp("compare")
    chance = random.Random(20)  # noqa: S311 - nothing secret
    plans = (
        ("r1", ("m", "n"), ("harnessed", "unharnessed"), 2, range(10)),
        ("r2", ("m",), ("harnessed",), 1, range(4, 12)),
        ("r3", ("predicted",), ("none",), 1, range(1, 11)),
    )
    for number, (run, models, arms, samples, instances) in enumerate(plans):
        keys = [
            AttemptKey(run_id=run, instance_id=f"i{instance:02}", model=model, arm=arm, sample=sample)
            for model in models for arm in arms for instance in instances for sample in range(samples)
        ]  # fmt: skip
        attempts = [drawn(chance, key, priced=run != "r3") for key in keys]
        plan = Plan(
            run_id=run,
            dataset="d",
            planned=tuple(keys),
            settings={},
            provenance={},
            created_at=f"2026-11-0{number + 1}",
        )
        store = RunStore(folder / "runs")
        store.create(plan)
        for one in attempts[:-1] if run == "r1" else attempts:
            store.save(one, artefacts={})
    return Cli(folder, folder / "cache")


@pytest.mark.parametrize("by", ["contestant", "model", "arm", "run"])
def test_every_figure_of_a_group_is_what_the_stored_files_say(realistic: Cli, by: str) -> None:
    document = realistic("compare", "r1", "r2", "r3", "--by", by, "--json").document
    expected = hand.groups(hand.rows(realistic.runs, ["r1", "r2", "r3"]), by)
    assert [one["name"] for one in document["groups"]] == sorted(expected)
    for one in document["groups"]:
        for name, value in hand.group(expected[one["name"]]).items():
            assert one[name] == (pytest.approx(value, abs=1e-6) if not isinstance(value, dict) else value), name


@pytest.mark.parametrize("by", ["contestant", "run"])
def test_pass_at_k_is_what_the_stored_files_say(realistic: Cli, by: str) -> None:
    document = realistic("compare", "r1", "r3", "--by", by, "--json").document
    expected = hand.groups(hand.rows(realistic.runs, ["r1", "r3"]), by)
    for one in document["groups"]:
        for at in one["pass_at_k"]:
            value, left_out = hand.pass_at(expected[one["name"]], at["k"])
            assert (at["value"], at["left_out"]) == (pytest.approx(value), left_out)
    lengths = {one["name"]: len(one["pass_at_k"]) for one in document["groups"]}
    assert max(lengths.values()) == (2 if by == "contestant" else 1)


@pytest.mark.parametrize("by", ["contestant", "model", "arm", "run"])
def test_every_figure_of_a_pair_is_what_the_stored_files_say(realistic: Cli, by: str) -> None:
    document = realistic("compare", "r1", "r2", "r3", "--by", by, "--json").document
    sides = hand.groups(hand.rows(realistic.runs, ["r1", "r2", "r3"]), by)
    assert [(one["a"], one["b"]) for one in document["pairs"]] == list(itertools.combinations(sorted(sides), 2))
    for one in document["pairs"]:
        expected, differences = hand.pair(sides[one["a"]], sides[one["b"]], by)
        assert {name: one[name] for name in expected} == pytest.approx(expected, abs=1e-9)
        assert one["interval"] is None if not expected["n"] else hand.has_interval(one, differences)
    assert any(one["n"] for one in document["pairs"])


def test_p_values_are_corrected_within_their_family(realistic: Cli) -> None:
    document = realistic("compare", "r1", "r2", "r3", "--json").document
    sides = hand.groups(hand.rows(realistic.runs, ["r1", "r2", "r3"]), "contestant")
    for name in ("arms", "contestants"):
        members = [one for one in document["pairs"] if hand.family(sides[one["a"]], sides[one["b"]]) == name]
        assert [one["family"] for one in members] == [name] * len(members)
        tested = [one for one in members if one["n"]]
        expected = hand.holm([one["p_value"] for one in tested])
        assert [one["adjusted_p_value"] for one in tested] == pytest.approx(expected)


def test_what_the_harness_did_is_what_the_stored_files_say(realistic: Cli) -> None:
    effects = realistic("compare", "r1", "--json").document["effects"]
    found = hand.rows(realistic.runs, ["r1"])
    worth = {"RESOLVED": 3, "UNRESOLVED": 1}
    for effect in effects:
        cells: dict[Any, dict[str, Any]] = {}
        for row in found:
            if row["model"] == effect["model"] and hand.scored(row) and row.get("format_score"):
                scores = (row["format_score"]["total"], worth.get(row["verdict"]["outcome"], 0))
                cells.setdefault((row["instance_id"], row["sample"]), {})[row["arm"]] = scores
        whole = [cell for cell in cells.values() if len(cell) == 2]
        deltas = [sum(cell["harnessed"][i] - cell["unharnessed"][i] for cell in whole) / len(whole) for i in (0, 1)]
        assert effect["pairs"] == len(whole) > 0
        assert [effect["delta_format"], effect["delta_execution"]] == pytest.approx(deltas)
    assert [effect["model"] for effect in effects] == ["m", "n"]


def test_the_document_has_the_fixed_names(realistic: Cli) -> None:
    document = realistic("compare", "r1", "r3", "--json").document
    groups = (
        "name n resolved rate interval strict_rate strict_apply_rate official_apply_rate repaired_apply_rate cost_usd"
    )
    assert set(groups.split()) <= document["groups"][0].keys()
    assert {"a", "b", "n", "both", "only_a", "only_b", "neither", "p_value", "test"} <= document["pairs"][0].keys()


def test_people_get_a_table_and_sentences(realistic: Cli) -> None:
    result = realistic("compare", "r1", "r3")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("Contestant")
    assert "m · harnessed and m · unharnessed: no difference shown" in result.out.replace("\n  ", " ")


def test_models_and_arms_and_instances_can_be_chosen(realistic: Cli) -> None:
    document = realistic(
        "compare", "r1", "r3", "-m", "m", "-m", "PRED*", "--arm", "h*", "--arm", "none", "-i", "i0?", "--json"
    ).document
    assert [one["name"] for one in document["groups"]] == ["m · harnessed", "predicted"]
    assert max(one["planned"] for one in document["groups"]) == 20
    assert document["pairs"][0]["n"] <= 9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("r9",), "unknown run 'r9'"),
        (("r1", "-m", "mm"), "unknown model 'mm'"),
        (("r1", "--arm", "harnesed"), "did you mean 'harnessed'"),
        (("r1", "-i", "nothing*"), "unknown instance 'nothing*'"),
        (("r1", "--by", "arms"), "did you mean 'arm'"),
        (("r1", "--format", "htlm"), "did you mean 'html'"),
        (("r1", "--format", "md", "--json"), "json and md are asked for at once"),
        (("r1", "--out", "x.txt"), "a comparison is no .txt file"),
        (("r1", "--valid-only", "none.json"), "cannot read none.json"),
        (("r1", "-m", "m", "--arm", "none"), "unknown arm 'none'"),
        (("r3", "r1", "-m", "predicted", "--arm", "harnessed"), "no attempt is left to compare"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(realistic: Cli, arguments: tuple[str, ...], message: str) -> None:
    result = realistic("compare", *arguments)
    assert (result.status, result.out) == (2, "")
    assert message in result.err
    assert result.err.count("\n") == 1


def test_only_valid_instances_take_part(realistic: Cli) -> None:
    rows = [{"instance_id": f"i{number:02}", "valid": number < 5} for number in range(8)]
    (realistic.folder / "check.json").write_text(json.dumps({"summary": {}, "instances": rows}))
    document = realistic("compare", "r1", "--valid-only", "check.json", "--json").document
    assert {one["planned"] for one in document["groups"]} == {10}
    assert document["notes"][0] == "5 instances are left out: check.json calls valid 5 of those in the runs"


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "{}", '{"instances": [{"instance_id": "a"}]}', "[" * 100_000, "\ud800"]
)
def test_a_check_that_is_none_is_refused(realistic: Cli, text: str) -> None:
    (realistic.folder / "bad.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    result = realistic("compare", "r1", "--valid-only", "bad.json")
    assert result.status == 2
    assert "bad.json is no document of check" in result.err


def test_a_dataset_narrows_the_instances(realistic: Cli) -> None:
    rows = [instance_row(instance_id=f"i{number:02}") for number in range(3)]
    (realistic.folder / "few.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    result = realistic("compare", "r1", "--dataset", "few.jsonl", "--json")
    assert {one["planned"] for one in result.document["groups"]} == {6}
    assert result.document["notes"][0] == "7 instances are left out: few.jsonl holds 3 of those in the runs"


def test_a_run_that_is_named_twice_counts_once(realistic: Cli) -> None:
    twice = realistic("compare", "r1", "r1", "--json").document
    assert twice["groups"] == realistic("compare", "r1", "--json").document["groups"]
    assert twice["notes"] == ["r1 is named more than once and counts once"]


def test_runs_without_a_common_instance_end_with_1_and_say_so(tmp_path: Path) -> None:
    cli = Cli(tmp_path, tmp_path / "cache")
    save(cli.runs, [attempt("a", "x", R)])
    save(cli.runs, [attempt("b", "y", R, model="n")])
    result = cli("compare", "a", "b")
    assert result.status == 1
    assert "m and n: nothing to compare: they share no instance" in result.out


def test_a_damaged_attempt_is_warned_of_and_counts_as_not_run(tmp_path: Path) -> None:
    cli = Cli(tmp_path, tmp_path / "cache")
    save(cli.runs, [attempt("a", "x", R), attempt("a", "y", R)])
    next(cli.runs.glob("a/attempts/*/*/y/*/attempt.json")).write_text("{")
    result = cli("compare", "a", "--json")
    assert result.document["groups"][0]["by_outcome"] == {"RESOLVED": 1, "NOT_RUN": 1}
    assert "not counted as finished" in result.err


def test_a_folder_gets_every_format_and_the_plots(realistic: Cli) -> None:
    pytest.importorskip("matplotlib", reason="plots are an extra")
    result = realistic("compare", "r1", "r3", "--out", "all")
    names = {path.name for path in (realistic.folder / "all").iterdir()}
    pages = {"comparison.md", "comparison.html", "comparison.json"}
    assert names == pages | {"funnel.svg", "funnel.png", "cost.svg", "cost.png"}
    assert (result.out, result.status) == ("", 0)
    assert "data:image/svg+xml;base64," in (realistic.folder / "all" / "comparison.html").read_text()


@pytest.mark.parametrize(
    ("name", "start"), [("c.json", "{"), ("c.md", "# Comparison"), ("deep/c.html", "<!doctype html>")]
)
def test_a_file_is_written_in_the_format_of_its_ending(realistic: Cli, name: str, start: str) -> None:
    realistic("compare", "r1", "--out", name)
    assert (realistic.folder / name).read_text().startswith(start)


def test_the_document_is_printed_beside_the_page_that_is_written(realistic: Cli) -> None:
    result = realistic("compare", "r1", "--out", "page.html", "--json")
    assert result.document["groups"]
    assert (realistic.folder / "page.html").read_text().startswith("<!doctype html>")


def test_plots_go_where_they_are_wanted_and_the_table_is_still_shown(realistic: Cli) -> None:
    pytest.importorskip("matplotlib", reason="plots are an extra")
    result = realistic("compare", "r1", "--plots", "p")
    assert {path.name for path in (realistic.folder / "p").iterdir()} == {
        f"{a}.{b}" for a in ("funnel", "cost") for b in ("svg", "png")
    }
    assert result.out.startswith("Contestant")


def test_without_matplotlib_a_page_has_no_plots_and_a_warning_says_why(realistic: Cli) -> None:
    blocked = realistic.folder / "blocked" / "matplotlib"
    blocked.mkdir(parents=True, exist_ok=True)
    (blocked / "__init__.py").write_text("raise ImportError('not here')")
    path = f"{blocked.parent}:{realistic.environ['PYTHONPATH']}"
    result = realistic.process("compare", "r1", "--format", "html", PYTHONPATH=path)
    assert result.out.startswith("<!doctype html>")
    assert "warning: the page has no plots" in result.err
    refused = realistic.process("compare", "r1", "--plots", "q", PYTHONPATH=path)
    assert refused.status == 2
    assert "pip install 'swebench-lite[plots]'" in refused.err
