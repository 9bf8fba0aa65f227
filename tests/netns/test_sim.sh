#!/usr/bin/env bash
# The simulation against reality: a fabric of real daemons and kernels comes to the tables that tests/sim says, to the letter, and says about as much
# on the way. SPINES=4 LEAVES=32 for a larger one.
. "$(dirname "$0")/../lib.sh"
begin_test

SPINES=${SPINES:-2}
LEAVES=${LEAVES:-4}
[ -x "$BUILD/sim" ] || die "$BUILD/sim is not built: make $BUILD/sim"
"$BUILD/sim" --plan "clos:${SPINES}x$LEAVES" --tables /run/tables >/run/plan || die "the simulation fails"

# Ties go to the lower router-id (RFC 4271 9.1.2.2 f), and what is said depends on who wins: spines are numbered upwards here, as there.
spine_id() { printf '10.0.255.%d\n' "$1"; }
nodes() { local i; for ((i = 1; i <= $2; i++)); do node_name "$1" "$i"; done; }
daemons() { nodes spine "$SPINES"; nodes leaf "$LEAVES"; }

# TO loopback|subnet, by prefix: both sides number their nodes in their own way.
prefixes() {
	local i
	for ((i = 1; i <= SPINES; i++)); do say "$(spine_id "$i") $(node_name spine "$i") loopback"; done
	for ((i = 1; i <= LEAVES; i++)); do
		say "$(leaf_id "$i") $(node_name leaf "$i") loopback"
		say "$(subnet_net "$i").0/26 $(node_name leaf "$i") subnet"
	done
}
prefixes >/run/prefixes

said() { awk -F'\t' -v event="$1" -v what="$2" '$1 == event && $2 == what { print $3 }' /run/tables | sort; }     # EVENT route|prefixes
tables() {
	local node
	for node in $(daemons); do
		routes "$node" -4 bgp | awk -v node="$node" 'NR == FNR { name[$1] = $2 " " $3; next }
			{ line = node " " name[$1]; for (i = 2; i < NF; i++) if ($i == "dev") line = line " " $(i + 1); print line }' /run/prefixes -
	done | sort
}
as_said() { diff <(said "$1" route) <(tables); }     # EVENT

neighbors() { local node; for node in $(daemons); do weft "$node" --json show neighbors | jq -c --arg node "$node" 'map(. + {node: $node})'; done; }
sessions() { neighbors | jq -r '.[] | select(.state == "Established") | "\(.node) \(.link) received \(.prefixes_received) sent \(.prefixes_sent)"' | sort; }
as_many() { diff <(said "$1" prefixes) <(sessions); }        # EVENT

# What a session said is forgotten with its link: so "before" is without that between leaf01 and spine01.
updates_before() {
	neighbors | jq -s 'add | map(select((.node == "leaf01" or .node == "spine01") and .link == "swp1" | not) | .messages.sent.update) | add'
}
updates() { neighbors | jq -s 'add | map(.messages.sent.update) | add'; }
all_arrived() { neighbors | jq -es 'add | (map(.messages.sent.update) | add) == (map(.messages.received.update) | add)'; }
updates_said() { jq --arg event "$1" '.events[] | select(.event == $event) | .total.update' /run/plan; }
# EVENT BEFORE: the UPDATEs since then
about() {
	local now want
	now=$(( $(updates) - $2 ))
	want=$(updates_said "$1")
	awk -v now="$now" -v want="$want" 'BEGIN { ratio = now / want; printf "%d UPDATEs, the simulation says %d: %.2f of it\n", now, want, ratio;
		exit !(ratio >= 0.5 && ratio <= 2) }'
}
compare() {                                  # EVENT BEFORE
	claim 20 "$1: every kernel holds what the simulation says ($(said "$1" route | wc -l) routes)" as_said "$1"
	claim 5 "$1: every session has as many prefixes in and out" as_many "$1"
	claim 5 "$1: all that is said is heard" all_arrived
	SAID=$(about "$1" "$2") || fail "$1: $SAID"
	say "ok   $1: $SAID"
}

fabric up --spines "$SPINES" --leaves "$LEAVES" --no-daemons || exit 1
for ((i = 1; i <= SPINES; i++)); do
	sed -i "s/\"router_id\": \"[0-9.]*\"/\"router_id\": \"$(spine_id "$i")\"/" "$(state_dir)/$(node_name spine "$i")/weft.json"
done
# shellcheck disable=SC2046
fabric start $(daemons)
compare start 0

before=$(updates_before)
fabric cut leaf01 swp1
compare "a leaf's link fails" "$before"

before=$(updates_before)
fabric plug leaf01 swp1
compare "the leaf's link is back" "$before"
