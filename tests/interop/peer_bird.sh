# shellcheck shell=bash disable=SC2034
# BIRD 2.0.12 in test_matrix.sh. It hears no Router Advertisements: an unnumbered neighbour is given by its link-local address.

PEER_NAME=BIRD
peer_installed() { command -v bird && command -v birdc; }
peer_cannot() { return 1; }
bird_says() { on "$PEER" timeout 20 birdc -r -s "$DIR/ctl" "$@"; }
bird_does() { on "$PEER" timeout 20 birdc -s "$DIR/ctl" "$@"; }

peer_start() {                               # [PASSWORD]
	local family=ipv4 neighbor=$WEFT_ADDRESS more=
	case $TRANSPORT in
	unnumbered) more="interface \"swp1\";" ;;
	numbered6) family=ipv6 ;;
	esac
	[ -z "${1:-}" ] || more+=" password \"$1\";"
	cat >"$DIR/bird.conf" <<-EOF
	router id $PEER_ID;
	protocol device { scan time 1; }
	protocol direct { $family; interface "swp1"; }
	protocol static own { $family; route $PEER_PREFIX blackhole; }
	protocol bgp weft {
		local as $PEER_ASN;
		neighbor $neighbor as $WEFT_ASN;
		$more
		connect retry time 1; connect delay time 1; error wait time 1, 2;
		graceful restart on;
		$family {
			import all; export where source = RTS_STATIC;
			$([ "$TRANSPORT" != unnumbered ] || say "extended next hop yes;")
		};
	}
	EOF
	setsid ip netns exec "$(ns "$PEER")" bird -f ${RESTARTING:+-R} -c "$DIR/bird.conf" -s "$DIR/ctl" -P "$DIR/bird.pid" </dev/null >>"$DIR/out" 2>&1 &
	say $! >"$DIR/pid"
	wait_for 10 bird_says show status
}
peer_after_end() { rm -f "$DIR/ctl"; }
peer_sees() { bird_says show route "$1" protocol weft | grep -qF "$1 "; }
peer_announce() { bird_does enable own; }
peer_withdraw() { bird_does disable own; }
peer_refresh() { bird_does reload in weft; }
