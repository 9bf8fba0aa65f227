#!/usr/bin/env bash
# BFD with BIRD 2, whose BGP neighbour is a static link-local address: timers, the silence of a link, a death on either side, the end of either.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../bfd.sh"
if ! command -v bird || ! command -v birdc; then skip "BIRD is not installed (tests/deps)"; fi >/dev/null

fabric up --spines 1 --leaves 1 --no-daemons || exit 1
ip -n "$(ns leaf01)" link del swp1
bridged leaf01:swp1 spine01:swp1
file=$(state_dir)/leaf01/weft.json
jq '.bfd = {"interval_ms": 100, "multiplier": 3}' "$file" >"$file.new" && mv "$file.new" "$file"

DIR=$TMPDIR/bird
mkdir -p "$DIR"
bird_says() { on spine01 birdc -r -s "$DIR/ctl" "$@"; }
bird_does() { on spine01 birdc -s "$DIR/ctl" "$@"; }
bird_config() {                              # MILLISECONDS MULTIPLIER
	cat >"$DIR/bird.conf" <<-END
	router id 10.0.254.254;
	protocol device { scan time 1; }
	protocol kernel { ipv4 { export all; }; }
	protocol static own { ipv4; route 10.9.0.0/16 blackhole; }
	protocol bfd watch { interface "swp1" { interval $1 ms; multiplier $2; }; }
	protocol bgp weft {
	    local as 4200000000;
	    neighbor $(link_local leaf01 swp1)%swp1 as 4210000001;
	    bfd on;
	    connect retry time 1; connect delay time 1; error wait time 1, 2;
	    ipv4 { import all; export where source = RTS_STATIC; extended next hop yes; };
	}
	END
}
bird_start() {
	bird_config "$@"
	setsid ip netns exec "$(ns spine01)" bird -f -c "$DIR/bird.conf" -s "$DIR/ctl" -P "$DIR/bird.pid" </dev/null >>"$DIR/out" 2>&1 &
	echo $! >"$DIR/pid"
	claim 10 "BIRD runs" bird_says show status
}
bird_bfd() { bird_says show bfd sessions | awk '$2 == "swp1" { print $3, $5, $6 }'; }       # state, interval, timeout
both_up() { same Up bfd leaf01 swp1 .state && same Up eval 'bird_bfd | cut -d" " -f1'; }
alive() { both_up && established leaf01 1 && has_route leaf01 10.9.0.0/16; }
dead() { same "Down true" bfd leaf01 swp1 '"\(.state) \(.blocks_bgp)"' && same Down eval 'bird_bfd | cut -d" " -f1' && not has_route leaf01 10.9.0.0/16; }

fabric start leaf01
claim 10 "leaf01's link has its address" test -n "$(link_local leaf01 swp1)"
bird_start 300 3
claim 30 "BFD is up on both ends, BGP Established, routes there" alive
claim 5 "the slower of both wishes: 300 ms" same "300000 900000 3" bfd leaf01 swp1 '"\(.transmit_us) \(.detection_us) \(.remote_multiplier)"'
claim 5 "as BIRD has it" same "Up 0.300 0.900" bird_bfd
bird_config 50 5
bird_does configure >/dev/null
claim 10 "BIRD's timers change by a poll: ours count now" same "100000 500000 5" bfd leaf01 swp1 '"\(.transmit_us) \(.detection_us) \(.remote_multiplier)"'
claim 5 "as BIRD has it" same "Up 0.100 0.300" bird_bfd
claim 1 "and nothing went down" same "0" bfd leaf01 swp1 .downs
bird_config 100 3
bird_does configure >/dev/null
claim 10 "100 ms, 3 times at both ends" same "100000 300000 3" bfd leaf01 swp1 '"\(.transmit_us) \(.detection_us) \(.remote_multiplier)"'
within 400 leaf01 doomed silence dead alive

kill_bird() { say "$EPOCHREALTIME"; kill -9 "$(cat "$DIR/pid")"; }
# BIRD stopped instead of killed says nothing to anybody: only BFD can tell.
stop_bird() { say "$EPOCHREALTIME"; kill -STOP "$(cat "$DIR/pid")"; }
soon 600 leaf01 stop_bird
claim 5 "BGP ended with it, and waits" same "true Idle" peer leaf01 swp1 '"\(.bfd.blocks_bgp) \(.state)"'
kill_bird >/dev/null
rm -f "$DIR/ctl"
bird_start 100 3
claim 30 "BIRD is killed and back" alive
kill -STOP "$(pid_of leaf01)"
claim 5 "weftd is stopped: BIRD notices" same Down eval 'bird_bfd | cut -d" " -f1'
fabric kill leaf01
rm -f "$(state_dir)/leaf01/weft.sock"
fabric start leaf01
claim 30 "weftd is killed and back" alive

bird_does disable watch >/dev/null
claim 10 "BIRD's administrator ends BFD: no failure" same "false" bfd leaf01 swp1 .blocks_bgp
bird_does enable watch >/dev/null
claim 30 "and begins it again" alive
fabric stop leaf01
claim 5 "weftd ends" same Down eval 'bird_bfd | cut -d" " -f1'
