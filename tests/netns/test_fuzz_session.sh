#!/usr/bin/env bash
# Mutated messages in good sessions against a weftd with AddressSanitizer and UBSan: it lives, says nothing to the sanitizers, leaks nothing,
# and the link beside keeps its session and its routes. SEED=n repeats a run; SECONDS_MAX=n makes it longer.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/robust.sh"

asan=$BUILD/asan
[ ! -x "$asan/weftd" ] || BUILD=$asan
export BUILD
nm -D "$BUILD/weftd" | grep -q __asan_init || skip "$BUILD/weftd has no sanitizer: make check builds one (build/asan)"
export ASAN_OPTIONS=detect_leaks=1:exitcode=99:log_path=/run/asan UBSAN_OPTIONS=print_stacktrace=1:log_path=/run/asan
seed=${SEED:-$RANDOM}
cables=25
robust_up $cables || exit 1
pid=$(pid_of leaf01)
mapfile -t ends < <(robust_ends)
coproc fuzzer { on spine01 python3 -B "$ROOT/tests/netns/fuzz_session.py" "$seed" "${SECONDS_MAX:-15}" "${ends[@]}" 2>&1; }
# shellcheck disable=SC2154  # coproc sets it
read -rt $((${SECONDS_MAX:-15} + 45)) said <&"${fuzzer[0]}" || said="seed $seed: the fuzzer says nothing"
reports() { cat /run/asan.* 2>/dev/null; }
observer_lives() { [[ $said = *"observer lives" ]]; }
[[ $said = "seed "* ]] || said+=$(timeout 5 cat <&"${fuzzer[0]}")    # an error of the fuzzer itself is shown whole
claim 1 "$said" observer_lives
claim 1 "the daemon is the same as at the start" same "$pid" pid_of leaf01
mine() { routes leaf01 -4 bgp | grep -c '^10\.0\.[1-5]\.0/24 .* dev swp0 '; }
claim 5 "the routes of the link beside are there" same 5 mine
claim 5 "the daemon answers" exits 0 weft leaf01 show routes
printf '\n' >&"${fuzzer[1]}"
fabric stop leaf01
claim 1 "no report of the sanitizers, no leak (seed $seed)" same "" reports
