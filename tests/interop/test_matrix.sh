#!/usr/bin/env bash
# Every other speaker as weft's neighbour, over every kind of session, feature by feature; ends with a table of it. ONLY=regex plays some
# of the columns, such as ONLY='BIRD unnumbered'.
#
# A cell is `ok`, `FAIL`, `peer cannot: why` (the reasons stand in tests/README.md), or `not yet: why` when weft refuses the configuration: it
# becomes a real test by itself as soon as weft does. All columns run at once, each with a cable and two namespaces of its own. No cell is
# tried twice, and a session that has to be made twice is a failure too.
#
# peer_X.sh has, for the peer X: PEER_NAME, peer_installed, peer_cannot FEATURE (says why, if so), peer_start [PASSWORD] (writes the daemon's
# number to $DIR/pid, announces PEER_PREFIX; RESTARTING is set when it was killed), peer_after_end (of its process, however it ended), peer_sees PREFIX, peer_announce,
# peer_withdraw, peer_refresh (asks weft for its routes again).
. "$(dirname "$0")/../lib.sh"
begin_test

PEERS=(frr bird gobgp openbgpd exabgp)
TRANSPORTS=(unnumbered numbered4 numbered6)
FEATURES=(session routes withdraw refresh restart md5)
# shellcheck disable=SC2034  # PEER_ID: for peer_X.sh
WEFT_ASN=65001 PEER_ASN=65002 PEER_ID=10.0.0.2 PASSWORD=woven-in
CELLS=/run/cells
mkdir -p "$CELLS" "$(state_dir)"
printf '0 0\n' >"$(state_dir)/size"

cell() { printf '%s\n' "$2" >"$CELLS/$COLUMN.$1"; }                   # FEATURE WORDS

addresses() {
	case $TRANSPORT in
	unnumbered) WEFT_ADDRESS=fe80::1 PEER_ADDRESS=fe80::2 WEFT_PREFIX=10.1.0.0/24 PEER_PREFIX=10.2.0.0/24 ;;
	numbered4) WEFT_ADDRESS=203.0.113.1 PEER_ADDRESS=203.0.113.2 WEFT_PREFIX=10.1.0.0/24 PEER_PREFIX=10.2.0.0/24 ;;
	numbered6) WEFT_ADDRESS=2001:db8::1 PEER_ADDRESS=2001:db8::2 WEFT_PREFIX=2001:db8:1::/64 PEER_PREFIX=2001:db8:2::/64 ;;
	esac
	case $TRANSPORT in numbered6) FAMILY=-6 NODAD6=nodad ;; *) FAMILY=-4 NODAD6= ;; esac
	case $TRANSPORT in unnumbered) MODE=none ;; *) MODE=eui64 ;; esac         # FRR wants a link-local address for numbered IPv6 too
}

configure() {                                # [PASSWORD]
	local links='["swp1"]' neighbors='[]' password=${1:+", \"password\": \"$1\""}

	if [ "$TRANSPORT" != unnumbered ]; then
		links='[]' neighbors="[{ \"address\": \"$PEER_ADDRESS\", \"remote_asn\": $PEER_ASN$password }]"
	elif [ -n "$password" ]; then
		links="{ \"swp1\": { ${password#, } } }"
	fi
	cat <<-EOF
	{ "asn": $WEFT_ASN, "router_id": "10.0.0.1", "links": $links, "neighbors": $neighbors,
	  "originate": { "interfaces": ["dum0"], "prefixes": [{ "prefix": "$WEFT_PREFIX" }] } }
	EOF
}
allowed() { "$BUILD/weft" check "$1" >/dev/null 2>&1; }

cable() {
	local length=64 nodad=nodad

	[ "$TRANSPORT" != numbered4 ] || length=30 nodad=
	ip netns add "$(ns "$WEFT")" && ip netns add "$(ns "$PEER")" || return 1
	printf '%s\n' "link set lo up" "link add dum0 type veth peer name dum1" "link set dum1 up" "link set dum0 up" \
		"link add swp1 index 101 type veth peer name swp1 index 2001 netns $(ns "$PEER")" "link set swp1 addrgenmode $MODE" \
		"link set swp1 up" "addr add $WEFT_ADDRESS/$length dev swp1 $nodad" "addr add $DUM_ADDRESS dev dum0 $NODAD6" |
		ip -n "$(ns "$WEFT")" -batch - || return 1
	printf '%s\n' "link set lo up" "link set swp1 addrgenmode $MODE" "link set swp1 up" "addr add $PEER_ADDRESS/$length dev swp1 $nodad" |
		ip -n "$(ns "$PEER")" -batch -
}

weft_has() { has_route "$WEFT" "$PEER_PREFIX" "$FAMILY"; }
weft_heard() { weft "$WEFT" --json show neighbors | jq ".[0].messages.received.$1"; }     # MESSAGE
heard_more() { [ "$(weft_heard "$1")" -gt "$2" ]; }
weft_counts() { test "$(jq_of ".[0].$1" weft "$WEFT" --json show neighbors)" "$2" "$3"; }        # WHAT OPERATOR NUMBER

peer_kill() { kill -9 "$(cat "$DIR/pid")"; wait_for 5 is_gone "$(cat "$DIR/pid")"; peer_after_end; }
both() { established "$WEFT" 1 && weft_has && peer_sees "$WEFT_PREFIX"; }
comes_back() {                               # COMMAND GONE COMMAND BACK: a prefix goes by one command and comes by another
	$1 && wait_for 20 not "$2" && $3 && wait_for 20 "$4"
}
weft_gone() { ip -n "$(ns "$WEFT")" addr del "$DUM_ADDRESS" dev dum0; }
weft_back() { ip -n "$(ns "$WEFT")" addr add "$DUM_ADDRESS" dev dum0 ${NODAD6:+"$NODAD6"}; }
peer_has() { peer_sees "$WEFT_PREFIX"; }

feature_session() { wait_for 25 established "$WEFT" 1; }
feature_routes() {
	wait_for 10 weft_has && wait_for 10 peer_has && FLAPS=$(jq_of ".[0].flaps" weft "$WEFT" --json show neighbors)
}
feature_withdraw() {
	comes_back peer_withdraw weft_has peer_announce weft_has && comes_back weft_gone peer_has weft_back peer_has && weft_counts flaps -eq "$FLAPS"
}
feature_refresh() {
	local before
	before=$(weft_heard route_refresh)
	peer_refresh && wait_for 5 heard_more route_refresh "$before" && wait_for 10 both && weft_counts flaps -eq "$FLAPS"
}
# The peer is killed: weft keeps its routes, as stale ones, until the peer is back and has told them again to the end, and loses none in
# between (RFC 4724 4.2).
kept() { established "$WEFT" 0 && weft_has && weft_counts prefixes_stale -gt 0; }
told_again() { both && weft_counts prefixes_stale -eq 0; }
feature_restart() {
	local monitor
	ip -n "$(ns "$WEFT")" "$FAMILY" monitor route >"$DIR/monitor" 2>/dev/null &
	monitor=$!
	peer_kill
	wait_for 20 kept && RESTARTING=1 peer_start && wait_for 40 told_again
	set -- $?
	kill $monitor
	[ "$1" -eq 0 ] && ! grep -q "^Deleted.*$PEER_PREFIX" "$DIR/monitor"
}
feature_md5() {
	fabric stop "$WEFT"
	peer_kill
	configure "$PASSWORD" >"$(state_dir)/$WEFT/weft.json"
	fabric start "$WEFT"
	peer_start "$PASSWORD" && wait_for 25 both || return 1
	# ... and with another one it does not come up.
	fabric stop "$WEFT"
	configure "not-$PASSWORD" >"$(state_dir)/$WEFT/weft.json"
	fabric start "$WEFT"
	! wait_for 4 established "$WEFT" 1
}

column() {                                   # PEER TRANSPORT
	local feature why
	# shellcheck source=/dev/null
	. "$ROOT/tests/interop/peer_$1.sh"
	TRANSPORT=$2 COLUMN="$PEER_NAME $2" WEFT="${1}-${2: -3}-w" PEER="${1}-${2: -3}-p"
	DIR=$(state_dir)/$PEER
	addresses
	DUM_ADDRESS=$(say "$WEFT_PREFIX" | sed 's/\.0\//.1\//; s/::\//::1\//')
	[ -z "${ONLY:-}" ] || [[ $COLUMN =~ $ONLY ]] || return 0
	mkdir -p "$DIR" "$(state_dir)/$WEFT"
	chmod 755 "$(state_dir)" "$DIR"
	configure >"$(state_dir)/$WEFT/weft.json"
	configure "$PASSWORD" >"$DIR/md5.json"
	for feature in "${FEATURES[@]}"; do
		if ! peer_installed >/dev/null 2>&1; then cell "$feature" "peer cannot: not installed"
		elif ! allowed "$(state_dir)/$WEFT/weft.json"; then cell "$feature" "not yet: neighbors"
		elif why=$(peer_cannot "$feature"); then cell "$feature" "peer cannot: $why"
		elif [ "$feature" = md5 ] && ! allowed "$DIR/md5.json"; then cell "$feature" "not yet: password"
		elif [ "$feature" = session ]; then
			if ! { cable && fabric start "$WEFT" && peer_start && feature_session; }; then cell session FAIL; return; fi
			cell session ok
		elif "feature_$feature"; then cell "$feature" ok
		else cell "$feature" FAIL
		fi
	done
}

for peer in "${PEERS[@]}"; do
	for transport in "${TRANSPORTS[@]}"; do column "$peer" "$transport" >"$CELLS/$peer-$transport.log" 2>&1 & done
done
wait

row() { printf '%-21s %s\n' "$1" "$2"; }
failed=0
for peer in FRR BIRD GoBGP OpenBGPD ExaBGP; do
	for transport in "${TRANSPORTS[@]}"; do
		column="$peer $transport"
		line=
		compgen -G "$CELLS/$column.*" >/dev/null || continue             # ONLY leaves it out
		for feature in "${FEATURES[@]}"; do
			verdict=$(cat "$CELLS/$column.$feature" 2>/dev/null) || verdict=-
			line+="$feature: $verdict"$'\t'
			[ "$verdict" != FAIL ] || failed=$((failed + 1))
		done
		# A column that says one thing says it once.
		[ "$(sort -u "$CELLS/$column".* 2>/dev/null | wc -l)" -ne 1 ] || line=$(cat "$CELLS/$column.session")
		line=${line%$'\t'}
		row "$column" "${line//$'\t'/, }"
	done
done
if [ $failed -gt 0 ]; then
	tail -n 25 "$CELLS"/*.log
	for dir in "$(state_dir)"/*-w/ "$(state_dir)"/*-p/; do
		dir=${dir%/}
		say "--- ${dir##*/}"
		weft "${dir##*/}" show neighbors 2>/dev/null
		tail -n 15 "$dir/log" "$dir/out" "$dir/heard" 2>/dev/null
	done
	exit 1
fi
