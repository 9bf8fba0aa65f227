#!/usr/bin/env bash
# A link that fails moves the flows that were on it. With resilient groups it moves no others, and they move back when they rest, not before;
# with plain ones others move too. 64 flows to each of two leaves, their way at the first leaf read packet by packet.
. "$(dirname "$0")/../lib.sh"
begin_test

FLOWS=64
BUCKETS=8                                    # so few that there are flows in each; two for each link
IDLE=8                                       # seconds; each flow has 5 packets in one
[ -x "$BUILD/bench_rig" ] || fail "$BUILD/bench_rig is not built: make bench-programs"
fabric up --spines 4 --leaves 3 || exit 1

# The rig: one sender for each of the other leaves. What is said to both is answered by both.
rig() { "$BUILD/bench_rig" --rate $((5 * FLOWS)) --flows $FLOWS "$(ns host01)" "$(ns "host0$1")" "10.1.$1.10" <"$pipe$1.in" >"$pipe$1.out" & }
flow() {
	local pipe
	pipe=$(state_dir)/rig
	mkfifo "$pipe"{2,3}.{in,out}
	rig 2
	rigs=$!
	rig 3
	rigs+=" $!"
	exec {say2}>"${pipe}2.in" {hear2}<"${pipe}2.out" {say3}>"${pipe}3.in" {hear3}<"${pipe}3.out"
	rm "$pipe"{2,3}.{in,out}
	answers >/dev/null || fail "packets flow"
}
answers() { local a b; read -rt 20 a <&"$hear2" && read -rt 20 b <&"$hear3" && printf '%s\n' "$a" "$b"; }
ask() { printf '%s\n' "$1" >&"$say2"; printf '%s\n' "$1" >&"$say3"; answers; }
# Those two alone: a test is process 1 of its namespace, and every daemon becomes its child.
rest() { exec {say2}>&- {say3}>&- {hear2}<&- {hear3}<&-; for pid in $rigs; do wait "$pid"; done; }
lost() { ask report | jq -s 'map(.lost) | add'; }

paths() { on leaf01 "$ROOT/tests/netns/paths.py" $((2 * FLOWS)) swp1 swp2 swp3 swp4; }
# How many flows to a leaf have another way now than before, among those that were not on the link.
moved() { LC_ALL=C join <(printf '%s\n' "$1") <(printf '%s\n' "$2") | awk -v to="^10[.]1[.]$4[.]10:" -v link="$3" '$1 ~ to && $2 != link && $2 != $3' | wc -l; }
all_by_one() { local i; for i in 1 2 3 4; do [ "$(by "$1" "swp$i")" -gt 0 ] || return 1; done; ! grep -q , <<<"$1"; }
by() { grep -c " $2\$" <<<"$1"; }            # how many flows go by the link

hops() { routes leaf01 | sed -n "s/^10\.1\.$1\.0\/26 //p" | grep -o 'swp[0-9]' | paste -sd ' '; }
types() { ip -n "$(ns leaf01)" -j nexthop show | jq -r '.[] | select(.group) | .type // "plain"' | sort -u; }
shown() { jq_of '.groups[].type' weft leaf01 --json show nexthops | sort -u; }
# Of the group of a leaf's routes: buckets that belong to a link.
buckets() {
	local group
	group=$(ip -n "$(ns leaf01)" -j route show "10.1.$1.0/26" | jq '.[0].nhid')
	{ ip -n "$(ns leaf01)" -j nexthop show; ip -n "$(ns leaf01)" -j nexthop bucket show id "$group"; } | jq -s --arg link "$2" '
		(.[0] | map(select(.dev == $link) | .id)) as $ids | [.[1][] | .bucket.nhid] | map(select(. as $id | $ids | index($id))) | length'
}

claim 30 "the fabric is whole" whole 4 3
claim 1 "groups are plain unless asked for" same plain shown
flow
before=$(paths) || fail "every flow is seen"
claim 1 "each flow has one way, and all links carry some" all_by_one "$before"
fabric cut spine01 swp1
claim 10 "plain groups: a cable is pulled, the link is out" same "swp2 swp3 swp4" hops 2
now=$(paths) || fail "every flow goes on"
claim 1 "flows that were on other links have moved too ($(moved "$before" "$now" swp1 .) of $((2 * FLOWS - $(by "$before" swp1))))" \
	test "$(moved "$before" "$now" swp1 .)" -gt 0
rest
fabric plug spine01 swp1
claim 30 "the fabric is whole again" whole 4 3

fabric kill leaf01
config=$(state_dir)/leaf01/weft.json
jq ". + {multipath: $BUCKETS, resilient: {buckets: $BUCKETS, idle_timer_seconds: $IDLE}}" "$config" >"$config.new" && mv "$config.new" "$config"
fabric start leaf01
claim 30 "started again with resilient groups: the fabric is whole, nothing is left over" whole 4 3
claim 10 "the kernel has no others" same resilient types
claim 1 "nor does weft say so" same resilient shown
claim 10 "buckets are dealt equally" same 2 buckets 2 swp1

flow
before=$(paths) || fail "every flow is seen"
fabric cut spine01 swp1
claim 10 "a cable is pulled, the link is out" same "swp2 swp3 swp4" hops 2
now=$(paths) || fail "every flow goes on"
claim 1 "the flows that were on it ($(by "$before" swp1)) have moved" test "$(by "$before" swp1)" -gt 0 -a "$(by "$now" swp1)" -eq 0
claim 1 "of all others none has" same 0 moved "$before" "$now" swp1 .

ask mark >/dev/null
fabric plug spine01 swp1
claim 30 "the link is back in the routes" same "swp1 swp2 swp3 swp4" hops 2
claim 30 "and in those to the other leaf" same "swp1 swp2 swp3 swp4" hops 3
back=$(paths) || fail "every flow goes on"
claim 1 "it has its share no more: flows are busy everywhere" test "$(buckets 2 swp1)" -lt 2
claim 1 "no flow has moved" same "$now" printf '%s\n' "$back"
claim 20 "no packet was lost, on the way to either leaf" same 0 lost
rest
claim $((IDLE + 20)) "flows that rest are dealt anew" same 2 buckets 2 swp1
claim 20 "to both leaves" same 2 buckets 3 swp1

flow
before=$(paths) || fail "every flow is seen"
claim 1 "the link carries flows again" test "$(by "$before" swp1)" -gt 0
fabric cut spine03 swp2
claim 10 "a cable to another leaf is pulled: that way is out" same "swp1 swp2 swp4" hops 2
now=$(paths) || fail "every flow goes on"
claim 1 "flows to that leaf by other ways have not moved" same 0 moved "$before" "$now" swp3 2
claim 1 "nor has any flow to the other leaf" same 0 moved "$before" "$now" none 3
rest
fabric plug spine03 swp2
claim 30 "the fabric is whole in the end" whole 4 3
