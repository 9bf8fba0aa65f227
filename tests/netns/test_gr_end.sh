#!/usr/bin/env bash
# How a weftd with graceful restart ends for good: weftd --flush and weft stop --cold leave nothing of weft's, all that is not, and every setting as
# it was, also when the file that remembers them is none.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"

fabric up --spines 1 --leaves 2 --no-daemons || exit 1
settings() {                                 # NODE
	on "$1" grep -rs . /proc/sys/net/ipv4/{conf,ip_forward,ip_default_ttl,nexthop_compat_mode,fib_multipath_hash_policy} \
		/proc/sys/net/ipv6/{conf,fib_multipath_hash_policy} | sort
}
found=$(settings leaf01)
ip -n "$(ns leaf01)" route add 10.99.0.0/16 dev vlan10 proto static metric 20
ip -n "$(ns leaf01)" route add 10.98.0.0/16 dev vlan10 proto bgp metric 30
ip -n "$(ns leaf01)" nexthop add id 70000999 dev vlan10 proto static
ip -n "$(ns leaf01)" neigh add 10.1.1.77 lladdr 02:00:5e:00:53:77 dev vlan10 nud permanent
ip -n "$(ns leaf01)" addr add 10.9.9.9/32 dev lo
foreign=$(routes leaf01 | grep '^10\.9')
table() { { fabric_routes leaf01 1 2; say "$foreign"; } | sort; }
left_alone() { { say "10.1.1.0/26 proto kernel src 10.1.1.1 dev vlan10"; say "$foreign"; } | sort; }
nothing_left() {
	same "$(left_alone)" routes leaf01 && same 70000999 jq_of '.[].id' ip -n "$(ns leaf01)" -j nexthop show &&
		same 10.1.1.77 jq_of '.[].dst' ip -n "$(ns leaf01)" -j neigh show nud permanent &&
		same "" ip -n "$(ns leaf01)" -6 route show proto bgp &&
		same "10.9.9.9" jq_of '.[].addr_info[] | select(.family == "inet" and .scope == "global") | .local' ip -n "$(ns leaf01)" -j addr show dev lo
}
clean() { nothing_left && same "$found" settings leaf01 && [ ! -e "$state" ]; }
flush() { on leaf01 "$BUILD/weftd" --flush --config "$(state_dir)/leaf01/weft.json" --socket "$(state_dir)/leaf01/weft.sock"; }
state=$(state_dir)/leaf01/weft.sock.state
# What the peer at the other end of swp1 heard in the last OPEN: R bit, F bits.
bits() { jq_of '.[] | select(.link == "swp1") | .graceful_restart.received | "\(.restarting) \(.forwarding | join(","))"' weft "$1" --json show neighbors; }
graceful 30 spine01 leaf01 leaf02
fabric start spine01 leaf01 leaf02
claim 20 "leaf01 is complete" same "$(table)" routes leaf01

claim 1 "flush is refused while weftd runs" exits 1 flush
claim 1 "and does nothing" same "$(table)" routes leaf01
fabric leave leaf01
claim 1 "SIGTERM: all stays" same "$(table)" routes leaf01
claim 1 "flush" exits 0 flush
claim 1 "leaves nothing of weft's, all that is not, and every setting as it was before the first start" clean
claim 1 "once more: there is nothing to do" exits 0 flush
claim 1 "and nothing is done" clean
fabric start leaf01
claim 20 "started after that" same "$(table)" routes leaf01
claim 10 "it has not restarted: no R bit, no F bit" same "false " bits spine01
fabric kill leaf01
fabric start leaf01
claim 20 "killed and started: the restart is over" same true over leaf01
claim 10 "complete" same "$(table)" routes leaf01
claim 1 "stop --cold" exits 0 weft leaf01 stop --cold --message "gone for good"
claim 10 "ends it" not pid_of leaf01
claim 1 "with everything as it was before the first start" clean
claim 5 "nobody waits for it" not has_route leaf02 10.0.254.1

# --- a link that is no fabric link any more when the next one starts
of_swp1() { grep "/swp1/" | grep -v "/forwarding:"; }    # forwarding is of the whole node
fabric start leaf01
claim 20 "started" same "$(table)" routes leaf01
claim 1 "swp1 has settings of weft's" not same "$(of_swp1 <<<"$found")" eval "settings leaf01 | of_swp1"
fabric kill leaf01
configure '.links = []' leaf01
fabric start leaf01
claim 10 "no link is a fabric link now: swp1 has its own settings again" same "$(of_swp1 <<<"$found")" eval "settings leaf01 | of_swp1"
claim 10 "its routes are not kept for the rest of the restart time" same "$(left_alone)" routes leaf01
claim 1 "stop --cold" exits 0 weft leaf01 stop --cold
claim 10 "ends it" not pid_of leaf01
claim 1 "with everything as it was" clean
configure 'del(.links)' leaf01

# --- a link that has another name when the next one starts
renamed() { same "$found" eval 'settings leaf01 | sed s/uplink1/swp1/ | sort' && [ ! -e "$state" ]; }
fabric start leaf01
claim 20 "started" same "$(table)" routes leaf01
fabric kill leaf01
ip -n "$(ns leaf01)" link set swp1 down; ip -n "$(ns leaf01)" link set swp1 name uplink1; ip -n "$(ns leaf01)" link set uplink1 up
fabric start leaf01
claim 20 "the link with its new name is used" same "$(table | sed s/swp1/uplink1/)" routes leaf01
claim 1 "stop --cold" exits 0 weft leaf01 stop --cold
claim 10 "ends it" not pid_of leaf01
claim 1 "its settings are as they were under the old one" renamed
ip -n "$(ns leaf01)" link set uplink1 down; ip -n "$(ns leaf01)" link set uplink1 name swp1; ip -n "$(ns leaf01)" link set swp1 up

# --- a state file that is none, or somebody else's
corrupt() {                                  # WHAT
	rm -rf "$state"
	case $1 in
	nothing) : >"$state" ;;
	"half of it") printf '{"settings": [{"file": "net/ipv4/ip_for' >"$state" ;;
	"another type") printf '{"settings": 5, "loopback": "10.0.254.1"}' >"$state" ;;
	"no object") printf '["net/ipv4/ip_forward"]' >"$state" ;;
	"no address") printf '{"settings": [], "loopback": "lo"}' >"$state" ;;
	"foreign settings") printf '{"settings": [%s, %s, %s, %s]}' '{"file": "net/ipv4/ip_default_ttl", "link": "", "found": "13"}' \
		'{"file": "net/ipv4/conf/%s/ignore_routes_with_linkdown", "link": "all", "found": "13"}' \
		'{"file": "net/ipv4/conf/%s/ignore_routes_with_linkdown", "link": "../../ipv4/conf/vlan10", "found": "0"}' \
		'{"file": "net/ipv4/ip_forward", "link": "", "found": "0; reboot"}' >"$state" ;;
	"a pipe") mkfifo "$state" ;;
	"a folder") mkdir "$state" ;;
	"a link to another file") say '{"settings": []}' >"$TMPDIR/another"; ln -s "$TMPDIR/another" "$state" ;;
	"twenty megabytes") { printf '{"settings": ['; head -c 20000000 /dev/zero | tr '\0' ' '; printf ']}'; } >"$state" ;;
	esac
}
fabric start leaf01
claim 20 "started" same "$(table)" routes leaf01
running=$(settings leaf01)
for what in nothing "half of it" "another type" "no object" "no address" "foreign settings" "a pipe" "a folder" "a link to another file" "twenty megabytes"; do
	fabric kill leaf01
	corrupt "$what"
	fabric start leaf01
	claim 20 "the state file is $what: weftd starts, and finishes its restart" same true over leaf01
	claim 10 "the state file is $what: complete" same "$(table)" routes leaf01
	claim 1 "the state file is $what: no setting is another one" same "$running" settings leaf01
done
claim 1 "the file behind the link is as it was" same '{"settings": []}' cat "$TMPDIR/another"
claim 5 "leaf01 is drained, which is written down" exits 0 weft leaf01 drain --timeout 0
claim 5 "beside the socket" test -e "$(state_dir)/leaf01/weft.sock.drain"
fabric kill leaf01
corrupt "half of it"
claim 1 "flush with half a state file" exits 0 flush
claim 1 "drained no more" test ! -e "$(state_dir)/leaf01/weft.sock.drain"
claim 1 "takes all the same what can be told from the kernel: routes, next hops, neighbours" same "$(left_alone)" routes leaf01

# --- what could not be written is written as soon as it can be: nothing else has to change for that
drained=$(state_dir)/leaf01/weft.sock.drain
written() { jq -e "$1" "$2" >/dev/null 2>&1; }
rm -rf "$state" && mkdir "$state.new" "$drained.new"       # in the place of the files that become them
fabric start leaf01
claim 20 "started" same "$(table)" routes leaf01
claim 5 "drained" exits 0 weft leaf01 drain swp1 --timeout 0
claim 1 "the files cannot be written" test ! -e "$state" -a ! -e "$drained"
rmdir "$state.new" "$drained.new"
claim 30 "then they can: what weft changed" written '.router_id == "10.0.254.1"' "$state"
claim 30 "and what is drained" written '.links == ["swp1"]' "$drained"
