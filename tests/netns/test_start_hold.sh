#!/usr/bin/env bash
# A spine that announces an aggregate starts while a leaf's weftd is stopped, so it cannot know yet what is behind that leaf. At once it draws
# traffic that it has no way for; with start_hold it waits, and not one packet is lost. Two that hold do not wait for each other.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
nodes=(spine01 spine02 leaf01 leaf02)
for spine in spine01 spine02; do
	ip -n "$(ns $spine)" link add agg0 type bridge
	ip -n "$(ns $spine)" addr add 10.1.255.254/16 dev agg0
	ip -n "$(ns $spine)" link set agg0 up
done
# Spines tell the leaves the aggregate alone. Sessions outlive the time for which somebody is stopped.
configure '.timers = {"hold": 30, "keepalive": 10}' "${nodes[@]}"
configure '.originate = ["lo", "agg0"] | .links = {"swp*": {"export": "aggregate"}} |
	.policy.aggregate = [{"match": {"prefixes": [{"prefix": "10.1.0.0/16", "ge": 24}]}, "action": "reject"}, {"action": "accept"}]' spine01 spine02
fabric start "${nodes[@]}" || exit 1

aggregate() { routes "$1" | grep '^10.1.0.0/16 ' | grep -o 'dev swp[0-9]*' | paste -sd ' '; }
hold() { jq_of ".start_hold$2" weft "$1" --json show summary; }
bits() { jq_of '.[0].graceful_restart.received | "\(.restarting) \(.forwarding | tojson)"' weft "$1" --json show neighbors "$2"; }
ready() {
	claim 30 "both leaves send by both spines" same "dev swp1 dev swp2" aggregate leaf01
	claim 10 "both leaves send by both spines" same "dev swp1 dev swp2" aggregate leaf02
	claim 10 "spine01 knows what is behind leaf02" has_route spine01 10.1.2.0/26
	claim 10 "packets flow" reaches host01 10.1.2.10
}
starts() {                                   # leaf02 cannot speak meanwhile
	fabric kill spine01
	claim 10 "spine01 is killed: leaf01 knows" established leaf01 1
	claim 10 "and leaf02" established leaf02 1
	claim 10 "leaf01 sends by the other spine" same "dev swp2" aggregate leaf01
	flow_mark
	kill -STOP "$(pid_of leaf02)"
	fabric start spine01
	claim 15 "spine01 starts, leaf01 has a session with it" established leaf01 2
}

ready
flow host01 host02 2000
say "--- without start_hold"
starts
claim 5 "it draws traffic at once" same "dev swp1 dev swp2" aggregate leaf01
claim 1 "and has no way for it" not has_route spine01 10.1.2.0/26
claim 10 "packets are lost" at_least 200 lost
kill -CONT "$(pid_of leaf02)"
ready

say "--- with start_hold"
configure '.start_hold = 60' spine01
starts
claim 5 "it says R in its OPEN, and F of nothing" same "true []" bits leaf01 swp1
claim 5 "it waits for leaf02" same '["swp2"]' hold spine01 '.waits_for | tojson'
claim 1 "in words" grep -q '^announcements are held since 00:00:.*, for [0-9]* s at most: waits for swp2$' <(weft spine01 show summary)
claim 1 "it has installed what it knows" has_route spine01 10.1.1.0/26
claim 1 "and says why nobody hears of it" same "start_hold: nothing is announced yet" jq_of '.[0].withheld' weft spine01 --json show routes 10.1.1.0/26
claim 1 "leaf01 is not drawn there" same "dev swp2" aggregate leaf01
claim 1 "nor hears of anything else" same 0 jq_of '.[0].prefixes_received' weft leaf01 --json show neighbors swp1
kill -CONT "$(pid_of leaf02)"
claim 15 "leaf02 speaks: it is over" same null hold spine01 ""
ready
claim 1 "not one packet was lost" unharmed
claim 1 "a session that starts over" exits 0 weft spine01 reset swp1
claim 10 "says R no more" same "false []" bits leaf01 swp1
ready

say "--- two that hold"
configure '.start_hold = 60' leaf01
fabric kill spine01
fabric kill leaf01
fabric start spine01 leaf01
claim 25 "do not wait for each other" same null hold spine01 ""
claim 10 "neither of them" same null hold leaf01 ""
ready
