#!/usr/bin/env bash
# A link that loses so much in both directions that BFD hardly comes up: left out, until an operator says otherwise.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../grey.sh"
two_cables

two_ways '"bfd": true'
claim 30 "both paths are used" both
grey "loss 1 30" "loss 2 30"
claim 90 "30 % is lost in both directions: the link is left out" eval 'percent a 20 && percent b 20 && out'
ended=$(sessions)
claim 1 "and stays out, whatever BFD does" stays 20 out
claim 1 "no session came and went" same "$ended" sessions
weft a reset swp1
weft b reset swp1
claim 60 "the operator's word ends it, for as long as it takes" eval '! out'
