# shellcheck shell=bash
# tests/routers.sh: a handful of routers and hosts with addresses on their links, for what a Clos fabric has not. Sourced after lib.sh.
#
#   router r1; router r2; host h1
#   cable r1:eth0 r2:eth0; address r1 eth0 203.0.113.1/30
#   weft_start r1 '{"asn": 65001, ...}'

router() {                                   # NODE
	ip netns add "$(ns "$1")" || die "no namespace $1"
	mkdir -p "$(state_dir)/$1"
	ip -n "$(ns "$1")" link set lo up
	on "$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
}
# cable NODE:PORT NODE:PORT
cable() {
	local a=${1%:*} ap=${1#*:} b=${2%:*} bp=${2#*:}
	ip -n "$(ns "$a")" link add "$ap" type veth peer name "$bp" netns "$(ns "$b")"
	ip -n "$(ns "$a")" link set "$ap" up
	ip -n "$(ns "$b")" link set "$bp" up
}
address() { ip -n "$(ns "$1")" addr add "$3" dev "$2" nodad 2>/dev/null || ip -n "$(ns "$1")" addr add "$3" dev "$2"; }      # NODE PORT ADDRESS/LEN
link_set() { ip -n "$(ns "$1")" link set "$2" "$3"; }                # NODE PORT up|down
# host NODE ROUTER N: behind the router, 10.N.0.10 and 2001:db8:N::10.
host() {
	ip netns add "$(ns "$1")"
	ip -n "$(ns "$1")" link set lo up
	cable "$1:eth0" "$2:lan"
	address "$1" eth0 "10.$3.0.10/24"
	address "$1" eth0 "2001:db8:$3::10/64"
	address "$2" lan "10.$3.0.1/24"
	address "$2" lan "2001:db8:$3::1/64"
	ip -n "$(ns "$1")" route add default via "10.$3.0.1"
	ip -n "$(ns "$1")" -6 route add default via "2001:db8:$3::1"
}
weft_start() {                               # NODE CONFIGURATION
	local dir
	dir=$(state_dir)/$1
	printf '%s\n' "$2" >"$dir/weft.json"
	setsid ip netns exec "$(ns "$1")" "$BUILD/weftd" --config "$dir/weft.json" --socket "$dir/weft.sock" </dev/null >>"$dir/log" 2>&1 &
	echo $! >"$dir/pid"
	disown
	claim 10 "$1: weftd runs" test -S "$dir/weft.sock"
}
neighbor() { jq_of ".[] | select(.address == \"$2\") | $3" weft "$1" --json show neighbors; }       # NODE ADDRESS FILTER
is_established() { [ "$(neighbor "$1" "$2" .state)" = Established ]; }                              # NODE ADDRESS
# ping_ttl NODE ADDRESS: the TTL of the answer.
ping_ttl() { on "$1" ping -n -c 1 -W 1 "$2" | sed -n 's/.*ttl=\([0-9]*\).*/\1/p'; }
