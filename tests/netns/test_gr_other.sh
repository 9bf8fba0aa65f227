#!/usr/bin/env bash
# What is not as it was while weftd was away: a route that vanished, another machine, a dead link, objects that somebody changed, a state file that
# is none. Nothing of that is taken for what was there; what is foreign stays.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
nodes=(spine01 spine02 leaf01 leaf02)
ip -n "$(ns leaf01)" route add 10.99.0.0/16 dev vlan10 proto static metric 20
ip -n "$(ns leaf01)" route add 10.98.0.0/16 dev vlan10 proto bgp metric 30
ip -n "$(ns leaf01)" nexthop add id 4711 dev vlan10 proto static
ip -n "$(ns leaf01)" nexthop add id 70000999 dev vlan10 proto static
ip -n "$(ns leaf01)" neigh add 10.1.1.77 lladdr 02:00:5e:00:53:77 dev vlan10 nud permanent
foreign=$(routes leaf01 | grep '^10\.9')
table() { { fabric_routes leaf01 2 2; say "$foreign"; } | sort; }
right_again() {
	same "$(table)" routes leaf01 && same $'4711\n70000999' unused_objects leaf01 &&
		same "10.1.1.77" jq_of '.[].dst' ip -n "$(ns leaf01)" -j neigh show dev vlan10 nud permanent
}
graceful 30 "${nodes[@]}"
fabric start "${nodes[@]}"
claim 20 "leaf01 is complete, what is foreign stays" right_again
claim 10 "leaf02 is complete" same "$(fabric_routes leaf02 2 2)" routes leaf02

# --- the fabric changed
monitor_begin leaf01
fabric kill leaf01
ip -n "$(ns leaf02)" addr del 10.1.2.1/26 dev vlan10
claim 10 "a route goes while nobody looks" not has_route spine01 10.1.2.0/26
claim 1 "and stays where nobody looks" has_route leaf01 10.1.2.0/26
fabric start leaf01
claim 20 "until all peers have told theirs" not has_route leaf01 10.1.2.0/26
claim 10 "the restart is over" same true over leaf01
claim 5 "no next-hop object is left over" same $'4711\n70000999' unused_objects leaf01
monitor_end
claim 1 "that was one message, and the only one" same "Deleted 10.1.2.0/26" eval 'told | cut -d" " -f1-2'
ip -n "$(ns leaf02)" addr add 10.1.2.1/26 dev vlan10
claim 10 "it is back" right_again

fabric kill leaf01
mac=02:00:5e:00:53:01
ip -n "$(ns spine01)" link set swp1 address $mac
fabric start leaf01
claim 20 "a peer with another MAC: that one is used" same "$mac PERMANENT bgp" on_link_neighbour leaf01 swp1
claim 20 "all is whole" right_again
claim 10 "the restart is over" same true over leaf01

fabric kill leaf01
fabric cut leaf01 swp1
fabric start leaf01
claim 5 "a link that went down meanwhile is not used" not eval 'routes leaf01 | grep -q "dev swp1"'
claim 1 "the other one is" eval 'routes leaf01 | grep -q "^10.1.2.0/26.* dev swp2"'
claim 20 "the restart is over" same true over leaf01
fabric plug leaf01 swp1
claim 20 "plugged: all is whole" right_again

# --- somebody changed our objects
in_leaf() { ip -n "$(ns leaf01)" "$@"; }
group_of() { jq_of ".[0].nhid" in_leaf -j route show 10.1.2.0/26; }
hop_on() { jq_of ".[] | select(.dev == \"$1\" and .gateway == \"169.254.0.1\") | .id" in_leaf -j nexthop show; }
changes() {                                  # WHAT
	local group hop1 hop2
	group=$(group_of) hop1=$(hop_on swp1) hop2=$(hop_on swp2)
	case $1 in
	"a route leads to somebody else's next hop") in_leaf route replace 10.1.2.0/26 proto bgp metric 20 nhid 4711 ;;
	"a route has no preferred source") in_leaf route replace 10.1.2.0/26 proto bgp metric 20 nhid "$group" ;;
	"a route has no next-hop object") in_leaf route replace 10.1.2.0/26 proto bgp metric 20 dev vlan10 ;;
	"a group has lost a hop") in_leaf nexthop replace id "$group" group "$hop1" proto bgp ;;
	"a group has other weights") in_leaf nexthop replace id "$group" group "$hop1,200/$hop2" proto bgp ;;
	"both hops of a group are one") in_leaf nexthop replace id "$hop1" via 169.254.0.1 dev swp2 onlink proto bgp ;;
	"a group has somebody else's hop") in_leaf nexthop replace id "$group" group "$hop1/70000999" proto bgp ;;
	"a group is of another kind")
		in_leaf nexthop add id 70000998 group "$hop1/$hop2" type resilient buckets 32 proto bgp &&
			in_leaf route replace 10.1.2.0/26 proto bgp metric 20 src 10.0.254.1 nhid 70000998 ;;
	"a neighbour has another MAC") in_leaf neigh replace 169.254.0.1 dev swp1 lladdr 02:00:5e:00:53:99 nud permanent protocol bgp ;;
	"everything is gone") empty leaf01 ;;
	esac
}
for what in "a route leads to somebody else's next hop" "a route has no preferred source" "a route has no next-hop object" "a group has lost a hop" \
	"a group has other weights" "both hops of a group are one" "a group has somebody else's hop" "a group is of another kind" \
	"a neighbour has another MAC" "everything is gone"; do
	fabric kill leaf01
	claim 1 "$what" exits 0 changes "$what"
	fabric start leaf01
	claim 20 "$what: found out, and put right" right_again
	claim 10 "$what: the restart is over" same true over leaf01
	claim 1 "$what: nothing else is touched" right_again
done
claim 5 "packets flow" reaches host01 10.1.2.10
