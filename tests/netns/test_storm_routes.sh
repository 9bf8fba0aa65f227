#!/usr/bin/env bash
# A peer announces and withdraws thousands of routes without end (SECONDS_MAX=60: a minute of 100,000). Nobody's session ends, weft answers, what
# waits for a peer and what it takes to keep it stay bounded, a peer far away hears no more than was said, one that reads nothing is told how it
# stands when it reads again, and the end is right.
#
#   p1 --- swp99 leaf01 --- spine01, spine02 --- leaf02 swp99 --- p2       p1 says it, p2 listens
#                                            \-- leaf03 swp99 --- p3       p3 reads nothing meanwhile
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"

ROUTES=${ROUTES:-$([ -n "${SECONDS_MAX:-}" ] && echo 100000 || echo 30000)}
fabric up --spines 2 --leaves 3 --no-daemons || exit 1
nodes=(spine01 spine02 leaf01 leaf02 leaf03)
configure "$SHORT" "${nodes[@]:0:4}"        # but not leaf03: p3 cannot say a word while it reads nothing
peers_place peers
peers_place slow
cable_peer 1 peers
cable_peer 2 peers
cable_peer 3 slow
# Little room in TCP, so that it is weft that has to wait.
for node in leaf01 leaf02 leaf03; do on $node sh -c 'echo "4096 8192 16384" >/proc/sys/net/ipv4/tcp_wmem'; done
on slow sh -c 'echo "4096 16384 32768" >/proc/sys/net/ipv4/tcp_rmem'
fabric start "${nodes[@]}"
claim 20 "the fabric is whole" whole 2 3
claim 10 "the links of p1 and p2 are ready" usable peers 2
claim 10 "that of p3 is" usable slow 1
talk peers ip netns exec "$(ns peers)" "$BUILD/bench_peers" --routes "$ROUTES" p1,4200001000,inject p2,4200002000,sink
talk peers-slow ip netns exec "$(ns slow)" "$BUILD/bench_peers" --routes "$ROUTES" p3,4200003000,sink
claim 20 "p1 and p2 have their sessions" hear peers all_eor
claim 20 "p3 has its" hear peers-slow all_eor

# Over which links each kernel has to forward the routes.
mapfile -t names < <(for node in "${nodes[@]}"; do ns "$node"; done)
talk right "$BUILD/bench_right" "${names[@]}"
tell right "range 32.0.0.0 32 $ROUTES"
want() { local i; for i in "${!nodes[@]}"; do tell right "want $i 0 ${ports[$i]}"; done; tell right wait; }
everywhere() { ports=(2001 2001 199 "101 102" "101 102"); want; hear right right 120; }
nowhere() { ports=("" "" "" "" ""); want; hear right right 120; }
loop() { tell peers "$1 1"; hear peers sent 60 >/dev/null; }         # announce|withdraw: all of it is on its way
most() { local node; for node in "${nodes[@]}"; do "$1" "$node"; done | sort -n | tail -n 1; }

claim 60 "once: p1 announces all" loop announce
claim 60 "once: p2 has heard all" hear peers all_full 60
claim 60 "once: p3 too" hear peers-slow all_full 60
claim 120 "once: every kernel has them" everywhere
loaded=$(most memory)
claim 60 "once: p1 withdraws all" loop withdraw
claim 60 "once: p2 has heard of that" hear peers all_empty 60
claim 60 "once: p3 too" hear peers-slow all_empty 60
claim 120 "once: no kernel has any" nowhere
peak=$(most peak)

before=$(sessions "${nodes[@]}")
forget_peak "${nodes[@]}"
tell peers mark
hear peers marked >/dev/null
watch leaf03 leaf01 spine01
kill -STOP "${pid_in[peers-slow]}"
# For less than its hold time.
{ sleep 4; kill -CONT "${pid_in[peers-slow]}"; } &
end=$((SECONDS + ${SECONDS_MAX:-4})) cycles=0
while [ $SECONDS -lt $end ]; do
	loop announce || fail "p1's session has ended" weft leaf01 show neighbors
	loop withdraw || fail "p1's session has ended" weft leaf01 show neighbors
	cycles=$((cycles + 1))
done
claim 60 "$cycles times: p1 announces all for the last time" loop announce
claim 120 "p2 has heard all" hear peers all_full 120
claim 120 "p3 too, when it reads again" hear peers-slow all_full 120
claim 120 "every kernel has them, over all links" everywhere
read -r answers slowest queue silent < <(watched)
tell peers status
status=$(hear peers status)
heard=$(jq '.peers[1].nlri' <<<"$status")
claim 1 "no session has ended" same "$before" sessions "${nodes[@]}"
claim 1 "p2 has heard of $heard routes, p1 has said $(((2 * cycles + 1) * ROUTES))" test "$heard" -le $(((2 * cycles + 1) * ROUTES))
claim 1 "weft has answered $answers times, after $slowest ms at most" test "$answers" -gt 0 -a "$silent" -eq 0
# PEER_SEND_LOW (agent/bgp/peers.h) and one window of prefixes more.
claim 1 "for p3 $queue bytes were queued, and no more" test "$queue" -le 100000
claim 1 "memory is that of the first time: $(most memory) kB after $loaded" at_most $((loaded + loaded / 4)) most memory
claim 1 "it never was much more: $(most peak) kB, $peak the first time" at_most $((peak + peak / 2)) most peak
claim 60 "p1 withdraws all" loop withdraw
claim 120 "no kernel has any" nowhere
claim 10 "nothing is left over" tidy spine01 leaf01 leaf02 leaf03
