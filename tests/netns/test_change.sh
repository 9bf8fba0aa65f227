#!/usr/bin/env bash
# The ground moves: MACs, link-local addresses, names and interfaces change under a running fabric, prefixes come and go.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
spine01=$(ns spine01)
leaf01=$(ns leaf01)

ip -n "$spine01" link set swp1 address 02:00:5e:10:00:01
claim 10 "the peer's new MAC is in leaf01's neighbour entry" same "02:00:5e:10:00:01 PERMANENT bgp" on_link_neighbour leaf01 swp1
claim 15 "after the new MAC: whole" whole 2 2
claim 5 "after the new MAC: packets flow over that link" reaches leaf01 10.0.254.254 10.0.254.1

peer_address() { jq_of '.[].address' weft leaf01 --json show neighbors swp1; }
old=$(link_local spine01 swp1)
ip -n "$spine01" addr add fe80::5:1/64 dev swp1 nodad
ip -n "$spine01" addr del "$old/64" dev swp1
claim 15 "the peer's new link-local address is its address now" same fe80::5:1 peer_address
claim 15 "after the new address: two sessions" established leaf01 2
claim 15 "after the new address: whole" whole 2 2
claim 5 "after the new address: packets flow over that link" reaches leaf01 10.0.254.254 10.0.254.1

printf '%s\n' "link set swp1 down" "link set swp1 name uplink1" "link set uplink1 up" | ip -n "$leaf01" -batch -
renamed() { fabric_routes leaf01 2 2 | sed 's/via 169.254.0.1 dev swp1 onlink via 169.254.0.1 dev swp2 onlink/via 169.254.0.1 dev swp2 onlink via 169.254.0.1 dev uplink1 onlink/; s/dev swp1 /dev uplink1 /'; }
claim 15 "a renamed interface carries on under its new name" same "$(renamed)" routes leaf01
claim 5 "the new name is what weft shows" same "swp2 uplink1" jq_of 'map(.link) | sort | join(" ")' weft leaf01 --json show neighbors
printf '%s\n' "link set uplink1 down" "link set uplink1 name swp1" "link set swp1 up" | ip -n "$leaf01" -batch -
claim 15 "renamed back: whole" whole 2 2

ip -n "$leaf01" link del swp1
claim 10 "an interface that is gone: everything goes over the other" same "$(fabric_routes leaf01 2 2 | grep -v '^10.0.254.254 ' | sed 's/ via 169.254.0.1 dev swp1 onlink//')" routes leaf01
claim 5 "an interface that is gone is no neighbour" same swp2 jq_of '.[].link' weft leaf01 --json show neighbors
printf '%s\n' "link add swp1 type veth peer name swp1 netns $spine01" "link set swp1 up" | ip -n "$leaf01" -batch -
ip -n "$spine01" link set swp1 up
claim 15 "an interface that is new: whole" whole 2 2

ip -n "$leaf01" addr del 10.1.1.1/26 dev vlan10
claim 5 "a prefix that goes from vlan10 is withdrawn" same "$(fabric_routes leaf02 2 2 | grep -v ^10.1.1.0)" routes leaf02
ip -n "$leaf01" addr add 10.1.77.1/26 dev vlan10
ip -n "$leaf01" addr add 10.1.1.1/26 dev vlan10
more() { fabric_routes leaf02 2 2; fabric_routes leaf02 2 2 | sed -n 's/^10.1.1.0/10.1.77.0/p'; }
claim 5 "prefixes that come to vlan10 are announced" same "$(more | sort)" routes leaf02
ip -n "$leaf01" addr del 10.1.77.1/26 dev vlan10
claim 5 "the end: whole" whole 2 2
ip -n "$leaf01" link set vlan10 down
claim 5 "the subnet of an interface that is down is withdrawn" same "$(fabric_routes leaf02 2 2 | grep -v ^10.1.1.0)" routes leaf02
ip -n "$leaf01" link set vlan10 up
claim 5 "and announced again when it is up" whole 2 2
