# shellcheck shell=bash
# tests/netns/gr_peer.sh: weft on leaf01, which restarts, and gr_peer.py at the other ends of its cables. Sourced after lib.sh, storm.sh and gr.sh.
. "$ROOT/tests/netns/robust.sh"

in_leaf() { ip -n "$(ns leaf01)" "$@"; }
heard=/run/heard                             # what the peer at p0 heard; of p1: $heard.1
heard_by() { if [ "$1" -eq 0 ]; then say $heard; else say "$heard.$1"; fi; }
declare -A peer_pid
gr_peer() {                                  # N ARGUMENT...: gr_peer.py at p<N>
	local to
	to=$(link_local leaf01 "swp$1")
	setsid ip netns exec "$(ns spine01)" python3 -B "$ROOT/tests/netns/gr_peer.py" "p$1" "$to" "${@:2}" </dev/null >>"$(heard_by "$1")" 2>&1 &
	peer_pid[$1]=$!
	disown
}
gr_peer_kill() { kill -9 "${peer_pid[$1]}"; wait_for 5 is_gone "${peer_pid[$1]}"; }
opened() { grep ^open "$heard${1:-}" | tail -n 1; }
routes_of_peer() { has_route leaf01 10.7.0.0/24 && has_route leaf01 2001:db8:7::/48 -6; }
complete() { routes_of_peer && [ "$(over leaf01)" = true ]; }
own=192.0.2.1
told_then_done() { grep -E '^(told|eor)' $heard | sed -n "/^told $own/,\$p" | grep -q '^eor ipv4'; }
# start SENTENCE OPEN: the daemon starts, its first OPEN is heard, the peer's routes are there, and what weft says ends with End-of-RIB.
start() {
	: >$heard
	fabric start leaf01
	claim 20 "$1" same "$2" opened
	claim 20 "$1: the peer's routes are there" complete
	claim 10 "$1: its own is told, then End-of-RIB" told_then_done
	claim 1 "$1: no second OPEN was needed" same 1 grep -c ^open $heard
}
ends() { : >$heard; fabric "$1" leaf01; claim 5 "$1: the connection is closed without a word" same closed tail -n 1 $heard; }
