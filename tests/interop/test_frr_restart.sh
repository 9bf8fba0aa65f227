#!/usr/bin/env bash
# FRR restarts gracefully and weft helps: its routes stay in weft's kernel and carry packets while bgpd is dead, and go when it does not
# come back. Then route refresh both ways.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"

fabric up --spines 1 --leaves 1 --no-daemons || exit 1
fabric start leaf01
frr_graceful() { sed -i "s/^router bgp .*/&\n bgp graceful-restart\n bgp graceful-restart preserve-fw-state\n bgp graceful-restart restart-time $1/" "$(frr_dir spine01)/bgpd.conf"; }
frr_start spine01 4200000000 10.0.254.254 swp1
bgpd_start() { frr_bgpd_start spine01 4200000000 10.0.254.254 swp1; }
bgpd_kill() { frr_bgpd_kill spine01; }
claim 20 "FRR without graceful restart: Established" established leaf01 1
claim 10 "FRR's route is there" has_route leaf01 10.0.254.254
bgpd_kill
claim 5 "bgpd killed: the route is gone at once" not has_route leaf01 10.0.254.254

frr_graceful 60
bgpd_start
claim 20 "FRR with graceful restart: Established" established leaf01 1
claim 10 "its route is there" has_route leaf01 10.0.254.254
claim 5 "packets flow" reaches leaf01 10.0.254.254 10.0.254.1
sees() { [ "$(vtysh spine01 "show bgp neighbors swp1 json" | jq -r ".swp1.neighborCapabilities.$1")" = "$2" ]; }
claim 5 "FRR sees that weft helps" sees gracefulRestart advertisedAndReceived
claim 5 "and that it knows enhanced refresh" sees enhancedRouteRefresh advertisedAndReceived

before=$(routes leaf01)
log=$(state_dir)/changes
ip -n "$(ns leaf01)" monitor route nexthop >"$log" &
monitor=$!
# The way back does not hang on FRR, whose zebra takes its routes away with bgpd.
ip -n "$(ns spine01)" route add 10.0.254.1 via inet6 "$(link_local leaf01 swp1)" dev swp1 metric 5
ip netns exec "$(ns leaf01)" ping -q -i 0.05 -w 60 -I 10.0.254.1 10.0.254.254 >"$(state_dir)/ping" 2>&1 &
ping=$!
claim 5 "the ping runs" is_running $ping
bgpd_kill
claim 10 "bgpd killed: weft notices" established leaf01 0
claim 1 "and keeps the routes" same "$before" routes leaf01
stale() { [ "$(jq_of '.[0].prefixes_stale > 0' weft leaf01 --json show neighbors)" = "$1" ]; }
claim 1 "which are shown as stale" stale true
bgpd_start
claim 30 "bgpd is back: Established" established leaf01 1
claim 20 "nothing is stale any more" stale false
claim 1 "the same routes" same "$before" routes leaf01
kill -INT $ping
wait_for 5 is_gone $ping
claim 1 "not one packet was lost" grep -q ' 0% packet loss' "$(state_dir)/ping"
kill $monitor
claim 1 "weft's kernel was not touched" not grep -q '10.0.254.254' "$log"

fabric cut spine01 swp1
claim 5 "cable cut: gone at once, graceful restart or not" not has_route leaf01 10.0.254.254
frr_plug spine01 swp1 leaf01 swp1
claim 20 "cable plugged: it is back" same "$before" routes leaf01

bgpd_kill
claim 10 "bgpd killed again" established leaf01 0
ip -n "$(ns spine01)" addr add 10.9.9.9/32 dev lo
bgpd_start
claim 30 "bgpd is back with one route more" has_route leaf01 10.9.9.9
ip -n "$(ns spine01)" addr del 10.9.9.9/32 dev lo
claim 20 "and without it" same "$before" routes leaf01
bgpd_kill
ip -n "$(ns leaf01)" addr add 10.8.8.8/32 dev lo
sed -i 's/restart-time 60/restart-time 5/' "$(frr_dir spine01)/bgpd.conf"
bgpd_start
claim 30 "bgpd with 5 s of restart time" established leaf01 1
claim 20 "its route is told again" stale false
claim 10 "it has what weft announced meanwhile" has_route spine01 10.8.8.8
bgpd_kill
claim 3 "dead: kept" has_route leaf01 10.0.254.254
claim 10 "not back after 5 s: gone" not has_route leaf01 10.0.254.254
bgpd_start
claim 30 "back after all" same "$before" eval 'routes leaf01 | grep -v 10.8.8.8'

refreshes() { jq_of ".[0].messages.$1.route_refresh" weft leaf01 --json show neighbors; }
vtysh spine01 "clear bgp swp1 soft in" >/dev/null
claim 10 "FRR asks for a refresh: request in" test "$(refreshes received)" -ge 1
refreshed() { [ "$(refreshes sent)" -ge 2 ]; }
claim 10 "begin and end of it out" refreshed
claim 5 "the same routes on both ends" has_route spine01 10.8.8.8
vtysh spine01 "clear bgp swp1 soft out" >/dev/null
claim 10 "FRR tells all again: the same routes" same "$before" eval 'routes leaf01 | grep -v 10.8.8.8'
