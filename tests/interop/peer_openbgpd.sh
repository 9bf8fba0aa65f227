# shellcheck shell=bash disable=SC2034
# OpenBGPD 7.7 in test_matrix.sh. fib-update no: it touches no kernel.

PEER_NAME=OpenBGPD
peer_installed() { [ -x /usr/sbin/bgpd ] && [ -x /usr/sbin/bgpctl ]; }
peer_cannot() {                              # FEATURE
	if [ "$TRANSPORT" = unnumbered ]; then say "no extended next hop (RFC 8950)"
	elif [ "$(awk '{ print $3 }' /proc/self/uid_map)" -lt 65536 ]; then say "it changes its user, which an ordinary user's namespace does not have"
	elif [ "$1" = restart ]; then say "its graceful restart capability names no family and no time (8000): it only helps others"
	else return 1
	fi
}
openbgp() { on "$PEER" timeout 20 bgpctl -s "$DIR/ctl" "$@"; }

peer_start() {                               # [PASSWORD]
	local family=IPv4
	[ "$TRANSPORT" = numbered4 ] || family=IPv6
	cat >"$DIR/bgpd.conf" <<-EOF
	AS $PEER_ASN
	router-id $PEER_ID
	fib-update no
	listen on $PEER_ADDRESS
	socket "$DIR/ctl"
	network $PEER_PREFIX
	neighbor $WEFT_ADDRESS {
		remote-as $WEFT_ASN
		announce $family unicast
		announce restart yes
		${1:+tcp md5sig password $1}
	}
	allow from any
	allow to any
	EOF
	chmod 600 "$DIR/bgpd.conf"
	mkdir -p "$(getent passwd _openbgpd | cut -d: -f6)"              # where its children are locked in: /run/openbgpd
	setsid ip netns exec "$(ns "$PEER")" bgpd -d -f "$DIR/bgpd.conf" </dev/null >>"$DIR/out" 2>&1 &
	say $! >"$DIR/pid"
	wait_for 10 openbgp show
}
# Its two children end with their parent, but not before the next one is there unless they are waited for.
peer_after_end() { rm -f "$DIR/ctl"; wait_for 5 not on "$PEER" sh -c 'ss -Hltn sport = 179 | grep -q .'; }
peer_sees() { openbgp show rib "$1" | grep -qF "$1"; }
peer_announce() { openbgp network add "$PEER_PREFIX"; }
peer_withdraw() { openbgp network delete "$PEER_PREFIX"; }
peer_refresh() { openbgp neighbor "$WEFT_ADDRESS" refresh; }
