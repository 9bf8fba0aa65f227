#!/usr/bin/env bash
# Hop limit 255 demanded on one link: a neighbour that sends it, one that does not, and one that refuses.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 1 --no-daemons || exit 1
links() {                                    # NODE PORT SETTINGS
	local file
	file=$(state_dir)/$1/weft.json
	jq ".links = {\"$2\": $3, \"swp*\": {}}" "$file" >"$file.new" && mv "$file.new" "$file"
}
error() { jq_of '.[].last_error' weft leaf01 --json show neighbors "$1"; }
error_has() { error "$1" | grep -q "$2"; }
flaps() { jq_of 'map(select(.link == "swp2")) | .[0].flaps' weft leaf01 --json show neighbors; }

links leaf01 swp1 '{"gtsm": true}'
links spine01 swp1 '{"gtsm": true}'
fabric start spine01 spine02 leaf01
claim 20 "both demand 255 and send it: whole" whole 2 1
claim 1 "packets that the kernel makes itself leave with 255 too" same 255 on leaf01 cat /proc/sys/net/ipv6/conf/swp1/hop_limit
flaps_before=$(flaps)

# knock ADDRESS HOPS: connects to leaf01's port 179 on swp1 with that hop limit; prints what happened.
knock() {
	on spine01 python3 - "$1" "$2" <<-'END'
	import socket, sys
	scope = socket.if_nametoindex("swp1")
	with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
	    s.settimeout(2)
	    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, int(sys.argv[2]))
	    try:
	        s.connect((sys.argv[1], 179, 0, scope))
	        print("connected")
	    except OSError as error:
	        print(error)
	END
}
leaf_ll=$(link_local leaf01 swp1)
for hops in 1 64 254; do claim 5 "a SYN with hop limit $hops is not even answered" same "timed out" knock "$leaf_ll" $hops; done
claim 5 "one with 255 is" same "connected" knock "$leaf_ll" 255
claim 1 "the session did not notice" established leaf01 2

# A refusal: nobody listens on port 179, the kernel of spine01 answers with a RST by itself.
refuse() { on spine01 sh -c "echo $1 >/proc/sys/net/ipv6/conf/swp1/hop_limit"; }
fabric kill spine01
claim 20 "its daemon gone: one session" established leaf01 1
claim 20 "a refusal with hop limit 255 (a weft node's kernel) is heard as one" error_has swp1 "connection refused"
refuse 64
claim 20 "one with 64 is not heard: no answer, with a hint" error_has swp1 "no answer to our connection attempt; does the peer send with hop limit 255"
claim 1 "the other link did not notice" same "$flaps_before" flaps
fabric start spine01
claim 20 "the spine is back: whole" whole 2 1
claim 1 "its hop limit is set again" same 255 on spine01 cat /proc/sys/net/ipv6/conf/swp1/hop_limit
fabric stop spine01
claim 1 "and put back at its end" same 64 on spine01 cat /proc/sys/net/ipv6/conf/swp1/hop_limit
