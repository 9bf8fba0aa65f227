#!/usr/bin/env bash
# Graceful restart with BIRD 2, captured: what the OPENs promise is what is true, and what is told is in RFC 4724's order. See gr_wire.sh.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/gr_wire.sh"
if ! command -v bird || ! command -v birdc; then skip "BIRD is not installed (tests/deps)"; fi >/dev/null

# BIRD knows no N bit (RFC 8538).
HELPING="open R=0 N=0 time=60 ipv4=- ipv6=-"
RESTARTING="open R=1 N=0 time=60 ipv4=F ipv6=F"
DIR=$TMPDIR/bird
bird_says() { on spine01 timeout 20 birdc -r -s "$DIR/ctl" "$@"; }
# Graceful restart is in two places, and in -R. BIRD 2.0 hears no Router Advertisements: its neighbours are given by their link-local addresses.
# It connects as soon as weft is back: if weft's own connection crossed that one, BIRD might take for Established what weft ends (RFC 4271 6.8), and would
# forget what it kept.
bird_config() {
	local i
	cat <<-EOF
	router id 10.0.254.254;
	graceful restart wait 20;
	protocol device { scan time 1; }
	protocol direct { ipv4; ipv6; interface "lo"; }
	protocol kernel four { metric 20; persist; graceful restart; ipv4 { export where source = RTS_BGP; }; }
	protocol kernel six { metric 20; persist; graceful restart; ipv6 { export where source = RTS_BGP; }; }
	EOF
	for i in 1 2; do
		cat <<-EOF
		protocol bgp leaf0$i {
			local as 4200000000;
			neighbor $(link_local leaf0$i swp1) as $(leaf_asn $i);
			interface "swp$i";
			connect retry time 1; connect delay time 1; error wait time 1, 2;
			graceful restart on; graceful restart time 60;
			ipv4 { import all; export all; extended next hop yes; };
			ipv6 { import all; export all; };
		}
		EOF
	done
}
peer_start() {                               # [-R]
	setsid ip netns exec "$(ns spine01)" bird -f ${1:+"$1"} -c "$DIR/bird.conf" -s "$DIR/ctl" -P "$DIR/bird.pid" </dev/null >>"$DIR/out" 2>&1 &
	say $! >"$DIR/pid"
	claim 10 "BIRD runs" bird_says show status
}
peer_up() {
	mkdir "$DIR"
	bird_config >"$DIR/bird.conf"
	ip -n "$(ns spine01)" addr add 10.0.254.254/32 dev lo
	on spine01 sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	peer_start
}
peer_kill() { local pid; pid=$(cat "$DIR/pid"); kill -9 "$pid"; wait_for 5 is_gone "$pid"; rm "$DIR/ctl"; }
peer_again() { peer_start -R; }
peer_misses_leaf01() { not eval 'bird_says show protocols leaf01 | grep -q Established'; }
peer_has_stale() { bird_says show protocols all leaf01 | grep -q 'graceful restart active'; }

begins
flow host01 host02 2000
for way in kill leave; do weft_restarts $way; done
peer_restarts
