#!/usr/bin/env bash
# A link that flaps without end: the first failures are free, then it has to stay up for a growing time, and the rest hears nothing of it.
#
#   a swp1 --- swp1 b --- swp2 c       c counts what the flaps of a's link cost it
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"

router a
router b
router c
# Where both ends of a veth have one ifindex the kernel may be a second late to say that the carrier is lost.
tether() { ip -n "$(ns "$1")" link add swp1 index "$2" type veth peer name "$4" index "$5" netns "$(ns "$3")"; link_set "$1" swp1 up; link_set "$3" "$4" up; }
tether a 11 b swp1 12
tether c 13 b swp2 14

start() { weft_start "$1" "{\"asn\": $2, \"router_id\": \"10.0.0.$3\", \"hostname\": \"$1\"}"; }
start a 65001 1
start b 65002 2
start c 65003 3

flaps_of() { jq_of ".[] | select(.link == \"swp1\") | .flaps | $2" weft "$1" --json show links; }   # NODE FILTER
heard() { jq_of '.[] | select(.link == "swp1") | .messages.received.update' weft c --json show neighbors; }
in_use() { has_route c 10.0.0.1 && has_route a 10.0.0.3; }
storm() { local _; for _ in $(seq "$1"); do link_set a swp1 down; pause; link_set a swp1 up; pause; done; }    # FLAPS, some 50 ms down, 50 ms up

claim 15 "all routes are there" in_use
link_set a swp1 down
claim 5 "one flap: c hears of it" not has_route c 10.0.0.1
link_set a swp1 up
claim 5 "and of the link's return" in_use

# The first of a storm may still be told; what follows is not, however long it takes.
storm 10
before=$(heard)
storm 60
after=$(heard)
# On a slow machine the link may be up for long enough once or twice, but each time it then has to wait for longer.
claim 1 "sixty flaps more: c has heard next to nothing of them ($((after - before)) updates)" test $((after - before)) -le 10
claim 1 "the list of links says so" eval 'weft b show links | grep -q "^swp1: it failed [0-9]* times soon after it was up"'
claim 1 "the summary counts it" eval 'weft b --json show summary | jq -e ".counters.link_alarms >= 1" >/dev/null'
claim 15 "it stays up: it is used again" in_use
claim 1 "c's other routes were never in doubt" has_route c 10.0.0.2
claim 60 "what was is forgotten after a while of use" same "0 0" flaps_of b '"\(.failures) \(.wait_ms)"'
