# shellcheck shell=bash
# tests/bfd.sh: for tests of BFD: a cable that falls silent while both ends keep their carrier, and how long that takes to be noticed. After lib.sh.

bfd() { jq_of ".[] | select(.link == \"$2\") | .bfd | $3" weft "$1" --json show neighbors; }         # NODE LINK FILTER
peer() { jq_of ".[] | select(.link == \"$2\") | $3" weft "$1" --json show neighbors; }               # NODE LINK FILTER

# bridged NODE:PORT NODE:PORT: a cable between two namespaces, with p1 and p2 of a bridge in a third one in its middle.
bridged() {
	ip netns add "$(ns mid)"
	ip -n "$(ns mid)" link add bridge0 type bridge mcast_snooping 0
	ip -n "$(ns mid)" link set bridge0 up
	ip -n "$(ns "${1%:*}")" link add "${1#*:}" type veth peer name p1 netns "$(ns mid)"
	ip -n "$(ns "${2%:*}")" link add "${2#*:}" type veth peer name p2 netns "$(ns mid)"
	ip -n "$(ns mid)" link set p1 master bridge0 up
	ip -n "$(ns mid)" link set p2 master bridge0 up
	ip -n "$(ns "${1%:*}")" link set "${1#*:}" up
	ip -n "$(ns "${2%:*}")" link set "${2#*:}" up
}

# What is not known to be behind a port is flooded; to a port that learns nothing and is not flooded nothing goes, as soon as what it learnt before
# is forgotten. brport says when it was that it wrote: a busy machine takes a while to start a process.
# shellcheck disable=SC2016
brport() { on mid bash -c 'echo "$EPOCHREALTIME"; for s; do echo "${s#*=}" >"/sys/class/net/${s%%/*}/brport/$(basename "${s%=*}")"; done' bash "$@"; }
doomed() { brport p{1,2}/{learning,unicast_flood,multicast_flood,broadcast_flood}=0; }
silence() { brport p1/flush=1 p2/flush=1; }  # after doomed: both directions
half_doomed() { brport p1/{learning,unicast_flood,multicast_flood,broadcast_flood}=0; }
deafen() { brport p1/flush=1; }              # after half_doomed: nothing goes to p1, while all that comes from there arrives
heal() { brport p{1,2}/{learning,unicast_flood,multicast_flood,broadcast_flood}=1; }

# took NODE CUT: how many milliseconds after the cut the node's kernel heard the first thing about next hops or IPv4 routes.
took() {
	local start log=$TMPDIR/monitor pid end
	: >"$log"
	ip -n "$(ns "$1")" -4 -ts monitor nexthop route >"$log" 2>/dev/null &
	pid=$!
	pause; pause; pause; pause
	start=$("$2")
	wait_for 10 grep -q . "$log" || { kill "$pid"; echo never; return; }
	pause; pause
	kill "$pid"
	end=$(sed -n 's/^\[\([^]]*\)\].*/\1/p' "$log" | head -n 1)
	echo $(( $(date -d "$end" +%s%N) / 1000000 - ${start%[.,]*}${start#*[.,]} / 1000 ))
}
# soon MS NODE DEATH: once.
soon() {
	local ms
	ms=$(took "$2" "$3")
	if [ "$ms" = never ] || [ "$ms" -gt "$1" ]; then fail "$3: noticed" echo "$ms ms"; fi
	say "ok   $3: $2's kernel hears of it after $ms ms"
}
# within MS NODE PREPARE CUT GONE BACK: the best of three; a machine has better things to do now and then. GONE: the condition that says that nobody
# uses the link any more, BACK: that all do.
within() {
	local bound=$1 ms best=99999
	for _ in 1 2 3; do
		"$3" >/dev/null
		ms=$(took "$2" "$4")
		claim 5 "$4: neither end uses the link" "$5"
		heal >/dev/null
		claim 60 "$4: both do again when it heals" "$6"
		[ "$ms" = never ] || [ "$ms" -gt "$best" ] || best=$ms
		say "     detected after $ms ms"
		[ "$best" -gt "$bound" ] || break
	done
	[ "$best" -le "$bound" ] || fail "$4: detected within $bound ms" echo "$best ms"
	say "ok   $4: detected within $bound ms ($best ms)"
}
