#!/usr/bin/env bash
# Half of the leaves are killed together and start again, then they are stopped together: the other half goes on as if nothing were, hears no more
# than there is to say, and everybody is right in the end.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"

fabric up --spines 2 --leaves 8 --no-daemons || exit 1
spines=(spine01 spine02) stay=(leaf01 leaf02 leaf03 leaf04) go=(leaf05 leaf06 leaf07 leaf08)
configure "$SHORT" "${spines[@]}" "${stay[@]}" "${go[@]}"
fabric start "${spines[@]}" "${stay[@]}" "${go[@]}"
forwarding 2 8
claim 20 "the fabric is whole" right 20
claim 10 "packets flow" reaches host01 10.1.2.10
flow host01 host02

others() { sessions "${spines[@]}" "${stay[@]}" | grep -v '^spine.. swp[5-8] '; }
most_heard() { for node in "${stay[@]}"; do updates "$node" swp1 received; done | sort -n | tail -n 1; }
largest() { for node in "${spines[@]}" "${stay[@]}"; do memory "$node"; done | sort -n | tail -n 1; }
forgotten() { ! routes leaf01 -4 bgp | grep -E '^10\.(0\.254|1)\.[5-8][ .]'; }
back() { for node in "${go[@]}"; do established "$node" 2 || return 1; done; }
all_of() { for node in "${go[@]}"; do pid_of "$node"; done; }

before=$(others) memory=$(largest)
for signal in KILL TERM; do
	told=$(most_heard)
	flow_mark
	mapfile -t pids < <(all_of)
	kill "-$signal" "${pids[@]}"
	for pid in "${pids[@]}"; do claim 10 "SIG$signal: gone" is_gone "$pid"; done
	# Once nobody waits for the others to notice.
	[ "$signal" != TERM ] || claim 10 "SIG$signal: the others know" forgotten
	fabric start "${go[@]}"
	claim 20 "SIG$signal: those who are back have their sessions" back
	claim 20 "SIG$signal: every kernel is right" right 20
	claim 1 "SIG$signal: the sessions of the others have not noticed" same "$before" others
	claim 1 "SIG$signal: not a packet was lost between them" unharmed
	# Four leaves, each goes with one and comes with one or two.
	claim 1 "SIG$signal: they have heard $(($(most_heard) - told)) UPDATEs" test $(($(most_heard) - told)) -le 12
done
claim 10 "nothing is left over" tidy spine01 leaf01 leaf05 leaf08
claim 5 "packets flow to those who were away" reaches host01 10.1.8.10
claim 1 "no memory: $(largest) after $memory kB" at_most $((memory + 512)) largest
