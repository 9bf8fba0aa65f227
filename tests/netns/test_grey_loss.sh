#!/usr/bin/env bash
# A link that loses too little for BFD to fail is found out by counting BFD's packets.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../grey.sh"
two_cables

# No three of BFD's packets in a row will be missing, but for once in a blue moon.
two_ways '"bfd": {"interval_ms": 100, "multiplier": 12}'
claim 30 "both paths are used" both
claim 60 "hardly any loss is shown where there is none" eval 'percent a 0 && percent b 0 && ! percent a 10 && ! percent b 10'
grey "loss 2 30"
claim 60 "30 % of what is on its way to b is lost: neither end uses the link" one
claim 5 "b says why" same "Up true true" bfd b swp1 '"\(.state) \(.blocks_bgp) \(.loss_percent >= 20)"'
claim 1 "in words" eval 'weft b show links | grep -q "^swp1: [0-9]* % of the peer.s BFD packets are lost, and the link is not used"'
claim 1 "and so does the neighbour" eval 'weft b show neighbors swp1 | grep -q "BFD loss  *[0-9]* % of the peer.s packets"'
ended=$(sessions)
claim 1 "it stays out" stays 15 out
claim 1 "no session came and went" same "$ended" sessions
grey clear
claim 60 "nothing is lost any more, for long enough: both use it" both
