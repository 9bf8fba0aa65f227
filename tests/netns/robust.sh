# shellcheck shell=bash
# tests/netns/robust.sh: weft on leaf01, one cable for each case of robust.py to spine01, whose ends are all fe80::2. Sourced after lib.sh.

robust_up() {                                # CABLES
	local i weft_ns peers_ns

	weft_ns=$(ns leaf01) peers_ns=$(ns spine01)
	mkdir -p "$(state_dir)/leaf01"
	printf '1 1\n' >"$(state_dir)/size"
	printf '{ "asn": 64000, "router_id": "192.0.2.1", "links": ["swp*"] }\n' >"$(state_dir)/leaf01/weft.json"
	ip netns add "$weft_ns"
	ip netns add "$peers_ns"
	{
		say "link set lo up"
		for ((i = 0; i < $1; i++)); do
			say "link add swp$i index $((100 + i)) type veth peer name p$i index $((2000 + i)) netns $peers_ns"
			say "link set swp$i up"
		done
	} | ip -n "$weft_ns" -batch - || return 1
	{
		say "link set lo up"
		for ((i = 0; i < $1; i++)); do printf '%s\n' "link set p$i addrgenmode none" "link set p$i up" "addr add fe80::2/64 dev p$i nodad"; done
	} | ip -n "$peers_ns" -batch - || return 1
	fabric start leaf01
	claim 20 "$1 links have an address" robust_ready "$1" || return 1
	robust_know | ip -n "$peers_ns" -batch -
}

# One case fills the neighbour table, which is one for all links and namespaces: weft is to mind it, not the peers.
robust_know() {
	ip -n "$(ns leaf01)" -j addr show | jq -r '.[] | select((.ifname // "") | startswith("swp")) | .address as $mac | .ifname[3:] as $n |
		.addr_info[] | select(.scope == "link") | "neigh replace \(.local) lladdr \($mac) dev p\($n) nud permanent"'
}

robust_ends() {                              # what robust.py wants to know of each cable: pN=ADDRESS of weft's end
	ip -n "$(ns leaf01)" -j -6 addr show scope link | jq -r '[.[] | select((.ifname // "") | startswith("swp")) |
		select(any(.addr_info[]; .tentative | not))] | sort_by(.ifname[3:] | tonumber)[] | "p\(.ifname[3:])=\(.addr_info[0].local)"'
}
robust_ready() { [ "$(robust_ends | wc -l)" -eq "$1" ]; }
robust_count() { python3 -B "$ROOT/tests/netns/robust.py" --count; }
robust_play() {
	local ends
	mapfile -t ends < <(robust_ends)
	on spine01 python3 -B "$ROOT/tests/netns/robust.py" "$(ns leaf01)" "${ends[@]}"
}
