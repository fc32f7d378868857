#!/usr/bin/env bash
# Builds every test program by itself, runs it, and prints one TAP line for each TEST of its source,
# also for those that were never reached.
cd "$(dirname "$0")/.." || exit 1
shopt -s nullglob

programs=(text_test build_test access_test algebra_test slice_test iterate_test guarantee_test)
sanitized=(memory_test)
flags=(-std=c++20 -Wall -Wextra -Wpedantic -Werror -Iinclude -Itests)
sanitizer=(-fsanitize=address,undefined -fno-sanitize-recover=all)
sources=(src/*.cpp)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export ASAN_OPTIONS=detect_leaks=0

build() { # program, flags
    local name=$1
    shift
    g++ "${flags[@]}" "$@" "tests/$name.cpp" "${sources[@]}" -o "$out/$name" -pthread >"$out/$name.build" 2>&1
}

echo 'int main() {}' >"$out/trivial.cpp"
if ! { g++ "${sanitizer[@]}" "$out/trivial.cpp" -o "$out/trivial" && "$out/trivial"; } >/dev/null 2>&1; then
    missing='no address sanitizer here'
fi

{
    [ -n "$missing" ] || for name in "${sanitized[@]}"; do build "$name" "${sanitizer[@]}"; done
    true
} &
for name in "${programs[@]}"; do build "$name"; done
wait

number=0
failed=0
report() { # word, name, remark
    number=$((number + 1))
    [ "$1" = ok ] || failed=1
    echo "$1 $number - $2$3"
}

for name in "${programs[@]}" "${sanitized[@]}"; do
    : >"$out/$name.log"
    if [ -x "$out/$name" ]; then
        "$out/$name" >"$out/$name.log" 2>&1
        grep -av '^pass ' "$out/$name.log" | head -40 | sed 's/^/# /'
    else
        head -20 "$out/$name.build" | sed 's/^/# /'
    fi
    while IFS= read -r title; do
        if [[ -n "$missing" && " ${sanitized[*]} " == *" $name "* ]]; then
            report ok "$title" " # SKIP $missing"
        elif grep -aqxF "pass $title" "$out/$name.log"; then
            report ok "$title"
        else
            report 'not ok' "$title"
        fi
    done < <(sed -n 's/^TEST("\(.*\)") {$/\1/p' "tests/$name.cpp")
done
echo "1..$number"
exit "$failed"
