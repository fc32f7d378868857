"""The command line: `python -m primes check N...` and `python -m primes list LOW HIGH`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from primes import factorize, is_prime, primes_between


def describe(n: int) -> str:
    """One line about n: that it is prime, or what it is made of."""
    if is_prime(n):
        return f"{n}: prime"
    if n < 2:
        return f"{n}: not prime"
    parts = [str(p) if k == 1 else f"{p}^{k}" for p, k in factorize(n).items()]
    return f"{n}: {' * '.join(parts)}"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="primes")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="tell which numbers are prime")
    check.add_argument("numbers", type=int, nargs="+")
    between = commands.add_parser("list", help="list the primes from LOW to HIGH")
    between.add_argument("low", type=int)
    between.add_argument("high", type=int)
    options = parser.parse_args(argv)
    if options.command == "check":
        print(*map(describe, options.numbers), sep="\n")
    else:
        print(*primes_between(options.low, options.high))
    return 0


if __name__ == "__main__":
    sys.exit(main())
