#!/usr/bin/env bash
# The benchmark runs, and its counts are right: everything announced is in the kernel, everything withdrawn is gone. Nothing is timed here.
. "$(dirname "$0")/../lib.sh"

core() { "$BUILD/bench_core" "$@"; }
for program in peers kmon floor core; do
	[ -x "$BUILD/bench_$program" ] || fail "$BUILD/bench_$program is not built: make bench-programs"
done
claim 60 "100,000 prefixes: bytes per prefix, one kernel message each, none for a dead link's" core 100000 1 1
claim 60 "the same four wide" core 70000 4 1
json=$BUILD/logs/bench.json
mkdir -p "$BUILD/logs"
"$ROOT/tests/bench/run" --routes 2000 --per-set 30 --fabrics 2x4 --runs 1 --only kernel,weft --json "$json" || fail "the benchmark runs"
counts() { jq -r "$1 | @text" "$json"; }
claim 1 "B1: 2000 routes in the kernel, none after their withdrawal" same "[2000,0]" counts '.results.b1.weft[0] | [.kernel_routes, .kernel_left]'
claim 1 "B2: 2000 in the kernel; 16 sinks had and lost them all" same "[2000,true,true]" counts '.results.b2.weft[0] | [.kernel_routes, has("sinks_s"), has("withdraw_s")]'
claim 1 "B3: 2000 routes, four wide, none after their withdrawal" same "[2000,0]" counts '.results.b3.weft[0] | [.kernel_routes, .kernel_left]'
claim 1 "B4: 2000 routes, three wide after a link died, none rewritten" same "[2000,0]" counts '.results.b4.weft[0] | [.kernel_routes, .route_messages]'
claim 1 "T1: while 2000 routes come and go none of 63 sessions ends, nor would one at the other end: it hears something in time" same true counts '.results.t1.weft[0] | .silence_s < 3 and .kernel_routes == 2000'
claim 1 "F1: every leaf of 2 x 4 is complete" same "[0,true]" counts '.results."f1 2x4".weft[0] | [.short_of_routes, has("complete_s")]'
