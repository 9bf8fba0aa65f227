#!/usr/bin/env bash
# A daemon that is killed leaves its routes and finds them again; one that is stopped leaves the kernel as it was.
. "$(dirname "$0")/../lib.sh"
begin_test

settings() {                                 # NODE: the kernel settings that weft may change, and many that it may not
	on "$1" grep -rs . /proc/sys/net/ipv4/{conf,ip_forward,nexthop_compat_mode,fib_multipath_hash_policy} \
		/proc/sys/net/ipv6/{conf,fib_multipath_hash_policy} | sort
}

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
before=$(settings leaf01)
foreign="10.99.0.0/16 proto static metric 20 dev vlan10"
ip -n "$(ns leaf01)" route add 10.99.0.0/16 dev vlan10 proto static metric 20
ip -n "$(ns leaf01)" nexthop add id 4711 dev vlan10 proto static
with_foreign() { { fabric_routes "$1" 2 2; say "$foreign"; } | sort; }
fabric start spine01 spine02 leaf01 leaf02
claim 20 "leaf01 is complete" same "$(with_foreign leaf01)" routes leaf01
claim 5 "leaf02 is complete" same "$(fabric_routes leaf02 2 2)" routes leaf02

claim 1 "forwarding is on while it runs" same 1 on leaf01 cat /proc/sys/net/ipv4/ip_forward
claim 1 "links without carrier are not used while it runs" same 1 on leaf01 cat /proc/sys/net/ipv4/conf/swp1/ignore_routes_with_linkdown

fabric stop leaf01
claim 1 "stopped: none of its routes is left, the foreign one stays" \
	same "$(say "10.1.1.0/26 proto kernel src 10.1.1.1 dev vlan10"; say "$foreign")" routes leaf01
claim 1 "stopped: no IPv6 route of ours is left" same "" routes leaf01 -6 bgp
claim 1 "stopped: no next-hop object but the foreign one is left" same 4711 jq_of '.[].id' ip -n "$(ns leaf01)" -j nexthop show
claim 1 "stopped: no neighbour of ours is left" same "" ip -n "$(ns leaf01)" neigh show nud permanent
claim 1 "stopped: every kernel setting is what it was" same "$before" settings leaf01
claim 5 "stopped: the others know" same "$(fabric_routes leaf02 2 2 | grep -v '^10.0.254.1 \|^10.1.1.0')" routes leaf02
fabric start leaf01
claim 15 "started again: complete" same "$(with_foreign leaf01)" routes leaf01
claim 15 "started again: leaf02 is complete" same "$(fabric_routes leaf02 2 2)" routes leaf02

fabric kill leaf01
claim 1 "after kill -9 its routes are in the kernel as before" same "$(with_foreign leaf01)" routes leaf01
fabric start leaf01
claim 15 "started again: two sessions" established leaf01 2
claim 5 "started again: the same routes, none twice" same "$(with_foreign leaf01)" routes leaf01
claim 5 "started again: no next-hop object is left over but the foreign one" same 4711 unused_objects leaf01
claim 15 "leaf02 has everything over both spines again" same "$(fabric_routes leaf02 2 2)" routes leaf02
claim 5 "packets flow" reaches host01 10.1.2.10

fabric kill leaf01
fabric kill leaf02
claim 15 "without leaf02, spine01 has no route to it" same "" routes spine01 -4 bgp
fabric start leaf01
claim 10 "what leaf01 finds from before and nobody announces any more goes" not has_route leaf01 10.0.254.2
fabric start leaf02
claim 15 "leaf02 started: complete again" same "$(with_foreign leaf01)" routes leaf01

fabric stop leaf01
claim 1 "stopped after all that: nothing of it is left" \
	same "$(say "10.1.1.0/26 proto kernel src 10.1.1.1 dev vlan10"; say "$foreign")" routes leaf01
claim 1 "stopped after all that: no next-hop object but the foreign one" same 4711 jq_of '.[].id' ip -n "$(ns leaf01)" -j nexthop show
claim 1 "stopped after all that: no neighbour" same "" ip -n "$(ns leaf01)" neigh show nud permanent
