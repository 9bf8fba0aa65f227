#!/usr/bin/env bash
# FRR 8.4 behind a weft that is changed by hand: it reads the communities, forgets what is withdrawn, tells and hears everything again on a session that
# stands, and takes a numbered neighbor that was added.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"
. "$(dirname "$0")/frr.sh"

fabric up --spines 1 --leaves 1 --no-daemons || exit 1
frr_start spine01 4200000000 10.0.254.254 swp1
fabric start leaf01
claim 30 "Established" established leaf01 1
at_frr() { vtysh spine01 "show bgp $1 unicast $2 json" | jq -r '.paths[0] | "\(.community.string // "-") \(.largeCommunity.string // "-")"'; }        # FAMILY PREFIX
has_at_frr() { [ "$(vtysh spine01 "show bgp ipv4 unicast $1 json" | jq 'has("paths")')" = true ]; }

claim 1 "announce" exits 0 weft leaf01 announce 10.9.0.0/24 65001:100 4210000001:1:2
claim 10 "both kinds of communities are read" same "65001:100 4210000001:1:2" at_frr ipv4 10.9.0.0/24
claim 1 "IPv6, for FRR alone" exits 0 weft leaf01 announce 2001:db8:9::/48 no_export
claim 10 "it is told so" same "no-export -" at_frr ipv6 2001:db8:9::/48
claim 1 "a blackhole" exits 0 weft leaf01 announce 10.9.0.7/32 blackhole
claim 10 "is one there, and FRR keeps it to itself (RFC 7999 3.2)" same "blackhole no-export -" at_frr ipv4 10.9.0.7/32
claim 1 "withdraw" exits 0 weft leaf01 withdraw 10.9.0.7/32
claim 10 "it is gone" not has_at_frr 10.9.0.7/32

of_weft() { jq_of ".[0] | $1" weft leaf01 --json show neighbors swp1; }
refreshes() { vtysh spine01 'show bgp neighbors swp1 json' | jq -r '.swp1.messageStats | "\(.routeRefreshSent) \(.routeRefreshRecv)"'; }
accepted() { of_weft .prefixes_received; }
claim 10 "FRR has told its routes" has_route leaf01 10.0.254.254
before=$(accepted)
claim 1 "FRR has neither asked nor been asked" same "0 0" refreshes
claim 1 "soft in" exits 0 weft leaf01 reset swp1 --soft in
claim 10 "FRR is asked for both families" eval 'refreshes | grep -q " [2-9]"'
claim 10 "and answers between its marks" same 4 of_weft .messages.received.route_refresh
claim 5 "with all that there was" same "$before" accepted
claim 1 "soft out" exits 0 weft leaf01 reset swp1 --soft out
claim 10 "FRR takes our marks, and keeps what is between them" same "65001:100 4210000001:1:2" at_frr ipv4 10.9.0.0/24
claim 1 "on the same session" same "Established 0" of_weft '"\(.state) \(.flaps)"'

ip -n "$(ns leaf01)" link add num0 type veth peer name num0 netns "$(ns spine01)"
address leaf01 num0 203.0.113.1/30; address spine01 num0 203.0.113.2/30
link_set leaf01 num0 up; link_set spine01 num0 up
vtysh spine01 "$(printf 'configure terminal\nrouter bgp 4200000000\nneighbor 203.0.113.1 remote-as 4210000001')" >/dev/null
claim 1 "a numbered neighbor by hand" exits 0 weft leaf01 neighbor add 203.0.113.2 4200000000
claim 30 "FRR's session comes up" is_established leaf01 203.0.113.2
claim 1 "without it" exits 0 weft leaf01 neighbor del 203.0.113.2
frr_lost() { vtysh spine01 'show bgp neighbors 203.0.113.1 json' | jq -e '.["203.0.113.1"] | .bgpState != "Established" and (.lastNotificationReason | test("Peer Unconfigured|Peer De-configured"; "i"))'; }
claim 10 "FRR is told why" frr_lost
claim 1 "the link's session stands" same "Established 0" of_weft '"\(.state) \(.flaps)"'
