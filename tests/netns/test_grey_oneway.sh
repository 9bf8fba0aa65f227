#!/usr/bin/env bash
# Links that work in one direction only: found out by BFD in its detection time, without it by the hold timer; left out by both ends; not used again
# before both directions work, and by a link that does so again and again not at once.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../grey.sh"
two_cables

is_bfd() { peer "$1" swp1 '.last_error | test("BFD")'; }
failed() { [ "$(link "$1" swp1 .flaps.failures)" -ge 1 ]; }           # NODE
two_ways '"bfd": true, "damping": {"free": 0, "first_ms": 300}'
claim 15 "BFD: both paths are used" both
claim 15 "it is up" eval 'same Up bfd a swp1 .state && same Up bfd b swp1 .state'
for end in 1 2; do
	grey "deaf $end"
	claim 5 "nothing comes to end $end: neither uses the link" one
	claim 1 "BFD found out, not a hold timer" same "true true" eval 'is_bfd a | tr "\n" " "; is_bfd b'
	claim 1 "while one direction works it is not used" stays 2 out
	claim 1 "both ends have counted" eval 'failed a && failed b'
	claim 1 "the list of links has the reason, and what follows" eval 'weft a show links |
		grep -q "^swp1: it failed [0-9]* times\{0,1\} soon after it was up (last: BFD): when it comes back it has to be well for [0-9]* ms"'
	grey clear
	claim 30 "both directions work: both use it" both
done
no_ways

two_ways '"timers": {"hold": 3, "keepalive": 1}'
claim 15 "no BFD: both paths are used" both
for end in 1 2; do
	grey "deaf $end"
	claim 15 "nothing comes to end $end: the hold timer ends the session of both" one
	claim 1 "while one direction works it is not used" stays 5 out
	grey clear
	claim 30 "both directions work: both use it" both
done
claim 1 "the end that heard nothing has counted" failed b
claim 1 "with the reason" same '"hold timer"' link b swp1 '.flaps.last | tojson'
