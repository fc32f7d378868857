"""Binary files that a row names by address: fetched once, kept in the cache, handed to the sandbox as bytes."""

from __future__ import annotations

import hashlib
import os
import threading
import urllib.error
import urllib.request
from dataclasses import replace

from swebench_lite.errors import NoEnvironment
from swebench_lite.records import Asset
from swebench_lite.settings import Settings

_ANSWER_SECONDS = 60
_MOST_BYTES = 50 * 1024**2
_SCHEMES = ("http://", "https://")


def fetched(assets: tuple[Asset, ...], settings: Settings) -> tuple[Asset, ...]:
    """The same assets with their bytes, from the cache or, unless offline, from their addresses.

    Raises NoEnvironment naming the asset that is not to be had: without it the tests would fail for no fault of a patch.
    """
    return tuple(asset if asset.data is not None else replace(asset, data=_bytes(asset, settings)) for asset in assets)


def _bytes(asset: Asset, settings: Settings) -> bytes:
    if not asset.url or not asset.url.startswith(_SCHEMES):
        raise NoEnvironment(f"asset {asset.path} has no address that could be fetched ({asset.url!r})")
    kept = settings.cache / "assets" / hashlib.sha256(asset.url.encode()).hexdigest()
    if kept.is_file():
        return kept.read_bytes()
    if settings.offline:
        raise NoEnvironment(
            f"asset {asset.path} was never fetched and --offline forbids it; run once without --offline"
        )
    try:
        # The scheme was checked above: nothing but the web is opened.
        with urllib.request.urlopen(asset.url, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
            data = bytes(answer.read(_MOST_BYTES + 1))
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise NoEnvironment(f"asset {asset.path} cannot be fetched from {asset.url}: {error}") from error
    if len(data) > _MOST_BYTES:
        raise NoEnvironment(f"asset {asset.path} is larger than {_MOST_BYTES // 1024**2} MB; refused")
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_name(f"{kept.name}.{os.getpid()}-{threading.get_ident()}.new")
    new.write_bytes(data)
    new.replace(kept)
    return data
