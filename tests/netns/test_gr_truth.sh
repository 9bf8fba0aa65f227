#!/usr/bin/env bash
# R and F bits that would not be true, or of which weft cannot know: another speaker left the routes, the state file is none or somebody else's, a
# link is gone with all that led over it, the kernel is another one. Read off the wire, as in test_gr_wire.sh.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"
. "$(dirname "$0")/gr_peer.sh"

robust_up 2 || exit 1
fabric stop leaf01
gr_peer 0 10.7.0.0/24 2001:db8:7::/48
nothing="open R=0 N=1 time=30 ipv4=- ipv6=-" both="open R=1 N=1 time=30 ipv4=F ipv6=F"
state=$(state_dir)/leaf01/weft.sock.state
graceful 30 leaf01
start "the first start" "$nothing"

# --- another speaker
ends kill
configure '.asn = 64001' leaf01
start "another ASN stands in the configuration" "$nothing"
ends kill
start "and still does" "$both"
ends leave
own=192.0.2.9
configure '.router_id = "192.0.2.9"' leaf01
start "another router_id" "$nothing"
ends leave
start "and still that one" "$both"

# --- the state file
corrupt() {                                  # WHAT
	case $1 in
	empty) : >"$state" ;;
	truncated) truncate -s 100 "$state" ;;
	"an ASN that is none") jq '.asn = -1' "$state" >"$state.x" && mv "$state.x" "$state" ;;
	"somebody else's") chown 65534 "$state" 2>/dev/null ;;
	"a link to itself elsewhere") mv "$state" /run/elsewhere && ln -s /run/elsewhere "$state" ;;
	"a folder") rm "$state" && mkdir "$state" ;;
	esac
}
for what in empty truncated "an ASN that is none" "somebody else's" "a link to itself elsewhere"; do
	ends kill
	corrupt "$what" || { say "--   $what: not possible as this user"; fabric start leaf01; claim 20 "started" complete; continue; }
	start "the state file is $what: nobody knows who left the routes" "$nothing"
	claim 1 "and is whole again" jq -e '.asn == 64001 and .router_id == "192.0.2.9"' "$state"
done
ends kill
corrupt "a folder"
start "the state file is a folder" "$nothing"
ends kill
rmdir "$state"
start "there is no state file: nothing speaks against what the kernel has" "$both"

# --- a link that went away
gr_peer 1 --router-id 198.51.100.2 10.8.0.0/24
claim 20 "a second peer tells IPv4 alone" has_route leaf01 10.8.0.0/24
ends kill
in_leaf link del swp0
: >$heard.1
fabric start leaf01
claim 20 "the link with all that is IPv6 is gone: so is its F bit" same "open R=1 N=1 time=30 ipv4=F ipv6=-" opened .1
claim 20 "the restart is over" same true over leaf01
claim 5 "what led there is gone" not routes_of_peer
claim 1 "the rest is there" has_route leaf01 10.8.0.0/24
fabric kill leaf01
in_leaf link set swp1 down
in_leaf link set swp1 up
claim 10 "the link has an address again" robust_ready 1
: >$heard.1
fabric start leaf01
claim 20 "the last link was down meanwhile" same "$nothing" opened .1
claim 20 "its routes are there again" has_route leaf01 10.8.0.0/24

# --- another kernel
fabric kill leaf01
gr_peer_kill 1
address=$(mac_of leaf01 swp1)
ip netns del "$(ns leaf01)"
claim 5 "the machine is gone" not ip -n "$(ns spine01)" link show p1
ip netns add "$(ns leaf01)"
in_leaf link set lo up
in_leaf link add swp1 index 101 address "$address" type veth peer name p1 index 2001 netns "$(ns spine01)"
ip -n "$(ns spine01)" link set p1 addrgenmode none up
ip -n "$(ns spine01)" addr add fe80::2/64 dev p1 nodad
in_leaf link set swp1 up
claim 10 "another one has its cable" robust_ready 1
gr_peer 1 --router-id 198.51.100.2 10.8.0.0/24
: >$heard.1
claim 1 "and its state file" test -s "$state"
fabric start leaf01
claim 20 "it has restarted nothing" same "$nothing" opened .1
claim 20 "and learns all" has_route leaf01 10.8.0.0/24
