#!/usr/bin/env bash
# weft restarts and FRR helps: a weft leaf behind an FRR spine, then a weft spine between FRR leaves. weftd is killed, aborts, is ended by SIGTERM:
# not one packet is lost in either direction, and FRR's routes stay where they are.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"

# restarts NODE WAY: FRR's routes and weft's are the same all the time, and again in the end.
restarts() {
	local before peer frr=("${@:3}")
	before=$(all_routes "$1" "${frr[@]}")
	flow_mark
	end_by "$2" "$1"
	for peer in "${frr[@]}"; do claim 10 "$1, $2: $peer has noticed" not frr_has "$peer" "${port_of[$peer]}" Established; done
	claim 1 "$1, $2: every route stays, here and there" same "$before" all_routes "$1" "${frr[@]}"
	start_by "$2" "$1"
	claim 20 "$1, $2: sessions are back" established "$1" ${#frr[@]}
	claim 30 "$1, $2: the restart is over" same true over "$1"
	claim 20 "$1, $2: every route is as before" same "$before" all_routes "$1" "${frr[@]}"
	for peer in "${frr[@]}"; do claim 10 "$1, $2: nothing is stale for $peer" not frr_stale "$peer"; done
	claim 1 "$1, $2: not one packet was lost" unharmed
}
declare -A port_of
frr_has() { [ "$(vtysh "$1" "show bgp neighbors $2 json" | jq -r ".\"$2\".bgpState")" = "$3" ]; }        # NODE PORT STATE
frr_stale() { vtysh "$1" 'show bgp ipv4 unicast json' | grep -q '"stale":true'; }
all_routes() { local node; for node; do say "$node"; routes "$node"; done; }

fabric up --spines 1 --leaves 2 --no-daemons || exit 1
graceful 30 leaf01 leaf02
frr_start spine01 4200000000 10.0.254.254 swp1 swp2
fabric start leaf01 leaf02
claim 30 "an FRR spine between weft leaves: packets flow" reaches host01 10.1.2.10
claim 20 "and both leaves have all routes" eval "has_route leaf01 10.0.254.2 && has_route leaf02 10.0.254.1 && has_route leaf01 10.0.254.254"
flow host01 host02 2000
port_of[spine01]=swp1
for way in kill abort leave; do restarts leaf01 $way spine01; done
port_of[spine01]=swp2
restarts leaf02 kill spine01
claim 1 "FRR heard the R and F bits" same "true true" jq_of '.swp2.gracefulRestartInfo | "\(.rBit) \(.ipv4Unicast.fBit)"' \
	vtysh spine01 'show bgp neighbors swp2 json'
fabric down
flow_end

fabric up --spines 1 --leaves 2 --no-daemons || exit 1
graceful 30 spine01
for i in 1 2; do frr_start "$(node_name leaf $i)" "$(leaf_asn $i)" "$(leaf_id $i)" swp1; done
fabric start spine01
claim 30 "a weft spine between FRR leaves: packets flow" reaches host01 10.1.2.10
flow host01 host02 2000
port_of[leaf01]=swp1 port_of[leaf02]=swp1
for way in kill leave; do restarts spine01 $way leaf01 leaf02; done
