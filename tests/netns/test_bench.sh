#!/usr/bin/env bash
# The benchmark runs, and its counts are right: everything announced is in the kernel, everything withdrawn is gone. Nothing is timed here.
. "$(dirname "$0")/../lib.sh"

for program in peers kmon floor; do
	[ -x "$BUILD/bench_$program" ] || fail "$BUILD/bench_$program is not built: make bench-programs"
done
json=$BUILD/logs/bench.json
mkdir -p "$BUILD/logs"
"$ROOT/tests/bench/run" --routes 2000 --per-set 30 --runs 1 --only kernel,weft --json "$json" || fail "the benchmark runs"
want=$(jq -r '.results.b1.weft[0] | "\(.kernel_routes) \(.kernel_left)"' "$json")
[ "$want" = "2000 0" ] || fail "B1: 2000 routes in the kernel, and none after their withdrawal" echo "$want"
say "ok   the benchmark runs and counts"
