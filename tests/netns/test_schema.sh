#!/usr/bin/env bash
# Every answer of weft --json against its schema in templates/schema, on nodes in different states. Debian's python3-jsonschema reads the schemas.
. "$(dirname "$0")/../lib.sh"
begin_test
python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"

schemas=$ROOT/templates/schema
# fits SCHEMA NODE COMMAND...: whatever its exit code
fits() { local schema=$1 node=$2; shift 2; weft "$node" --json "$@" 2>/dev/null >"$TMPDIR/answer"; python3 "$ROOT/tests/netns/schema.py" "$schemas" "$schema" <"$TMPDIR/answer"; }
breaks() { ! fits "$@" >/dev/null; }
# all NODE WHEN: everything that can be asked of it
all() {
	local what
	for what in summary neighbors routes links nexthops bmp version; do claim 1 "$2: show $what" fits "show-$what" "$1" show "$what"; done
	for what in received advertised; do claim 1 "$2: show routes --$what" fits "show-routes-$what" "$1" show routes "--$what" swp1; done
	claim 1 "$2: doctor" fits doctor "$1" doctor
	for what in 10.1.2.0/26 10.1.2.10 10.0.254.1 192.0.2.1; do claim 1 "$2: explain $what" fits explain "$1" explain "$what"; done
}

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
sed -i 's/ }$/, "bfd": true, "bmp": {"collector": "192.0.2.1"}, "weighted": true, "start_hold": 60, "links": {"swp*": {"role": "peer", "max_prefixes": {"max": 1000}}} }/' "$(state_dir)/leaf01/weft.json"
fabric start leaf01 spine01
claim 10 "leaf01 holds its announcements" same true jq_of '.start_hold != null and .peers_established == 1' weft leaf01 --json show summary
all leaf01 "a node that starts"
fabric start leaf02 spine02
claim 20 "the fabric is whole" whole 2 2
all leaf01 "with BFD, roles, limits and weights"
all spine01 "a spine, which refuses what comes back"

claim 1 "doctor without a daemon" fits doctor nobody doctor
claim 1 "log" fits log leaf01 log
claim 1 "log of a topic" fits log leaf01 log bgp info
weft leaf01 --json watch --packets swp1 >"$TMPDIR/watched" &
claim 10 "somebody watches" test -s "$TMPDIR/watched"
weft leaf01 reset swp1 >/dev/null
claim 10 "routes, sessions and packets were seen" jq -es 'map(.event) | contains(["packet", "peer-down", "peer-up", "route-changed"])' "$TMPDIR/watched"
kill %1
lines() { jq -s . "$TMPDIR/watched" | python3 "$ROOT/tests/netns/schema.py" "$schemas" watch; }
claim 5 "every line that was watched" lines

claim 1 "announce" fits change leaf01 announce 10.9.0.0/24 65001:1
claim 1 "a neighbor" fits change leaf01 neighbor add 203.0.113.2 65002
claim 1 "explain of what is announced by hand" fits explain leaf01 explain 10.9.0.0/24
claim 1 "no such neighbor any more" fits change leaf01 neighbor del 203.0.113.2
claim 1 "withdraw" fits change leaf01 withdraw 10.9.0.0/24
claim 1 "soft reset" fits change leaf01 reset swp1 --soft in
claim 1 "drain" fits drain leaf01 drain swp1 --timeout 0
claim 1 "drain of a node" fits drain spine01 drain --timeout 0
all spine01 "drained"
claim 1 "undrain" fits drain spine01 undrain
claim 1 "check of a good file" fits check leaf01 check "$(state_dir)/leaf01/weft.json"
claim 1 "check of a bad one" fits check leaf01 check /nonexistent
claim 1 "dump" fits dump leaf01 dump "$TMPDIR/rib.mrt"
claim 1 "import with notes" fits import leaf01 import "$ROOT/tests/data/import/edge.conf"
claim 1 "import of what has none" breaks import leaf01 import /dev/null
claim 1 "check of several" fits check leaf01 check "$(state_dir)/leaf01/weft.json" "$(state_dir)/spine01/weft.json" /nonexistent
sed -i 's/"originate"/"timers": { "hold": 30 }, "originate"/' "$(state_dir)/leaf02/weft.json"
claim 1 "diff" fits diff leaf02 diff
claim 1 "reload" fits reload leaf02 reload --confirm 60
all leaf02 "to be confirmed"
claim 1 "confirm" fits confirm leaf02 confirm
claim 10 "both sessions of leaf02 are there again" established leaf02 2
fabric cut leaf01 swp2
claim 5 "the link is down" same down jq_of '.[] | select(.link == "swp2") | .state' weft leaf01 --json show links
all leaf01 "a link down"

# --- a schema that passes everything would be none
claim 1 "an answer does not pass for another one" breaks show-links leaf01 show neighbors
claim 1 "a key that the schema does not know is found" breaks show-version leaf01 show summary
