#!/usr/bin/env bash
# One cable, weft on one end and FRR on the other: session, routes both ways in both kernels, packets, withdrawal, restarts of either end.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"

fabric up --spines 1 --leaves 1 --no-daemons || exit 1
fabric start leaf01
frr_start spine01 4200000000 10.0.254.254 swp1

claim 20 "weft is Established" established leaf01 1
claim 5 "FRR is Established" frr_established spine01 1
claim 5 "weft shows FRR's hostname, ASN and router-id" same "spine01 4200000000 10.0.254.254" \
	jq_of '.[] | "\(.hostname) \(.remote_asn) \(.remote_router_id)"' weft leaf01 --json show neighbors swp1
frr_says() { vtysh spine01 "show bgp neighbors swp1 json" | jq -r '.swp1 | "\(.hostname) \(.remoteAs) \(.remoteRouterId) \(.neighborCapabilities.extendedNexthop)"'; }
claim 1 "FRR shows weft's hostname, ASN, router-id and extended next hop" same "leaf01 4210000001 10.0.254.1 advertisedAndReceived" frr_says

leaf_routes() {
	printf '%s\n' "10.0.254.254 proto bgp metric 20 src 10.0.254.1 via 169.254.0.1 dev swp1 onlink" "10.1.1.0/26 proto kernel src 10.1.1.1 dev vlan10"
}
claim 10 "FRR's loopback is in weft's kernel" same "$(leaf_routes)" routes leaf01
claim 1 "with FRR's own MAC behind 169.254.0.1" same "$(mac_of spine01 swp1) PERMANENT bgp" on_link_neighbour leaf01 swp1
claim 10 "weft's loopback is in FRR's kernel" has_route spine01 10.0.254.1
claim 1 "weft's subnet is in FRR's kernel" has_route spine01 10.1.1.0/26
claim 5 "packets flow, weft to FRR" reaches leaf01 10.0.254.254 10.0.254.1
claim 5 "packets flow, FRR to a server behind weft" reaches spine01 10.1.1.10 10.0.254.254

ip -n "$(ns leaf01)" addr add 2001:db8:254::1/128 dev lo
ip -n "$(ns spine01)" addr add 2001:db8:254::254/128 dev lo
claim 10 "IPv6 from FRR" same "2001:db8:254::254 proto bgp metric 20 via $(link_local spine01 swp1) dev swp1" routes leaf01 -6 bgp
claim 10 "IPv6 to FRR" has_route spine01 2001:db8:254::1 -6
claim 5 "IPv6 packets flow" reaches leaf01 2001:db8:254::254 2001:db8:254::1

ip -n "$(ns leaf01)" addr del 10.1.1.1/26 dev vlan10
claim 10 "what weft withdraws leaves FRR's kernel" not has_route spine01 10.1.1.0/26
ip -n "$(ns leaf01)" addr add 10.1.1.1/26 dev vlan10
claim 10 "and comes back" has_route spine01 10.1.1.0/26
ip -n "$(ns spine01)" addr del 10.0.254.254/32 dev lo
claim 10 "what FRR withdraws leaves weft's kernel" same "10.1.1.0/26 proto kernel src 10.1.1.1 dev vlan10" routes leaf01
ip -n "$(ns spine01)" addr add 10.0.254.254/32 dev lo
claim 10 "and comes back" same "$(leaf_routes)" routes leaf01

vtysh spine01 "clear bgp swp1" >/dev/null
claim 20 "FRR clears the session: Established again" established leaf01 1
claim 10 "FRR clears the session: the same routes" same "$(leaf_routes)" routes leaf01
weft leaf01 reset swp1
claim 20 "weft resets the session: Established again" frr_established spine01 1
claim 10 "weft resets the session: the same routes" same "$(leaf_routes)" routes leaf01
fabric cut spine01 swp1
claim 5 "cable cut at FRR: no route left" same "" routes leaf01 -4 bgp
frr_plug spine01 swp1 leaf01 swp1
claim 20 "cable plugged: the same routes" same "$(leaf_routes)" routes leaf01
fabric stop leaf01
claim 10 "weft stopped: FRR has nothing of it left" not has_route spine01 10.0.254.1
fabric start leaf01
claim 20 "weft started: FRR has it again" has_route spine01 10.0.254.1
