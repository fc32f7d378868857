#!/usr/bin/env bash
# Builds every test program by itself, runs it, and prints one TAP line for each TEST of its source,
# also for those that were never reached.
cd "$(dirname "$0")/.." || exit 1
shopt -s nullglob

programs=(parts_test submit_test get_test idle_test shutdown_test stop_test race_test memory_test)
declare -A sanitizer=([race_test]=thread [memory_test]=address,undefined)
declare -A missing
flags=(-std=c++20 -Wall -Wextra -Wpedantic -Werror -Iinclude -Itests -pthread)
sources=(src/*.cpp)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1

compile() { # kind, program: the sources are compiled once for each kind
    local extra=() source objects=()
    [ "$1" = plain ] || extra=("-fsanitize=$1" -fno-sanitize-recover=all -g)
    for source in "${sources[@]}"; do
        objects+=("$out/$1-$(basename "$source").o")
        [ -e "${objects[-1]}" ] || g++ "${flags[@]}" "${extra[@]}" -c "$source" -o "${objects[-1]}" || return 1
    done
    g++ "${flags[@]}" "${extra[@]}" "tests/$2.cpp" "${objects[@]}" -o "$out/$2"
}

build() {
    compile "${sanitizer[$1]:-plain}" "$1" >"$out/$1.build" 2>&1
}

echo 'int main() {}' >"$out/trivial.cpp"
for name in "${!sanitizer[@]}"; do
    kind=${sanitizer[$name]}
    if ! { g++ "-fsanitize=$kind" "$out/trivial.cpp" -o "$out/trivial" && "$out/trivial"; } >/dev/null 2>&1; then
        missing[$name]="no ${kind%%,*} sanitizer here"
    fi
done

{ for name in "${!sanitizer[@]}"; do build "$name"; done; } &
for name in "${programs[@]}"; do [ -n "${sanitizer[$name]}" ] || build "$name"; done
wait

number=0
failed=0
report() { # word, name, remark
    number=$((number + 1))
    [ "$1" = ok ] || failed=1
    echo "$1 $number - $2$3"
}

for name in "${programs[@]}"; do
    : >"$out/$name.log"
    if [ -x "$out/$name" ] && [ -z "${missing[$name]}" ]; then
        "$out/$name" >"$out/$name.log" 2>&1
        grep -av '^pass ' "$out/$name.log" | head -40 | sed 's/^/# /'
    else
        head -20 "$out/$name.build" | sed 's/^/# /'
    fi
    while IFS= read -r title; do
        if [ -n "${missing[$name]}" ]; then
            report ok "$title" " # SKIP ${missing[$name]}"
        elif grep -aqxF "pass $title" "$out/$name.log"; then
            report ok "$title"
        else
            report 'not ok' "$title"
        fi
    done < <(sed -n 's/^TEST("\(.*\)") {$/\1/p' "tests/$name.cpp")
done
echo "1..$number"
exit "$failed"
