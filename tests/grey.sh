# shellcheck shell=bash
# tests/grey.sh: for tests of links that fail a little: a cable whose packets pass through netns/cable.py. After lib.sh.
#
#   a swp1 --- p1 [cable.py in mid] p2 --- swp1 b       the cable that fails: between its ends nobody's carrier is lost
#   a swp2 --------------------------------- swp2 b      the other path
#
#   grey_cable a:swp1 b:swp1; grey "loss 2 30"       of what is on its way to b 30 % are lost. One cable in a test

. "$ROOT/tests/routers.sh"

two_cables() { router a; router b; grey_cable a:swp1 b:swp1; cable a:swp2 b:swp2; }
# grey_cable NODE:PORT NODE:PORT: both ends keep their carrier, whatever is wrong between.
grey_cable() {
	ip netns add "$(ns mid)"
	on mid sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	ip -n "$(ns "${1%:*}")" link add "${1#*:}" type veth peer name p1 netns "$(ns mid)"
	ip -n "$(ns "${2%:*}")" link add "${2#*:}" type veth peer name p2 netns "$(ns mid)"
	ip -n "$(ns mid)" link set p1 up
	ip -n "$(ns mid)" link set p2 up
	link_set "${1%:*}" "${1#*:}" up
	link_set "${2%:*}" "${2#*:}" up
	coproc GREY { exec ip netns exec "$(ns mid)" python3 "$ROOT/tests/netns/cable.py" p1 p2; }
	disown "$GREY_PID"
	grey_hears ready
}
grey_hears() { local line=; read -rt 30 -u "${GREY[0]}" line; [ "$line" = "$1" ] || die "the cable does not do: $1"; }
grey() { local line; for line; do printf '%s\n' "$line" >&"${GREY[1]}"; grey_hears "$line"; done; }      # LINE... of cable.py
bfd() { jq_of ".[] | select(.link == \"$2\") | .bfd | $3" weft "$1" --json show neighbors; }         # NODE LINK FILTER
peer() { jq_of ".[] | select(.link == \"$2\") | $3" weft "$1" --json show neighbors; }               # NODE LINK FILTER
link() { jq_of ".[] | select(.link == \"$2\") | $3" weft "$1" --json show links; }                   # NODE LINK FILTER
sessions() { peer a swp1 .flaps; }           # that ended
percent() { [ "$(bfd "$1" swp1 '.loss_percent // -1')" -ge "$2" ]; }       # NODE LEAST: of BFD's packets
# two_ways SETTINGS, [SETTINGS of b]: routers a and b, the cable swp1 and another one, swp2, between them.
two_ways() {
	weft_start a "{\"asn\": 65001, \"router_id\": \"10.0.0.1\", \"hostname\": \"a\", $1}"
	weft_start b "{\"asn\": 65002, \"router_id\": \"10.0.0.2\", \"hostname\": \"b\", ${2:-$1}}"
}
no_ways() { local node pid; for node in a b; do pid=$(pid_of "$node"); kill "$pid"; wait_for 10 is_gone "$pid"; rm -f "$(state_dir)/$node/weft.sock"; done; }
both() { same "swp1 swp2" hops a 10.0.0.2 && same "swp1 swp2" hops b 10.0.0.1; }
one() { same "swp2" hops a 10.0.0.2 && same "swp2" hops b 10.0.0.1; }
out() { local all; all="$(hops a 10.0.0.2) $(hops b 10.0.0.1)"; [[ $all != *swp1* ]] || { say "$all"; return 1; }; }
# stays SECONDS COMMAND...: it succeeds all the time.
stays() { local until=$(($(now_ms) + $1 * 1000)); shift; while [ "$(now_ms)" -lt "$until" ]; do "$@" || return 1; pause; done; }
# hops NODE DESTINATION: the links that the kernel uses.
hops() { routes "$1" -4 bgp | grep "^$2 " | grep -o 'dev [^ ]*' | cut -c5- | paste -sd' '; }
