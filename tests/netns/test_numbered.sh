#!/usr/bin/env bash
# Numbered peers among weft alone: an internal triangle with a route reflector, external neighbours, and a session over loopbacks.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"

#   h1 - r1 --- rr --- r2 --- x        r1, rr, r2: AS 65001, x: AS 65002
for node in r1 rr r2 x; do router "$node"; done
cable r1:eth0 rr:eth1; cable r2:eth0 rr:eth2; cable r2:eth1 x:eth0
address r1 eth0 203.0.113.1/30; address rr eth1 203.0.113.2/30
address r2 eth0 203.0.113.5/30; address rr eth2 203.0.113.6/30
address r2 eth1 203.0.113.9/30; address x eth0 203.0.113.10/30
host h1 r1 1; host hx x 9

config() { printf '{"asn": %s, "router_id": "%s", "originate": %s, "neighbors": [%s]}' "$@"; }        # ASN ID ORIGINATE NEIGHBORS
peer() { printf '{"address": "%s", "remote_asn": "%s"%s}' "$1" "$2" "${3:-}"; }                      # ADDRESS internal|external MORE
reflect=', "route_reflector_client": true, "next_hop_self": true'
weft_start rr "$(config 65001 10.0.0.2 '["lo", "eth*"]' "$(peer 203.0.113.1 internal "$reflect"), $(peer 203.0.113.5 internal "$reflect"),
	$(peer 10.0.0.9 external ', "multihop": 5, "local_address": "10.0.0.2"')")"
weft_start r1 "$(config 65001 10.0.0.1 '["lo", "lan", "eth*"]' "$(peer 203.0.113.2 internal)")"
weft_start r2 "$(config 65001 10.0.0.3 '["lo", "eth*"]' "$(peer 203.0.113.6 internal ', "next_hop_self": true'), $(peer 203.0.113.10 external)")"
weft_start x "$(config 65002 10.0.0.9 '["lo", "lan"]' "$(peer 203.0.113.9 external), $(peer 10.0.0.2 external ', "multihop": 5, "passive": true')")"

claim 20 "internal session" is_established rr 203.0.113.1
claim 20 "internal session" is_established rr 203.0.113.5
claim 20 "external session" is_established r2 203.0.113.10
route() { routes "$1" -4 bgp | grep "^$2 "; }
claim 10 "reflected with its next hop as it was, resolved by the reflector's own network" \
	same "10.0.0.3 proto bgp metric 20 src 10.0.0.1 via 203.0.113.2 dev eth0" route r1 10.0.0.3
next_hops() { weft "$1" --json show routes "$2" | jq -c '[.[].paths[] | [.peer, .as_path, .local_pref, .reason]]'; }
claim 5 "from one peer, with a local preference" same '[["203.0.113.2",[],100,"best path"]]' next_hops r1 10.0.0.3/32
claim 10 "out of the AS with its number in front" same "10.1.0.0/24 proto bgp metric 20 src 10.0.0.9 via 203.0.113.9 dev eth0" route x 10.1.0.0/24
claim 10 "into it, from outside" same "10.9.0.0/24 proto bgp metric 20 src 10.0.0.1 via 203.0.113.2 dev eth0" route r1 10.9.0.0/24
claim 10 "host to host, four routers between" same 60 ping_ttl h1 10.9.0.10

claim 20 "a session over loopbacks, a router between" is_established rr 10.0.0.9
claim 1 "it is on no interface of ours" same null neighbor rr 10.0.0.9 .link
claim 5 "its routes go the way that leads to the loopback, and win as external ones" same "10.0.0.9 best path" \
	jq_of '.[].paths[0] | "\(.peer) \(.reason)"' weft rr --json show routes 10.9.0.0/24
claim 1 "the loopback is reached over r2" same "10.9.0.0/24 proto bgp metric 20 src 10.0.0.2 via 203.0.113.5 dev eth2" route rr 10.9.0.0/24

link_set r2 eth0 down
claim 5 "the way to the loopback is gone, the session not yet: its paths are not used" same '[["10.0.0.9",[65002],null,"next hop unreachable"]]' \
	next_hops rr 10.9.0.0/24
claim 2 "nor told to others" same "" route r1 10.9.0.0/24
link_set r2 eth0 up
claim 40 "and it comes back" route r1 10.9.0.0/24
claim 5 "packets too" same 60 ping_ttl h1 10.9.0.10
claim 1 "no next-hop object is left over" same "" unused_objects rr

link_set r1 eth0 down
claim 2 "a session on an interface that is down ends at once" not is_established r1 203.0.113.2
link_set r1 eth0 up
claim 30 "and it comes back" route r1 10.9.0.0/24

weft x reset 203.0.113.9
claim 20 "reset by address" is_established x 203.0.113.9
claim 1 "no such neighbour" exits 1 weft x reset 203.0.113.99
fabric_free() { [ "$(jq_of '[.[] | select(.fabric)] | length' weft "$1" --json show links)" = 0 ]; }
claim 1 "no numbered link is a fabric link" fabric_free r2
