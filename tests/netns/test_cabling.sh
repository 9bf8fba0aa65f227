#!/usr/bin/env bash
# The cabling plan: two cables swapped on purpose are named in the same words everywhere, `strict` keeps their sessions down and says so to the other
# end, and the right cables bring them up.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../doctor.sh"

# A cable of leaf01: PORT, and the spine it goes to, on whose swp1 it ends.
index=500
cable() {
	index=$((index + 2))
	ip -n "$(ns leaf01)" link add "$1" index $index type veth peer name swp1 index $((index + 1000)) netns "$(ns "$2")"
	ip -n "$(ns "$2")" link set swp1 up
}
unplug() { ip -n "$(ns leaf01)" link del "$1"; }
# Both ports are there before anything is heard on one of them, as they would be on a switch.
swap() { unplug swp1; unplug swp2; cable swp1 "$1"; cable swp2 "$2"; fabric plug leaf01 swp1; fabric plug leaf01 swp2; }
neighbor_says() { jq_of '.[] | select(.link == "swp1") | .last_error' weft "$1" --json show neighbors; }
events() { jq -r 'select(.event | startswith("cabling")?) | "\(.event) \(.link)"' "$(state_dir)/watch" | sort; }
table_has() { weft leaf01 show links | grep -qx "$1"; }
few_tries() { [ "$(jq_of '.[] | select(.link == "swp1") | .messages.sent.open' weft leaf01 --json show neighbors)" -le 8 ]; }
link() { jq_of ".[] | select(.link == \"$1\") | $2" weft leaf01 --json show links; }

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
configure '.links = {"swp1": {"expect": "spine01:swp1"}, "swp2": {"expect": "SPINE02.dc1:swp1"}}' leaf01
configure '.links = {"swp1": {"expect": "leaf01"}, "swp*": {}}' spine01
fabric start spine01 spine02 leaf01 leaf02
claim 20 "the fabric is whole" whole 2 2
claim 10 "every cable is as planned" same "as-planned" link swp1 .cabling.verdict
claim 10 "  the other one too: without regard to case and domain" same "as-planned" link swp2 .cabling.verdict
claim 10 "  and at the other end" well spine01
claim 10 "  nothing is wrong" well leaf01
claim 5 "each tells the other its port" same swp1 jq_of '.[] | select(.link == "swp2") | .remote_port' weft leaf01 --json show neighbors

weft leaf01 --json watch >"$(state_dir)/watch" &
watch=$!
watchers() { ss -xH state established src "$(state_dir)/leaf01/weft.sock" | wc -l; }
claim 5 "somebody watches" same 1 watchers
wrong1="swp1 is connected to spine02 swp1, the plan says spine01 swp1: swapped with swp2?"
wrong2="swp2 is connected to spine01 swp1, the plan says SPINE02.dc1 swp1: swapped with swp1?"
swap spine02 spine01
found "two cables are swapped" leaf01 "error cabling swp1: $wrong1
error cabling swp2: $wrong2"
claim 5 "  weft show links says so" same "$wrong1" link swp1 .cabling.what
claim 5 "  below the table" table_has "swp1: ${wrong1#swp1 }"
claim 5 "  and in the table" table_has 'swp1 .* wrong *'
claim 10 "  it is not strict: packets flow" established leaf01 2
claim 5 "  leaf01 is where spine01 has it: at any of its ports" well spine01
claim 5 "  the log has each once" same 2 grep -cxF -e "$wrong1" -e "$wrong2" "$(state_dir)/leaf01/log"
claim 5 "  weft watch too" same "cabling-wrong swp1
cabling-wrong swp2" events
configure '.links = {"swp1": {"expect": "spine02"}, "swp2": {"expect": "spine01"}}' leaf01
claim 5 "the plan is mended instead: no session ends" eval 'weft leaf01 reload | grep -qx "no session ends"'
mended leaf01
claim 5 "  that they are right now is told" same "cabling-right swp1
cabling-right swp2
cabling-wrong swp1
cabling-wrong swp2" events
kill "$watch"
swap spine01 spine02

say "--- strict"
claim 20 "two sessions" established leaf01 2
configure '.links = {"swp1": {"expect": "spine01:swp1", "strict": true}, "swp2": {"expect": "spine02:swp1", "strict": true}}' leaf01
claim 5 "strict, and all is right: no session ends" eval 'weft leaf01 reload | grep -qx "no session ends"'
claim 5 "  all is well" well leaf01
swap spine02 spine01
wrong2="swp2 is connected to spine01 swp1, the plan says spine02 swp1: swapped with swp1?"
found "two cables are swapped" leaf01 "error cabling swp1: $wrong1; strict: no session
error cabling swp2: $wrong2; strict: no session"
claim 5 "  there is no session" established leaf01 0
claim 10 "  and the other end knows why" same "peer says: Cease/Connection Rejected (\"leaf01 $wrong1\")" neighbor_says spine02
claim 10 "  its doctor too" says_of spine02 swp1 "error no-session swp1: no session with leaf01 on swp1: peer says: Cease/Connection Rejected (\"leaf01 $wrong1\")"
claim 5 "  here it is said once" same 0 eval 'said leaf01 | grep -c "no-session"'
claim 5 "  it is not tried in a loop" few_tries
configure '.links = {"swp1": {"expect": "spine02:swp1", "strict": true}, "swp2": {"expect": "spine02:swp1", "strict": true}}' leaf01
weft leaf01 reload >/dev/null
claim 5 "the plan is mended for one of them: its session is there" established leaf01 1
configure '.links = {"swp1": {"expect": "spine01:swp1", "strict": true}, "swp2": {"expect": "spine02:swp1", "strict": true}}' leaf01
claim 5 "and back again: it ends, and the other end hears it" eval 'weft leaf01 reload | grep -q "swp1"'
claim 5 "  there is no session" established leaf01 0
swap spine01 spine02
claim 10 "the right cables bring them up" established leaf01 2
mended leaf01
claim 10 "  the fabric is whole" whole 2 2

say "--- LLDP: lldpd of Debian, in the namespaces of leaf01 and of spine01, which runs nothing else"
lldpd_at() {                                 # NODE: as the node's weftd, or lldpcli, would find it there
	local socket=/run/lldpd-$1.socket
	[ "$1" != leaf01 ] || socket=/run/lldpd.socket
	printf 'configure %s\n' "system hostname $1" "lldp portidsubtype ifname" "lldp tx-interval 1" >"/run/lldpd-$1.conf"
	ip netns exec "$(ns "$1")" lldpd -d -u "$socket" -O "/run/lldpd-$1.conf" -I 'swp*' >"/run/lldpd-$1.log" 2>&1 &
	lldpd=$!
	disown                               # how it ends is nobody's business
	wait_for 10 lldpcli -u "$socket" show interfaces
}
lldpd_end() { kill "$1" && wait_for 10 is_gone "$1"; }
cabling() { link "$1" '.cabling | "\(.verdict) \(.source) \(.peer_host) \(.peer_port)"'; }
states() { jq_of 'map(.state) | unique | join(" ")' weft leaf01 --json show neighbors; }
mkdir -p /run/lldpd                          # where it locks itself up
fabric stop spine01
fabric stop leaf01
if command -v lldpd >/dev/null && lldpd_at spine01; then
	swap spine02 spine01
	configure '.links = {"swp1": {"expect": "spine02", "strict": true}, "swp2": {"expect": "spine02:swp1", "strict": true}}' leaf01
	fabric start leaf01
	claim 10 "who runs no weft is unknown without an lldpd here" same "unknown null null null" cabling swp2
	lldpd_at leaf01
	claim 20 "lldpd is started later, and says who it is" same "wrong-host lldp spine01 swp1" cabling swp2
	claim 5 "  in the same words" same "error cabling swp2: swp2 is connected to spine01 swp1, the plan says spine02 swp1; strict: no session" eval 'said leaf01 | grep "^error cabling"'
	on spine01 python3 "$(dirname "$0")/send_ra.py" swp1 second >/dev/null
	claim 10 "a router is heard there" grep -q "swp2: a router is heard" "$(state_dir)/leaf01/log"
	claim 5 "  and not even connected to" same "Established Idle" states
	lldpd_end "$lldpd"
	claim 15 "lldpd ends, and nothing is known" same "unknown null null null" cabling swp2
	lldpd_at leaf01
	claim 20 "it starts over" same "wrong-host lldp spine01 swp1" cabling swp2
	swap spine01 spine02
	configure '.links = {"swp1": {"expect": "spine01:swp1", "strict": true}, "swp2": {"expect": "spine02:swp1", "strict": true}}' leaf01
	weft leaf01 reload >/dev/null
	claim 20 "the right cable" same "as-planned lldp spine01 swp1" cabling swp1
	fabric start spine01
	claim 20 "both say the same, and the peer's own word counts" same "as-planned bgp spine01 swp1" cabling swp1
	claim 10 "the fabric is whole" whole 2 2
else
	say "not tested: lldpd cannot run here ($(tail -n 1 /run/lldpd-spine01.log 2>/dev/null))"
fi
fabric stop leaf01
claim 1 "no sanitizer has found anything" not grep -E "ERROR: |runtime error" "$(state_dir)"/*/log
