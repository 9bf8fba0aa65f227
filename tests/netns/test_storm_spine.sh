#!/usr/bin/env bash
# All links of a spine go at once and come back, ten times: the leaves go on over the other spine, what is lost is what was under way, and nobody
# has more to hear than there is to say.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"

CYCLES=10
fabric up --spines 2 --leaves 4 --no-daemons || exit 1
nodes=(spine01 spine02 leaf01 leaf02 leaf03 leaf04)
configure "$SHORT" "${nodes[@]}"
fabric start "${nodes[@]}"
forwarding 2 4
claim 20 "the fabric is whole" right 20
claim 10 "packets flow" reaches host01 10.1.2.10
flow host01 host02

others() { sessions "${nodes[@]}" | grep -v '^spine01 \|^leaf0. swp1 '; }
heard() { local i n=0; for i in 1 2 3 4; do n=$((n + $(updates spine02 swp$i received))); done; say $n; }    # by the other spine
spine() { for i in 1 2 3 4; do say "link set swp$i $1"; done | ip -n "$(ns spine01)" -batch -; }
alone() { local i; for i in 1 4; do ! routes leaf0$i -4 bgp | grep 'dev swp1' || return 1; done; }
largest() { local node; for node in "${nodes[@]}"; do memory "$node"; done | sort -n | tail -n 1; }

before=$(others)
flow_mark
spine down
claim 5 "once: the leaves use the other spine" alone
spine up
claim 10 "and both again" right 10
memory=$(largest) told=$(heard)
watch leaf01 spine02
for ((i = 0; i < CYCLES; i++)); do
	spine down
	for _ in 1 2 3 4; do pause; done
	spine up
	for _ in 1 2 3 4 5 6 7 8; do pause; done
done
claim 30 "after the last everybody uses both" right 30
claim 10 "and nothing is left over" tidy spine01 leaf01 leaf04
read -r answers slowest queue silent < <(watched)
claim 1 "the sessions with the other spine have not noticed" same "$before" others
# A packet for each millisecond in which a kernel finds out, and one for each that was under way; had nobody noticed it would be thousands.
lost=$(lost)
claim 1 "$lost packets were lost, of a thousand a second" test "$lost" -le $((20 * CYCLES))
# That the spine is gone, and that it is back: each leaf, but not each time; damping keeps at least the last two to itself.
claim 1 "the other spine has heard $(($(heard) - told)) UPDATEs" test $(($(heard) - told)) -le $((2 * 4 * (CYCLES - 2)))
claim 1 "weft has answered $answers times, after $slowest ms at most" test "$answers" -gt 0 -a "$silent" -eq 0
claim 1 "no more than $queue bytes were ever queued for a peer" test "$queue" -le 65536
claim 1 "no memory: $(largest) after $memory kB" at_most $((memory + 512)) largest
