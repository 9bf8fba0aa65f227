#!/usr/bin/env bash
# A leaf with many routes is killed and started again while packets go both ways: none is lost, its table is its own again and whole. And the table of
# deliberate events can be made: `make bench BENCH=events` measures it (tests/bench/README.md); the other events have tests of their own.
. "$(dirname "$0")/../lib.sh"

for program in rig right peers; do
	[ -x "$BUILD/bench_$program" ] || fail "$BUILD/bench_$program is not built: make bench-programs"
done
json=$BUILD/logs/events.json
mkdir -p "$BUILD/logs"
"$ROOT/tests/bench/run" --bench events --events million --events-routes 20000 --runs 1 --only "weft gr" --json "$json" || fail "the rig runs"
of() { jq -r ".results.\"events million\".\"weft GR\"[0] | $1" "$json"; }
claim 1 "not one packet is lost, but what the machine itself dropped" same true of '.lost <= .dropped and .sent > 10000'
claim 1 "the restart comes to its end" same true of '.over_s < 60'
claim 1 "and every table is right" same 0 of .wrong
