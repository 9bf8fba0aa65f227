#!/usr/bin/env bash
# weftd is killed, and killed again while it still waits for its peers to tell everything: no packet is lost, and each of its OPENs says what is true.
# What it waits for is a neighbour whose weftd is dead too, while its kernel goes on.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"
. "$(dirname "$0")/../wire.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
nodes=(spine01 spine02 leaf01 leaf02)
graceful 100 "${nodes[@]}"
wire_begin leaf01 swp1
wire_begin spine01 swp1
wires_mark
fabric start "${nodes[@]}"
claim 20 "the fabric is whole" whole 2 2
claim 10 "packets flow" reaches host02 10.1.1.10
flow host02 host01 2000

waits() { same "true $2" jq_of '.restart | "\(.deferred) \(.waits_for)"' weft "$1" --json show summary; }
up() { jq_of '.[] | select(.state == "Established") | .link' weft "$1" --json show neighbors; }
# What was heard of NODE, at its own end of its swp1, in each connection that had a table from the other end: its OPEN and whatever it told.
begun() {
	since "$1.swp1" | awk '
		$1 == "peer" && $3 == "eor" { full[$2] }
		$1 == "weft" && $3 != "fin" { who[++n] = $2; $1 = $2 = ""; said[n] = substr($0, 3) }
		END { for (i = 1; i <= n; i++) if (who[i] in full) print said[i] }'
}
promises() { local i; for ((i = 0; i < $1; i++)); do say "open R=1 N=1 time=100 ipv4=F ipv6=-"; done; }         # TIMES
told_kernels() { local node; for node in "${nodes[@]}"; do told_kernel "$node"; done; }
# twice NODE DEAD PORT: DEAD is at its PORT.
twice() {
	local node=$1 dead=$2 port=$3 i node_of
	flow_mark
	wires_mark
	kernels_begin "${nodes[@]}"
	fabric kill "$dead"
	for i in 1 2 3; do
		fabric kill "$node"
		claim 1 "$node dies, the $i. time" not pid_of "$node"
		fabric start "$node"
		claim 20 "$node, $i: its other neighbour is back, and has told everything" same swp1 up "$node"
		claim 5 "$node, $i: it waits for $dead" waits "$node" "$port"
		claim 5 "$node, $i: what it said is R, F, and nothing else" same "$(promises $i)" begun "$node"
	done
	for node_of in "${nodes[@]}"; do
		claim 1 "$node: all that while $node_of's routes stayed" same "$(fabric_routes "$node_of" 2 2)" routes "$node_of"
	done
	kernels_end
	claim 1 "$node: and no kernel was told anything" same "" told_kernels
	fabric start "$dead"
	for node_of in "$node" "$dead"; do claim 30 "$node: $dead is back, $node_of's restart is over" same true over "$node_of"; done
	claim 10 "$node: every table is as before" whole 2 2
	claim 1 "$node: not one packet was lost" unharmed
}
twice leaf01 spine02 swp2
twice spine01 leaf02 swp2
