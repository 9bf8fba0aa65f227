#!/usr/bin/env bash
# When a cable is pulled, a fabric loses packets for a moment and nothing else: counted, not concluded. The limits are wide, for busy machines;
# `make bench BENCH=loss` measures (tests/bench/README.md).
. "$(dirname "$0")/../lib.sh"

for program in rig right; do
	[ -x "$BUILD/bench_$program" ] || fail "$BUILD/bench_$program is not built: make bench-programs"
done
json=$BUILD/logs/loss.json
mkdir -p "$BUILD/logs"
"$ROOT/tests/bench/run" --bench loss --events far,flaps --loss-routes 0 --runs 1 --only weft --json "$json" || fail "the rig runs"
of() { jq -r ".results.\"loss $1 0\".weft[0] | $2" "$json"; }
claim 1 "a cable behind the spine is pulled: packets are lost for less than a second" same true of far '.outage_ms < 1000 and .tables_ms != null'
claim 1 "it is plugged again: every table is whole, over both spines" same "[false,0]" of far '[.back_never, .wrong] | tostring'
claim 1 "no packet is lost when it is plugged: the link is used when the peer has answered" same 0 of far .back_lost
claim 1 "none came twice" same 0 of far '.duplicated + .back_duplicated'
claim 1 "20 flaps: every table is whole in the end" same "[false,0]" of flaps '[.back_never, .wrong] | tostring'
claim 1 "20 flaps: the link is not used after the first, fewer than 200 packets are lost" same true of flaps '.lost < 200'
