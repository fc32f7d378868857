from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swebench_lite.errors import UsageError
from swebench_lite.records import Instance
from swebench_lite.selection import EVERYTHING, Selection, select


def made(repo: str, number: int, language: str = "python", difficulty: str | None = None) -> Instance:
    return Instance(
        instance_id=f"{repo.replace('/', '__')}-{number}", repo=repo, language=language, difficulty=difficulty
    )


INSTANCES = (
    *(made("django/django", number, difficulty="<15 min fix") for number in (3, 1, 2)),
    *(made("caddy/caddy", number, "go", "1-4 hours") for number in (1, 2)),
    made("vue/core", 1, "node"),
)


def chosen(**parts: object) -> list[str]:
    return [instance.instance_id for instance in select(INSTANCES, Selection(**parts))]  # type: ignore[arg-type]


def test_an_empty_selection_takes_everything_in_order() -> None:
    assert select(INSTANCES, EVERYTHING) == INSTANCES


def test_ids_are_taken_in_the_order_of_the_dataset() -> None:
    assert chosen(ids=("vue__core-1", "django__django-1")) == ["django__django-1", "vue__core-1"]


def test_a_glob_takes_all_that_match_without_regard_to_case() -> None:
    assert chosen(ids=("Django__*",)) == ["django__django-3", "django__django-1", "django__django-2"]


def test_an_exact_id_takes_no_namesake_in_other_letters() -> None:
    twins = (Instance(instance_id="a-1"), Instance(instance_id="A-1"))
    assert select(twins, Selection(ids=("a-1",))) == twins[:1]


def test_an_id_that_matches_nothing_is_refused_with_the_near_miss() -> None:
    with pytest.raises(UsageError, match="unknown instance 'django__django-11'; did you mean 'django__django-1'"):
        chosen(ids=("django__django-1", "django__django-11"))


def test_a_glob_that_matches_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match=r"unknown instance 'flask\*'"):
        chosen(ids=("flask*",))


@pytest.mark.parametrize("word", ["node", "javascript", "TypeScript"])
def test_a_language_may_be_written_in_any_usual_way(word: str) -> None:
    assert chosen(languages=(word,)) == ["vue__core-1"]


def test_a_language_without_instances_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown language 'cobol'; choose from go, node, python"):
        chosen(languages=("cobol",))


def test_several_repositories_add_up() -> None:
    assert chosen(repos=("vue/core", "caddy/*")) == ["caddy__caddy-1", "caddy__caddy-2", "vue__core-1"]


def test_a_difficulty_narrows() -> None:
    assert chosen(difficulties=("1-4 hours",)) == ["caddy__caddy-1", "caddy__caddy-2"]


def test_different_parts_narrow_together() -> None:
    assert chosen(languages=("go", "python"), ids=("*-2",)) == ["django__django-2", "caddy__caddy-2"]


def test_parts_that_leave_nothing_together_are_refused() -> None:
    with pytest.raises(UsageError, match="no instance has all of: language go, repository vue/core"):
        chosen(languages=("go",), repos=("vue/core",))


def test_a_limit_takes_the_first() -> None:
    assert chosen(limit=2) == ["django__django-3", "django__django-1"]


@pytest.mark.parametrize("part", ["limit", "sample"])
def test_a_number_below_one_is_refused(part: str) -> None:
    with pytest.raises(UsageError, match=f"a {part} of 0 selects nothing"):
        Selection(**{part: 0})  # type: ignore[arg-type]


def test_a_sample_larger_than_what_is_left_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot draw a sample of 3: 2 instances are left"):
        chosen(languages=("go",), sample=3)


def test_a_sample_is_the_same_on_every_machine() -> None:
    assert chosen(sample=3, seed=1) == ["django__django-3", "django__django-2", "caddy__caddy-1"]


def test_another_seed_draws_another_sample() -> None:
    assert len({tuple(chosen(sample=3, seed=seed)) for seed in range(20)}) > 3


def test_an_unstratified_sample_can_miss_a_repository() -> None:
    draws = [chosen(sample=3, seed=seed, stratify=False) for seed in range(30)]
    assert any(not any(name.startswith("django") for name in draw) for draw in draws)


SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=6)


def of_sizes(sizes: list[int]) -> list[Instance]:
    return [made(f"o/r{index}", number) for index, size in enumerate(sizes) for number in range(size)]


@settings(deadline=None)
@given(SIZES, st.data())
def test_a_sample_has_the_size_asked_for_and_fair_shares(sizes: list[int], data: st.DataObject) -> None:
    instances = of_sizes(sizes)
    size = data.draw(st.integers(1, len(instances)))
    drawn = select(instances, Selection(sample=size, seed=data.draw(st.integers())))
    shares = Counter(instance.repo for instance in drawn)
    assert len(drawn) == size
    for index, count in enumerate(sizes):
        assert abs(shares[f"o/r{index}"] - Fraction(size * count, len(instances))) < 1


@settings(deadline=None)
@given(SIZES, st.integers(), st.randoms(use_true_random=False))
def test_a_sample_does_not_depend_on_the_order_of_rows(sizes: list[int], seed: int, dice: random.Random) -> None:
    instances = of_sizes(sizes)
    shuffled = dice.sample(instances, len(instances))
    selection = Selection(sample=(len(instances) + 1) // 2, seed=seed)
    assert set(select(instances, selection)) == set(select(shuffled, selection))


@settings(deadline=None)
@given(SIZES, st.integers())
def test_a_sample_keeps_the_order_of_the_dataset(sizes: list[int], seed: int) -> None:
    instances = of_sizes(sizes)
    drawn = select(instances, Selection(sample=(len(instances) + 1) // 2, seed=seed))
    assert list(drawn) == [instance for instance in instances if instance in drawn]
