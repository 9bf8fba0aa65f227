#!/usr/bin/env bash
# Malformed and hostile input on the link, on port 179, on the control socket and in a file: counted, answered, and nothing is lost.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
spine01=$(ns spine01)
leaf_pid=$(pid_of leaf01)
leaf_ll=$(link_local leaf01 swp1)
flaps() { jq_of 'map(.flaps) | add' weft leaf01 --json show neighbors; }
swp1() { weft leaf01 --json show links | jq -r "map(select(.link == \"swp1\")) | .[0] | $1"; }
flaps_before=$(flaps)

# --- port 179. tcp NODE HEX [FROM] [end]: sends the bytes to leaf01 (and ends its side), prints what comes back as hex until leaf01 closes.
tcp() {
	on "$1" python3 - "$leaf_ll" "$2" "${3:-}" "${4:-}" <<-'EOF'
	import socket, sys
	to, data, source, end = sys.argv[1:]
	scope = socket.if_nametoindex("swp1")
	with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
	    s.settimeout(5)
	    got = b""
	    try:
	        if source:
	            s.bind((source, 0, 0, scope))
	        s.connect((to, 179, 0, scope))
	        s.sendall(bytes.fromhex(data))
	        if end:
	            s.shutdown(socket.SHUT_WR)
	        while chunk := s.recv(4096):
	            got += chunk
	    except ConnectionError:
	        pass
	    print(got.hex() + " closed")
	EOF
}
closes() { tcp "$@" | grep -q closed; }
marker=ffffffffffffffffffffffffffffffff
claim 10 "garbage from the peer's address: closed" closes spine01 "$(printf '47%.0s' {1..64})"
claim 10 "half a header and the end: closed" closes spine01 "${marker}0013" "" end
claim 10 "a length of 65535: closed" closes spine01 "${marker}ffff04"
claim 1 "the session of that peer was not touched" same "$flaps_before" flaps

fabric stop spine01
claim 10 "without spine01 there is one session" established leaf01 1
ip -n "$spine01" addr show dev swp1 | grep -q fe80 || fail "spine01 lost its link-local address"
# After a session that failed, weft refuses a peer for up to 5 s: so this is tried until it answers.
answers() { tcp spine01 "$1" | tee /dev/stderr | grep -qE "$marker""00(1[5-9a-f]|[2-9a-f].)03$2"; }
open() { printf '%s001d01%s%s%s%s00' "$marker" "$1" "$2" "$3" "$4"; }      # VERSION AS HOLD ID, in hex; no capabilities
claim 15 "OPEN with version 3: unsupported version number" answers "$(open 03 fde8 0009 0a00fefe)" 0201
claim 15 "OPEN with hold time 1: unacceptable hold time" answers "$(open 04 fde8 0001 0a00fefe)" 0206
claim 15 "OPEN with router-id 0: bad BGP identifier" answers "$(open 04 fde8 0009 00000000)" 0203
claim 15 "OPEN with AS 0: bad peer AS" answers "$(open 04 0000 0009 0a00fefe)" 0202
claim 15 "bad marker: connection not synchronized" answers "00ffffffffffffffffffffffffffffff001304" 0101
claim 15 "unknown type: bad message type" answers "${marker}001309" 0103
claim 15 "length 18: bad message length" answers "${marker}001204" 0102
fabric start spine01
claim 20 "spine01 is back: whole" whole 2 2

flaps_before=$(flaps)
# --- Router Advertisements
rejected() { swp1 '[.ra.rejected[]] | add // 0'; }
count=$(rejected)
for case in hop-limit source-global source-any code short empty option-zero option-past-end option-cut; do
	on spine01 python3 "$ROOT/tests/netns/send_ra.py" swp1 $case 10
	count=$((count + 10))
	claim 2 "bad RA ($case): each one counted" same $count rejected
done
on spine01 python3 "$ROOT/tests/netns/send_ra.py" swp1 checksum 10
on spine01 python3 "$ROOT/tests/netns/send_ra.py" swp1 second 3
claim 2 "a second router on the link is reported" same "fe80::bad:1" swp1 '.others[].address'
claim 1 "a second router on the link does not replace the peer" same "$(link_local spine01 swp1)" swp1 .peer.address
claim 1 "none of it touched a session or a route" same "$flaps_before" flaps
claim 1 "none of it touched a route" whole 2 2

# --- somebody else's address on port 179
# Deprecated, so that spine01 itself does not speak from it.
ip -n "$spine01" addr add fe80::bad:2/64 dev swp1 nodad preferred_lft 0
claim 10 "garbage from an unknown address: closed" closes spine01 "$(printf '00%.0s' {1..64})" fe80::bad:2
for _ in {1..20}; do tcp spine01 "$marker" fe80::bad:2 >/dev/null; done
ip -n "$spine01" addr del fe80::bad:2/64 dev swp1
claim 1 "twenty more of those did not touch it either" same "$flaps_before" flaps

# --- the control socket. ctl BYTES as a Python expression: sends them, prints the answer.
ctl() {
	python3 - "$(state_dir)/leaf01/weft.sock" "$1" <<-'EOF'
	import socket, sys
	with socket.socket(socket.AF_UNIX) as s:
	    s.settimeout(5)
	    s.connect(sys.argv[1])
	    try:
	        s.sendall(eval(sys.argv[2]))
	        s.shutdown(socket.SHUT_WR)
	    except OSError:
	        pass
	    try:
	        print(s.makefile("rb").readline().decode())
	    except ConnectionError:
	        print("closed")
	EOF
}
refused() { [ "$(ctl "$1" | jq -r '(.ok | not) and (.error | length > 0)')" = true ] || { ctl "$1"; return 1; }; }
files() { find "/proc/$leaf_pid/fd" | wc -l; }
files_before=$(files)
claim 2 "control: not JSON is refused in words" refused 'b"hello\n"'
claim 2 "control: an array is refused in words" refused 'b"[]\n"'
claim 2 "control: an unknown command is refused in words" refused 'b"{\"command\": \"frobnicate\"}\n"'
claim 2 "control: bytes are refused in words" refused 'bytes(range(128, 256)) + b"\n"'
claim 2 "control: deep nesting is refused in words" refused 'b"[" * 60000 + b"\n"'
for bytes in 'b"x" * 1000000' 'b"{\"command\": "' 'b""' 'b"\0" * 100'; do ctl "$bytes" >/dev/null; done
claim 2 "control: it still answers" exits 0 weft leaf01 show version
claim 5 "control: no connection is left open" same "$files_before" files

# --- files
bad=$(state_dir)/bad.json
check() { "$BUILD/weftd" --check --config "$bad" 2>&1; }
while IFS='|' read -r where json; do
	printf '%s\n' "$json" >"$bad"
	claim 1 "a file with a bad $where: the place is named" eval "check | grep -qE '^$bad:[0-9]+:[0-9]+: $where: .'"
	claim 1 "a file with a bad $where: exit 1" exits 1 "$BUILD/weftd" --check --config "$bad"
done <<'EOF'
asn|{ "asn": 0, "router_id": "10.0.254.1" }
router_id|{ "asn": 4210000001, "router_id": "10.0.254" }
timers.hold|{ "asn": 4210000001, "router_id": "10.0.254.1", "timers": { "hold": 2 } }
router_idd|{ "asn": 4210000001, "router_id": "10.0.254.1", "router_idd": 1 }
EOF
claim 1 "a misspelt key: the right one is proposed" eval 'check | grep -q "did you mean .*router_id"'
printf '{ "asn": 4210000001,\n  "router_id": 10.0.254.1 }\n' >"$bad"
claim 1 "a file that is no JSON: line 2 is named" eval "check | grep -q '^$bad:2:'"
claim 1 "a daemon does not start with it" exits 1 timeout 5 "$BUILD/weftd" --config "$bad" --socket "$(state_dir)/bad.sock"

claim 1 "the daemon is the same process as at the start" same "$leaf_pid" pid_of leaf01
claim 5 "the end: whole" whole 2 2
