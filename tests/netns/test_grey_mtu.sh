#!/usr/bin/env bash
# A link on which large packets are lost and small ones are not: BFD and keepalives are well, and an UPDATE never arrives. It is found out long before
# the hold timer of the peer, which hears no keepalive behind the UPDATE, and left out for longer each time it is tried again.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../grey.sh"
two_cables

# A thousand addresses on a's lo, which it announces: a few at a time, as they come, but to a new session in UPDATEs of 4096 bytes.
table() { local i; for i in $(seq 0 999); do echo "addr add 10.9.$((i / 250)).$((i % 250 + 1))/32 dev lo"; done | ip -n "$(ns a)" -batch -; }
arrived() { [ "$(routes b -4 bgp | grep -c '^10\.9\.')" = "$1" ]; }   # COUNT

failed() { [ "$(link a swp1 .flaps.failures)" -ge 1 ]; }

two_ways '"bfd": true, "timers": {"hold": 60, "keepalive": 3}, "damping": {"first_ms": 20000}'
claim 30 "both paths are used" both
table
claim 15 "b has the whole table" arrived 1000
weft b reset swp1
claim 15 "the session is reset: both paths are used" both

grey "large 2 1000"
claim 1 "large packets are lost on their way to b: as long as none is sent nobody can know" stays 2 both
weft b reset swp1
claim 30 "a new session: neither end uses the link" eval 'failed && one'
claim 1 "the other one has the routes" arrived 1000
claim 1 "not BFD, nor a hold timer: a says what it is" same true peer a swp1 '.last_error | test("^full-size packets are lost .MTU")'
claim 1 "BFD is up" same Up bfd a swp1 .state
claim 1 "the list of links says so" eval 'weft a show links | grep -q "^swp1: it failed [0-9]* times\{0,1\} soon after it was up (last: full-size packets are lost (MTU?))"'
claim 1 "the link is left alone" stays 5 out
claim 90 "tried again, it is the same, and it is left alone for twice as long" same true link a swp1 '.flaps.wait_ms == 40000'
claim 10 "neither uses it" one
grey clear
weft a reset swp1
weft b reset swp1
claim 30 "large packets arrive, and the operator does not wait: both use it" both
claim 1 "with the whole table" arrived 1000
