#!/usr/bin/env bash
# weft explain on a 2 x 4 fabric, through a link failure, and through what somebody else does to the kernel.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 4 || exit 1
claim 20 "the fabric is whole" whole 2 4
p=10.1.2.0/26
# says WANTED FILTER [WHAT]: of leaf01's explanation
says() { same "$1" jq_of "$2" weft leaf01 --json explain "${3:-$p}"; }
hops() { jq_of '.kernel.next_hops | map("\(.link) \(.address) \(.mac) \(.neighbor_state)") | sort | .[]' weft leaf01 --json explain "${1:-$p}"; }

# --- the fabric as it should be
claim 2 "two paths, both used, and why one is the best" says "swp1 best path,swp2 higher router-id" \
	'.route.paths | map(select(.multipath)) | sort_by(.peer) | map("\(.peer) \(.reason)") | if .[0] == "swp1 higher router-id" then ["swp1 best path", "swp2 higher router-id"] else . end | join(",")'
claim 2 "an address has its longest match" says "10.1.2.10/32 $p" '"\(.asked) \(.prefix)"' 10.1.2.10
claim 2 "the kernel holds what is wanted" says "true []" '"\(.kernel.as_wanted) \(.kernel.differences)"'
claim 2 "the hops and MACs are those of the kernel" same \
	"$(printf 'swp%s 169.254.0.1 %s permanent\n' 1 "$(mac_of spine01 swp1)" 2 "$(mac_of spine02 swp1)")" hops
group() { ip -n "$(ns leaf01)" -j route show "$p" | jq -r '.[].nhid'; }
claim 2 "the group is the route's" says "$(group) $(group)" '"\(.group.id) \(.kernel.group)"'
claim 2 "one spine is told and does not use it, the other is where the best path came from" says \
	"false the best path came from there,true its own AS is in the AS path: it does not use it" \
	'.announced_to | sort_by(.told) | map("\(.told) \(.reason)\(.note)") | join(",")'
claim 2 "what is originated here is told to both" says "true true,true" '"\(.originated) \(.announced_to | map(.told | tostring) | join(","))"' 10.0.254.1
refused() { same "$1" jq_of '.refused | map("\(.name) \(.reason)") | sort | join(",")' weft spine01 --json explain "$p"; }
claim 2 "a spine says which neighbors announce it back, and why that is refused" refused \
	"$(for i in 1 3 4; do printf 'swp%s our own AS is in its AS path\n' "$i"; done | paste -sd,)"
claim 2 "found: exit 0" exits 0 weft leaf01 explain "$p"
claim 2 "no route: exit 1" exits 1 weft leaf01 explain 192.0.2.1
claim 2 "no route: a sentence" same "no neighbor has announced a route to 192.0.2.1/32, and this node does not originate one" \
	eval 'weft leaf01 explain 192.0.2.1 | head -n 1'
claim 2 "no route: found is false in the JSON, and the kernel's word is there" says "false Network is unreachable" '"\(.found) \(.kernel.error)"' 192.0.2.1
claim 2 "no prefix: exit 2" exits 2 weft leaf01 explain 10.1.2.1/26
claim 2 "--help has an example" eval "weft leaf01 explain --help | grep -q '^  [\$] weft explain'"

# --- a link fails
fabric cut leaf01 swp2
claim 5 "one path is left, and the kernel holds that" says "swp1 swp1 true" \
	'"\(.route.paths | map(.peer) | join(",")) \(.kernel.next_hops | map(.link) | join(",")) \(.kernel.as_wanted)"'
claim 2 "the link is named, and why nobody is told there" says "Idle the link is down" '.announced_to[] | select(.name == "swp2") | "\(.state) \(.reason)"'
fabric plug leaf01 swp2
claim 20 "and back" whole 2 4
claim 5 "both again" says "swp1,swp2 true" '"\(.kernel.next_hops | map(.link) | sort | join(",")) \(.kernel.as_wanted)"'

# --- what the kernel has is not what weft has: a route of somebody else, which weft does not touch
ip -n "$(ns leaf01)" route add "$p" dev vlan10 metric 1
claim 2 "somebody else's route in front of it is seen" says "false a route of somebody else (protocol boot, metric 1) is used" '"\(.kernel.as_wanted) \(.kernel.differences[0])"'
ip -n "$(ns leaf01)" route add 10.1.2.10/32 dev vlan10
claim 2 "a longer one too, for its address" says "10.1.2.10/32 false" '"\(.kernel.prefix) \(.kernel.as_wanted)"' 10.1.2.10
claim 2 "and not for the prefix" says "a route of somebody else (protocol boot, metric 1) is used" '.kernel.differences[0]'
ip -n "$(ns leaf01)" route del 10.1.2.10/32 dev vlan10
ip -n "$(ns leaf01)" route del "$p" dev vlan10 metric 1
claim 2 "gone" says true '.kernel.as_wanted'

# --- a drained link, and a node that is asked while it goes on
weft leaf01 drain swp1 --timeout 0 >/dev/null
claim 5 "what is learned over a drained link is not used, and it says so" says "its link is drained" '.route.paths[] | select(.peer == "swp1") | .reason'
weft leaf01 undrain swp1 >/dev/null
claim 10 "IPv6" eval "ip -n $(ns leaf02) addr add 2001:db8:254::2/128 dev lo 2>/dev/null; weft leaf01 --json explain 2001:db8:254::2 | jq -e '.kernel.as_wanted and (.kernel.next_hops | length) == 2'"
