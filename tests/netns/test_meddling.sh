#!/usr/bin/env bash
# Somebody else deletes and changes what weft has in the kernel: it is put back, and what is theirs stays. How long that takes is read from the
# kernel's own notifications, not from this script, which is slow.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
leaf01=$(ns leaf01)
since=
meddle() {                                   # ARGUMENTS OF ip
	since=${since:-${EPOCHREALTIME/,/.}}
	ip -n "$leaf01" "$@" || fail "ip $*"
}

# The whole kernel of a leaf: routes with their hops, entries, how many objects.
entries() { ip -n "$leaf01" -j -d neigh show nud permanent | jq -r '.[] | "\(.dst) \(.dev) \(.lladdr) \(.protocol)"' | sort; }
objects() { ip -n "$leaf01" -j nexthop show | jq -r '[.[] | if .group then "group of \(.group | length)" else "\(.gateway) \(.dev)" end] | sort | .[]'; }
ours() { routes leaf01; routes leaf01 -6 bgp; entries; objects; unused_objects leaf01; }
right() { same "$want" ours; }
entries_all() { [ "$(entries | wc -l)" -eq 8 ]; }
claim 5 "leaf01 has its neighbour entries" entries_all
want=$(ours)
stat_of() { jq_of ".stats.$1" weft leaf01 --json show nexthops; }
first_id() { ip -n "$leaf01" -j nexthop show | jq -r "[.[] | select($1)][0].id"; }
before=0
claim 5 "what weft does itself it does not put back" same 0 stat_of put_back
counted() { [ "$(stat_of put_back)" -gt "$before" ]; }

# The kernel's notifications about what is ours, each with its time of the day: from the first since it was meddled to the last.
heard=$TMPDIR/heard
TZ=UTC ip netns exec "$leaf01" ip -ts -d monitor route nexthop neigh >"$heard" &
disown
took_ms() {
	grep -E 'proto bgp|169\.254\.0\.1|metric 20' "$heard" | sed -n 's/^\[[^T]*T\([0-9]*\):\([0-9]*\):\([0-9.]*\)\].*/\1 \2 \3/p' |
		awk -v since="$since" 'BEGIN { since %= 86400 } { t = ($1 * 60 + $2) * 60 + $3 } t >= since { if (!first) first = t; last = t } END { printf "%d\n", (last - first) * 1000 }'
}
in_time() { [ "$(took_ms)" -lt 1000 ]; }

put_back() {                                 # WHAT WAS DONE
	claim 10 "$1: put back" right
	claim 5 "$1: counted" counted
	in_time || fail "$1: put back within a second" took_ms
	say "     after $(took_ms) ms"
	before=$(stat_of put_back)
	since=
}

meddle route del 10.0.254.2
put_back "a route is deleted"
meddle route change 10.0.254.2 via 169.254.0.1 dev swp1 onlink metric 20 proto bgp
put_back "a route is changed"
meddle route replace 10.0.254.2 via 169.254.0.1 dev swp1 onlink metric 20 proto static
put_back "a route is replaced by one of another protocol"
meddle route replace blackhole 10.0.254.2 metric 20
put_back "a route is replaced by a blackhole"
meddle nexthop del id "$(first_id .group)"
put_back "a group is deleted, and its routes with it"
meddle nexthop replace id "$(first_id '.group | length == 2')" group "$(first_id '.dev == "swp1"')"
put_back "a group is changed"
meddle nexthop del id "$(first_id '.dev == "swp1"')"
put_back "a next-hop object is deleted, and groups and routes with it"
meddle nexthop replace id "$(first_id '.dev == "swp1"')" via 169.254.0.1 dev swp2 onlink
put_back "a next-hop object is changed"
meddle nexthop flush >/dev/null 2>&1
put_back "all next-hop objects are flushed"
meddle neigh del 169.254.0.1 dev swp1
put_back "the neighbour entry behind the next hop is deleted"
meddle neigh replace 169.254.0.1 dev swp1 lladdr 02:00:00:00:00:01 nud permanent
put_back "its MAC is changed"
meddle neigh change 169.254.0.1 dev swp1 lladdr 02:00:00:00:00:01 nud stale
put_back "it is let age"
meddle neigh del "$(link_local spine01 swp1)" dev swp1
put_back "the entry of the peer's own address is deleted"
meddle neigh flush nud permanent
put_back "all neighbour entries are flushed"
meddle -batch <(ip -n "$leaf01" -j -4 route show proto bgp | jq -r '.[] | "route del \(.dst) proto bgp metric 20"')
put_back "all routes are deleted"
claim 5 "no session of leaf01 ended over any of that" established leaf01 2

# What is not ours, however much it looks like it.
theirs() { ip -n "$leaf01" -4 route show "$1" | grep -v "proto bgp.* metric 20" | sort; }
meddle route add 10.0.254.2 via 10.1.1.2 metric 10
meddle route add 10.0.254.2 via 10.1.1.2 proto bgp metric 21
meddle route add 10.0.254.2 via 10.1.1.2 proto bgp metric 20 table 100
also=$(theirs 10.0.254.2)
meddle route del 10.0.254.2 proto bgp metric 20
have_ours() { ip -n "$leaf01" route show 10.0.254.2 | grep -q "proto bgp.*metric 20"; }
claim 5 "beside routes of others to the same prefix ours is put back" have_ours
claim 5 "and theirs stay" same "$also" theirs 10.0.254.2
meddle route del 10.0.254.2 metric 10
meddle route del 10.0.254.2 metric 21
meddle route del 10.0.254.2 table 100
claim 5 "they are gone: right" right

# A route of somebody else in the very place where ours is to be: same prefix, same metric.
meddle route add 10.1.77.0/26 via 10.1.1.2 metric 20 proto static
meddle route add 2001:db8:77::/64 dev vlan10 metric 20 proto static
in_place() { ip -n "$leaf01" route show 10.1.77.0/26; ip -n "$leaf01" -6 route show 2001:db8:77::/64; }
also=$(in_place)
ip -n "$(ns leaf02)" addr add 10.1.77.1/26 dev vlan10
ip -n "$(ns leaf02)" addr add 2001:db8:77::1/64 dev vlan10 nodad
says() { jq_of '.[0] | "\(.installed) \(.error)"' weft leaf01 --json show routes "$1"; }
claim 5 "a route of others in the place of ours: ours says why it is not there" same "false File exists" says 10.1.77.0/26
claim 5 "the same in IPv6" same "false File exists" says 2001:db8:77::/64
claim 5 "theirs stay" same "$also" in_place
meddle route del 10.1.77.0/26 metric 20 proto static
meddle -6 route del 2001:db8:77::/64 metric 20 proto static
claim 5 "theirs is gone: ours comes" same "true " says 10.1.77.0/26
claim 5 "and in IPv6" same "true " says 2001:db8:77::/64
ip -n "$leaf01" route prepend 10.1.77.0/26 via 10.1.1.2 metric 20 proto static || fail "route prepend"
in_front() { ip -n "$leaf01" route show 10.1.77.0/26 | grep static; }
also=$(in_front)
ip -n "$leaf01" link set swp1 down
claim 5 "a route of others before ours, and ours is to change: it is not installed" same "false File exists" says 10.1.77.0/26
claim 5 "and theirs stays" same "$also" in_front
meddle route del 10.1.77.0/26 metric 20 proto static
claim 5 "it goes: ours comes" same "true " says 10.1.77.0/26
ip -n "$leaf01" link set swp1 up
ip -n "$(ns leaf02)" addr del 10.1.77.1/26 dev vlan10
ip -n "$(ns leaf02)" addr del 2001:db8:77::1/64 dev vlan10
claim 15 "the link is up again: right" right

# The ground.
meddle addr del 10.0.254.1/32 dev lo
claim 5 "the router-id on lo is deleted: put back, and the routes that it took along" right
before=$(stat_of put_back)
meddle link set swp1 down
meddle link set swp1 up
claim 15 "an interface is set down and up: right" right
meddle link set swp1 address 02:00:5e:10:00:07
claim 15 "its MAC is changed: right" right
meddle link set swp1 down
meddle link set swp1 name swp0
meddle link set swp0 up
renamed() { same "${want//swp1/swp0}" ours; }
claim 15 "it is renamed: right under the new name" renamed
meddle link set swp0 down
meddle link set swp0 name swp1
meddle link set swp1 up
claim 15 "renamed back: right" right
off_link() { not grep -q swp1 <(ours); }
ip netns add "$(ns elsewhere)"
meddle link set swp1 netns "$(ns elsewhere)"
claim 5 "it is moved to another namespace: nothing of ours is on it" off_link
ip -n "$(ns elsewhere)" link set swp1 netns "$leaf01"
meddle link set swp1 up
claim 15 "moved back: right" right
claim 15 "all of the fabric is whole" whole 2 2
claim 5 "what the kernel does by itself then is not taken for somebody's deed" same "$before" stat_of put_back

# Settings: the kernel tells of forwarding, and of what takes an address away; of the others inotify does.
sysctls() { on leaf01 sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv4.fib_multipath_hash_policy net.ipv6.conf.swp1.hop_limit \
	net.ipv6.conf.swp1.accept_ra net.ipv4.conf.swp2.ignore_routes_with_linkdown net.ipv6.conf.swp1.disable_ipv6; }
settings=$(sysctls)
set_to() { on leaf01 sysctl -qw "$1" || fail "sysctl $1"; }
set_to net.ipv4.ip_forward=0
claim 5 "forwarding is switched off: on again" same "$settings" sysctls
set_to net.ipv6.conf.all.forwarding=0
claim 5 "in IPv6 too" same "$settings" sysctls
# Each three times: what is only looked at once a second is not that soon all of these times.
settings_back() {
	local file
	for file in ipv4/fib_multipath_hash_policy=0 ipv6/conf/swp1/hop_limit=64 ipv6/conf/swp1/accept_ra=1 ipv4/conf/swp2/ignore_routes_with_linkdown=0; do
		on leaf01 python3 "$(dirname "$0")/setting.py" "/proc/sys/net/${file%=*}" "${file#*=}" || return 1
	done >"$TMPDIR/settings"
}
for round in first second third; do
	claim 0 "settings that the kernel does not tell of: soon as they were, the $round time" settings_back
	cat "$TMPDIR/settings"
done
claim 1 "all of them" same "$settings" sysctls
set_to net.ipv6.conf.swp1.disable_ipv6=1
claim 5 "IPv6 is switched off on a link: on again" same "$settings" sysctls
claim 15 "and the link is used again" right
meddle addr flush dev swp1 scope link
claim 5 "the link-local address is deleted: put back, and the link is used again" right
meddle addr flush dev swp1 scope link
meddle link set swp1 down
meddle link set swp1 up
claim 15 "deleted while the link goes: right" right
addresses() { ip -n "$leaf01" -j addr show dev swp1 | jq '.[0].addr_info | length'; }
claim 1 "and it has one address" same 1 addresses
settings_counted() { [ "$(jq_of .counters.settings_put_back weft leaf01 --json show summary)" -ge 8 ]; }
claim 5 "they are counted" settings_counted

# Without the process: what is done meanwhile is heard when it runs again.
pid=$(pid_of leaf01)
kill -STOP "$pid"
meddle nexthop flush >/dev/null 2>&1
meddle neigh flush nud permanent
meddle addr del 10.0.254.1/32 dev lo
stopped=$(now_ms)
slept() { [ $(( $(now_ms) - stopped )) -ge 3000 ]; }
wait_for 10 slept
since=$EPOCHREALTIME
kill -CONT "$pid"
put_back "suspended for 3 s"
claim 5 "no session of leaf01 ended over that" established leaf01 2

# For so long that the peers give it up: all that it had is theirs to tell again.
kill -STOP "$pid"
claim 20 "suspended for longer than the hold time: the peers have ended the sessions" established spine01 1
meddle nexthop flush >/dev/null 2>&1
kill -CONT "$pid"
claim 20 "it goes on: sessions are back" established leaf01 2
claim 10 "and all is right" right

# More than the socket holds: it is not told what, and writes all that is ours.
lost=$(jq_of .counters.notifications_lost weft leaf01 --json show summary)
kill -STOP "$pid"
flood() { for ((i = 0; i < 8000; i++)); do say "route replace 10.0.254.2 via 169.254.0.1 dev swp$((1 + i % 2)) onlink metric 20 proto bgp"; done; }
meddle -batch <(flood)
meddle nexthop del id "$(first_id .group)"
kill -CONT "$pid"
claim 5 "its socket overflows: all that is ours is written again" right
overflowed() { [ "$(jq_of .counters.notifications_lost weft leaf01 --json show summary)" -gt "$lost" ]; }
claim 5 "and it is counted" overflowed
# While it does not run: what others put there is not touched when it comes back, in our very place, in our range of numbers.
kill -9 "$pid"
wait_for 5 is_gone "$pid"
used=$(ip -n "$leaf01" -j nexthop show | jq '[.[].id] | max')
meddle route prepend 10.0.254.2 via 10.1.1.2 metric 20 proto static
for id in 70000001 $((used + 1)) $((used + 3)); do
	meddle nexthop replace id "$id" via 10.1.1.2 dev vlan10 proto static
done
their_route() { ip -n "$leaf01" route show 10.0.254.2 proto static; }
their_objects() { ip -n "$leaf01" nexthop show | grep "proto static"; }
also=$(their_route; their_objects)
theirs_stay() { same "$also" eval "their_route; their_objects"; }
fabric start leaf01
claim 20 "killed and started: established" established leaf01 2
claim 5 "what others put in our place meanwhile stays, and ours says so" same "false File exists" says 10.0.254.2
claim 5 "their route and their objects stay" theirs_stay
meddle route del 10.0.254.2 metric 20 proto static
for id in 70000001 $((used + 1)) $((used + 3)); do meddle nexthop del id "$id"; done
claim 10 "they are gone: right" right
claim 5 "the end: whole" whole 2 2
