#!/bin/bash
# Builds the answer with warnings as errors, and runs the tests, which print TAP.
set -u
g++ -std=c++20 -Wall -Wextra -Wpedantic -Werror -I. numbers_kit.cpp tests/test_clamp.cpp -o tests/test_clamp || exit 1
tests/test_clamp
