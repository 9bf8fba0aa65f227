# shellcheck shell=bash
# tests/storm.sh: for tests of storms: sessions that must not notice, packets that must arrive, memory and queues that stay bounded. After lib.sh.

# configure FILTER NODE...: changes their configuration, before they start.
configure() {
	local filter=$1 node f
	shift
	for node; do
		f=$(state_dir)/$node/weft.json
		jq "$filter" "$f" >"$f.new" && mv "$f.new" "$f"
	done
}
# shellcheck disable=SC2034
SHORT='.timers = {"hold": 3, "keepalive": 1}'

# What a storm elsewhere must not change: each session of these nodes, and how often it has ended.
sessions() { local node; for node; do jq_of ".[] | \"$node \\(.link) \\(.state) \\(.flaps)\"" weft "$node" --json show neighbors; done; }
counter() { jq_of ".counters.$2" weft "$1" --json show summary; }                    # NODE NAME
updates() { jq_of ".[0].messages.$3.update" weft "$1" --json show neighbors "$2"; }  # NODE LINK sent|received
at_most() { local n; n=$("${@:2}"); [ "$n" -le "$1" ] || { say "$n, not at most $1: ${*:2}"; return 1; }; }      # LIMIT COMMAND...
at_least() { local n; n=$("${@:2}"); [ "$n" -ge "$1" ] || { say "$n, not at least $1: ${*:2}"; return 1; }; }

# Kilobytes: what the process has for itself now, and what it had at most since forget_peak.
memory() { awk '/^(Private_|Pss_Anon:|Swap:)/ && !/Pss/ { n += $2 } END { print n }' "/proc/$(pid_of "$1")/smaps_rollup"; }
peak() { awk '/^VmHWM/ { print $2 }' "/proc/$(pid_of "$1")/status"; }
forget_peak() { local node; for node; do echo 5 >"/proc/$(pid_of "$node")/clear_refs"; done; }
ticks() { awk '{ print $14 + $15 }' "/proc/$(pid_of "$1")/stat"; }                   # CPU, in hundredths of a second

# Programs of tests/bench that take lines and say an object a line: talk NAME COMMAND..., tell NAME LINE, hear NAME EVENT [SECONDS]: that object.
declare -A said_to heard_of pid_in
talk() {
	local in out
	[ -x "$BUILD/bench_${1%%-*}" ] || fail "$BUILD/bench_${1%%-*} is not built: make bench-programs"
	mkfifo "$TMPDIR/$1.in" "$TMPDIR/$1.out"
	"${@:2}" <"$TMPDIR/$1.in" >"$TMPDIR/$1.out" &
	# shellcheck disable=SC2034
	pid_in[$1]=$!                        # for whoever wants to stop it for a while
	disown
	exec {in}>"$TMPDIR/$1.in" {out}<"$TMPDIR/$1.out"
	said_to[$1]=$in heard_of[$1]=$out
	hear "$1" ready >/dev/null || fail "bench_$1 runs"
}
tell() { say "$2" >&"${said_to[$1]}"; }
hear() {
	local line until=$((SECONDS + ${3:-30}))
	while [ "$SECONDS" -le "$until" ]; do
		read -rt 1 -u "${heard_of[$1]}" line || continue
		case $line in *"\"event\":\"$2\""*) say "$line"; return ;; *'"event":"error"'* | *'"event":"down"'*) say "$line"; return 1 ;; esac
	done
	return 1
}

# Where bench_peers talks from: peers_place NAMESPACE, cable_peer NUMBER NAMESPACE (its port pN, to swp99 of leaf0N), and with so many of them it is usable.
peers_place() { ip netns add "$(ns "$1")" && on "$1" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'; }
cable_peer() {
	ip -n "$(ns "leaf0$1")" link add swp99 index 199 type veth peer name "p$1" index $((3000 + $1)) netns "$(ns "$2")"
	ip -n "$(ns "leaf0$1")" link set swp99 up
	ip -n "$(ns "$2")" link set "p$1" up
}
usable() { [ "$(ip -n "$(ns "$1")" -j -6 addr show scope link | jq '[.[].addr_info[]? | select(.tentative | not)] | length')" = "$2" ]; }  # NAMESPACE PORTS

# forwarding SPINES LEAVES: a watcher of all kernels of a fabric (tests/bench/right.c), which costs next to nothing while others work. right SECONDS:
# by then all of them forward over all the links that they have to.
forwarding() {
	local s l i to names=() uplinks=()
	for ((s = 1; s <= $1; s++)); do names+=("$(ns "$(node_name spine "$s")")") uplinks+=($((100 + s))); done
	for ((l = 1; l <= $2; l++)); do names+=("$(ns "$(node_name leaf "$l")")"); done
	talk right "$BUILD/bench_right" "${names[@]}"
	for ((l = 1; l <= $2; l++)); do tell right "range $(leaf_id "$l") 32 1"; tell right "range $(subnet_net "$l").0 26 1"; done
	for ((s = 1; s <= $1; s++)); do
		tell right "range $(spine_id "$s" "$2") 32 1"
		for ((l = 1; l <= $2; l++)); do for i in 2 1; do tell right "want $((s - 1)) $((2 * l - i)) $((2000 + l))"; done; done
	done
	for ((l = 1; l <= $2; l++)); do
		for ((to = 1; to <= $2; to++)); do
			[ $to -eq $l ] || for i in 2 1; do tell right "want $(($1 + l - 1)) $((2 * to - i)) ${uplinks[*]}"; done
		done
		for ((s = 1; s <= $1; s++)); do tell right "want $(($1 + l - 1)) $((2 * $2 + s - 1)) $((100 + s))"; done
	done
}
right() { tell right wait; hear right right "$1"; }
tidy() { local node; for node; do same "" unused_objects "$node" || return 1; done; }

# flow HOST HOST [RATE]: packets with numbers from one to the other from now on; lost: how many did not arrive since flow_mark.
flow() {
	talk rig "$BUILD/bench_rig" --rate "${3:-1000}" --flows 64 "$(ns "$1")" "$(ns "$2")" \
		"$(ip -n "$(ns "$2")" -j -4 addr show eth0 | jq -r '.[].addr_info[0].local')"
}
flow_mark() { dropped_then=$(machine_dropped); tell rig mark; hear rig marked >/dev/null; }
lost() { tell rig report; hear rig report | jq .lost; }
# unharmed: there were packets since flow_mark, and all arrived but those that the machine itself may have dropped: each CPU has one queue for the packets
# of all namespaces (netdev_max_backlog), and a flood in somebody else's overflows it.
machine_dropped() {
	local n=0 drops
	while read -r _ drops _; do n=$((n + 16#$drops)); done </proc/net/softnet_stat
	say $n
}
unharmed() {
	local dropped
	tell rig report
	hear rig report >"$TMPDIR/report"
	dropped=$(($(machine_dropped) - dropped_then))
	[ "$(jq --argjson dropped "$dropped" '.lost <= $dropped and .sent > 100' "$TMPDIR/report")" = true ] ||
		{ cat "$TMPDIR/report"; say "dropped by the machine: $dropped"; return 1; }
}

# watch NODE...: asks them for their summary a few times a second from now on. watched: how many answers there were, the longest one took in milliseconds,
# the most that was queued for one peer in bytes, and how many did not come within 10 s.
watch() {
	: >"$TMPDIR/watched"
	while :; do
		for node; do
			start=$(now_ms)
			timeout 10 "$BUILD/weft" --socket "$(state_dir)/$node/weft.sock" --json show summary | jq -r --argjson ms "$start" \
				'"\([.neighbors[].out_queue_bytes] | max)"' | { if read -r queue; then say "$(( $(now_ms) - start )) $queue"; else say none; fi; } >>"$TMPDIR/watched"
		done
		for _ in 1 2 3 4 5; do pause; done
	done &
	watch_pid=$!
}
watched() {
	kill "$watch_pid" 2>/dev/null
	wait "$watch_pid" 2>/dev/null
	awk '$1 == "none" { bad++; next } { n++; if ($1 > ms) ms = $1; if ($2 > queue) queue = $2 } END { print n + 0, ms + 0, queue + 0, bad + 0 }' "$TMPDIR/watched"
}
