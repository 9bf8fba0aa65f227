#!/usr/bin/env bash
# Weighted ECMP: an address that two leaves have, and one of them loses an uplink; a leaf with two cables to one spine. The kernel's weights say
# so, and so do packets.
. "$(dirname "$0")/../lib.sh"
begin_test

ANY=10.9.9.9
fabric up --spines 2 --leaves 3 --no-daemons || exit 1
for node in spine01 spine02 leaf01 leaf02 leaf03; do
	f=$(state_dir)/$node/weft.json
	jq '.weighted = true' "$f" >"$f.new" && mv "$f.new" "$f"
done
for node in leaf02 leaf03; do ip -n "$(ns "$node")" addr add $ANY/32 dev lo; done
for node in spine01 spine02 leaf01 leaf02 leaf03; do fabric start "$node"; done

announced() { jq_of '.[0].announced_mbps | floor' weft "$1" --json show routes $ANY/32; }
groups_in_use() { jq_of '.stats.groups' weft "$1" --json show nexthops; }

claim 20 "whole: a spine shares evenly between the two leaves" same "swp2 1 swp3 1" weights spine01 $ANY
claim 20 "whole: a leaf shares evenly between the spines" same "swp1 1 swp2 1" weights leaf01 $ANY
claim 15 "weft knows how fast a veth is" same "10000 10000" jq_of '[.[] | select(.fabric) | .bandwidth_mbps] | join(" ")' weft leaf01 --json show links
claim 15 "leaf02 says what its two uplinks carry" same 20000 announced leaf02
claim 15 "a spine says what its cables to both leaves carry" same 20000 announced spine01

fabric cut leaf02 swp2
claim 15 "leaf02 has one uplink left: spine01 sends it half of what leaf03 gets" same "swp2 1 swp3 2" weights spine01 $ANY
claim 15 "spine02 has only leaf03" same "swp3 1" weights spine02 $ANY
claim 15 "so leaf01 prefers spine01, which reaches both" same "swp1 2 swp2 1" weights leaf01 $ANY
claim 15 "leaf01 knows what the spines said" same "20000 10000" \
	jq_of '.[0].paths | sort_by(.link) | map(.bandwidth_mbps | floor) | join(" ")' weft leaf01 --json show routes $ANY/32
claim 15 "what leads to leaf03 alone is shared evenly" same "swp1 1 swp2 1" weights leaf01 10.0.254.3

# A flow per source port, from a host and from a spine itself: all nodes of one kernel hash alike, so of the flows that leaf01 sends to spine01
# not a third but half would be leaf02's.
sent() { on "$1" cat "/sys/class/net/$2/statistics/tx_packets"; }
flows() {                                    # NODE SOURCE
	on "$1" python3 -c "
import socket
for port in range(20000, 21500):
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(('$2', port))
	s.sendto(b'weft', ('$ANY', 9))
	s.close()"
}
share() {                                    # NODE PORT OTHER FROM SOURCE: percent of what leaves by PORT, while the flows last
	local a b c d
	a=$(sent "$1" "$2") b=$(sent "$1" "$3")
	flows "$4" "$5" || return 1
	c=$(($(sent "$1" "$2") - a)) d=$(($(sent "$1" "$3") - b))
	[ $((c + d)) -ge 1500 ] && printf '%d\n' $((100 * c / (c + d)))
}
about() {                                    # PERCENT COMMAND...
	local want=$1 got
	shift
	got=$("$@") || { say "too few packets"; return 1; }
	if [ $((got - want)) -gt 8 ] || [ $((want - got)) -gt 8 ]; then say "$got % instead of $want %"; return 1; fi
}
claim 15 "packets reach the address" reaches host01 $ANY
claim 0 "two thirds of the flows go by spine01" about 66 share leaf01 swp1 swp2 host01 10.1.1.10
claim 0 "a third of what spine01 sends goes to leaf02" about 33 share spine01 swp2 swp3 spine01 10.0.254.254

fabric plug leaf02 swp2
claim 15 "the cable is back: even at the spine" same "swp2 1 swp3 1" weights spine01 $ANY
claim 15 "and at the leaf" same "swp1 1 swp2 1" weights leaf01 $ANY

# A further cable from leaf02 to spine01.
ip -n "$(ns leaf02)" link add swp3 index 903 type veth peer name swp22 index 9022 netns "$(ns spine01)"
ip -n "$(ns leaf02)" link set swp3 up
ip -n "$(ns spine01)" link set swp22 up
claim 15 "two cables to spine01, one to spine02: spine01 uses both" same "swp2 1 swp22 1" weights spine01 10.0.254.2
claim 15 "and leaf01 sends it twice as much" same "swp1 2 swp2 1" weights leaf01 10.0.254.2
claim 15 "routes that are alike share a group" test "$(groups_in_use leaf01)" -le 8
fabric cut leaf02 swp1
claim 15 "one of the two is cut: even again" same "swp1 1 swp2 1" weights leaf01 10.0.254.2
claim 15 "over the one that is left" same "swp22 1" weights spine01 10.0.254.2
