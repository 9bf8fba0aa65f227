# shellcheck shell=bash disable=SC2034
# GoBGP 3.10 in test_matrix.sh, without zebra (it panics with that of FRR 8.4): it learns routes and installs none.

PEER_NAME=GoBGP
peer_installed() { command -v gobgpd && command -v gobgp; }
peer_cannot() {                              # FEATURE
	case $TRANSPORT-$1 in
	*-refresh) say "softresetin reads its own Adj-RIB-In, nothing sends a ROUTE-REFRESH" ;;
	unnumbered-md5) say "sends no MD5 option to an address with a zone" ;;
	*) return 1 ;;
	esac
}
gobgp_family() { case $TRANSPORT in numbered6) say ipv6 ;; *) say ipv4 ;; esac; }
gobgp_neighbor() { case $TRANSPORT in unnumbered) say "$WEFT_ADDRESS%swp1" ;; *) say "$WEFT_ADDRESS" ;; esac; }
gobgp_rib() { on "$PEER" timeout 20 gobgp global rib -a "$(gobgp_family)" "$@"; }

peer_start() {                               # [PASSWORD]
	cat >"$DIR/gobgpd.toml" <<-EOF
	[global.config]
	  as = $PEER_ASN
	  router-id = "$PEER_ID"
	[[neighbors]]
	  [neighbors.config]
	    neighbor-address = "$(gobgp_neighbor)"
	    peer-as = $WEFT_ASN
	    admin-down = true
	    auth-password = "${1:-}"
	  [neighbors.timers.config]
	    connect-retry = 1
	    idle-hold-time-after-reset = 1
	  [neighbors.graceful-restart.config]
	    enabled = true
	    restart-time = 60
	  [[neighbors.afi-safis]]
	    [neighbors.afi-safis.config]
	      afi-safi-name = "$(gobgp_family)-unicast"
	    [neighbors.afi-safis.mp-graceful-restart.config]
	      enabled = true
	EOF
	setsid ip netns exec "$(ns "$PEER")" gobgpd -f "$DIR/gobgpd.toml" --api-hosts 127.0.0.1:50051 --pprof-disable ${RESTARTING:+-r} </dev/null >>"$DIR/out" 2>&1 &
	say $! >"$DIR/pid"
	wait_for 10 gobgp_rib && wait_for 10 peer_announce && on "$PEER" timeout 20 gobgp neighbor "$(gobgp_neighbor)" enable
}
peer_after_end() { :; }
peer_sees() { gobgp_rib "$1" | grep -qF "$1"; }
peer_announce() { gobgp_rib add "$PEER_PREFIX" nexthop "$PEER_ADDRESS"; }
peer_withdraw() { gobgp_rib del "$PEER_PREFIX"; }
peer_refresh() { return 1; }
