#!/usr/bin/env bash
# FRR 8.4 on an unnumbered link with a password, and with GTSM: what it can do, and that nothing gets in when it does not.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"

fabric up --spines 1 --leaves 1 --no-daemons || exit 1
links() { local f; f=$(state_dir)/leaf01/weft.json; jq ".links = {\"swp1\": $1}" "$f" >"$f.new" && mv "$f.new" "$f"; }
frr_config() { vtysh spine01 "$(printf 'configure terminal\nrouter bgp 4200000000\n%s' "$1")" >/dev/null; }
error_has() { jq_of '.[].last_error' weft leaf01 --json show neighbors swp1 | grep -q "$1"; }
capture() {                                  # FILE
	on leaf01 setsid tshark -q -i swp1 -f "tcp port 179" -w "$1" </dev/null >/dev/null 2>"$1.log" &
	echo $! >"$1.pid"
	claim 20 "the capture runs" grep -q Capturing "$1.log"
}
capture_end() { kill -INT "$(cat "$1.pid")"; wait_for 10 is_gone "$(cat "$1.pid")"; }
packets() { tshark -nr "$1" -Y "$2" 2>/dev/null | wc -l; }     # FILE FILTER
restart() { fabric stop leaf01; links "$1"; fabric start leaf01; }
leaf_routes() {
	printf '%s\n' "10.0.254.254 proto bgp metric 20 src 10.0.254.1 via 169.254.0.1 dev swp1 onlink" "10.1.1.0/26 proto kernel src 10.1.1.1 dev vlan10"
}
syn='tcp.flags.syn == 1'

frr_start spine01 4200000000 10.0.254.254 swp1
frr_config "neighbor swp1 password correct-horse"
links '{"password": "correct-horse"}'
capture /run/same.pcap
fabric start leaf01
claim 20 "the same password: Established" established leaf01 1
claim 10 "and routes" same "$(leaf_routes)" routes leaf01
vtysh spine01 "clear bgp swp1" >/dev/null
claim 20 "cleared by FRR: Established again" frr_established spine01 1
capture_end /run/same.pcap
claim 1 "every SYN and SYN-ACK of both is signed" same 0 packets /run/same.pcap "$syn and not tcp.option_kind == 19"

frr_config "neighbor swp1 password battery-staple"
claim 20 "another password at FRR: told in words" error_has "does the peer use the same password"
claim 1 "and no session" established leaf01 0
frr_config "no neighbor swp1 password"
capture /run/none.pcap
restart '{"password": "correct-horse"}'
claim 20 "no password at FRR: told in words" error_has "does the peer use the same password"
claim 1 "and no session" established leaf01 0
capture_end /run/none.pcap
claim 1 "no SYN was answered" same 0 packets /run/none.pcap "$syn and tcp.flags.ack == 1"

restart '{"gtsm": true}'
claim 20 "GTSM, and FRR as it is, which sends hop limit 1: told in words" error_has "does the peer send with hop limit 255"
claim 1 "and no session" established leaf01 0
frr_config "neighbor swp1 ttl-security hops 1"
claim 30 "FRR with ttl-security hops 1: Established" established leaf01 1
claim 10 "and routes" same "$(leaf_routes)" routes leaf01
restart '{"gtsm": true, "password": "correct-horse"}'
frr_config "neighbor swp1 password correct-horse"
claim 30 "both at once: Established" established leaf01 1
