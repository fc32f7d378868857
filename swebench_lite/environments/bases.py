"""Per-language base images: a Debian release, git and patch, and the language's own toolchain from the distribution."""

from __future__ import annotations

from swebench_lite.environments.recipes import Recipe
from swebench_lite.errors import NoEnvironment

SUITE = "bookworm"
_COMMON = ("ca-certificates", "git", "patch", "procps")

# What each language's own test runners need, and what people's Makefiles take for granted.
_PACKAGES: dict[str, tuple[str, ...]] = {
    "python": ("python3", "python3-pytest", "python-is-python3"),
    "go": ("golang-go",),
    "rust": ("cargo", "rustc"),
    "cpp": ("g++", "cmake", "make"),
    "node": ("nodejs",),
}
# What is done once the packages are there. There is no C compiler beside Go: without cgo its whole standard library builds,
# and what is compiled here once no attempt compiles again (each works on a throw-away layer above).
_FINISH = {"go": "export HOME=/root\ngo env -w CGO_ENABLED=0\ncd /usr/lib/go\ngo build std\n"}
_ALIASES = {
    "c": "cpp",
    "c++": "cpp",
    "javascript": "node",
    "typescript": "node",
    "js": "node",
    "ts": "node",
    "html": "node",
    "py": "python",
}

# Libraries that CPython builds link to, a compiler (with a cache) and the libraries that extension modules are most often
# built against, and locales that test scripts switch to.
_INTERPRETER_PACKAGES = (
    "build-essential", "ccache", "gettext", "libbz2-1.0", "libexpat1", "libffi-dev", "libfreetype-dev", "libgdbm6",
    "libjpeg-dev", "liblzma5", "libncursesw6", "libpng-dev", "libqhull-dev", "libreadline8", "libsqlite3-0", "libssl3",
    "libxml2-dev", "libxslt1-dev", "libyaml-dev", "locales", "pkg-config", "python3", "tzdata", "xz-utils", "zlib1g-dev",
)  # fmt: skip

_TOOLS = (
    "cm-super", "dvipng", "ffmpeg", "ghostscript", "graphviz", "imagemagick", "texlive-fonts-recommended",
    "texlive-latex-extra", "texlive-luatex", "texlive-xetex",
)  # fmt: skip


def languages() -> tuple[str, ...]:
    """The languages that have a base image."""
    return tuple(_PACKAGES)


def canonical(language: str) -> str:
    """The base image's name for a language as datasets spell it (``javascript`` is ``node``)."""
    lowered = language.lower()
    return _ALIASES.get(lowered, lowered)


def debian() -> Recipe:
    """The common ground: a minimal Debian with git and patch."""
    return Recipe(name="base", suite=SUITE, network=True, script=_install(_COMMON))


def base(language: str) -> Recipe:
    """The base image of a language. Raises NoEnvironment for one that has none."""
    name = canonical(language)
    if name not in _PACKAGES:
        raise NoEnvironment(
            f"there is no base image for language '{language}' (there are {', '.join(_PACKAGES)}); name an image with --image"
        )
    script = _install(_PACKAGES[name]) + _FINISH.get(name, "")
    return Recipe(name=f"base-{name}", parent=debian(), network=True, script=script)


def interpreter_base() -> Recipe:
    """The ground on which Python interpreters of any version stand: their libraries, a compiler, locales."""
    script = _install(_INTERPRETER_PACKAGES) + (
        "sed -i '/en_US.UTF-8/s/^# //' /etc/locale.gen\nlocale-gen\n"
        # Test scripts uncomment the same line and generate again; nothing changes, so nothing needs to be done.
        "mv /usr/sbin/locale-gen /usr/sbin/locale-gen.real\n"
        "cp /swebench-lite-build/locale-gen /usr/sbin/locale-gen\nchmod 755 /usr/sbin/locale-gen\n"
    )
    return Recipe(
        name="base-interpreters", parent=debian(), network=True, script=script, files=(("locale-gen", _LOCALE_GEN),)
    )


def tools() -> Recipe:
    """The same ground with programs that some tests call where they are there: converters, a typesetter, a film maker.

    All of them or none, so that projects and years share one layer.
    """
    return Recipe(name="base-tools", parent=interpreter_base(), network=True, script=_install(_TOOLS))


_LOCALE_GEN = """#!/bin/sh
# Generates locales only where the list asks for more than en_US.UTF-8, which is already here.
if [ $# -eq 0 ] && ! grep -v '^#' /etc/locale.gen | grep -v '^ *$' | grep -qv '^en_US.UTF-8 '; then
    echo "Generation complete."
    exit 0
fi
exec /usr/sbin/locale-gen.real "$@"
"""


def _install(packages: tuple[str, ...]) -> str:
    return (
        "export DEBIAN_FRONTEND=noninteractive\n"
        "apt-get update -qq\n"
        f"apt-get install -y -qq --no-install-recommends {' '.join(packages)}\n"
        "apt-get clean\n"
        "rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/debconf/*-old\n"
    )
