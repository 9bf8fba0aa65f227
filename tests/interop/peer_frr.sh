# shellcheck shell=bash disable=SC2034
# FRR 8.4 in test_matrix.sh: see there for what each function has to do.

PEER_NAME=FRR
peer_installed() { [ -x /usr/lib/frr/bgpd ] && command -v vtysh; }
peer_cannot() { return 1; }                  # it can everything
vty() { on "$PEER" timeout 20 vtysh --vty_socket "$DIR" --config_dir "$DIR" "${@/#/-c}"; }
frr_family() { case $TRANSPORT in numbered6) say ipv6 ;; *) say ipv4 ;; esac; }
frr_neighbor() { case $TRANSPORT in unnumbered) say swp1 ;; *) say "$WEFT_ADDRESS" ;; esac; }

peer_start() {                               # [PASSWORD]
	local neighbor daemon
	neighbor=$(frr_neighbor)
	mountpoint -q /var/tmp || mount -t tmpfs tmpfs /var/tmp
	printf '%s\n' "interface swp1" " no ipv6 nd suppress-ra" " ipv6 nd ra-interval 2" >"$DIR/zebra.conf"
	{
		printf '%s\n' "router bgp $PEER_ASN" " bgp router-id $PEER_ID" " bgp graceful-restart" " bgp graceful-restart preserve-fw-state" " no bgp network import-check"
		if [ "$TRANSPORT" = unnumbered ]; then say " neighbor swp1 interface remote-as external"; else say " neighbor $neighbor remote-as $WEFT_ASN"; fi
		printf '%s\n' " neighbor $neighbor timers connect 1" ${1:+" neighbor $neighbor password $1"} " address-family $(frr_family) unicast" \
			"  neighbor $neighbor activate" "  network $PEER_PREFIX"
	} >"$DIR/bgpd.conf"
	: >"$DIR/vtysh.conf"
	for daemon in zebra bgpd; do
		[ ! -S "$DIR/$daemon.vty" ] || continue
		setsid ip netns exec "$(ns "$PEER")" "/usr/lib/frr/$daemon" -u root -g frrvty -P 0 -F datacenter -f "$DIR/$daemon.conf" -i "$DIR/$daemon.pid" \
			-z "$DIR/zserv" --vty_socket "$DIR" </dev/null >>"$DIR/out" 2>&1 &
		[ $daemon = zebra ] || say $! >"$DIR/pid"
		wait_for 10 test -S "$DIR/$daemon.vty" || return 1
	done
}
peer_after_end() { rm -f "$DIR/bgpd.vty"; }
peer_sees() { vty "show bgp $(frr_family) unicast $1 json" | jq -e '.paths | length > 0'; }
frr_network() { vty "configure terminal" "router bgp $PEER_ASN" "address-family $(frr_family) unicast" "$1 network $PEER_PREFIX"; }
peer_announce() { frr_network ""; }
peer_withdraw() { frr_network no; }
peer_refresh() { vty "clear bgp $(frr_family) unicast $(frr_neighbor) soft in"; }
