#!/usr/bin/env bash
# Graceful restart and BFD (RFC 5882 4.3): a weftd that restarts takes its BFD along, which costs no packet; the BFD of a peer that does not share the
# fate of its control plane says that the data plane is dead too, and then nothing is kept.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"
. "$(dirname "$0")/../bfd.sh"
. "$(dirname "$0")/gr_peer.sh"

# --- weftd restarts, and its BFD with it
fabric up --spines 1 --leaves 2 --no-daemons || exit 1
graceful 30 spine01 leaf01 leaf02
configure '.bfd = {"interval_ms": 100, "multiplier": 3}' spine01 leaf01 leaf02
fabric start spine01 leaf01 leaf02
both_up() { same "$(printf '%s\n' Up Up)" eval "bfd spine01 swp1 .state; bfd spine01 swp2 .state"; }
claim 20 "the fabric is whole" whole 1 2
claim 10 "BFD is up on both links" both_up
flow host01 host02 2000
restarts() {                                 # NODE WAY
	local node=$1 helper=leaf01 link=swp1
	[ "$node" = spine01 ] || helper=spine01
	flow_mark
	end_by "$2" "$node"
	claim 10 "$node, $2: $helper's BFD has noticed" same Down bfd "$helper" "$link" .state
	claim 1 "$node, $2: and keeps what it has" same restarting peer "$helper" "$link" .stale.ipv4.why
	start_by "$2" "$node"
	claim 20 "$node, $2: the restart is over" same true over "$node"
	claim 10 "$node, $2: BFD is up again" both_up
	claim 10 "$node, $2: nothing is stale" same null peer "$helper" "$link" '.stale.ipv4.why'
	claim 10 "$node, $2: every table is as before" whole 1 2
	claim 1 "$node, $2: not one packet was lost" unharmed
}
restarts leaf01 kill
restarts spine01 leave
fabric down
flow_end

# --- the BFD of others
robust_up 2 || exit 1
fabric stop leaf01
configure '.bfd = {"interval_ms": 100, "multiplier": 3}' leaf01
fabric start leaf01
claim 10 "weft with BFD, and two links" established leaf01 0
declare -A bfd_pid
bfd_peer() {                                 # N [--independent]
	local to
	to=$(link_local leaf01 "swp$1")
	setsid ip netns exec "$(ns spine01)" python3 -B "$ROOT/tests/netns/bfd_peer.py" "p$1" "$to" "${@:2}" </dev/null >>/run/bfd_peer 2>&1 &
	bfd_pid[$1]=$!
	disown
}
bfd_peer_kill() { kill -9 "${bfd_pid[$1]}"; wait_for 5 is_gone "${bfd_pid[$1]}"; }
bfd_is() { same "$1" bfd leaf01 "swp$2" .state; }
up() { has_route leaf01 10.7.0.0/24 && has_route leaf01 10.8.0.0/24 && bfd_is Up 0 && bfd_is Up 1; }
bfd_peer 0 --independent
bfd_peer 1
gr_peer 0 10.7.0.0/24
gr_peer 1 10.8.0.0/24
claim 20 "a peer whose BFD does not depend on its BGP (C bit), and one whose does: up, with their routes" up
independent() { peer leaf01 "$1" .bfd.remote_control_plane_independent; }
claim 1 "the C bit is known" same $'true\nfalse' eval "independent swp0; independent swp1"
gr_peer_kill 0
gr_peer_kill 1
claim 5 "BGP of both dies" established leaf01 0
claim 1 "their routes are kept" eval "has_route leaf01 10.7.0.0/24 && has_route leaf01 10.8.0.0/24"
bfd_peer_kill 0
bfd_peer_kill 1
claim 5 "then BFD of both" eval "bfd_is Down 0 && bfd_is Down 1"
claim 2 "with the C bit the data plane is dead too: its routes go" not has_route leaf01 10.7.0.0/24
claim 1 "without it that says nothing: they stay" has_route leaf01 10.8.0.0/24
claim 1 "as those of a peer that restarts" same restarting peer leaf01 swp1 .stale.ipv4.why
bfd_peer 1
claim 10 "BFD is back before BGP" bfd_is Up 1
claim 1 "they stay" has_route leaf01 10.8.0.0/24
bfd_peer_kill 1
claim 5 "and ends again: now it means what it says" not has_route leaf01 10.8.0.0/24
for i in 0 1; do bfd_peer $i; gr_peer $i 10.$((7 + i)).0.0/24; done
claim 30 "both come back" up
bfd_peer_kill 0
claim 5 "BFD dies while BGP is well: nothing is kept" not has_route leaf01 10.7.0.0/24
claim 1 "of the other one all is" has_route leaf01 10.8.0.0/24
