#!/usr/bin/env bash
# BFD between two wefts: links that fail without a word, in both directions and in one, while the carrier stays; peers without it, and the end.
#
#   a swp1 --- p1 [bridge in mid] p2 --- swp1 b       the link that fails: between its ends nobody's carrier is lost
#   a swp2 ------------------------------ swp2 b      the other path
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"
. "$(dirname "$0")/../bfd.sh"

router a
router b
bridged a:swp1 b:swp1
cable a:swp2 b:swp2

configuration() { printf '{"asn": %s, "router_id": "%s", "hostname": "%s", "damping": false, "bfd": %s}' "$2" "$3" "$1" "$4"; }    # NODE ASN ID BFD
start() {                                    # NODE ASN ID BFD
	local dir
	dir=$(state_dir)/$1
	configuration "$@" >"$dir/weft.json"
	setsid ip netns exec "$(ns "$1")" "$BUILD/weftd" --config "$dir/weft.json" --socket "$dir/weft.sock" </dev/null >>"$dir/log" 2>&1 &
	echo $! >"$dir/pid"
	claim 10 "$1 runs, \"bfd\": $4" test -S "$dir/weft.sock"
}
start_a() { start a 65001 10.0.0.1 "$1"; }
start_b() { start b 65002 10.0.0.2 "$1"; }
end() {                                      # SIGNAL NODE
	local pid
	pid=$(pid_of "$2") && kill "-$1" "$pid" && wait_for 10 is_gone "$pid"
	rm -f "$(state_dir)/$2/weft.sock"
}
is_up() { same Up bfd "$1" "$2" .state; }
hops() { routes "$1" -4 bgp | grep "^$2 " | grep -o 'dev [^ ]*' | paste -sd' '; }                   # NODE DESTINATION
both() { same "dev swp1 dev swp2" hops a 10.0.0.2 && same "dev swp1 dev swp2" hops b 10.0.0.1; }
one() { same "dev swp2" hops a 10.0.0.2 && same "dev swp2" hops b 10.0.0.1; }

start_a true
start_b true
claim 15 "both paths are used" both
for link in swp1 swp2; do claim 5 "$link: BFD is up on both ends" eval "is_up a $link && is_up b $link"; done
claim 5 "with the timers of the configuration" same "100000 300000" bfd a swp1 '"\(.transmit_us) \(.detection_us)"'
within 400 a doomed silence one both
within 400 a half_doomed deafen one both
claim 5 "counted, with the reason" same "true" bfd a swp1 '.failures >= 2 and .ups == .failures + 1'
claim 1 "the other link did not notice" same "0 0" eval 'bfd a swp2 .failures | tr "\n" " "; bfd b swp2 .failures'

doomed >/dev/null
silence >/dev/null
claim 5 "while the link is dead, BGP waits for BFD" same "Idle true" peer a swp1 '"\(.state) \(.bfd.blocks_bgp)"'
claim 1 "and says why" same "we said: Cease/BFD Down (BFD: Control Detection Time Expired)" peer a swp1 .last_error
claim 1 "so does the list of links" same "BFD is Down, and the link is not used: Control Detection Time Expired" \
	jq_of '.[] | select(.link == "swp1") | .alarms[0]' weft a --json show links
claim 1 "and the text" eval 'weft a show neighbors swp1 | grep -q "BFD  .*Down for .*; BGP waits for it"'
heal >/dev/null
claim 60 "it heals: both paths" both

# Stopped for longer than the peer waits.
kill -STOP "$(pid_of a)"
claim 5 "one that is stopped is noticed" same "Down" bfd b swp2 .state
kill -CONT "$(pid_of a)"
claim 10 "it hears so, and accuses nobody" same "Neighbor Signaled Session Down" bfd a swp2 .last_failure
claim 60 "both paths again" both

# say_bfd HOPS COUNT STATE: packets of somebody on b's end, from b's address, to a.
say_bfd() {
	on b python3 - "$(link_local a swp1)" "$@" <<-'END'
	import socket, struct, sys
	to = (sys.argv[1], 3784, 0, socket.if_nametoindex("swp1"))
	packet = struct.pack("!BBBBIIIII", 0x20, int(sys.argv[4]) << 6, 3, 24, 77, 0, 1000000, 1000000, 0)
	with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
	    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, int(sys.argv[2]))
	    for _ in range(int(sys.argv[3])):
	        s.sendto(packet, to)
	END
}
discarded() { jq_of ".bfd.discarded.$1" weft a --json show summary; }
failures=$(bfd a swp1 .failures)
say_bfd 254 3 1
claim 5 "packets from a hop away are discarded and counted" same "3" discarded hop_limit
say_bfd 255 2 3
claim 5 "so are those that claim a session without naming one" same "2" discarded state
claim 1 "and change nothing" same "$failures" bfd a swp1 .failures
failures=$(bfd a swp2 .failures)
say_bfd 64 100000 1
claim 5 "a flood on one link leaves the others alone" same "$failures" bfd a swp2 .failures
claim 60 "both paths" both

end TERM b
claim 5 "one that ends says AdminDown" same "AdminDown" bfd a swp2 .remote_state
claim 1 "which is no failure, and keeps nobody waiting" same "$failures false" bfd a swp2 '"\(.failures) \(.blocks_bgp)"'
start_b '{"interval_ms": 20, "multiplier": 3}'
claim 60 "it comes back with other timers: both paths" both
claim 5 "the slower of both ends' counts" same "100000 300000" bfd b swp1 '"\(.transmit_us) \(.detection_us)"'
end TERM a
start_a '{"interval_ms": 20, "multiplier": 3}'
claim 60 "20 ms at both ends" both
claim 5 "20 ms at both ends" same "20000 60000" bfd a swp1 '"\(.transmit_us) \(.detection_us)"'
within 100 a doomed silence one both

# Stopped for longer than one's own detection time, while the peer waits for 100 of ours: what has come meanwhile is heard first.
end TERM a
start_a '{"interval_ms": 20, "multiplier": 100}'
claim 60 "both paths" both
claim 5 "BFD is up" is_up a swp1
kill -STOP "$(pid_of a)"
for _ in 1 2 3 4 5 6 7 8; do pause; done
kill -CONT "$(pid_of a)"
pause; pause; pause; pause
claim 1 "after a pause of its own nobody is taken for dead whose packets wait" same "0 Up 60000" bfd a swp1 '"\(.failures) \(.state) \(.detection_us)"'

# Somebody else has BFD's port.
end TERM a
ip netns exec "$(ns a)" python3 -c 'import socket, time; s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.bind(("::", 3784)); time.sleep(600)' &
other=$!
claim 5 "the port is taken" eval 'on a ss -Huln sport = :3784 | grep -q .'
start_a true
claim 60 "without BFD the paths are used" both
claim 5 "and it is said why there is none" same "no BFD: Address already in use" jq_of '.[] | select(.link == "swp1") | .alarms[0]' weft a --json show links
kill $other
wait $other 2>/dev/null
claim 10 "the port is free: BFD is up" is_up a swp1

end KILL b
claim 5 "one that dies is noticed" same "true true" bfd a swp1 '"\(.failures > 0) \(.blocks_bgp)"'
start_b false
claim 10 "it comes back without BFD: BGP waits, for it may be dead" same "Idle true" peer a swp1 '"\(.state) \(.bfd.blocks_bgp)"'
weft a reset swp1
weft a reset swp2
claim 60 "until the operator says otherwise" both
claim 1 "a peer that never answered is reported" same "no BFD: the peer has never answered" \
	jq_of '.[] | select(.link == "swp1") | .alarms[0]' weft a --json show links
claim 1 "and used" same "Established Down false" peer a swp1 '"\(.state) \(.bfd.state) \(.bfd.heard)"'
claim 1 "one that has BFD off shows none" same "null" peer b swp1 .bfd
