#!/usr/bin/env bash
# Everything that weft says on the wire, read by tshark: each kind of message is there, and none of it makes tshark raise an eyebrow.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$ROOT/tests/netns/robust.sh"
command -v tshark >/dev/null || skip "tshark is not installed (tests/deps)"

captures=/run/captures
mkdir -m 777 $captures
capture() {                                  # NODE INTERFACE FILE: as root, into a file of its own
	on "$1" tshark -q -n -i "$2" -f "tcp port 179 or icmp6" -w "$captures/$3" </dev/null >"$captures/$3.log" 2>&1 &
	tshark_pid=$!
	claim 15 "tshark listens" test -s "$captures/$3"
}
capture_end() { kill -INT "$(pgrep -P "$tshark_pid" -x tshark || say "$tshark_pid")"; wait_for 15 is_gone "$tshark_pid"; }
# counts FILE FILTER...: how many frames match each, in one pass over the file; a line each.
counts() {
	local file=$captures/$1 stat=io,stat,0 filter
	shift
	for filter; do stat+=",$filter"; done
	tshark -n -q -r "$file" -z "$stat" 2>/dev/null | awk -F'|' '/<>/ { for (i = 3; i < NF; i += 2) print $i + 0 }'
}
# Of what matches, frames with a malformed mark or an expert's warning or error; TCP's own (a reset, a retransmission) are not ours.
doubts() {                                   # FILE FILTER [OPTION...]
	tshark -n "${@:3}" -r "$captures/$1" -Y "($2) && (_ws.malformed || (_ws.expert.severity >= 0x600000 && !(_ws.expert.group == 0x2000000)))" \
		-T fields -e frame.number -e bgp.type -e _ws.expert.message 2>/dev/null
}

one="bgp && ipv6.dst == fe80::2"             # what weft says to them; what it hears is broken on purpose
are_there() {                                # FILE: all that FILE.wanted names, WHAT;FILTER
	local -a what=() filters=() n=()
	local name filter i missing=0

	while IFS=';' read -r name filter; do what+=("$name") filters+=("$filter"); done <"$captures/$1.wanted"
	mapfile -t n < <(counts "$1" "${filters[@]}")
	[ ${#n[@]} -eq ${#what[@]} ] || { say "tshark counts ${#n[@]} of ${#what[@]}"; return 1; }
	for i in "${!what[@]}"; do
		[ "${n[i]}" -gt 0 ] || { say "missing: ${what[i]}"; missing=1; }
		say "${what[i]}: ${n[i]}" >>"$captures/found"
	done
	return $missing
}

# While tshark still listens: what was said last is not yet in its file.
there() { claim 15 "every kind of message is there: $(cut -d';' -f1 "$captures/$1.wanted" | paste -sd,)" are_there "$1"; }

# --- two daemons: a session's life, Ceases, Router Advertisements
fabric up --spines 1 --leaves 1 --no-daemons || exit 1
capture leaf01 swp1 pair
file=$(state_dir)/leaf01/weft.json
jq '. + {graceful_restart: {long_lived_seconds: 60}}' "$file" >"$file.new" && mv "$file.new" "$file"
fabric start leaf01 spine01
ip -n "$(ns leaf01)" addr add 2001:db8:1::1/128 dev lo
claim 20 "a session" established leaf01 1
claim 10 "IPv4 and IPv6 are announced" eval 'has_route spine01 10.1.1.0/26 && has_route spine01 2001:db8:1::1 -6'
ip -n "$(ns leaf01)" addr del 10.1.1.1/26 dev vlan10
ip -n "$(ns leaf01)" addr del 2001:db8:1::1/128 dev lo
claim 10 "and withdrawn" eval 'not has_route spine01 10.1.1.0/26 && not has_route spine01 2001:db8:1::1 -6'
weft leaf01 reset swp1
claim 20 "reset, and Established again" established leaf01 1
jq '. + {links: {swp1: {expect: "somebody", strict: true}}}' "$file" >"$file.new" && mv "$file.new" "$file"
weft leaf01 reload
rejected() { jq_of '.[0].last_error' weft spine01 --json show neighbors | grep -q "Connection Rejected"; }
claim 10 "who is not the one of the cabling plan is kept out" rejected
fabric stop leaf01
fabric stop spine01
cat >"$captures/pair.wanted" <<'EOF'
OPEN;bgp.type == 1
OPEN: IPv4 and IPv6 unicast;bgp.cap.mp.afi == 1 && bgp.cap.mp.afi == 2
OPEN: extended next hop;bgp.cap.type == 5
OPEN: long-lived graceful restart;bgp.cap.type == 71
OPEN: 4-octet AS;bgp.cap.type == 65
OPEN: FQDN;bgp.cap.type == 73
OPEN: route refresh, enhanced too;bgp.cap.type == 2 && bgp.cap.type == 70
KEEPALIVE;bgp.type == 4
UPDATE with IPv4;bgp.update.path_attribute.mp_reach_nlri.afi == 1
UPDATE with IPv6;bgp.update.path_attribute.mp_reach_nlri.afi == 2
UPDATE that withdraws;bgp.update.path_attribute.type_code == 15 || bgp.update.withdrawn_routes.length > 0
End-of-RIB;bgp.type == 2 && bgp.length == 23
OPEN: port name (weft's own, 250);bgp.cap.type == 250
NOTIFICATION 6/5, with words;bgp.notify.major_error == 6 && bgp.notify.minor_error_cease == 5 && bgp.length > 22
NOTIFICATION 6/9, a Hard Reset (RFC 8538);bgp.notify.major_error == 6 && bgp.notify.minor_error_cease == 9
Router Advertisement;icmpv6.type == 134
EOF
there pair
capture_end
fabric down

# --- one daemon and everything that makes it say NOTIFICATION, or pass on what is odd. Of the unknown attributes only
# 28: tshark takes 99 and 128 for something that it knows.
ONLY='OPEN: |state: [KUROSN]|Established: |a second connection|hold timer|ROUTE-REFRESH|AS_PATH (of|with a|is)|AS4_PATH|transitive 28$|MP_|NLRI|well-known|AS_SET'
export ONLY
cables=$(($(robust_count) + 1))
robust_up "$cables" || exit 1
capture leaf01 any robust
claim 1 "the cases are played" true
robust_play >"$captures/played" || fail "the cases" cat "$captures/played"
cat >"$captures/robust.wanted" <<EOF
NOTIFICATION 1/1;$one && bgp.notify.minor_error == 1
NOTIFICATION 1/2;$one && bgp.notify.minor_error == 2
NOTIFICATION 1/3;$one && bgp.notify.minor_error == 3
NOTIFICATION 2/1;$one && bgp.notify.minor_error_open == 1
NOTIFICATION 2/2;$one && bgp.notify.minor_error_open == 2
NOTIFICATION 2/3;$one && bgp.notify.minor_error_open == 3
NOTIFICATION 2/4;$one && bgp.notify.minor_error_open == 4
NOTIFICATION 2/6;$one && bgp.notify.minor_error_open == 6
NOTIFICATION 3/1;$one && bgp.notify.minor_error_update == 1
NOTIFICATION 3/2;$one && bgp.notify.minor_error_update == 2
NOTIFICATION 3/9;$one && bgp.notify.minor_error_update == 9
NOTIFICATION 3/10;$one && bgp.notify.minor_error_update == 10
NOTIFICATION 4;$one && bgp.notify.major_error == 4
NOTIFICATION 5/1;$one && bgp.notify.minor_error_state == 1
NOTIFICATION 5/2;$one && bgp.notify.minor_error_state == 2
NOTIFICATION 5/3;$one && bgp.notify.minor_error_state == 3
NOTIFICATION 6/7;$one && bgp.notify.minor_error_cease == 7
ROUTE-REFRESH: begin (BoRR, RFC 7313);$one && bgp.route_refresh.subtype == 1
ROUTE-REFRESH: end (EoRR);$one && bgp.route_refresh.subtype == 2
AS4_PATH to a peer with 2-octet ASes;$one && bgp.update.path_attribute.type_code == 17
an unknown attribute with the Partial bit;$one && bgp.update.path_attribute.type_code == 28
EOF
there robust
capture_end

claim 1 "tshark doubts nothing that two daemons say" same "" doubts pair "bgp || icmpv6.type == 133 || icmpv6.type == 134"
# tshark guesses how long an AS is, and guesses wrong with a 2-octet peer: it is told.
# (255: the parameters of RFC 9072, which it does not read; any length may stand before them.)
old=$(tshark -n -r "$captures/robust" -Y 'bgp.type == 1 && ipv6.src == fe80::2 && !(bgp.open.opt.param.type == 255) && !(bgp.cap.type == 65)' -T fields -e tcp.stream 2>/dev/null | paste -sd,)
claim 1 "tshark doubts nothing that is said to those who break rules" same "" doubts robust "$one && !(tcp.stream in {$old})" -o "bgp.asn_len:4 octet"
claim 1 "nor what is said to peers with 2-octet ASes" same "" doubts robust "$one && tcp.stream in {$old}" -o "bgp.asn_len:2 octet"
