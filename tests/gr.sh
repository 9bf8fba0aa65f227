# shellcheck shell=bash
# tests/gr.sh: what the tests of weft's own restarts share: ways to end and to start again, packets that nobody may lose meanwhile, what a kernel
# is told. Sourced after lib.sh and storm.sh.
ulimit -c 0                                  # who is aborted leaves no core

graceful() { configure ".graceful_restart = {restart_seconds: $1}" "${@:2}"; }       # SECONDS NODE...: before they are started
over() { jq_of '.restart == null' weft "$1" --json show summary; }                   # NODE: true when the restart has come to its end
opens() { jq_of ".[] | select(.link == \"$2\") | .messages.received.open" weft "$1" --json show neighbors; }         # NODE LINK

flow_end() {                                 # another flow may begin; of a fabric that is down: its daemons have the pipes too
	# shellcheck disable=SC2154  # storm.sh's
	local in=${said_to[rig]} out=${heard_of[rig]}
	exec {in}>&- {out}<&-
	rm "$TMPDIR/rig.in" "$TMPDIR/rig.out"
}

# end_by WAY NODE, start_by WAY NODE: after `upgrade` the next one is another binary, built with other options.
end_by() {
	case $1 in
	kill) fabric kill "$2" ;;
	abort) fabric abort "$2" ;;
	leave | upgrade) fabric leave "$2" ;;
	esac
}
start_by() {
	case $1 in
	kill | abort | leave) fabric start "$2" ;;
	upgrade) BUILD=$(other_build) fabric start "$2" ;;
	esac
}
other_build() { if [ -x "$BUILD/asan/weftd" ]; then say "$BUILD/asan"; else say "${BUILD%/asan}"; fi; }

# Everything that a kernel is told about routes, next hops and our neighbour entries, from monitor_begin to monitor_end.
monitor_begin() {                            # NODE
	ip -n "$(ns "$1")" -o monitor route nexthop neigh >"$TMPDIR/monitor" &
	monitor=$!
	wait_for 5 grep -q . "/proc/$monitor/net/netlink"
}
monitor_end() { kill "$monitor"; }
told() { grep -E '(^|^Deleted )id |proto bgp|^(Deleted )?169\.254\.' "$TMPDIR/monitor"; }

# empty NODE: its kernel forgets all next hops of weft's; groups without hops and routes without a group go with them.
empty() {
	local id
	for id in $(jq_of '.[] | select(.protocol == "bgp" and (.group | not)) | .id' ip -n "$(ns "$1")" -j nexthop show); do
		ip -n "$(ns "$1")" nexthop del id "$id" || return 1
	done
}
