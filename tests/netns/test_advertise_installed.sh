#!/usr/bin/env bash
# A kernel that refuses routes: their preferred source has gone. With advertise_installed a spine does not announce what its kernel refuses, and
# announces it when the kernel takes it: not one packet is lost. Without, half of them are.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
source=$(spine_id 1 2)/32
address() { ip -n "$(ns spine01)" addr "$1" "$source" dev lo; }
address add
configure '.loopback = false' spine01
fabric start spine01 spine02 leaf01 leaf02 || exit 1

links_to() { routes "$1" | grep "^$2 " | grep -o 'dev swp[0-9]*' | paste -sd ' '; }      # NODE DESTINATION
route() { jq_of ".[0].$1" weft spine01 --json show routes 10.1.2.0/26; }
refuses() {                                  # spine01 hears of leaf02 anew, and its kernel takes no route
	fabric cut leaf02 swp1
	claim 10 "spine01 has lost leaf02" same "dev swp2" links_to leaf01 10.1.2.0/26
	address del
	flow_mark
	fabric plug leaf02 swp1
	claim 20 "spine01 hears of leaf02 again, and the kernel refuses it" same "Invalid argument" route error
	claim 1 "it is not there" not has_route spine01 10.1.2.0/26
}
takes() {
	address add
	claim 20 "the kernel takes it again" has_route spine01 10.1.2.0/26
	claim 20 "leaf01 sends by both spines" same "dev swp1 dev swp2" links_to leaf01 10.1.2.0/26
	claim 10 "packets flow" reaches host01 10.1.2.10
	claim 20 "every table is whole" whole 2 2
}

claim 20 "the fabric is whole" whole 2 2
claim 10 "packets flow" reaches host01 10.1.2.10
flow host01 host02 2000

say "--- without advertise_installed"
refuses
claim 10 "it is announced all the same" same "dev swp1 dev swp2" links_to leaf01 10.1.2.0/26
claim 10 "and packets are lost" at_least 200 lost
takes

say "--- with advertise_installed"
configure '.advertise_installed = true' spine01
claim 5 "reloaded, no session ends" same '[]' jq_of '.sessions | tojson' weft spine01 --json reload
claim 1 "all is announced as before" same "dev swp1 dev swp2" links_to leaf01 10.1.2.0/26
refuses
claim 1 "it is not announced, and says why" same "the kernel refuses it: Invalid argument" route withheld
claim 1 "in words" grep -q '^withheld: the kernel refuses it: Invalid argument$' <(weft spine01 show routes 10.1.2.0/26)
claim 1 "leaf01 is not drawn there" same "dev swp2" links_to leaf01 10.1.2.0/26
takes
claim 1 "it is announced" same "true " jq_of '.[0] | "\(.announced) \(.withheld)"' weft spine01 --json show routes 10.1.2.0/26
claim 1 "not one packet was lost" unharmed

say "--- and what was announced is withdrawn"
address del
claim 10 "the kernel has dropped all its routes, leaf01 does not send there" same "dev swp2" links_to leaf01 10.1.2.0/26
flow_mark
claim 5 "withdrawn" same 0 jq_of '[.[] | .prefixes_received] | add' weft leaf01 --json show neighbors swp1
takes
claim 1 "no packet was lost from then on" unharmed
