#!/usr/bin/env bash
# A leaf goes over from FRR to weft: its configuration is imported, weft takes FRR's place, and the kernel and the FRR spines cannot tell the difference.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
dir=$(frr_dir leaf01)
leaf_conf=$TMPDIR/leaf01.conf
cat >"$leaf_conf" <<-EOF
	frr defaults datacenter
	hostname leaf01
	!
	interface swp1
	 ipv6 nd ra-interval 5
	 no ipv6 nd suppress-ra
	!
	interface swp2
	 ipv6 nd ra-interval 5
	 no ipv6 nd suppress-ra
	!
	router bgp 4210000001
	 bgp router-id 10.0.254.1
	 no bgp default ipv4-unicast
	 bgp bestpath as-path multipath-relax
	 neighbor ISL peer-group
	 neighbor ISL remote-as external
	 neighbor ISL timers connect 5
	 neighbor ISL capability extended-nexthop
	 neighbor swp1 interface peer-group ISL
	 neighbor swp2 interface peer-group ISL
	 !
	 address-family ipv4 unicast
	  redistribute connected route-map OWN
	  neighbor ISL activate
	  neighbor ISL route-map FROM-SPINE in
	  neighbor ISL prefix-list NO-TENANTS in
	  neighbor ISL route-map TO-SPINE out
	  maximum-paths 64
	 exit-address-family
	!
	ip prefix-list OWN seq 5 deny 10.77.1.0/24
	ip prefix-list OWN seq 10 permit 10.0.0.0/8 le 32
	ip prefix-list NO-TENANTS seq 5 deny 10.66.0.0/16 le 32
	ip prefix-list NO-TENANTS seq 10 permit any
	ip prefix-list SERVERS seq 5 permit 10.1.0.0/16 ge 26
	ip prefix-list SECRET seq 5 permit 10.55.0.0/16 le 32
	bgp as-path access-list LEAF2 seq 5 permit _4210000002\$
	!
	route-map OWN permit 10
	 match ip address prefix-list OWN
	!
	route-map FROM-SPINE deny 10
	 match ip address prefix-list SECRET
	 match as-path LEAF2
	!
	route-map FROM-SPINE permit 20
	!
	route-map TO-SPINE permit 10
	 match ip address prefix-list SERVERS
	 set community 65000:26 no-peer
	 set as-path prepend 4210000001
	!
	route-map TO-SPINE permit 20
	 match ip address prefix-list OWN
	!
EOF

for file in leaf01 spine01 edge leaf-bfd leaf-v6 spine-listen; do
	claim 5 "what the unit tests import is FRR's own language: $file.conf" command vtysh -C -f "$ROOT/tests/data/import/$file.conf"
done

# --- as it was: FRR everywhere
claim 1 "two networks more on leaf01, of which one is not to be announced" ip -n "$(ns leaf01)" addr add 10.77.1.1/24 dev vlan10
claim 1 "and one" ip -n "$(ns leaf01)" addr add 10.77.2.1/24 dev vlan10
for net in 10.66.1.1/24 10.55.1.1/24 10.44.1.1/24; do claim 1 "leaf02 has $net" ip -n "$(ns leaf02)" addr add "$net" dev vlan10; done
frr_start spine01 4200000000 10.0.254.254 swp1 swp2
frr_start spine02 4200000000 10.0.254.253 swp1 swp2
frr_start leaf02 4210000002 10.0.254.2 swp1 swp2
mkdir -p "$dir"
ip -n "$(ns leaf01)" addr add 10.0.254.1/32 dev lo
on leaf01 sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
: >"$dir/vtysh.conf"
for daemon in zebra bgpd; do
	: >"$dir/$daemon.conf"
	on leaf01 setsid "$FRR/$daemon" -u root -g frrvty -P 0 -F datacenter -f "$dir/$daemon.conf" -i "$dir/$daemon.pid" -z "$dir/zserv" \
		--vty_socket "$dir" --log "file:$dir/log" </dev/null >>"$dir/out" 2>&1 &
	claim 10 "leaf01: $daemon runs" test -S "$dir/$daemon.vty"
done
claim 10 "leaf01 takes its configuration" on leaf01 vtysh --vty_socket "$dir" --config_dir "$dir" -f "$leaf_conf"

# Prefix and ports: FRR knows no preferred source, and names next hops its own way.
widths() { routes leaf01 -4 bgp | sed 's/ proto.*dev swp1.*dev swp2.*/ swp1 swp2/; s/ proto.*dev \(swp[12]\).*/ \1/'; }
# What a spine was told by leaf01: prefix, AS path, communities.
told() {                                     # SPINE
	local prefix
	for prefix in $(vtysh "$1" 'show bgp ipv4 unicast json' | jq -r '.routes | keys[]' | sort); do
		vtysh "$1" "show bgp ipv4 unicast $prefix json" | jq -r --arg p "$prefix" '.paths[] | select(.aspath.string | startswith("4210000001")) |
			"\($p) \(.aspath.string) \(.community.string // "-")"'
	done
}
wanted="10.0.254.2 swp1 swp2
10.0.254.253 swp2
10.0.254.254 swp1
10.1.2.0/26 swp1 swp2
10.44.1.0/24 swp1 swp2"
told_wanted="10.0.254.1/32 4210000001 -
10.1.1.0/26 4210000001 4210000001 65000:26 no-peer
10.77.2.0/24 4210000001 -"
claim 40 "with FRR leaf01 has its routes, without those that its filters keep out" same "$wanted" widths
for spine in spine01 spine02; do claim 20 "with FRR $spine is told three prefixes" same "$told_wanted" told "$spine"; done
claim 5 "server to server" reaches host01 10.1.2.10

# --- over to weft
import() { "$BUILD/weft" import "$leaf_conf" >"$TMPDIR/weft.json"; }
claim 5 "the import leaves nothing out" import
claim 5 "weft takes what was imported" "$BUILD/weft" check "$TMPDIR/weft.json"
for daemon in bgpd zebra; do
	pid=$(cat "$dir/$daemon.pid")
	kill "$pid"
	claim 10 "leaf01: $daemon has ended" is_gone "$pid"
done
claim 10 "FRR has left no routes" same "" widths
cp "$TMPDIR/weft.json" "$(state_dir)/leaf01/weft.json"
fabric start leaf01
claim 30 "with weft leaf01 has the same routes" same "$wanted" widths
for spine in spine01 spine02; do claim 20 "with weft $spine is told the same" same "$told_wanted" told "$spine"; done
claim 5 "server to server, as before" reaches host01 10.1.2.10
