#!/usr/bin/env bash
# A link that makes BFD fail again and again is left out for longer and longer.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../grey.sh"
two_cables

# A moment of silence every four seconds: too little to be called loss.
two_ways '"bfd": true, "damping": {"free": 1, "first_ms": 1000}'
claim 30 "both paths are used" both
grey "blink 1 400 4000"
claim 90 "a moment of silence every four seconds: soon the link has to be well for as long" same true link a swp1 '.flaps.wait_ms >= 4000'
claim 15 "it is not used" out
claim 15 "the table has it: how often it failed, and how long it still has to be well" \
	eval 'weft a show links | grep -Eq "^swp1 .* held .* [0-9]+, [0-9]+\.[0-9] s "'
ended=$(sessions)
claim 1 "nor is it used any more" stays 15 out
claim 1 "no session came and went" same "$ended" sessions
grey clear
claim 90 "it is silent no more: both use it" both
