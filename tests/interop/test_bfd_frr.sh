#!/usr/bin/env bash
# BFD with FRR's bfdd, for an unnumbered neighbour of bgpd: both sides' timers, a death on either side, the silence of a link, the end of BFD there.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"
. "$(dirname "$0")/../bfd.sh"
[ -x $FRR/bfdd ] || skip "bfdd is not installed"

fabric up --spines 1 --leaves 1 --no-daemons || exit 1
ip -n "$(ns leaf01)" link del swp1
bridged leaf01:swp1 spine01:swp1
file=$(state_dir)/leaf01/weft.json
jq '.bfd = {"interval_ms": 100, "multiplier": 3}' "$file" >"$file.new" && mv "$file.new" "$file"
bfdd_start() {
	local dir
	dir=$(frr_dir spine01)
	printf '%s\n' "hostname spine01" "bfd" " profile weft" "  transmit-interval $1" "  receive-interval $2" "  detect-multiplier $3" >"$dir/bfdd.conf"
	on spine01 setsid "$FRR/bfdd" -u root -g frrvty -P 0 -f "$dir/bfdd.conf" -i "$dir/bfdd.pid" -z "$dir/zserv" --vty_socket "$dir" \
		--bfdctl "$dir/bfdd.sock" --log "file:$dir/log" </dev/null >>"$dir/out" 2>&1 &
	claim 10 "spine01: bfdd runs" test -S "$dir/bfdd.vty"
}
frr_bfd() { vtysh spine01 "show bfd peers json" | jq -r ".[0] | $1"; }
frr_peer() { vtysh spine01 "show bgp neighbors swp1 json" | jq -r ".swp1 | $1"; }
both_up() { same Up bfd leaf01 swp1 .state && same up frr_bfd .status; }
frr_kill() { kill -9 "$(cat "$(frr_dir spine01)/$1.pid")"; rm -f "$(frr_dir spine01)/$1.vty"; }

fabric start leaf01
frr_start spine01 4200000000 10.0.254.254 swp1
claim 20 "Established, and FRR has no BFD yet: reported, not fatal" established leaf01 1
claim 5 "the peer was never heard" same "Down false" bfd leaf01 swp1 '"\(.state) \(.heard)"'
bfdd_start 300 300 3
vtysh spine01 "conf
router bgp 4200000000
neighbor swp1 bfd
neighbor swp1 bfd profile weft" >/dev/null
claim 20 "BFD is up on both ends" both_up
claim 5 "the slower of both wishes: 300 ms" same "300000 900000 300000 3" bfd leaf01 swp1 '"\(.transmit_us) \(.detection_us) \(.remote_transmit_us) \(.remote_multiplier)"'
claim 5 "FRR sees ours: 100 ms, 3 times" same "100 100 3" frr_bfd '"\(."remote-transmit-interval") \(."remote-receive-interval") \(."remote-detect-multiplier")"'
claim 1 "BGP did not notice" established leaf01 1

vtysh spine01 "conf
bfd
profile weft
transmit-interval 50
receive-interval 50" >/dev/null
claim 10 "FRR's timers change by a poll: ours count now" same "100000 300000" bfd leaf01 swp1 '"\(.transmit_us) \(.detection_us)"'
claim 1 "and nothing went down" same "0" bfd leaf01 swp1 .downs
vtysh spine01 "conf
bfd
profile weft
transmit-interval 100
receive-interval 100" >/dev/null
claim 10 "100 ms at both ends" same "100000 300000 100000" bfd leaf01 swp1 '"\(.transmit_us) \(.detection_us) \(.remote_transmit_us)"'

dead() { same "Down true" bfd leaf01 swp1 '"\(.state) \(.blocks_bgp)"' && same down frr_bfd .status && not has_route leaf01 10.0.254.254; }
alive() { both_up && established leaf01 1 && frr_established spine01 1 && has_route leaf01 10.0.254.254; }
claim 20 "routes on both" alive
within 400 leaf01 doomed silence dead alive
claim 5 "packets flow" reaches leaf01 10.0.254.254 10.0.254.1

# Each side dies in turn; how soon the other one's kernel hears of it. FRR's bgpd lives on, but without its bfdd it is dead to BFD.
kill_bfdd() { say "$EPOCHREALTIME"; frr_kill bfdd; }
stop_weftd() { say "$EPOCHREALTIME"; kill -STOP "$(pid_of leaf01)"; }
soon 600 leaf01 kill_bfdd
claim 5 "BGP ended with it, and waits" same "true Idle" peer leaf01 swp1 '"\(.bfd.blocks_bgp) \(.state)"'
bfdd_start 100 100 3
claim 30 "bfdd is back: BFD is up" both_up
claim 20 "and all is as before" alive
soon 600 spine01 stop_weftd
claim 5 "FRR's BFD is down" same down frr_bfd .status
fabric kill leaf01
rm -f "$(state_dir)/leaf01/weft.sock"
fabric start leaf01
claim 30 "weftd is killed and back: BFD is up" both_up
claim 20 "and all is as before" alive

vtysh spine01 "conf
bfd
profile weft
shutdown" >/dev/null
claim 10 "FRR's administrator ends BFD" same "AdminDown" bfd leaf01 swp1 .remote_state
claim 1 "which is no failure: BGP stays" same "Established false" peer leaf01 swp1 '"\(.state) \(.bfd.blocks_bgp)"'
vtysh spine01 "conf
bfd
profile weft
no shutdown" >/dev/null
claim 20 "and begins it again" both_up
fabric stop leaf01
claim 5 "weftd ends: it says AdminDown" same down frr_bfd .status
claim 1 "and nothing of a detection time that ran out" same "neighbor signaled session down" frr_bfd .diagnostic
