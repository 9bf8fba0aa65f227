#!/usr/bin/env bash
# Bounds of what weft keeps for a peer that restarts (RFC 4724 4.2): to the end of its restart time and not longer, and no family that it comes back
# without. Peers are scripts (gr_peer.py), each on a link of its own; all of them die together and come back with what their row says.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"
. "$(dirname "$0")/gr_peer.sh"

# What stays of a peer that comes back; the words of its OPEN then.
rows=(
	"ipv4,ipv6;--graceful;R=1 N=1 time=60 ipv4=F ipv6=F"
	"ipv4,ipv6;--graceful;R=0 N=0 time=60 ipv4=F ipv6=F"
	"ipv4;--graceful;R=1 N=1 time=60 ipv4=F ipv6=-"
	"ipv6;--graceful;R=1 N=1 time=60 ipv4=- ipv6=F"
	"nothing;--graceful;R=1 N=1 time=60 ipv4=- ipv6=-"
	"ipv4;--graceful;R=1 N=1 time=60 ipv4=F"
	"nothing;--graceful;R=1 N=1 time=60"
	"nothing;--graceful;"
	"ipv4;--families;ipv4"
	"nothing;--router-id;198.51.100.9"
)
n=${#rows[@]}
last=$n                                      # one more, whose restart time is short
robust_up $((n + 1)) || exit 1
prefix4() { say "10.7.$1.0/24"; }
prefix6() { say "2001:db8:7:1$1::/64"; }
dies() { local i; for i; do gr_peer_kill "$i"; done; }
kernel() { routes leaf01 -4 bgp; routes leaf01 -6 bgp; }
# there I...: which families the kernel has routes of, of each peer.
there() {
	local i has now
	now=$(kernel)
	for i; do
		has=
		! grep -qF "$(prefix4 "$i") " <<<"$now" || has+=,ipv4
		! grep -qF "$(prefix6 "$i") " <<<"$now" || has+=,ipv6
		has=${has#,}
		say "$i ${has:-nothing}"
	done
}
each() { local word=$1 i; shift; for i; do say "$i $word"; done; }   # WORD I...
all=$(seq 0 "$last")
# shellcheck disable=SC2086  # a list of numbers
{
	for i in $(seq 0 $((n - 1))); do gr_peer "$i" "$(prefix4 "$i")" "$(prefix6 "$i")"; done
	gr_peer "$last" --graceful "R=0 N=1 time=4 ipv4=F ipv6=F" "$(prefix4 "$last")" "$(prefix6 "$last")"
	claim 30 "routes of all peers are there" same "$(each ipv4,ipv6 $all)" there $all
	claim 10 "and nothing is stale" same 0 jq_of 'map(.prefixes_stale) | add' weft leaf01 --json show neighbors
}
kernel | sort >"$TMPDIR/before"

# --- the end of the restart time
ip -n "$(ns leaf01)" -o -ts monitor nexthop >"$TMPDIR/monitor" &
monitor=$!
claim 5 "its kernel is watched" grep -q . "/proc/$monitor/net/netlink"
start=$(now_ms)
dies "$last"
claim 2 "a peer with 4 s of restart time dies: kept" same "$(each ipv4,ipv6 "$last")" there "$last"
claim 9 "then it is not" same "$(each nothing "$last")" there "$last"
claim 5 "nor are its next hops" grep -q Deleted "$TMPDIR/monitor"
kill $monitor
end=$(sed -n 's/^\[\([^]]*\)\] *Deleted.*/\1/p' "$TMPDIR/monitor" | head -n 1)
took=$(($(date -d "$end" +%s%3N) - start))
claim 1 "by the kernel's clock that was after 4 s and less than one more: $took ms" eval "[ $took -ge 4000 ] && [ $took -lt 5000 ]"

# --- what they come back with
rest=$(seq 0 $((n - 1)))
# shellcheck disable=SC2086
{
	dies $rest
	claim 10 "all others die" established leaf01 0
	claim 1 "and are kept" same "$(each ipv4,ipv6 $rest)" there $rest
}
for i in $rest; do
	IFS=';' read -r _ option words <<<"${rows[i]}"
	gr_peer "$i" --silent "$option" "$words" "$(prefix4 "$i")" "$(prefix6 "$i")"
done
claim 30 "they are back, and say nothing" established leaf01 "$n"
for i in $rest; do
	IFS=';' read -r left option words <<<"${rows[i]}"
	claim 2 "back with $option \"$words\": what stays is $left" same "$i $left" there "$i"
done
claim 1 "as it was before" same "" eval "comm -13 $TMPDIR/before <(kernel | sort)"
dies 0 1
claim 5 "without the N bit, one that dies again has lost everything (RFC 4724 4.2)" same "1 nothing" there 1
claim 1 "with it, nothing (RFC 8538 4.1)" same "0 ipv4,ipv6" there 0
claim 1 "and no next-hop object is left over" same "" unused_objects leaf01
