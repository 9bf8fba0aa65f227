#!/usr/bin/env bash
# The classic setup: two ASes, one numbered link, connected networks exchanged, hosts behind both. weft on one end, BIRD on the other.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"
command -v bird >/dev/null || skip "BIRD is not installed (tests/deps)"

router r1; router r2
cable r1:eth0 r2:eth0
address r1 eth0 203.0.113.1/30; address r2 eth0 203.0.113.2/30
address r1 eth0 2001:db8:ff::1/64; address r2 eth0 2001:db8:ff::2/64
host h1 r1 1; host h2 r2 2

bird_conf() {
	cat <<-END
	router id 10.0.0.2;
	protocol device { scan time 1; }
	protocol direct { ipv4; ipv6; interface "lan"; }
	protocol kernel { ipv4 { export where source = RTS_BGP; }; }
	protocol kernel { ipv6 { export where source = RTS_BGP; }; }
	protocol bgp v4 {
		local 203.0.113.2 as 65002;
		neighbor 203.0.113.1 as 65001;
		hold time 9; connect delay time 1; connect retry time 2; error wait time 1, 2;
		ipv4 { import all; export all; };
	}
	protocol bgp v6 {
		local 2001:db8:ff::2 as 65002;
		neighbor 2001:db8:ff::1 as 65001;
		hold time 9; connect delay time 1; connect retry time 2; error wait time 1, 2;
		ipv6 { import all; export all; };
	}
	END
}
birdc() { on r2 birdc -s "$(state_dir)/r2/bird.ctl" "$@"; }
bird_start() {
	bird_conf >"$(state_dir)/r2/bird.conf"
	on r2 setsid bird -f -c "$(state_dir)/r2/bird.conf" -s "$(state_dir)/r2/bird.ctl" -P "$(state_dir)/r2/bird.pid" \
		</dev/null >>"$(state_dir)/r2/log" 2>&1 &
	claim 10 "BIRD runs" test -S "$(state_dir)/r2/bird.ctl"
}
bird_route() { ip -n "$(ns r2)" "$1" route show "$2" proto bird | grep -q "via $3 dev eth0"; }        # -4|-6 PREFIX GATEWAY

bird_start
weft_start r1 '{"asn": 65001, "router_id": "10.0.0.1", "originate": ["lan"], "loopback": false, "neighbors": [
	{"address": "203.0.113.2", "remote_asn": 65002}, {"address": "2001:db8:ff::2", "remote_asn": "external"}]}'

claim 20 "IPv4 session" is_established r1 203.0.113.2
claim 20 "IPv6 session" is_established r1 2001:db8:ff::2
claim 1 "shown with the interface, the AS and the router-id" same "eth0 65002 10.0.0.2 null" \
	neighbor r1 203.0.113.2 '"\(.link) \(.remote_asn) \(.remote_router_id) \(.mac)"'
claim 5 "BIRD's network in weft's kernel, by BIRD's own address" same "10.2.0.0/24 proto bgp metric 20 via 203.0.113.2 dev eth0" routes r1 -4 bgp
claim 5 "IPv6 too" same "2001:db8:2::/64 proto bgp metric 20 via 2001:db8:ff::2 dev eth0" routes r1 -6 bgp
claim 10 "weft's network in BIRD's kernel" bird_route -4 10.1.0.0/24 203.0.113.1
claim 10 "IPv6 too" bird_route -6 2001:db8:1::/64 2001:db8:ff::1
claim 5 "host to host, two routers between" same 62 ping_ttl h1 10.2.0.10
claim 5 "the other way" same 62 ping_ttl h2 10.1.0.10
claim 5 "host to host over IPv6" same 62 ping_ttl h1 2001:db8:2::10
claim 1 "the numbered link is no fabric link" same "" jq_of '.[] | select(.fabric) | .link' weft r1 --json show links

link_set r2 lan down
claim 10 "what BIRD withdraws leaves weft's kernel" same "" routes r1 -4 bgp
link_set r2 lan up
address r2 lan 2001:db8:2::1/64
claim 10 "and comes back" has_route r1 10.2.0.0/24
claim 10 "IPv6 too" has_route r1 2001:db8:2::/64 -6
link_set r1 lan down
claim 10 "what weft withdraws leaves BIRD's kernel" not bird_route -4 10.1.0.0/24 203.0.113.1
link_set r1 lan up
claim 10 "and comes back" bird_route -4 10.1.0.0/24 203.0.113.1

birdc reload in v4 >/dev/null                # a route refresh
claim 5 "after a route refresh the route is still there" bird_route -4 10.1.0.0/24 203.0.113.1
weft r1 reset 203.0.113.2
claim 20 "weft resets the session: the same routes" has_route r1 10.2.0.0/24
birdc restart v4 >/dev/null
claim 20 "BIRD restarts it: the same routes" has_route r1 10.2.0.0/24

link_set r1 eth0 down
claim 2 "interface down: the session ends at once" same Idle neighbor r1 203.0.113.2 .state
claim 1 "and its routes" same "" routes r1 -4 bgp
link_set r1 eth0 up
address r1 eth0 2001:db8:ff::1/64
claim 30 "up again: the same routes" has_route r1 10.2.0.0/24
claim 30 "IPv6 too" has_route r1 2001:db8:2::/64 -6
claim 5 "packets flow again" same 62 ping_ttl h1 10.2.0.10
claim 1 "no next-hop object is left over" same "" unused_objects r1

kill -9 "$(cat "$(state_dir)/r2/bird.pid")"
claim 15 "BIRD killed: its routes go" same "" routes r1 -4 bgp
rm -f "$(state_dir)/r2/bird.ctl"
bird_start
claim 20 "BIRD started: they come back" has_route r1 10.2.0.0/24
