#!/usr/bin/env bash
# A machine on a fabric link that makes up neighbours: tens of thousands of addresses ask, the peer's address is claimed by another MAC. The kernel
# has one table of neighbours for all links; who the peers are must not be lost in it.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"

fabric up --spines 2 --leaves 3 --no-daemons || exit 1
nodes=(spine01 spine02 leaf01 leaf02 leaf03)
configure "$SHORT" "${nodes[@]}"
for i in 1 2 3; do ip -n "$(ns leaf0$i)" addr add 2001:db8::$i/128 dev lo; done
fabric start "${nodes[@]}"
claim 20 "the fabric is whole" whole 2 3
claim 5 "IPv6 too" has_route leaf01 2001:db8::3 -6
claim 10 "packets flow" reaches host02 10.1.3.10
forwarding 2 3
flow host02 host03

neighbour() { ip -n "$(ns "$1")" -j neigh show "$3" dev "$2" | jq -r '.[] | "\(.lladdr) \(.state | join(","))"'; }      # NODE LINK ADDRESS
peer=$(link_local spine01 swp1) mac=$(mac_of spine01 swp1)
known() { same "$mac PERMANENT" neighbour leaf01 swp1 169.254.0.1 && same "$mac PERMANENT" neighbour leaf01 swp1 "$peer"; }
# A peer that has connected before it advertised says its MAC with its next advertisement.
claim 12 "the peer's neighbour entries are not the kernel's to forget" known
before=$(sessions "${nodes[@]}")
memory=$(memory leaf01) cpu=$(ticks leaf01)
forget_peak leaf01
peak=$(peak leaf01)
flow_mark

# One table of the kernel for all namespaces: who asks, and how often it was full.
table() { ip -n "$(ns leaf01)" -s -j ntable show name ndisc_cache | jq ".[0].$1"; }
ipv4() { ip -n "$(ns leaf01)" -4 neigh show dev swp1 | wc -l; }
full=$(table table_fulls)
unsent() { weft leaf01 --json show links | jq 'map(.ra.unsent // 0) | add'; }
sent() { weft leaf01 --json show links | jq '.[] | select(.link == "swp2") | .ra.sent'; }
unsent_before=$(unsent)
# It lasts longer than the hold time, and than the 5 s for which the kernel keeps a new entry in a full table.
on spine01 python3 -B "$ROOT/tests/netns/send_nd.py" swp1 $((2 * $(table thresh3) + 1000)) "${SECONDS_MAX:-9}" 10.0.254.1 "$(link_local leaf01 swp1)" "$peer" "$(mac_of leaf01 swp1)" \
	>"$TMPDIR/flood" &
flood=$!
claim 60 "the kernel's table of IPv6 neighbours is full" at_least $((full + 100)) table table_fulls
claim 1 "with IPv4 nothing can be filled" at_most 10 ipv4
claim 1 "the liar changes nothing" known
said=$(sent)
claim 15 "leaf01 goes on saying on all links that it is there" at_least $((said + 1)) sent
claim 1 "and there was room for all of it" same "$unsent_before" unsent
claim 1 "the flood goes on" is_running "$flood"
claim 5 "IPv6 goes on between leaves" on leaf02 ping -q -c 3 -i 0.2 -W 1 -I 2001:db8::2 2001:db8::3
claim 60 "the flood ends" is_gone "$flood"
read -r frames spent <"$TMPDIR/flood"
say "     $frames frames"
claim 1 "weftd does less than the kernel: $(($(ticks leaf01) - cpu)) of $spent ticks" test $(($(ticks leaf01) - cpu)) -lt $((spent / 8))
claim 1 "nothing was lost of what weftd has to hear: links, addresses" same 0 counter leaf01 notifications_lost
claim 1 "no memory" at_most $((peak + 2048)) peak leaf01
claim 1 "nor kept" at_most $((memory + 1024)) memory leaf01
claim 1 "no session has ended, on no link" same "$before" sessions "${nodes[@]}"
claim 1 "not a packet was lost between other leaves" unharmed
claim 10 "every kernel is right" right 10
claim 1 "the peer is where it was" known
