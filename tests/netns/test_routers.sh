#!/usr/bin/env bash
# Four nodes on one switch, three of them allowed: a session each, ECMP over two next hops on one link, and the end of one costs no other one anything.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../routers.sh"
begin_test

ip link add sw type bridge
ip link set sw up
for i in 1 2 3 4; do
	router "r$i"
	ip -n "$(ns "r$i")" link add swp1 type veth peer name "port$i" netns 1
	ip link set "port$i" master sw
	ip link set "port$i" up
	ip -n "$(ns "r$i")" link set swp1 up
done
config() { printf '{"asn": 6500%s, "router_id": "10.0.0.%s", "links": {"swp1": {"routers": %s}}, "originate": ["lo"]}\n' "$1" "$1" "$2"; }
anycast() { for i in "$@"; do address "r$i" lo 192.0.2.1/32; address "r$i" lo 2001:db8::1/128; done; }
ll() { link_local "r$1" swp1; }
neighbors() { jq_of 'map(select(.state == "Established") | .address) | sort | join(" ")' weft "r$1" --json show neighbors; }
sorted() { for i in "$@"; do ll "$i"; done | sort | tr '\n' ' ' | sed 's/ $//'; }
sees() { local me=$1; shift; same "$(sorted "$@")" neighbors "$me"; }
show_links() { jq_of ".[] | select(.link == \"swp1\") | $2" weft "r$1" --json show links; }
first() { show_links "$1" .peer.address; }                   # the router behind 169.254.0.1
# hops NODE DESTINATION [-6]: gateways of its route, sorted.
hops() { routes "$1" "${3:--4}" bgp | grep "^$2 " | grep -o 'via [^ ]*' | cut -d' ' -f2 | sort | tr '\n' ' '; echo; }
# v4_hops NODE ROUTER...: 169.254.0.1 for the node's first router, their own addresses for the others.
v4_hops() {
	local node=$1 i
	shift
	for i in "$@"; do if [ "$(ll "$i")" = "$(first "$node")" ]; then echo 169.254.0.1; else ll "$i"; fi; done | sort | tr '\n' ' '
}
v6_hops() { shift; for i in "$@"; do ll "$i"; done | sort | tr '\n' ' '; }
reached_by() {                                               # NODE ROUTER...
	same "$(v4_hops "$@")" hops "r$1" 192.0.2.1 && same "$(v6_hops "$@")" hops "r$1" 2001:db8::1 -6
}
flaps() { jq_of ".[] | select(.address == \"$(ll "$2")\") | .flaps" weft "r$1" --json show neighbors; }
entry() { on_link_neighbour "r$1" swp1 | cut -d' ' -f1; }

anycast 2 3
for i in 1 2 3; do weft_start "r$i" "$(config "$i" 2)"; done
for i in 1 2 3; do
	mapfile -t others < <(printf '%s\n' 1 2 3 | grep -v "$i")
	claim 20 "r$i has a session with each of the others" sees "$i" "${others[@]}"
done
claim 10 "r1 reaches what r2 and r3 both announce by both, in both families" reached_by 1 2 3
claim 5 "the neighbour entry is the first router's" same "$(if [ "$(first 1)" = "$(ll 2)" ]; then mac_of r2 swp1; else mac_of r3 swp1; fi)" entry 1
claim 5 "r1 reaches r2" reaches r1 10.0.0.2 10.0.0.1
claim 5 "r1 reaches r3" reaches r1 10.0.0.3 10.0.0.1
claim 5 "r3 reaches r2" reaches r3 10.0.0.2 10.0.0.3

# One more than allowed.
weft_start r4 "$(config 4 3)"
claim 10 "r1 hears r4 and reports it" same "3 routers are heard where 2 are allowed; the others are not spoken to" show_links 1 '.alarms[0]'
claim 1 "r4 is among the others" same "$(ll 4)" show_links 1 '.others[].address'
refused() { [ "$(show_links 1 .connections_refused)" -gt 0 ]; }
claim 20 "r1 lets no connection of r4 in" refused
claim 1 "r1 has the sessions that it had" sees 1 2 3
claim 1 "r4 has none with anybody" established r4 0
kill "$(pid_of r4)"
claim 5 "r4 ends" is_gone "$(pid_of r4)"

# For either of the two: the first router of r1 and the further one.
for dead in 2 3; do
	alive=$((5 - dead))
	before=$(flaps 1 "$alive") objects=$(ip -n "$(ns r1)" -j nexthop show | jq -r '[.[] | select(.gateway) | "\(.id) \(.gateway)"] | sort | .[]')
	was_first=$(first 1)
	kill -9 "$(pid_of "r$dead")"
	claim 15 "r$dead killed: only its hop leaves r1's routes" reached_by 1 "$alive"
	claim 1 "its session is over" sees 1 "$alive"
	claim 1 "r$alive's session did not notice" same "$before" flaps 1 "$alive"
	left=$(ip -n "$(ns r1)" -j nexthop show | jq -r '[.[] | select(.gateway) | "\(.id) \(.gateway)"] | sort | .[]')
	claim 1 "of the next-hop objects none was made anew" same "" comm -13 <(sort <<<"$objects") <(sort <<<"$left")
	claim 5 "r1 still reaches r$alive" reaches r1 "10.0.0.$alive" 10.0.0.1
	claim 1 "the first router is still the first" same "$was_first" first 1
	weft_start "r$dead" "$(config "$dead" 2)"
	claim 30 "r$dead is back: r1 has both again" sees 1 2 3
	claim 10 "and uses both" reached_by 1 2 3
	claim 1 "nothing is left over" same "" unused_objects r1
done

# r1 alone starts again: what it finds is its own.
kill -9 "$(pid_of r1)"
weft_start r1 "$(config 1 2)"
claim 30 "r1 killed and started again: both sessions" sees 1 2 3
claim 10 "both next hops" reached_by 1 2 3
claim 20 "nothing is left over" same "" unused_objects r1

# Resets: one, and all.
claim 1 "one is reset by its address" exits 0 weft r1 reset "$(ll 3)%swp1"
claim 5 "that one" same 1 flaps 1 3
claim 1 "not the other one" same 0 flaps 1 2
claim 20 "it comes back" sees 1 2 3
claim 1 "all are reset by the link" exits 0 weft r1 reset swp1
claim 5 "r2" same 1 flaps 1 2
claim 5 "r3" same 2 flaps 1 3
claim 20 "they come back" sees 1 2 3

# The link goes and comes: all hops are made again.
link_set r1 swp1 down
claim 5 "link down: no route is left" same "" routes r1 -4 bgp
link_set r1 swp1 up
claim 30 "link up: both sessions" sees 1 2 3
claim 10 "both next hops" reached_by 1 2 3
claim 1 "nothing is left over" same "" unused_objects r1

# By default one router is used and the second one reported.
for i in 1 2 3; do kill "$(pid_of "r$i")"; claim 5 "r$i ends" is_gone "$(pid_of "r$i")"; done
claim 5 "and leaves nothing" same "" routes r1 -4 bgp
for i in 2 3; do weft_start "r$i" "$(config "$i" 2)"; done
weft_start r1 '{"asn": 65001, "router_id": "10.0.0.1"}'
claim 20 "one allowed: the second one is reported" same "2 routers are heard where one is expected; only the peer is spoken to" show_links 1 '.alarms[0]'
one_session() { established r1 1; }
claim 20 "one session" one_session
claim 5 "with the first router alone" same "$(first 1)" neighbors 1
claim 5 "one next hop, the on-link address" same "169.254.0.1 " hops r1 192.0.2.1
