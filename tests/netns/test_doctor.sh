#!/usr/bin/env bash
# weft doctor: faults of the host, the configuration and the links are made, and the sentence that it prints is compared, the numbers in it left aside.
# When it is mended doctor has nothing to say. test_doctor_peers.sh makes those of the peers.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../doctor.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
configure '.timers = {"ra_interval": 1}' leaf01
configure '.manage_sysctls = false | .loopback = false' leaf02
ip -n "$(ns leaf02)" addr add 10.0.254.2/32 dev lo
set_to() { on "$1" sysctl -qw "${@:2}" || fail "sysctl ${*:2}"; }
set_to leaf02 net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1 \
	net.ipv4.nexthop_compat_mode=0
quiet_link() { set_to leaf02 "net.ipv4.conf.$1.ignore_routes_with_linkdown=1" "net.ipv6.conf.$1.ignore_routes_with_linkdown=1"; }
quiet_link swp1
quiet_link swp2
fabric start spine01 spine02 leaf01 leaf02
claim 20 "the fabric is whole" whole 2 2

for node in leaf01 leaf02 spine01 spine02; do
	claim 20 "$node: all is well, exit 0" well "$node"
done

say "--- the host"
set_to leaf02 net.ipv4.ip_forward=0
found "IPv4 forwarding is off" leaf02 "error forwarding -: this node does not forward IPv4 (net.ipv4.ip_forward is 0): packets for others end here"
claim 1 "  exit 5" exits 5 weft leaf02 doctor
set_to leaf02 net.ipv4.ip_forward=1
mended leaf02
set_to leaf02 net.ipv6.conf.all.forwarding=0
found "IPv6 forwarding is off" leaf02 "error forwarding -: this node does not forward IPv6 (net.ipv6.conf.all.forwarding is 0): packets for others end here"
set_to leaf02 net.ipv6.conf.all.forwarding=1
mended leaf02
set_to leaf02 net.ipv4.fib_multipath_hash_policy=0
found "flows are not spread" leaf02 "warning multipath-hash -: all traffic between two hosts takes one way (net.ipv4.fib_multipath_hash_policy is 0: ports are not looked at)"
set_to leaf02 net.ipv4.fib_multipath_hash_policy=1 net.ipv4.nexthop_compat_mode=1
found "the kernel announces too much" leaf02 "warning nexthop-compat-mode -: the kernel announces every route of a next-hop group that changes (net.ipv4.nexthop_compat_mode is 1): with 100,000 routes a failed link costs 0.2 s instead of 0.1 ms"
set_to leaf02 net.ipv4.nexthop_compat_mode=0 net.ipv4.conf.swp1.rp_filter=1
found "strict reverse path filter" leaf02 "error rp-filter swp1: swp1 drops packets that come by another link than the answer would leave by (rp_filter is 1): with several equal ways that is most of them"
set_to leaf02 net.ipv4.conf.all.rp_filter=2
mended leaf02
set_to leaf02 net.ipv4.conf.swp2.ignore_routes_with_linkdown=0
found "dead routes are used" leaf02 "warning linkdown-routes swp2: routes over swp2 are used while it has no carrier, until weftd has taken them out (ignore_routes_with_linkdown is 0)"
quiet_link swp2
ip -n "$(ns leaf02)" link set lo down
found "lo is down" leaf02 "error lo-down -: the interface lo is down: the address 10.0.254.2 on it does not answer"
ip -n "$(ns leaf02)" link set lo up
mended leaf02
ip -n "$(ns leaf02)" addr del 10.0.254.2/32 dev lo
found "nobody has the router_id" leaf02 "error router-id-address -: router_id 10.0.254.2 is no address of this node: routes cannot have it as their source, and nobody reaches it
error kernel-refuses -: the kernel refuses 4 of 4 routes, the first of them 10.0.254.1/32: Invalid argument"
ip -n "$(ns leaf02)" addr add 10.0.254.2/32 dev lo
ip -n "$(ns leaf01)" addr add 169.254.0.1/32 dev vlan10
found "somebody here is 169.254.0.1" leaf01 "error on-link-address vlan10: 169.254.0.1, which stands for the peer of every link, is an address of this node on vlan10: routes by it end here"
ip -n "$(ns leaf01)" addr del 169.254.0.1/32 dev vlan10
mended leaf01
mkdir -p /run/systemd/netif /run/systemd/networkd.conf.d
: >/run/systemd/netif/state
found "networkd runs, and takes foreign routes away" leaf01 "error networkd -: systemd-networkd runs here and removes routes that are not its own (ManageForeignRoutes) whenever it starts over or a link changes"
printf '[Network]\nManageForeignRoutes=no\n' >/run/systemd/networkd.conf.d/50-weft.conf
mended leaf01
rm -r /run/systemd/netif
set_to leaf02 net.ipv4.ip_unprivileged_port_start=0
fabric stop leaf02
WRAP="leaf02 setpriv --bounding-set=-net_bind_service" fabric start leaf02
claim 20 "sessions" established leaf02 2
found "a capability is missing" leaf02 "error capability -: weftd may not listen on port 179: CAP_NET_BIND_SERVICE is missing"
fabric stop leaf02
fabric start leaf02
claim 20 "sessions" established leaf02 2
mended leaf02

say "--- the configuration"
cp "$(state_dir)/leaf01/weft.json" "$(state_dir)/good.json"
configure '.typo = 1' leaf01
claim 5 "a bad file is refused" exits 4 weft leaf01 reload
reload_said() { said leaf01 | grep -q '^warning reload-rejected -: the last reload was rejected, and the configuration before it is in effect: .*typo: '; }
claim 5 "and doctor says so" reload_said
jq '.multipath = 32' "$(state_dir)/good.json" >"$(state_dir)/leaf01/weft.json"
weft leaf01 reload --confirm 600 >/dev/null
found "not confirmed" leaf01 "note unconfirmed -: the configuration before this one comes back in N s"
claim 1 "  exit 0: notes are no fault" exits 0 weft leaf01 doctor
weft leaf01 confirm >/dev/null
configure '.links = ["nix*"]' leaf01
weft leaf01 reload >/dev/null
found "no link is a fabric link" leaf01 "error no-fabric-link -: no interface of this node is a fabric link, and no neighbor is configured"
cp "$(state_dir)/good.json" "$(state_dir)/leaf01/weft.json"
weft leaf01 reload >/dev/null
claim 20 "sessions" established leaf01 2
weft leaf01 drain swp1 --timeout 0 >/dev/null 2>&1
found "a link is drained" leaf01 "note drained swp1: swp1 is drained: it is used as a last resort"
weft leaf01 drain --timeout 0 >/dev/null 2>&1
found "the node is drained" leaf01 "note drained -: this node is drained: others use it as a last resort"
weft leaf01 undrain >/dev/null
weft leaf01 undrain swp1 >/dev/null
mended leaf01

say "--- links"
set_to leaf02 net.ipv6.conf.swp1.disable_ipv6=1
found "IPv6 is off" leaf02 "error ipv6-off swp1: IPv6 is off on swp1: there is neither discovery nor a session"
set_to leaf02 net.ipv6.conf.swp1.disable_ipv6=0
claim 20 "  mended: sessions" established leaf02 2
ip -n "$(ns leaf02)" link set swp1 addrgenmode none
ip -n "$(ns leaf02)" link set swp1 down
found "a port is switched off" leaf02 "note port-down swp1: swp1 is switched off"
ip -n "$(ns leaf02)" link set swp1 up
found "no link-local address" leaf02 "error no-link-local swp1: swp1 has no link-local address, and the kernel is told to make none (addr_gen_mode is 1)"
ip -n "$(ns leaf02)" link set swp1 addrgenmode eui64
ip -n "$(ns leaf02)" link set swp1 down
ip -n "$(ns leaf02)" link set swp1 up
claim 20 "  mended: sessions" established leaf02 2
fabric cut spine01 swp1
found "no carrier" leaf01 "warning no-carrier swp1: swp1 has no carrier"
fabric plug spine01 swp1
claim 20 "  mended: sessions" established leaf01 2
fabric stop spine01
found "nobody runs at the other end" leaf01 "error nobody-heard swp1: spine01 on swp1 has not advertised itself for N s
error refused swp1: spine01 on swp1 refuses our connection: nothing listens on its TCP port 179"
fabric cut spine01 swp1
fabric plug spine01 swp1
found "nobody was ever heard" leaf01 "error nobody-heard swp1: swp1 has a carrier, and nobody has advertised himself there for N s; we have N times"
on spine01 python3 "$(dirname "$0")/send_ra.py" swp1 second >/dev/null
found "a filter, or nobody: TCP is not answered" leaf01 "error nobody-heard swp1: ADDRESS on swp1 has not advertised itself for N s
error filtered swp1: ADDRESS on swp1 does not answer on TCP port 179"
