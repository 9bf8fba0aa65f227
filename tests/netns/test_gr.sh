#!/usr/bin/env bash
# weftd is killed, aborts, is ended by SIGTERM, is replaced by another binary, on a leaf and on a spine: not one packet is lost, the kernel is told
# nothing, the peers are told the truth.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"
[ -x "$BUILD/asan/weftd" ] || [ "${BUILD##*/}" = asan ] || skip "there is no other binary: make check builds one (build/asan)"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
nodes=(spine01 spine02 leaf01 leaf02)
graceful 30 "${nodes[@]}"
fabric start "${nodes[@]}"
claim 20 "the fabric is whole" whole 2 2
claim 10 "packets flow" reaches host01 10.1.2.10
flow host01 host02 2000
# What the peer at the other end of swp1 heard in the last OPEN: R bit, F bits.
bits() { jq_of '.[] | select(.link == "swp1") | .graceful_restart.received | "\(.restarting) \(.forwarding | join(","))"' weft "$1" --json show neighbors; }
again() { [ "$(opens "$1" swp1)" -gt "$2" ]; }
restarts() {                                 # NODE PEER WAY SECONDS: away for so long at least
	local before until
	flow_mark
	monitor_begin "$1"
	before=$(opens "$2" swp1)
	end_by "$3" "$1"
	until=$((EPOCHSECONDS + 1 + $4))
	claim 1 "$1, $3: its routes stay" same "$(fabric_routes "$1" 2 2)" routes "$1"
	[ "$4" -eq 0 ] || claim $(($4 + 2)) "$1, $3: for $4 seconds and more" eval "[ \$EPOCHSECONDS -ge $until ]"
	start_by "$3" "$1"
	claim 20 "$1, $3: $2 has heard another OPEN" again "$2" "$before"
	claim 10 "$1, $3: with R bit, and F bit for IPv4" same "true ipv4" bits "$2"
	claim 20 "$1, $3: sessions are back" established "$1" 2
	claim 20 "$1, $3: the restart is over" same true over "$1"
	claim 10 "$1, $3: every table is as before, nothing is left over" whole 2 2
	monitor_end
	claim 1 "$1, $3: its kernel was told nothing" same "" told
	claim 1 "$1, $3: not one packet was lost" unharmed
}

claim 1 "a first start does not pretend: no R bit, no F bit" same "false " bits spine01
for way in kill abort leave upgrade; do
	seconds=0
	[ $way != kill ] || seconds=2
	restarts leaf01 spine01 $way $seconds
	restarts spine01 leaf01 $way $seconds
done
claim 1 "the other binary is another one" not cmp -s "$BUILD/weftd" "$(other_build)/weftd"
claim 1 "and runs" grep -qF "$(other_build)/weftd" "/proc/$(pid_of leaf01)/cmdline"
claim 1 "one session is reset" exits 0 weft leaf01 reset swp1
claim 20 "a session that starts over alone" same "false ipv4,ipv6" bits spine01
claim 10 "is there again" whole 2 2

holds() { jq_of 'map("\(.link) \(.hold_time) \(.state)") | sort | join(",")' weft leaf01 --json show neighbors; }
flow_mark
configure '.timers = {hold: 6}' leaf01
claim 5 "another hold time" exits 0 weft leaf01 reload
claim 20 "both sessions start over with it" same "swp1 6 Established,swp2 6 Established" holds
claim 10 "every table is as before" whole 2 2
claim 1 "not one packet was lost" unharmed

kind() { ip -n "$(ns leaf01)" -j nexthop | jq -r '[.[] | select(.group) | .type // "mpath"] | unique | join(",")'; }
claim 1 "its groups are plain" same mpath kind
flow_mark
configure '.resilient = true' leaf01
fabric leave leaf01
fabric start leaf01
claim 20 "leaf01 starts with groups of another kind: the restart is over" same true over leaf01
claim 10 "every group is of that kind" same resilient kind
claim 10 "every table is as before" whole 2 2
claim 1 "not one packet was lost" unharmed
