#!/usr/bin/env bash
# RFC 7999: a leaf asks its spine to discard what is sent to one of its addresses. The kernel does, nobody else hears of it, and it outlives weftd.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 1 --leaves 2 --no-daemons || exit 1
for node in leaf01 leaf02; do
	ip -n "$(ns $node)" -batch - <<-END
		addr add 10.7.0.${node#leaf0}/32 dev lo
		addr add 10.8.0.${node#leaf0}0/30 dev lo
		addr add 2001:db8:7::${node#leaf0}/128 dev lo
	END
	f=$(state_dir)/$node/weft.json
	jq '.policy = {"out": [{"match": {"prefixes": [{"prefix": "10.7.0.0/16", "ge": 16}, {"prefix": "10.8.0.0/16", "ge": 16}, {"prefix": "2001:db8:7::/48", "ge": 48}]},
		"set": {"communities": ["blackhole"]}, "action": "accept"}, {"action": "accept"}]} | .links = {"swp1": {"export": "out"}}' "$f" >"$f.new" && mv "$f.new" "$f"
done
f=$(state_dir)/spine01/weft.json
jq '.links = {"swp1": {}, "swp*": {"blackhole": true}}' "$f" >"$f.new" && mv "$f.new" "$f"
fabric start spine01 leaf01 leaf02 || exit 1

# What the spine's kernel has for a destination: its type, protocol and metric.
kind() { ip -n "$(ns spine01)" -j -d "${2:--4}" route show "$1" | jq -r '.[] | "\(.type) \(.protocol) \(.metric)"'; }
discards() { ! on spine01 ip route get "$1" 2>"$(state_dir)/get" && grep -q "Invalid argument" "$(state_dir)/get"; }
shown() { [ "$(jq_of '.[0].blackhole' weft spine01 --json show routes "$1")" = "$2" ]; }
discarding() {
	same "blackhole bgp 20" kind 10.7.0.2/32 && same "blackhole bgp 20" kind 2001:db8:7::2/128 -6 && discards 10.7.0.2 && discards 2001:db8:7::2
}

claim 20 "the spine has 2 sessions" established spine01 2
claim 10 "single addresses of who may ask are discarded" discarding
claim 5 "and shown as such" shown 10.7.0.2/32 true
claim 5 "a wider prefix is routed" same "unicast bgp 20" kind 10.8.0.20/30
claim 5 "so is what a leaf that may not ask wants" same "unicast bgp 20" kind 10.7.0.1/32
claim 5 "and shown as such" shown 10.7.0.1/32 false
claim 5 "no other leaf hears of either" not has_route leaf01 10.7.0.2
claim 1 "nor of IPv6" not has_route leaf01 2001:db8:7::2 -6
claim 1 "the rest is routed" has_route leaf01 10.1.2.0/26

fabric kill spine01
claim 1 "without weftd what is discarded stays discarded" discarding
fabric start spine01 || exit 1
claim 20 "a new one has 2 sessions" established spine01 2
claim 10 "and goes on discarding" discarding
claim 10 "with what it found or made: nothing is left over" same "" unused_objects spine01

ip -n "$(ns leaf02)" addr del 10.7.0.2/32 dev lo
claim 10 "withdrawn: no route" same "" kind 10.7.0.2/32
claim 1 "IPv6 stays discarded" same "blackhole bgp 20" kind 2001:db8:7::2/128 -6
ip -n "$(ns leaf02)" addr del 2001:db8:7::2/128 dev lo
claim 10 "withdrawn: no route of IPv6 either" same "" kind 2001:db8:7::2/128 -6
claim 10 "nothing is left over" same "" unused_objects spine01
