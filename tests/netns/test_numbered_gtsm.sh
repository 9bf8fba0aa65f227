#!/usr/bin/env bash
# GTSM with numbered peers behind a router (RFC 5082): what came from further away is not heard, and hears nothing.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"

#   a - m - b        AS 65001, 65002; m forwards and speaks no BGP
router a; router m; router b
cable a:eth0 m:eth0; cable m:eth1 b:eth0
address a eth0 203.0.113.1/30; address m eth0 203.0.113.2/30; address m eth1 203.0.113.6/30; address b eth0 203.0.113.5/30
address a eth0 2001:db8:1::1/64; address m eth0 2001:db8:1::2/64; address m eth1 2001:db8:2::1/64; address b eth0 2001:db8:2::2/64
ip -n "$(ns a)" route add 203.0.113.4/30 via 203.0.113.2; ip -n "$(ns b)" route add 203.0.113.0/30 via 203.0.113.6
ip -n "$(ns a)" -6 route add 2001:db8:2::/64 via 2001:db8:1::2; ip -n "$(ns b)" -6 route add 2001:db8:1::/64 via 2001:db8:2::1

peer() { printf '{"address": "%s", "remote_asn": %s%s}' "$@"; }      # ADDRESS ASN MORE
config() { printf '{"asn": %s, "router_id": "10.0.0.%s", "links": [], "originate": ["eth0"], "neighbors": [%s]}' "$@"; }     # ASN ID NEIGHBORS
start_a() {                                  # MORE-NEIGHBORS
	weft_start a "$(config 65001 1 "$(peer 203.0.113.5 65002 ', "gtsm": true, "multihop": 2'),
		$(peer 2001:db8:2::2 65002 ', "gtsm": true, "multihop": 2, "local_address": "2001:db8:1::1"')${1:-}")"
}
start_b() {                                  # MORE
	weft_start b "$(config 65002 2 "$(peer 203.0.113.1 65001 ", \"multihop\": 2$1"),
		$(peer 2001:db8:1::1 65001 ", \"multihop\": 2, \"local_address\": \"2001:db8:2::2\"$1")")"
}
stop() { fabric stop "$1"; rm -f "$(state_dir)/$1/weft.sock"; }
# knock ADDRESS-OF-B ADDRESS-OF-A HOPS: calls as b would; prints whether it is answered, and how many bytes are heard.
knock() {
	on b python3 - "$@" <<-'END'
	import socket, sys
	v6 = ":" in sys.argv[1]
	with socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_STREAM) as s:
	    s.settimeout(2)
	    s.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if v6 else (socket.IPPROTO_IP, socket.IP_TTL)), int(sys.argv[3]))
	    try:
	        s.bind((sys.argv[1], 0))
	        s.connect((sys.argv[2], 179))
	        heard = s.recv(100)
	        print("heard nothing" if not heard else "heard an OPEN")
	    except ConnectionResetError:
	        print("heard nothing")
	    except OSError as error:
	        print(error)
	END
}
refused() { jq_of .counters.connections_refused weft a --json show summary; }
more_refused() { [ "$(refused)" -ge $(($1 + 2)) ]; }

start_a; start_b ', "gtsm": true'
for address in 203.0.113.5 2001:db8:2::2; do claim 20 "$address, one router between: Established" is_established a $address; done

stop b
for pair in "203.0.113.5 203.0.113.1" "2001:db8:2::2 2001:db8:1::1"; do
	# shellcheck disable=SC2086
	for hops in 64 254; do claim 5 "${pair% *}: all demand it, a SYN with $hops is not even answered" same "timed out" knock $pair $hops; done
	# shellcheck disable=SC2086
	claim 5 "${pair% *}: one with 255 is" same "heard an OPEN" knock $pair 255
done

stop a
start_a ", $(peer 203.0.113.2 65009), $(peer 2001:db8:1::2 65009)"
for pair in "203.0.113.5 203.0.113.1" "2001:db8:2::2 2001:db8:1::1"; do
	# shellcheck disable=SC2086
	for hops in 64 254; do claim 5 "${pair% *}: others do not demand it, $hops hears nothing of us" same "heard nothing" knock $pair $hops; done
	# shellcheck disable=SC2086
	claim 5 "${pair% *}: 255 does" same "heard an OPEN" knock $pair 255
done
claim 1 "they are counted" same 4 refused

start_b ''
claim 20 "a peer that does not send 255 is refused" more_refused 4
claim 1 "and has no session" established a 0
stop b
start_b ', "gtsm": true'
for address in 203.0.113.5 2001:db8:2::2; do claim 30 "$address: with 255 again, Established" is_established a $address; done
