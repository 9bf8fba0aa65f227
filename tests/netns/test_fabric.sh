#!/usr/bin/env bash
# A 2 x 4 fabric from nothing: what every kernel holds, to the letter, and that packets flow.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 4 || exit 1
claim 20 "every node has the other nodes' loopbacks and subnets over every shortest path, and nothing else" whole 2 4

for node in leaf01 leaf02 leaf03 leaf04; do claim 1 "$node has 2 sessions" established "$node" 2; done
for node in spine01 spine02; do claim 1 "$node has 4 sessions" established "$node" 4; done

for port in 1 2; do
	claim 1 "on swp$port, 169.254.0.1 is a permanent neighbour with the peer's own MAC" \
		same "$(mac_of "spine0$port" swp1) PERMANENT bgp" on_link_neighbour leaf01 "swp$port"
done
claim 1 "all next-hop objects are marked as ours" same bgp jq_of 'map(.protocol) | unique | .[]' ip -n "$(ns leaf01)" -j nexthop show
claim 1 "no fabric link has an IPv4 address" same "lo vlan10" \
	jq_of 'map(select(any(.addr_info[]; .family == "inet")) | .ifname) | sort | join(" ")' ip -n "$(ns leaf01)" -j addr show
claim 1 "the loopback address is on lo" same 10.0.254.1/32 \
	jq_of '.[].addr_info[] | select(.local != "127.0.0.1") | "\(.local)/\(.prefixlen)"' ip -n "$(ns leaf01)" -4 -j addr show dev lo

claim 5 "loopback to loopback" reaches leaf01 10.0.254.4 10.0.254.1
claim 5 "server to server" reaches host01 10.1.4.10
claim 5 "leaf to spine" reaches leaf02 10.0.254.253

for i in 1 2 3 4; do ip -n "$(ns "leaf0$i")" addr add "2001:db8:254::$i/128" dev lo; done
ipv6() {
	local i hops
	hops=" via $(link_local spine01 swp1) dev swp1 via $(link_local spine02 swp1) dev swp2"
	for i in 2 3 4; do say "2001:db8:254::$i proto bgp metric 20$hops"; done
}
claim 5 "IPv6 prefixes that appear on lo are announced, over both spines" same "$(ipv6)" routes leaf01 -6 bgp
claim 5 "IPv6 loopback to loopback" reaches leaf01 2001:db8:254::4 2001:db8:254::1
for i in 1 2 3 4; do ip -n "$(ns "leaf0$i")" addr del "2001:db8:254::$i/128" dev lo; done
claim 5 "and withdrawn when they go" same "" routes leaf01 -6 bgp
claim 1 "IPv4 was not touched by that" whole 2 4
