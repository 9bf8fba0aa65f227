#!/usr/bin/env bash
# tests/bench/bfd.sh [SESSIONS [MILLISECONDS [SECONDS [ROUTES]]]]: what BFD costs, and how late its packets leave: once with nothing else to do, once
# while a peer announces ROUTES prefixes and withdraws them, over and over. make bench-programs first.
# Two wefts, a and b, with SESSIONS cables between them. CPU is the scheduler's count for BFD's thread of a; sending over a veth includes the
# receiving half of the other end's network stack, so a real link costs less. A time of lateness is the upper end of a power of two. "floor" is how
# late a real-time thread is woken at the same time that does nothing but sleep: nobody can be better on this machine.
. "$(dirname "$0")/../lib.sh"
enter_private "$0" "$@"
begin_test
sessions=${1:-256} ms=${2:-100} seconds=${3:-30} n_routes=${4:-1000000}
[ -x "$BUILD/bench_peers" ] || die "make bench-programs"

for node in a b peer; do
	ip netns add "$(ns "$node")"
	mkdir -p "$(state_dir)/$node"
	on "$node" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/default/dad_transmits'
	ip -n "$(ns "$node")" link set lo up
done
cables() {
	local i
	for ((i = 1; i <= sessions; i++)); do
		say "link add swp$i index $((1000 + i)) type veth peer name swp$i index $((5000 + i)) netns $(ns b)"
		say "link set swp$i up"
	done
	say "link add load0 index 900 type veth peer name load0 index 901 netns $(ns peer)"
	say "link set load0 up"
}
cables | ip -n "$(ns a)" -batch -
for ((i = 1; i <= sessions; i++)); do say "link set swp$i up"; done | ip -n "$(ns b)" -batch -
ip -n "$(ns peer)" link set load0 up

start() {                                    # NODE ASN ID
	local dir
	dir=$(state_dir)/$1
	rm -f "$dir/weft.sock"
	printf '{"asn": %s, "router_id": "%s", "links": {"load0": {"bfd": false, "export": "none"}, "swp*": {"export": "none"}},
		"bfd": {"interval_ms": %s, "multiplier": 3}}' "$2" "$3" "$ms" >"$dir/weft.json"
	setsid ip netns exec "$(ns "$1")" "$BUILD/weftd" --config "$dir/weft.json" --socket "$dir/weft.sock" --log-level warning </dev/null >>"$dir/log" 2>&1 &
	echo $! >"$dir/pid"
	wait_for 30 test -S "$dir/weft.sock"
}
stop() { local pid; pid=$(pid_of "$1") && kill "$pid" && wait_for 60 is_gone "$pid"; }
summary() { jq_of "$1" weft a --json show summary; }
up() { [ "$(summary .bfd.up)" = "$sessions" ]; }
# cpu_ns THREAD: of a's daemon, by its name; "" all of them.
cpu_ns() {
	local task sum=0 ns
	for task in /proc/"$(pid_of a)"/task/*; do
		if [ -z "$1" ] || [ "$(cat "$task/comm")" = "$1" ]; then
			read -r ns _ <"$task/schedstat"
			sum=$((sum + ns))
		fi
	done
	say "$sum"
}
floor() {                                    # SECONDS
	python3 - "$1" <<-'END'
	import os, sys, time
	try:
	    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
	except PermissionError:
	    pass
	late, end = [], time.monotonic() + float(sys.argv[1])
	while (now := time.monotonic()) < end:
	    time.sleep(0.001)             # what is measured
	    late.append((time.monotonic() - now - 0.001) * 1e6)
	late.sort()
	print("floor: p50 %d, p99 %d, p99.99 %d, max %d us" % tuple(late[int((len(late) - 1) * p)] for p in (0.5, 0.99, 0.9999, 1)))
	END
}
histogram() { summary '.bfd.late_us.below_powers_of_two | @json'; }
# late BEFORE AFTER: two histograms.
late() {
	jq -rn --argjson from "$1" --argjson to "$2" '
		[range(0; $to | length) | $to[.] - $from[.]] as $n | ($n | add) as $all |
		def below($p): [limit(1; range(0; $n | length) as $i | select(($n[:$i + 1] | add) >= $all * $p) | pow(2; $i))][0];
		"late us: p50 < \(below(0.5)), p99 < \(below(0.99)), p99.99 < \(below(0.9999)), max < \(below(1)), of \($all) packets"'
}
# watch SECONDS NAME: CPU and lateness over that time, deaths since the start.
watch() {
	local from bfd all before
	before=$(histogram)
	from=$(now_ms) bfd=$(cpu_ns bfd) all=$(cpu_ns "")
	say "$2: $(floor "$1")"
	bfd=$(( $(cpu_ns bfd) - bfd )) all=$(( $(cpu_ns "") - all )) from=$(( $(now_ms) - from ))
	say "$2: BFD's thread $(percent $bfd $from) % of a core, all of weftd $(percent $all $from) %; $(late "$before" "$(histogram)")"
	say "$2: $(jq_of 'map(.bfd.failures // 0) | add' weft a --json show neighbors) failures; routes $(summary .prefixes)"
}
percent() { local x=$(($1 / ($2 * 100))); printf '%d.%02d\n' $((x / 100)) $((x % 100)); }       # NANOSECONDS MILLISECONDS

say "$sessions sessions at $ms ms, $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg)"
start b 65002 10.0.0.2
start a 65001 10.0.0.1
wait_for 120 up || die "$(summary .bfd.up) of $sessions sessions are up"
watch "$seconds" idle
stop a
start a 65001 10.0.0.1
wait_for 120 up || die "$(summary .bfd.up) of $sessions sessions are up"
more() { [ "$(grep -c sent "$TMPDIR/peers")" -gt "$1" ]; }
exec {lines}> >(on peer "$BUILD/bench_peers" --routes "$n_routes" load0,65003,inject >"$TMPDIR/peers" 2>&1)
wait_for 60 grep -q all_eor "$TMPDIR/peers" || die "the peer that announces has no session: $(cat "$TMPDIR/peers")"
(
	while :; do
		for order in announce withdraw; do
			n=$(grep -c sent "$TMPDIR/peers")
			say "$order" 1
			wait_for 300 more "$n"
			wait_for 10 false
		done
	done >&"$lines"
) &
loader=$!
watch "$seconds" "busy ($n_routes routes)"
kill $loader
