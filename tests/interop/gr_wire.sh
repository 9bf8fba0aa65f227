# shellcheck shell=bash
# tests/interop/gr_wire.sh: graceful restart between weft and another speaker, in both roles, read off the cables (test_gr_wire_*.sh). After lib.sh.
#
#   leaf01, leaf02 and spine02 are weft's, spine01 is the other speaker's. leaf01 restarts and spine01 helps; spine01 restarts and leaf01 helps.
#   Packets run from host01 to host02 over both spines all the time.
#
# The test says: peer_up, peer_kill, peer_again; peer_misses_leaf01, peer_has_stale: what the speaker knows; HELPING, RESTARTING: what its OPENs say.
. "$ROOT/tests/storm.sh"
. "$ROOT/tests/gr.sh"
. "$ROOT/tests/wire.sh"

four_up() {
	local node i=0
	fabric up --spines 2 --leaves 2 --no-daemons || exit 1
	for node in leaf01 leaf02 spine01 spine02; do
		i=$((i + 1))
		ip -n "$(ns $node)" addr add 2001:db8::$i/128 dev lo
	done
	graceful 30 leaf01 leaf02 spine02
	wire_begin leaf01 swp1               # to the other speaker
	wire_begin leaf01 swp2
	wire_begin leaf02 swp1
	wires_mark
	fabric start leaf01 leaf02 spine02
}
complete() {                                 # every table has what it should, IPv6 too
	local leaf other cable
	for leaf in leaf01:2 leaf02:1; do
		other=${leaf#*:} leaf=${leaf%:*}
		same "swp1 1 swp2 1" weights "$leaf" "10.1.$other.0/26" || return 1
		has_route "$leaf" "2001:db8::$other" -6 && has_route "$leaf" 2001:db8::3 -6 || return 1
		routes spine01 -6 | grep -q "^2001:db8::${leaf#leaf0} " && routes spine01 | grep -q "^10.1.${leaf#leaf0}.0/26 " || return 1
	done
	for cable in leaf01.swp1 leaf02.swp1; do
		same "4" eval "said $cable | grep -c ' eor '" || return 1        # more may come after it: none of them had a table yet
	done
}
stale() { jq_of '[.[] | select(.link == "swp1") | .prefixes_stale] | add' weft leaf01 --json show neighbors; }

begins() {                                   # the first start of all
	four_up
	peer_up
	claim 30 "all is told, every route is there" complete
	claim 1 "weft's first start: N bit, its time, both families, no R, no F" same "open R=0 N=1 time=30 ipv4=- ipv6=-" opens_of leaf01.swp1 weft
	claim 10 "packets flow" reaches host01 10.1.2.10
	tells leaf01.swp1 weft >"$TMPDIR/own"
	claim 1 "weft has told its own" same "$(printf '%s\n' 10.0.254.1/32 10.1.1.0/26 2001:db8::1/128)" grep -E '10.0.254.1/32|10.1.1.0|::1/' "$TMPDIR/own"
}

# weft_restarts WAY: leaf01, while spine01 helps.
weft_restarts() {
	local before
	before=$(tables leaf01 leaf02 spine01)
	flow_mark
	wires_mark
	kernels_begin leaf01 leaf02 spine01
	end_by "$1" leaf01
	claim 10 "$1: spine01 has noticed" peer_misses_leaf01
	claim 5 "$1: which keeps what it was told" peer_has_stale
	claim 1 "$1: every route stays, here and there" same "$before" tables leaf01 leaf02 spine01
	start_by "$1" leaf01
	claim 20 "$1: the restart is over" same true over leaf01
	claim 20 "$1: weft tells its table, each prefix once, then End-of-RIB of each family" heard leaf01.swp1 weft
	claim 1 "$1: and spine01 too" heard leaf01.swp1 peer
	claim 1 "$1: weft's OPEN: R, N, its time, F for both" same "open R=1 N=1 time=30 ipv4=F ipv6=F" opens_of leaf01.swp1 weft
	claim 1 "$1: spine01's, who helps" same "$HELPING" opens_of leaf01.swp1 peer
	claim 1 "$1: nothing was told before spine01 had said End-of-RIB" same "" early leaf01.swp1
	claim 1 "$1: the same table as before" same "$(cat "$TMPDIR/own")" tells leaf01.swp1 weft
	claim 10 "$1: nothing is stale at spine01" not peer_has_stale
	claim 1 "$1: spine01 had nothing to say to leaf02" same "" routes_said leaf02.swp1
	claim 1 "$1: every table is as before" same "$before" tables leaf01 leaf02 spine01
	kernels_end
	claim 1 "$1: the kernels of the leaves were told nothing" same "" eval "told_kernel leaf01; told_kernel leaf02"
	claim 1 "$1: spine01's was never without a route" same "" lost_routes spine01
	claim 1 "$1: not one packet was lost" unharmed
}

# peer_restarts: spine01, while leaf01 and leaf02 help. What it does not tell again goes with its End-of-RIB.
peer_restarts() {
	local before
	ip -n "$(ns spine01)" addr add 10.9.9.9/32 dev lo
	ip -n "$(ns spine01)" addr add 2001:db8::9/128 dev lo
	claim 20 "spine01 restarts: it has two routes more" eval "has_route leaf01 10.9.9.9 && has_route leaf01 2001:db8::9 -6"
	before=$(tables leaf01 leaf02)
	flow_mark
	wires_mark
	kernels_begin leaf01 leaf02
	peer_kill
	claim 10 "spine01 restarts: leaf01 has noticed" established leaf01 1
	claim 1 "spine01 restarts: what it told is stale" test "$(stale)" -gt 0
	ip -n "$(ns spine01)" addr del 10.9.9.9/32 dev lo
	ip -n "$(ns spine01)" addr del 2001:db8::9/128 dev lo
	claim 1 "spine01 restarts: and stays where it is" same "$before" tables leaf01 leaf02
	peer_again
	claim 30 "spine01 restarts: it has told its table, each prefix once, then End-of-RIB of each family" heard leaf01.swp1 peer
	claim 10 "spine01 restarts: weft too" heard leaf01.swp1 weft
	claim 1 "spine01 restarts: its OPEN" same "$RESTARTING" opens_of leaf01.swp1 peer
	claim 1 "spine01 restarts: weft's, who has not, and forwards as before: no R, F for both" same "open R=0 N=1 time=30 ipv4=F ipv6=F" \
		opens_of leaf01.swp1 weft
	claim 1 "spine01 restarts: weft tells the same as ever" same "$(cat "$TMPDIR/own")" tells leaf01.swp1 weft
	claim 5 "spine01 restarts: nothing is stale" same 0 stale
	claim 5 "spine01 restarts: what it did not tell again is gone" not eval "has_route leaf01 10.9.9.9 || has_route leaf01 2001:db8::9 -6"
	claim 1 "spine01 restarts: all else is as before" same "$(grep -vE '^(10.9.9.9|2001:db8::9) ' <<<"$before")" tables leaf01 leaf02
	kernels_end
	claim 1 "spine01 restarts: that was all that leaf01's kernel was told of routes" same $'10.9.9.9\n2001:db8::9' \
		eval "told_kernel leaf01 | sed -n 's/^Deleted \([0-9][0-9a-f.:]*\) .*/\1/p' | sort"
	claim 1 "spine01 restarts: and nothing was written" same "" eval "told_kernel leaf01 | grep -v ^Deleted"
	claim 1 "spine01 restarts: leaf01 told spine02 nothing but that" same "" \
		eval "routes_said leaf01.swp2 | grep -vE '^weft .* gone (10.9.9.9/32|2001:db8::9/128)'"
	claim 1 "spine01 restarts: not one packet was lost" unharmed
}
