#!/usr/bin/env bash
# The cabling plan with FRR 8.4 at the other end: its hostname comes in its OPEN, its port by LLDP from Debian's lldpd, and `strict` is told to it.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$ROOT/tests/storm.sh"
. "$(dirname "$0")/frr.sh"

fabric up --spines 1 --leaves 1 --no-daemons || exit 1
frr_start spine01 4200000000 10.0.254.254 swp1
plan() { configure ".links = {\"swp1\": {\"expect\": \"$1\", \"strict\": true}}" leaf01; }      # EXPECT
cabling() { jq_of '.[] | select(.link == "swp1") | .cabling | "\(.verdict) \(.source) \(.peer_host) \(.peer_port)"' weft leaf01 --json show links; }
frr_hears() { vtysh spine01 'show bgp neighbors swp1 json' | jq -e '.swp1.lastNotificationReason == "Cease/Connection Rejected"'; }

plan spine01
fabric start leaf01
claim 30 "FRR says its hostname, and is who is planned" established leaf01 1
claim 5 "  weft knows it from its OPEN" same "as-planned bgp spine01 null" cabling
plan spine02
claim 5 "another plan ends the session" eval 'weft leaf01 reload | grep -q "swp1"'
claim 20 "FRR is told that its connection is rejected" frr_hears
claim 5 "  for its name" same "wrong-host bgp spine01 null" cabling
plan spine01:swp1
weft leaf01 reload >/dev/null
claim 20 "FRR does not say its port: strict does not let it in" same "unknown bgp spine01 null" cabling
claim 5 "  no session" established leaf01 0
mkdir -p /run/lldpd
for node in leaf01 spine01; do
	socket=/run/lldpd-$node.socket
	[ $node != leaf01 ] || socket=/run/lldpd.socket
	printf 'configure %s\n' "system hostname $node" "lldp portidsubtype ifname" "lldp tx-interval 1" >"/run/lldpd-$node.conf"
	ip netns exec "$(ns $node)" lldpd -d -u "$socket" -O "/run/lldpd-$node.conf" -I 'swp*' >"/run/lldpd-$node.log" 2>&1 &
	disown
	wait_for 10 lldpcli -u "$socket" show interfaces || { say "the rest is not tested: lldpd cannot run here"; exit 0; }
done
claim 30 "lldpd says the port, and the session comes up" established leaf01 1
claim 5 "  host by BGP, port by LLDP" same "as-planned bgp+lldp spine01 swp1" cabling
