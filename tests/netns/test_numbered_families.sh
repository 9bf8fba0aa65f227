#!/usr/bin/env bash
# Numbered peers whose session is of one family and whose routes are of both: what next hop is sent, and what the kernel does with it.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"

#   h1 - a --- b - h9        AS 65001, 65002; the cable between has IPv6 addresses alone, at first
router a; router b
cable a:eth0 b:eth0
address a eth0 2001:db8::1/64; address b eth0 2001:db8::2/64
host h1 a 1; host h9 b 9

config() {                                   # NUMBER PEER-ASN ADDRESS MORE
	printf '{"asn": %s, "router_id": "10.0.0.%s", "links": [], "originate": ["lan"], "neighbors": [{"address": "%s", "remote_asn": %s%s}]}' \
		$((130003 - $2)) "$1" "$3" "$2" "${4:-}"
}
start() {                                    # ADDRESS-OF-A ADDRESS-OF-B MORE
	weft_start a "$(config 1 65002 "$2" "${3:-}")"
	weft_start b "$(config 2 65001 "$1" "${3:-}")"
}
stop() { fabric stop a; fabric stop b; rm -f "$(state_dir)"/[ab]/weft.sock; }
route() { routes a "$1" bgp | sed 's/ src [^ ]*//' | grep "^$2 "; }

start 2001:db8::1 2001:db8::2
claim 20 "IPv4 over IPv6 without an IPv4 address: by the IPv6 address (RFC 8950)" same "10.9.0.0/24 proto bgp metric 20 via 2001:db8::2 dev eth0" route -4 10.9.0.0/24
claim 5 "IPv6 beside it" same "2001:db8:9::/64 proto bgp metric 20 via 2001:db8::2 dev eth0" route -6 2001:db8:9::/64
claim 5 "packets go: two routers between" same 62 ping_ttl h1 10.9.0.10
claim 1 "no fault is told" same true neighbor a 2001:db8::2 '.fault == ""'

address a eth0 203.0.113.1/30; address b eth0 203.0.113.2/30
claim 30 "with IPv4 addresses: by these" same "10.9.0.0/24 proto bgp metric 20 via 203.0.113.2 dev eth0" route -4 10.9.0.0/24
claim 5 "packets go" same 62 ping_ttl h1 10.9.0.10

stop
start 203.0.113.1 203.0.113.2 ', "gtsm": true, "import": "all", "max_prefixes": {"max": 2, "warning": 100}'
claim 20 "IPv6 over IPv4, by the IPv6 address" same "2001:db8:9::/64 proto bgp metric 20 via 2001:db8::2 dev eth0" route -6 2001:db8:9::/64
claim 5 "and IPv4 by the IPv4 one" same "10.9.0.0/24 proto bgp metric 20 via 203.0.113.2 dev eth0" route -4 10.9.0.0/24
claim 5 "packets go" same 62 ping_ttl h1 10.9.0.10
claim 1 "the limit is near, and said so" same true neighbor a 203.0.113.2 .max_prefixes.warned
claim 1 "the interface tells who is behind it" same 203.0.113.2 jq_of '.[] | select(.link == "eth0") | .neighbors[]' weft a --json show links

weft b reset --message 'moved to rack 7' 203.0.113.1
claim 5 "a reset with words is heard" eval 'weft a --json show neighbors | grep -q "moved to rack 7"'
claim 20 "and over" is_established a 203.0.113.2
