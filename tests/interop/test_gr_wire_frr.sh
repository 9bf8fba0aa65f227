#!/usr/bin/env bash
# Graceful restart with FRR, captured: what the OPENs promise is what is true, and what is told is in RFC 4724's order. See gr_wire.sh.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"
. "$(dirname "$0")/gr_wire.sh"

# FRR sets R whatever it does; without a family to keep it only helps.
HELPING="open R=1 N=1 time=120"
RESTARTING="open R=1 N=1 time=60 ipv4=F ipv6=F"
peer_up() { frr_start spine01 4200000000 10.0.254.254 swp1 swp2; }
peer_kill() { frr_bgpd_kill spine01; }
peer_again() { frr_bgpd_start spine01 4200000000 10.0.254.254 swp1 swp2; }
peer_misses_leaf01() { [ "$(vtysh spine01 "show bgp neighbors swp1 json" | jq -r '.swp1.bgpState')" != Established ]; }
peer_has_stale() { { vtysh spine01 'show bgp ipv4 unicast json'; vtysh spine01 'show bgp ipv6 unicast json'; } | grep -q '"stale":true'; }

begins
flow host01 host02 2000
weft_restarts kill                           # other ways to end: test_frr_gr.sh
peer_kill
sed -i "s/^router bgp .*/&\n bgp graceful-restart\n bgp graceful-restart preserve-fw-state\n bgp graceful-restart restart-time 60/" \
	"$(frr_dir spine01)/bgpd.conf"
peer_again
claim 30 "FRR is to restart gracefully from now on" complete
# Its zebra takes its routes away with bgpd: the way over it does not hang on them.
for i in 1 2; do ip -n "$(ns spine01)" route add 10.1.$i.0/26 via inet6 "$(link_local leaf0$i swp1)" dev swp$i metric 5; done
peer_restarts
