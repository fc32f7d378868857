"""What the toolbox knows: people, files, rates and the like, drawn from a seed, so that nobody can guess or remember them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

_GIVEN = ("Ilse", "Jorun", "Malik", "Tove", "Baptiste", "Noor", "Emrys", "Saoirse", "Yusuf", "Ottilie")
_FAMILY = ("Quandt", "Varga", "Lindqvist", "Okafor", "Threlkeld", "Marchetti", "Zielinski", "Abara", "Holm", "Teixeira")
_WORDS = (
    "amber", "barge", "cinder", "delta", "ember", "fallow", "gantry", "harbour", "inlet", "juniper", "kelp", "ledger",
    "mortar", "nettle", "orchard", "pewter",
)  # fmt: skip
_SKIES = ("clear", "overcast", "light rain", "fog")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person of the directory."""

    user_id: str
    name: str
    email: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """users by id, files by path, rates by (base, quote), times and skies by city in small letters; the same for one seed."""

    users: Mapping[str, User]
    files: Mapping[str, str]
    rates: Mapping[tuple[str, str], float]
    times: Mapping[str, str]
    skies: Mapping[str, str]


def make_world(seed: int) -> World:
    """The world of a seed. Names in prompts (ids, paths, cities) are the same in all of them, values are not."""
    draw = random.Random(seed)  # noqa: S311 - reproducible values, not secrets
    users = {user_id: _user(user_id, draw) for user_id in ("U-4817", "U-2096", "U-7350")}
    words = [draw.choice(_WORDS) for _ in range(draw.randint(31, 59))]
    files = {
        "notes/harvest.txt": " ".join(words) + "\n",
        "notes/readme.txt": "Minutes of the orchard committee are in harvest.txt.\n",
    }
    rates = {
        ("USD", "NOK"): round(draw.uniform(7.1, 13.9), 4),
        ("EUR", "NOK"): round(draw.uniform(8.1, 14.9), 4),
        ("USD", "EUR"): round(draw.uniform(0.71, 1.19), 4),
    }
    cities = ("lima", "oslo", "nairobi")
    return World(
        users=users,
        files=files,
        rates=rates,
        times={city: f"{draw.randrange(24):02d}:{draw.randrange(60):02d}" for city in cities},
        skies={city: f"{draw.choice(_SKIES)}, {draw.randrange(-4, 33)} degrees" for city in cities},
    )


def _user(user_id: str, draw: random.Random) -> User:
    given, family = draw.choice(_GIVEN), draw.choice(_FAMILY)
    return User(
        user_id=user_id,
        name=f"{given} {family}",
        email=f"{given[0].lower()}.{family.lower()}{draw.randrange(11, 99)}@{draw.choice(_WORDS)}-{draw.choice(_WORDS)}.example",
        account=f"AC-{draw.randrange(10_000, 99_999)}-{draw.choice('KLMNPQRT')}{draw.randrange(2, 9)}",
    )
