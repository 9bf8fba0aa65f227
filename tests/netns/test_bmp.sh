#!/usr/bin/env bash
# BMP to Debian's pmbmpd: what peers announce, what a policy makes of it, what was chosen; sessions that end, a collector that is killed, and one that
# does not read. tshark reads all of it too.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
pmbmpd=$(PATH=$PATH:/usr/sbin command -v pmbmpd) || skip "pmacct is not installed (tests/deps)"
command -v tshark >/dev/null || skip "tshark is not installed (tests/deps)"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
# The collector is a server behind leaf01. Of what comes in on swp1 leaf02's loopback is not taken, and its network is preferred.
configure '. + {bmp: {collector: "10.1.1.10", statistics: 1}, policy: {p: [
	{match: {prefixes: [{prefix: "10.0.254.2/32"}]}, action: "reject"},
	{match: {prefixes: [{prefix: "10.1.2.0/26"}]}, set: {local_pref: 200}, action: "accept"}, {action: "accept"}]},
	links: {swp1: {import: "p"}, "swp*": {}}}' leaf01
told=$TMPDIR/told captures=$TMPDIR/captures
cat >"$TMPDIR/pmbmpd.conf" <<END
bmp_daemon_ip: 0.0.0.0
bmp_daemon_port: 1790
bmp_daemon_msglog_file: $told
END
collect() {
	rm -f "$told"
	on host01 "$pmbmpd" -f "$TMPDIR/pmbmpd.conf" >"$TMPDIR/pmbmpd.log" 2>&1 &
	collector=$!
	disown
}
bmp() { jq_of "$1" weft leaf01 --json show bmp; }
there() { jq -es "map(select($1)) | length >= 1" "$told"; }                   # FILTER: pmbmpd has been told of it
nowhere() { jq -es "map(select($1)) | length == 0" "$told"; }
address_of() { jq_of '.[0].address' weft leaf01 --json show neighbors "$1"; }
# now TABLE PEER: what pmbmpd would have in it by now: prefix, AS path, LOCAL_PREF
now() {
	jq -rs --arg table "$1" --arg peer "$2" 'map(select(.peer_ip == $peer and (if $table == "loc" then .is_loc == 1 else .is_post == (if $table == "post" then 1 else 0 end) end)
		and .bmp_msg_type == "route_monitor" and .ip_prefix)) | reduce .[] as $m ({}; .[$m.ip_prefix] = $m) | .[] | select(.log_type == "update") |
		"\(.ip_prefix) \(.as_path)\(if .local_pref then " " + (.local_pref | tostring) else "" end)"' "$told" | sort -V
}
lines() { printf '%s\n' "$@"; }

mkdir -m 777 "$captures"
on host01 tshark -q -n -i any -f "tcp port 1790" -w "$captures/bmp" </dev/null >"$captures/log" 2>&1 &
tshark_pid=$!
disown
claim 15 "tshark listens" test -s "$captures/bmp"

fabric start spine01 spine02 leaf01 leaf02 || exit 1
claim 20 "leaf01 has both sessions" established leaf01 2
claim 10 "nobody is there to listen" same false bmp .complete
claim 10 "and weft says so" same "Connection refused" bmp .last_error
collect
claim 40 "the collector is told everything" same "up true" bmp '"\(.state) \(.complete)"'
spine01=$(address_of swp1) spine02=$(address_of swp2) s1=4200000000 l2="4200000000 4210000002"

# --- what is there ---------------------------------------------------------------------------------------------------------------
claim 5 "who is there" there '.bmp_msg_type == "init" and .bmp_init_info_sysname == "leaf01"'
claim 5 "both sessions, each with its link" there ".bmp_msg_type == \"peer_up\" and .peer_ip == \"$spine01\" and .bmp_peer_up_info_string == \"swp1\" and .local_ip == \"$(link_local leaf01 swp1)\" and (.local_port == 179 or .remote_port == 179)"
claim 5 "and the Loc-RIB" there '.bmp_msg_type == "peer_up" and .peer_type == 3 and .bgp_id == "10.0.254.1"'
claim 10 "spine01 before policy: what it announces" same "$(lines "10.0.254.2/32 $l2" "10.0.254.254/32 $s1" "10.1.2.0/26 $l2")" now pre "$spine01"
claim 5 "spine01 behind it: one rejected, one preferred" same "$(lines "10.0.254.254/32 $s1" "10.1.2.0/26 $l2 200")" now post "$spine01"
claim 5 "spine02 is as it was before and behind policy" same "$(lines "10.0.254.2/32 $l2" "10.0.254.253/32 $s1" "10.1.2.0/26 $l2")" now post "$spine02"
claim 5 "the same before it" same "$(now post "$spine02")" now pre "$spine02"
claim 5 "the Loc-RIB: the best, and our own" same "$(lines "10.0.254.1/32 " "10.0.254.2/32 $l2" "10.0.254.253/32 $s1" "10.0.254.254/32 $s1" "10.1.1.0/26 " "10.1.2.0/26 $l2 200")" now loc 0.0.0.0
claim 5 "counters" there ".bmp_msg_type == \"stats\" and .peer_ip == \"$spine01\" and .counter_type == 0 and .counter_value >= 1"
claim 5 "of the Loc-RIB too" there '.bmp_msg_type == "stats" and .is_loc == 1 and .counter_type == 8 and .counter_value == 6'

# --- what changes ----------------------------------------------------------------------------------------------------------------
on leaf02 ip addr add 10.9.1.1/24 dev vlan10
new="10.9.1.0/24 $l2"
for table in "pre $spine01" "post $spine01" "post $spine02" "loc 0.0.0.0"; do
	# shellcheck disable=SC2086
	claim 10 "a new prefix: $table" eval "now $table | grep -qxF '$new'"
done
on leaf02 ip addr del 10.9.1.1/24 dev vlan10
for table in "pre $spine01" "post $spine01" "post $spine02" "loc 0.0.0.0"; do
	claim 10 "is withdrawn again: $table" eval "not eval \"now $table | grep -qF 10.9.1.0/24\""
done

# --- sessions that end -----------------------------------------------------------------------------------------------------------
down() { there ".bmp_msg_type == \"peer_down\" and .peer_ip == \"$1\" and .reason_type == $2"; }
up_again() { jq -es "[.[] | select(.peer_ip == \"$1\" and (.bmp_msg_type | startswith(\"peer_\"))) | .bmp_msg_type] | .[-1] == \"peer_up\" and length >= $2" "$told"; }
weft leaf01 reset swp1 >/dev/null
claim 10 "weft ends a session: Peer Down with our NOTIFICATION" down "$spine01" 1
claim 20 "it comes back" up_again "$spine01" 3
claim 10 "with the same routes, refused ones too" same "$(lines "10.0.254.2/32 $l2" "10.0.254.254/32 $s1" "10.1.2.0/26 $l2")" now pre "$spine01"
fabric cut spine02 swp1
claim 10 "a cable is pulled: Peer Down without one" down "$spine02" 2
claim 10 "the best is another one" eval 'now loc 0.0.0.0 | grep -qF "10.1.2.0/26" && weft leaf01 show routes 10.1.2.0/26 | grep -q swp1'
fabric plug spine02 swp1
claim 20 "it is plugged in: Peer Up" up_again "$spine02" 3
fabric stop spine01
claim 20 "the other side ends it: Peer Down with the peer's NOTIFICATION" down "$spine01" 3
fabric start spine01
claim 20 "spine01 is there again" established leaf01 2

# --- the collector ends, and does not read ---------------------------------------------------------------------------------------
kill -KILL "$(pgrep -P "$collector" || say "$collector")" "$collector" 2>/dev/null
claim 10 "the collector is killed" same false bmp .complete
spine01=$(address_of swp1)
collect
claim 60 "it comes back and is told everything" same true bmp .complete
claim 10 "before policy" same "$(lines "10.0.254.2/32 $l2" "10.0.254.254/32 $s1" "10.1.2.0/26 $l2")" now pre "$spine01"
claim 10 "behind it" same "$(lines "10.0.254.254/32 $s1" "10.1.2.0/26 $l2 200")" now post "$spine01"
claim 10 "the Loc-RIB" same "$(lines "10.0.254.1/32 " "10.0.254.2/32 $l2" "10.0.254.253/32 $s1" "10.0.254.254/32 $s1" "10.1.1.0/26 " "10.1.2.0/26 $l2 200")" now loc 0.0.0.0
fabric stop leaf01
claim 10 "weftd ends, and says so" there '.bmp_msg_type == "term"'
fabric start leaf01
claim 60 "the next one tells everything" same true bmp .complete
claim 20 "and has both sessions" established leaf01 2
read_by_tshark() { tshark -n -r "$captures/bmp" -d tcp.port==1790,bmp "$@" 2>/dev/null; }
claim 20 "tshark has read all of it, all kinds of messages" same "0 1 2 3 4 5" eval 'read_by_tshark -T fields -e bmp.type | tr , "\n" | grep . | sort -nu | paste -sd" "'
kill -INT "$(pgrep -P "$tshark_pid" -x tshark || say "$tshark_pid")"
wait_for 15 is_gone "$tshark_pid"

peers_place peers
cable_peer 1 peers
on leaf01 sh -c 'echo "4096 16384 65536" >/proc/sys/net/ipv4/tcp_wmem'
claim 10 "a link for a loud peer" usable peers 1
talk peers ip netns exec "$(ns peers)" "$BUILD/bench_peers" --routes 30000 p1,4200001000,inject
claim 20 "it has its session" hear peers all_eor
before=$(sessions spine01 spine02 leaf02 leaf01)
pmbmpd_pids() { pgrep -f "$TMPDIR/pmbmpd.conf"; }
# shellcheck disable=SC2046
kill -STOP $(pmbmpd_pids)
loop() { tell peers "$1 1"; hear peers sent 60 >/dev/null; }
loud() { loop announce && loop withdraw && [ "$(bmp .queue_bytes_most)" -le 8388608 ] && [ "$(bmp .overflows)" -ge 1 ]; }
claim 120 "a collector that does not read is let go, when the queue is full" loud
claim 5 "the queue was never over its bound" at_most 8388608 bmp .queue_bytes_most
claim 5 "and is empty now" same 0 bmp .queue_bytes
claim 5 "why" same "the collector reads more slowly than routes change" bmp .last_error
claim 5 "no session has ended" same "$before" sessions spine01 spine02 leaf02 leaf01
claim 60 "routes went on" eval 'loop announce && wait_for 20 has_route spine01 32.0.0.0'
claim 60 "and are gone again" eval 'loop withdraw && wait_for 20 not has_route spine01 32.0.0.0'

# --- tshark ----------------------------------------------------------------------------------------------------------------------
# tshark 4.0 takes the information that stands behind the OPENs of a Peer Up for a third message of BGP (RFC 7854 4.10; pmbmpd has read it above), once in each.
ups() { read_by_tshark -T fields -e bmp.type | tr , '\n' | grep -cx 3; }
doubts() { read_by_tshark -Y '_ws.expert.severity >= 0x600000 && !(_ws.expert.group == 0x2000000)' -T fields -e _ws.expert.message | tr , '\n' | grep -v 'Helper mode only'; }
claim 20 "and doubts none but what it does not know in Peer Ups" same "$(for _ in $(seq "$(ups)"); do say 'Malformed Packet (Exception occurred)'; done)" doubts
