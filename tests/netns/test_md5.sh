#!/usr/bin/env bash
# TCP MD5 on one link of a leaf: the same key, no key and a wrong key at the other end; the other links never notice.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
links() {                                    # NODE PORT SETTINGS: the node's configuration with settings for one port
	local file
	file=$(state_dir)/$1/weft.json
	jq ".links = {\"$2\": $3, \"swp*\": {}}" "$file" >"$file.new" && mv "$file.new" "$file"
}
capture() {                                  # FILE: what passes leaf01's swp1 on port 179, until the capture is ended
	on leaf01 setsid tshark -q -i swp1 -f "tcp port 179" -w "$1" </dev/null >/dev/null 2>"$1.log" &
	echo $! >"$1.pid"
	claim 20 "the capture runs" grep -q Capturing "$1.log"
}
capture_end() { kill -INT "$(cat "$1.pid")"; wait_for 10 is_gone "$(cat "$1.pid")"; }
packets() { tshark -nr "$1" -Y "$2" 2>/dev/null | wc -l; }     # FILE FILTER
error() { jq_of '.[].last_error' weft "$1" --json show neighbors "$2"; }
asks() { error "$1" "$2" | grep -q 'does the peer use the same password'; }
flaps() { jq_of 'map(select(.link == "swp2")) | .[0].flaps' weft leaf01 --json show neighbors; }
syn='tcp.flags.syn == 1'

capture /run/same.pcap
links leaf01 swp1 '{"password": "correct horse"}'
links spine01 swp1 '{"password": "correct horse"}'
fabric start spine01 spine02 leaf01 leaf02
claim 20 "the same password at both ends: the fabric is whole" whole 2 2
claim 5 "leaf01 has both sessions" established leaf01 2
claim 1 "packets flow over the link with the password" reaches leaf01 10.0.254.254 10.0.254.1
claim 1 "show config hides the password" same '***' jq_of '.links.swp1.password' weft leaf01 --json show config
claim 1 "the password is in no log" not grep -rq "correct horse" "$(state_dir)/leaf01/log" "$(state_dir)/spine01/log"
claim 10 "SYNs were captured, and SYN-ACKs" eval "[ \"\$(packets /run/same.pcap '$syn and tcp.flags.ack == 1')\" -gt 0 ]"
capture_end /run/same.pcap
claim 1 "every one of them carries an MD5 signature (option 19)" same 0 packets /run/same.pcap "$syn and not tcp.option_kind == 19"
claim 1 "and so does every other packet" same 0 packets /run/same.pcap "tcp.flags.reset == 0 and not tcp.option_kind == 19"
claim 1 "a second daemon is told that the port is taken" exits 1 on leaf01 timeout 5 "$BUILD/weftd" --asn 1 --router-id 10.9.9.9 --socket /run/second.sock

# --- wrong key
flaps_before=$(flaps)
fabric stop spine01
links spine01 swp1 '{"password": "battery staple"}'
capture /run/wrong.pcap
fabric start spine01
claim 20 "a wrong password: leaf01 says so" asks leaf01 swp1
claim 20 "a wrong password: so does the spine" asks spine01 swp1
claim 1 "a wrong password: no session" established leaf01 1
capture_end /run/wrong.pcap
claim 1 "a wrong password: SYNs came, and none was answered" eval "[ \"\$(packets /run/wrong.pcap '$syn and tcp.flags.ack == 0')\" -gt 0 ] && same 0 packets /run/wrong.pcap '$syn and tcp.flags.ack == 1'"

# --- no key at one end
fabric stop spine01
links spine01 swp1 '{}'
capture /run/none.pcap
fabric start spine01
claim 20 "no password at the spine: leaf01 says so" asks leaf01 swp1
claim 1 "no password at the spine: no session" established leaf01 1
capture_end /run/none.pcap
claim 1 "no password at the spine: its SYNs came" eval "[ \"\$(packets /run/none.pcap '$syn and tcp.flags.ack == 0 and not tcp.option_kind == 19')\" -gt 0 ]"
claim 1 "no password at the spine: the kernel let none of them in" same 0 packets /run/none.pcap "$syn and tcp.flags.ack == 1"
claim 1 "leaf02's session with that spine, which has no password, stands" established leaf02 2
claim 1 "leaf01's other link never noticed" same "$flaps_before" flaps

# unsigned FROM: connects from spine01 to leaf01's port 179 without a key; prints what happened.
unsigned() {
	on spine01 python3 - "$1" "$2" <<-'END'
	import socket, sys
	scope = socket.if_nametoindex("swp1")
	with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
	    s.settimeout(2)
	    s.bind((sys.argv[1], 0, 0, scope))
	    try:
	        s.connect((sys.argv[2], 179, 0, scope))
	        print("connected")
	    except OSError as error:
	        print(error)
	END
}
leaf_ll=$(link_local leaf01 swp1)
claim 10 "by hand, from the peer's address: no answer" same "timed out" unsigned "$(link_local spine01 swp1)" "$leaf_ll"
ip -n "$(ns spine01)" addr add fe80::bad:2/64 dev swp1 nodad preferred_lft 0
claim 10 "from another link-local address: no answer" same "timed out" unsigned fe80::bad:2 "$leaf_ll"
ip -n "$(ns spine01)" addr del fe80::bad:2/64 dev swp1
ip -n "$(ns spine01)" addr add 2001:db8::2/64 dev swp1 nodad
ip -n "$(ns leaf01)" addr add 2001:db8::1/64 dev swp1 nodad
claim 10 "from a global address: no answer" same "timed out" unsigned 2001:db8::2 2001:db8::1
ip -n "$(ns spine01)" addr del 2001:db8::2/64 dev swp1
ip -n "$(ns leaf01)" addr del 2001:db8::1/64 dev swp1

# --- the link changes under it
fabric stop spine01
links spine01 swp1 '{"password": "correct horse"}'
fabric start spine01
claim 20 "the right password again: whole" whole 2 2
printf '%s\n' "link set swp1 down" "link set swp1 name uplink1" "link set uplink1 up" | ip -n "$(ns leaf01)" -batch -
claim 15 "renamed to a name without a rule, it is no fabric link" same swp2 jq_of 'map(.link) | sort | join(" ")' weft leaf01 --json show neighbors
printf '%s\n' "link set uplink1 down" "link set uplink1 name swp1" "link set swp1 up" | ip -n "$(ns leaf01)" -batch -
claim 20 "renamed back: whole" whole 2 2
ip -n "$(ns leaf01)" link del swp1
claim 10 "a link that vanishes: one session" established leaf01 1
printf '%s\n' "link add swp1 type veth peer name swp1 netns $(ns spine01)" "link set swp1 up" | ip -n "$(ns leaf01)" -batch -
ip -n "$(ns spine01)" link set swp1 up
claim 20 "a link that appears: whole, with the password" whole 2 2
claim 5 "its session stands" established leaf01 2
claim 5 "and is still guarded: by hand, no answer" same "timed out" unsigned "$(link_local spine01 swp1)" "$(link_local leaf01 swp1)"

# --- its listener cannot be made: no descriptor is left when the link appears. Nobody advertises meanwhile, so nothing tries again.
alarm() { jq_of 'map(select(.link == "swp1")) | .[0].alarms[0] // ""' weft leaf01 --json show links | grep -q "no session: the link's own listening socket"; }
leaf_port() { printf '%s\n' "link add swp1 type veth peer name swp1 netns $(ns spine01)" "link set swp1 up" | ip -n "$(ns leaf01)" -batch -; }
pid=$(pid_of leaf01)
fabric stop spine01
ip -n "$(ns leaf01)" link del swp1
claim 10 "the link is gone: one session" established leaf01 1
prlimit --pid "$pid" --nofile=3:
leaf_port
ip -n "$(ns spine01)" link set swp1 up
claim 10 "it is back" link_local leaf01 swp1
for _ in {1..20}; do pause; done
prlimit --pid "$pid" --nofile=1024:
claim 5 "a link whose listener could not be made says so" alarm
claim 1 "and has no neighbour" same swp2 jq_of 'map(.link) | join(" ")' weft leaf01 --json show neighbors
fabric start spine01
claim 20 "with the peer's next advertisement it is made: whole" whole 2 2
claim 1 "no alarm any more" not alarm
claim 5 "and the link is guarded: by hand, no answer" same "timed out" unsigned "$(link_local spine01 swp1)" "$(link_local leaf01 swp1)"
