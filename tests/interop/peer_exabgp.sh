# shellcheck shell=bash disable=SC2034
# ExaBGP 4.2 in test_matrix.sh: no table of its own. What it is told goes through a pipe, what it hears is kept as it writes it. Its route
# stands in its file: its End-of-RIB does not wait for what a process announces.

PEER_NAME=ExaBGP
peer_installed() { command -v exabgp; }
peer_cannot() {                              # FEATURE
	case $TRANSPORT-$1 in
	unnumbered-*) say "no link-local neighbours: addresses have no zone" ;;
	*) return 1 ;;
	esac
}
exabgp_family() { case $TRANSPORT in numbered6) say ipv6 ;; *) say ipv4 ;; esac; }

peer_start() {                               # [PASSWORD]
	: >"$DIR/heard"
	[ -p "$DIR/orders" ] || mkfifo "$DIR/orders"
	printf '#!/bin/sh\necho $$ >"%s"\nexec 3<&0\ncat >>"%s" <&3 &\nexec cat 0<>"%s"\n' "$DIR/api.pid" "$DIR/heard" "$DIR/orders" >"$DIR/api"
	chmod 755 "$DIR/api"
	cat >"$DIR/exabgp.conf" <<-EOF
	process api { run $DIR/api; encoder json; }
	neighbor $WEFT_ADDRESS {
		router-id $PEER_ID; local-address $PEER_ADDRESS; local-as $PEER_ASN; peer-as $WEFT_ASN; hold-time 9;
		${1:+md5-password "$1";}
		family { $(exabgp_family) unicast; }
		capability { route-refresh; graceful-restart 60; }
		static { route $PEER_PREFIX next-hop self; }
		api { processes [ api ]; receive { parsed; update; } }
	}
	EOF
	setsid ip netns exec "$(ns "$PEER")" env exabgp.daemon.user=root exabgp.log.destination=stderr exabgp "$DIR/exabgp.conf" \
		</dev/null >>"$DIR/out" 2>&1 &
	say $! >"$DIR/pid"
	wait_for 10 test -s "$DIR/api.pid"
}
peer_after_end() { kill "$(cat "$DIR/api.pid")"; rm -f "$DIR/api.pid"; }
# The last thing that was said of the prefix.
peer_sees() {
	grep '^{' "$DIR/heard" | jq -c --arg p "$1" '.neighbor.message.update // empty | if [.announce[]?[]?[]? | .nlri?] | index($p) then "here"
		elif [.withdraw[]?[]? | .nlri?] | index($p) then "gone" else empty end' | tail -n 1 | grep -q here
}
peer_announce() { timeout 20 sh -c "printf '%s\n' 'announce route $PEER_PREFIX next-hop self' 1<>'$DIR/orders'"; }
peer_withdraw() { timeout 20 sh -c "printf '%s\n' 'withdraw route $PEER_PREFIX next-hop self' 1<>'$DIR/orders'"; }
peer_refresh() { timeout 20 sh -c "printf '%s\n' 'announce route-refresh $(exabgp_family) unicast' 1<>'$DIR/orders'"; }
