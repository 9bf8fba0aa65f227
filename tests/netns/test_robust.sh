#!/usr/bin/env bash
# Every rule that a peer can break, broken by a peer, each on a link of its own against one live daemon: see robust.py.
. "$(dirname "$0")/../lib.sh"
begin_test

robust() { python3 -B "$ROOT/tests/netns/robust.py" "$@"; }
cases=$(robust --count) || exit 1
weft_ns=$(ns leaf01) peers_ns=$(ns spine01)
mkdir -p "$(state_dir)/leaf01"
printf '1 1\n' >"$(state_dir)/size"
cat >"$(state_dir)/leaf01/weft.json" <<'EOF'
{ "asn": 64000, "router_id": "192.0.2.1", "links": ["swp*"] }
EOF
ip netns add "$weft_ns"
ip netns add "$peers_ns"
{
	say "link set lo up"
	for ((i = 0; i <= cases; i++)); do
		say "link add swp$i index $((100 + i)) type veth peer name p$i index $((2000 + i)) netns $peers_ns"
		say "link set swp$i up"
	done
} | ip -n "$weft_ns" -batch - || exit 1
{
	say "link set lo up"
	for ((i = 0; i <= cases; i++)); do printf '%s\n' "link set p$i addrgenmode none" "link set p$i up" "addr add fe80::2/64 dev p$i nodad"; done
} | ip -n "$peers_ns" -batch - || exit 1
fabric start leaf01

links() { [ "$(ip -n "$weft_ns" -j -6 addr show scope link | jq '[.[] | select(any(.addr_info[]?; .tentative | not))] | length')" -gt "$cases" ]; }
claim 20 "$((cases + 1)) links have an address" links
mapfile -t ends < <(ip -n "$weft_ns" -j -6 addr show scope link |
	jq -r '[.[] | select(.ifname | startswith("swp"))] | sort_by(.ifname[3:] | tonumber)[] | "p\(.ifname[3:])=\(.addr_info[0].local)"')
pid=$(pid_of leaf01)
start=$(now_ms)
on spine01 python3 -B "$ROOT/tests/netns/robust.py" "$weft_ns" "${ends[@]}" || fail "$cases cases in $(seconds_since "$start") s"
claim 1 "$cases cases took $(seconds_since "$start") s; the daemon is the same as at the start" same "$pid" pid_of leaf01
claim 1 "no next-hop object is left over" same "" unused_objects leaf01
