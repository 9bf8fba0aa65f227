#!/usr/bin/env bash
# TCP MD5 with numbered peers: IPv4 and IPv6, on one network and over loopbacks. The same keys, others, none at one end; and by hand without one.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"

#   w - p, AS 65001 and 65002, four sessions: on the network of IPv4 and of IPv6, and between loopbacks of either.
router w; router p
cable w:eth0 p:eth0
address w eth0 203.0.113.1/29; address p eth0 203.0.113.2/29
address w eth0 2001:db8::1/64; address p eth0 2001:db8::2/64
address w lo 10.0.0.1/32; address p lo 10.0.0.2/32
address w lo 2001:db8:f::1/128; address p lo 2001:db8:f::2/128
ip -n "$(ns w)" route add 10.0.0.2 via 203.0.113.2; ip -n "$(ns p)" route add 10.0.0.1 via 203.0.113.1
ip -n "$(ns w)" -6 route add 2001:db8:f::2 via 2001:db8::2; ip -n "$(ns p)" -6 route add 2001:db8:f::1 via 2001:db8::1
ADDRESSES=(203.0.113 2001:db8: 10.0.0 2001:db8:f:)       # without .1 and .2, or :1 and :2

at() { case $1 in *:) say "$1:$2" ;; *) say "$1.$2" ;; esac; }        # ADDRESS NUMBER
config() {                                   # NUMBER ASN PASSWORD: the password of every session is of its own
	local i list=() more
	for i in 0 1 2 3; do
		more=${3:+", \"password\": \"$3-$i\""}
		[ $i -lt 2 ] || more+=", \"multihop\": 3, \"local_address\": \"$(at "${ADDRESSES[i]}" "$1")\""
		list+=("{\"address\": \"$(at "${ADDRESSES[i]}" $((3 - $1)))\", \"remote_asn\": $2$more}")
	done
	printf '{"asn": %s, "router_id": "10.0.0.%s", "links": [], "neighbors": [%s]}' $((130003 - $2)) "$1" "$(IFS=,; say "${list[*]}")"
}
start_w() { weft_start w "$(config 1 65002 "$1")"; }
start_p() { weft_start p "$(config 2 65001 "$1")"; }
stop() { fabric stop "$1"; rm -f "$(state_dir)/$1/weft.sock"; }
capture() {                                  # FILE: what passes p's eth0 on port 179, until the capture is ended
	on p setsid tshark -q -i eth0 -f "tcp port 179" -w "$1" </dev/null >/dev/null 2>"$1.log" &
	echo $! >"$1.pid"
	claim 20 "the capture runs" grep -q Capturing "$1.log"
}
capture_end() { kill -INT "$(cat "$1.pid")"; wait_for 10 is_gone "$(cat "$1.pid")"; }
packets() { tshark -nr "$1" -Y "$2" 2>/dev/null | wc -l; }     # FILE FILTER
from_p() { say "(ip.src == 203.0.113.2 or ip.src == 10.0.0.2 or ipv6.src == 2001:db8::2 or ipv6.src == 2001:db8:f::2)"; }
asks() { [ "$(jq_of '[.[] | select(.last_error | contains("does the peer use the same password"))] | length' weft "$1" --json show neighbors)" = 4 ]; }
syn='tcp.flags.syn == 1 and tcp.flags.ack == 0' answer='tcp.flags.syn == 1 and tcp.flags.ack == 1'

capture /run/same.pcap
start_w right; start_p right
claim 20 "the same passwords at both ends: four sessions" established w 4
capture_end /run/same.pcap
claim 1 "connections were made" test "$(packets /run/same.pcap "$answer")" -gt 0
claim 1 "every packet carries an MD5 signature (option 19)" same 0 packets /run/same.pcap "tcp.flags.reset == 0 and not tcp.option_kind == 19"
claim 1 "show config hides the passwords" same '***' jq_of '[.neighbors[].password] | unique[]' weft w --json show config
claim 1 "they are in no log" not grep -rq "right-" "$(state_dir)/w/log" "$(state_dir)/p/log"

stop p
capture /run/wrong.pcap
start_p wrong
claim 20 "other passwords: both ends say so" asks w
claim 20 "other passwords: both ends say so" asks p
capture_end /run/wrong.pcap
claim 1 "no session" established w 0
claim 1 "SYNs came" test "$(packets /run/wrong.pcap "$syn and $(from_p)")" -gt 0
claim 1 "and none was answered" same 0 packets /run/wrong.pcap "$answer"

stop p
capture /run/none.pcap
start_p ""
claim 20 "no passwords at the peer: we say so" asks w
capture_end /run/none.pcap
claim 1 "no session" established w 0
claim 1 "the peer's SYNs came" test "$(packets /run/none.pcap "$syn and $(from_p) and not tcp.option_kind == 19")" -gt 0
claim 1 "the kernel let none of them in" same 0 packets /run/none.pcap "$answer and not $(from_p)"

# by_hand FROM TO [SECONDS]: connects to port 179 without a key, again and again for the seconds, else once; prints what was heard of a BGP
# speaker, or how the connection failed.
by_hand() {
	on p python3 - "$@" <<-'END'
	import socket, sys, time
	family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
	seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 0
	until, heard, says = time.time() + seconds, 0, ""
	while True:
	    with socket.socket(family, socket.SOCK_STREAM) as s:
	        s.settimeout(0.3 if seconds else 2)
	        try:
	            s.bind((sys.argv[1], 0))
	            s.connect((sys.argv[2], 179))
	            heard += len(s.recv(100))
	            says = "connected"
	        except OSError as error:
	            says = str(error)
	    if time.time() >= until:
	        break
	print(f"heard {heard} bytes" if seconds else says)
	END
}
stop p
for i in 0 1 2 3; do
	claim 5 "by hand, from the peer's address: no answer" same "timed out" by_hand "$(at "${ADDRESSES[i]}" 2)" "$(at "${ADDRESSES[i]}" 1)"
done
claim 5 "IPv4 written as IPv6: no answer" same "timed out" by_hand ::ffff:203.0.113.2 ::ffff:203.0.113.1
address p eth0 203.0.113.3/29
claim 5 "another address is nobody's: it is answered by the kernel, and hears nothing" same "heard 0 bytes" by_hand 203.0.113.3 203.0.113.1 0.1

# Nobody slips in between the listening socket and its keys.
for i in 0 1; do
	stop w
	by_hand "$(at "${ADDRESSES[i]}" 2)" "$(at "${ADDRESSES[i]}" 1)" 2 >/run/heard &
	knocker=$!
	start_w right
	wait $knocker
	claim 1 "knocking while the daemon starts: nothing is heard" grep -qx "heard 0 bytes" /run/heard
done

# The other way round: the peer signs, we do not ask for it.
stop w
start_w ""; start_p right
claim 20 "passwords at the peer alone: it says so" asks p
claim 1 "no session" established w 0
stop w
start_w right
claim 30 "and with the right ones: four sessions" established w 4
