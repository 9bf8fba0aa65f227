#!/usr/bin/env bash
# FRR restarts with long-lived graceful restart (RFC 9494) and weft helps: after the restart time FRR's routes stay in weft's kernel as a last
# resort, marked LLGR_STALE; they go when the long-lived time is over too, and are as before when bgpd comes back in time.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"

# spine01 is FRR; spine02 knows RFC 9494, spine03 does not.
fabric up --spines 3 --leaves 1 --no-daemons || exit 1
edit() { local file; file=$(state_dir)/$1/weft.json; jq ". + $2" "$file" >"$file.new" && mv "$file.new" "$file"; }
edit leaf01 '{graceful_restart: {long_lived_seconds: 12}}'           # FRR announces 600
edit spine02 '{asn: 4200000002, graceful_restart: {long_lived_seconds: 12}}'
edit spine03 '{asn: 4200000003}'
for node in leaf01 spine02 spine03; do fabric start $node; done
frr_start spine01 4200000000 10.0.254.254 swp1
bgpd_start() { frr_bgpd_start spine01 4200000000 10.0.254.254 swp1; }
frr_bgpd_kill spine01
sed -i "s/^router bgp .*/&\n bgp graceful-restart\n bgp graceful-restart preserve-fw-state\n bgp graceful-restart restart-time 5\n bgp \
long-lived-graceful-restart stale-time 600/" "$(frr_dir spine01)/bgpd.conf"
bgpd_start
claim 20 "Established" established leaf01 3
claim 10 "FRR's route is in the kernel" has_route leaf01 10.0.254.254
claim 10 "and everywhere" eval 'has_route spine02 10.0.254.254 && has_route spine03 10.0.254.254'
sees() { vtysh spine01 "show bgp neighbors swp1 json" | jq -e '.swp1.neighborCapabilities.longLivedGracefulRestart == "advertisedAndReceived"'; }
claim 5 "FRR sees that weft knows RFC 9494" sees

before=$(routes leaf01)
log=$(state_dir)/changes
ip -n "$(ns leaf01)" monitor route nexthop >"$log" &
monitor=$!
why() { [ "$(jq_of '[.[] | .stale.ipv4.why // empty] | join(" ")' weft leaf01 --json show neighbors)" = "$1" ]; }
# marked NODE: does its best path carry LLGR_STALE?
marked() { weft "$1" --json show routes 10.0.254.254/32 | jq -e '.[0].paths[0].communities | index("65535:6")'; }
frr_bgpd_kill spine01
claim 5 "bgpd killed: it restarts" why restarting
claim 1 "the route is not marked yet" not marked leaf01
claim 8 "the restart time is over" why long_lived
claim 1 "the routes are in the kernel still" same "$before" routes leaf01
claim 1 "marked LLGR_STALE" marked leaf01
claim 1 "and shown as stale" eval 'weft leaf01 show routes | grep -q "^ *[*] *s *10.0.254.254/32"'
claim 1 "by neighbor too" eval 'weft leaf01 show neighbors swp1 | grep -q "stale  *[1-9][0-9]* prefixes of ipv4, long_lived, [0-9]* s left"'
claim 2 "spine02 is told, with the mark" marked spine02
claim 1 "and uses it" has_route spine02 10.0.254.254
claim 2 "spine03 does not know the mark: withdrawn" not has_route spine03 10.0.254.254
kill $monitor
claim 1 "weft's kernel was not touched" not grep -q '10.0.254.254' "$log"
claim 20 "the long-lived time is over: gone" not has_route leaf01 10.0.254.254
claim 2 "everywhere" not has_route spine02 10.0.254.254
claim 1 "nothing is stale" why ''

bgpd_start
claim 20 "bgpd is back" same "$before" routes leaf01
claim 5 "done" why ''
frr_bgpd_kill spine01
claim 15 "killed again, and away for long" why long_lived
claim 2 "a last resort" marked leaf01
bgpd_start
claim 30 "it comes back late: fresh" eval 'why "" && ! marked leaf01'
claim 1 "the same routes" same "$before" routes leaf01
claim 5 "everywhere again" eval 'has_route spine02 10.0.254.254 && has_route spine03 10.0.254.254'
claim 1 "without a mark" not marked spine02

frr_bgpd_kill spine01
claim 15 "killed once more" why long_lived
fabric cut spine01 swp1
claim 5 "cable cut: gone at once" not has_route leaf01 10.0.254.254
claim 2 "everywhere" not has_route spine02 10.0.254.254
