# shellcheck shell=bash
# tests/interop/frr.sh: FRRouting's zebra and bgpd on one node of the fabric, in the style of the datacenter book. Sourced after lib.sh.

FRR=/usr/lib/frr
if [ ! -x $FRR/zebra ] || [ ! -x $FRR/bgpd ]; then skip "FRR is not installed (tests/deps)"; fi
mount -t tmpfs tmpfs /var/tmp                # its crash logs; this mount is private to the test
frr_dir() { printf '/run/frr/%s\n' "$1"; }
vtysh() { on "$1" vtysh --vty_socket "$(frr_dir "$1")" --config_dir "$(frr_dir "$1")" -c "$2"; }      # NODE COMMAND

# frr_start NODE ASN ROUTER_ID PORT...: announces its loopback and every connected prefix.
frr_start() {
	local node=$1 asn=$2 id=$3 dir port daemon=
	dir=$(frr_dir "$node")
	shift 3
	mkdir -p "$dir" /run/frr
	ip -n "$(ns "$node")" addr add "$id/32" dev lo
	on "$node" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	{
		say "hostname $node"
		for port; do printf '%s\n' "interface $port" " no ipv6 nd suppress-ra" " ipv6 nd ra-interval 5"; done
	} >"$dir/zebra.conf"
	{
		printf '%s\n' "hostname $node" "router bgp $asn" " bgp router-id $id" " bgp bestpath as-path multipath-relax"
		for port; do say " neighbor $port interface remote-as external"; done
		printf '%s\n' " address-family ipv4 unicast" "  redistribute connected" "  maximum-paths 64" " exit-address-family" \
			" address-family ipv6 unicast" "  redistribute connected"
		for port; do say "  neighbor $port activate"; done
		say " exit-address-family"
	} >"$dir/bgpd.conf"
	: >"$dir/vtysh.conf"
	for daemon in zebra bgpd; do
		# As root: the namespaces of an ordinary user know nobody else. The group is what FRR insists on.
		on "$node" setsid "$FRR/$daemon" -u root -g frrvty -P 0 -F datacenter -f "$dir/$daemon.conf" -i "$dir/$daemon.pid" -z "$dir/zserv" \
			--vty_socket "$dir" --log "file:$dir/log" </dev/null >>"$dir/out" 2>&1 &
		claim 10 "$node: $daemon runs" test -S "$dir/$daemon.vty"
	done
}

frr_established() {                          # NODE COUNT: sessions that carry IPv4
	[ "$(vtysh "$1" 'show bgp ipv4 unicast summary json' | jq '[.peers[]? | select(.state == "Established")] | length')" = "$2" ]
}

# frr_plug NODE PORT FAR FAR_PORT: the cable again, its carrier a while after FRR's port was set up, as ports of copper and glass have it. bgpd 8.4 hears
# everything of zebra twice, on two connections. A veth has both within a millisecond: "down, up" on the second one can then be read after "up, here is
# your neighbour" on the first, bgpd forgets the neighbour, zebra does not tell it again, and no session ever comes up.
frr_plug() {
	fabric cut "$3" "$4"
	fabric plug "$1" "$2"
	claim 10 "zebra has its port up, without carrier" frr_port_waits "$1" "$2"
	fabric plug "$3" "$4"
}
frr_port_waits() { vtysh "$1" "show interface $2" | grep -q "^Interface $2 is up, line protocol is down"; }

frr_bgpd_kill() { local pid; pid=$(cat "$(frr_dir "$1")/bgpd.pid"); kill -9 "$pid"; wait_for 5 is_gone "$pid"; }      # NODE

frr_own_route() { vtysh "$1" "show bgp ipv4 unicast $2/32 json" | grep -q '"valid":true'; }

# frr_bgpd_start NODE ASN ROUTER_ID PORT...: bgpd again, after frr_bgpd_kill. FRR sends its End-of-RIB before it knows its own routes, if the session
# is up before zebra has told them: so the sessions wait for them.
frr_bgpd_start() {
	local node=$1 asn=$2 id=$3 dir port open=()
	dir=$(frr_dir "$node")
	shift 3
	for port; do
		sed -i "s/^ neighbor $port interface.*/&\n neighbor $port shutdown/" "$dir/bgpd.conf"
		open+=(-c "no neighbor $port shutdown")
	done
	on "$node" setsid "$FRR/bgpd" -u root -g frrvty -P 0 -F datacenter -f "$dir/bgpd.conf" -i "$dir/bgpd.pid" -z "$dir/zserv" --vty_socket "$dir" \
		--log "file:$dir/log" </dev/null >>"$dir/out" 2>&1 &
	claim 20 "bgpd starts" frr_own_route "$node" "$id"
	sed -i "/ neighbor .* shutdown/d" "$dir/bgpd.conf"
	on "$node" vtysh --vty_socket "$dir" --config_dir "$dir" -c 'configure terminal' -c "router bgp $asn" "${open[@]}"
}
