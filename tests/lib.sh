# shellcheck shell=bash
# tests/lib.sh: what every script under tests/ shares. Sourced, never run.
#
#   wait_for SECONDS COMMAND...   the one place that waits: polls a condition until it holds or the deadline passes
#   enter_private SCRIPT ARGS...  namespaces of one's own, for tests: nothing outlives the script, whatever kills it
#   enter_kept SCRIPT ARGS...     namespaces that stay, for the demo of an ordinary user
set -u

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
FABRIC=${FABRIC:-demo}

# A descriptor that never has anything to read: `read -t` on it is a pause that costs no process.
exec {pause_fd}<> <(:)
pause() { read -rt 0.05 -u "$pause_fd" || :; }

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

now_ms() { local t=$EPOCHREALTIME; printf '%s\n' "$(( ${t%[.,]*} * 1000 + 10#${t#*[.,]} / 1000 ))"; }
seconds_since() { local ms=$(( $(now_ms) - $1 )); printf '%d.%02d\n' $((ms / 1000)) $((ms % 1000 / 10)); }

wait_for() {
	local until=$(( $(now_ms) + $1 * 1000 ))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt "$until" ] || return 1
		pause
	done
}

# --- the fabric's names, addresses and places: one line of arithmetic each -------------------------------------------------------
ns() { printf 'weft-%s-%s\n' "$FABRIC" "$1"; }
state_dir() { printf '%s/weft-fabric-%s\n' "${TMPDIR:-/tmp}" "$FABRIC"; }
node_name() { printf '%s%02d\n' "$1" "$2"; }                        # spine|leaf|host NUMBER
leaf_id() { printf '10.0.%d.%d\n' $((254 - ($1 - 1) / 250)) $((($1 - 1) % 250 + 1)); }
spine_id() {                                                        # NUMBER LEAVES: the reference lab's as long as there is room
	if [ "$2" -le 200 ] && [ "$1" -le 50 ]; then printf '10.0.254.%d\n' $((255 - $1)); else printf '10.0.255.%d\n' "$1"; fi
}
subnet_net() { printf '10.%d.%d\n' $((1 + $1 / 256)) $(($1 % 256)); }      # LEAF: without its last byte
leaf_asn() { printf '%d\n' $((4210000000 + $1)); }
spine_asn() { printf '4200000000\n'; }

on() { local node=$1; shift; ip netns exec "$(ns "$node")" "$@"; }   # NODE COMMAND...
weft() { local node=$1; shift; "$BUILD/weft" --socket "$(state_dir)/$node/weft.sock" "$@"; }

# pid_of NODE: of its running daemon; a recorded number that is somebody else's by now does not count.
pid_of() {
	local dir pid
	dir=$(state_dir)/$1
	pid=$(cat "$dir/pid" 2>/dev/null) && is_running "$pid" && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF "$dir/weft.sock" &&
		printf '%s\n' "$pid"
}

is_running() { [ -n "$1" ] && grep -qE '^State:[[:space:]]+[^ZX]' "/proc/$1/status" 2>/dev/null; }
is_gone() { ! is_running "$1"; }

# routes NODE [-4|-6] [PROTO]: the main table, one sorted line per route with its hops in order of their links. Next-hop objects are
# looked up, so the line reads the same whether the kernel spells the hops out or only names the object:
#   10.0.254.2 proto bgp metric 20 src 10.0.254.1 via 169.254.0.1 dev swp1 onlink via 169.254.0.1 dev swp2 onlink
routes() {
	local netns
	netns=$(ns "$1")
	# Asked for one protocol only, ip leaves the protocol out of its answer: so jq picks.
	{ ip -n "$netns" -j nexthop show; ip -n "$netns" -j "${2:--4}" route show table main; } | jq -rs --arg proto "${3:-}" '
		((.[0] // []) | map({key: (.id | tostring), value: .}) | from_entries) as $objects |
		def flags: (.flags // []) - ["offload", "trap"] | map(" " + .) | add // "";
		def hop: ((.gateway // .via.host) | if . then " via " + . else "" end) + (if .dev then " dev " + .dev else "" end) + flags;
		def hops:
			if .nexthops then .nexthops
			elif .dev then [.]
			elif .nhid then $objects[.nhid | tostring] | if .group then [.group[].id | $objects[tostring]] else [.] end
			else [] end;
		(.[1] // [])[] | select(.type != "multicast" and ($proto == "" or .protocol == $proto)) |
		"\(.dst) proto \(.protocol)\(if .metric then " metric \(.metric)" else "" end)\(if .prefsrc then " src \(.prefsrc)" else "" end)" +
			(hops | sort_by(.dev) | map(hop) | add // "")' | sort
}

# --- namespaces ------------------------------------------------------------------------------------------------------------------
# Inside: root of fresh net, mount and pid namespaces (of a user namespace too for an ordinary user), with a /run of its own for
# `ip netns`. The pid namespace dies with the script, so no daemon can outlive it.
enter_private() {
	local user=()

	[ "${WEFT_PRIVATE:-}" != "$$" ] || return 0
	[ "$EUID" -eq 0 ] || user=(--user --map-root-user)
	# shellcheck disable=SC2016
	exec unshare "${user[@]}" --net --mount --pid --fork --kill-child --mount-proc \
		sh -c 'mount -t tmpfs tmpfs /run && WEFT_PRIVATE=$$ exec bash "$@"' sh "$@"
}

# An ordinary user's fabric lives in the namespaces of a keeper process; every further command joins them.
enter_kept() {
	local keeper rc=0

	[ "$EUID" -ne 0 ] || return 0
	keeper=$(cat "$(state_dir).keeper" 2>/dev/null)
	if ! is_running "$keeper" || ! grep -qz "keeper-of-$FABRIC" "/proc/$keeper/cmdline" 2>/dev/null; then
		rm -rf "$(state_dir)"        # whatever ran in there ended with its keeper
		# shellcheck disable=SC2016
		setsid unshare --user --map-root-user --net --mount sh -c 'mount -t tmpfs tmpfs /run && echo $$ >"$1.keeper" && exec tail -f /dev/null "$0"' \
			"/dev/null/keeper-of-$FABRIC" "$(state_dir)" </dev/null >/dev/null 2>&1 &
		wait_for 5 test -s "$(state_dir).keeper" || die "cannot make namespaces as this user; try as root"
		keeper=$(cat "$(state_dir).keeper")
	fi
	trap : INT TERM                      # the script inside has these in hand
	nsenter --target "$keeper" --user --preserve-credentials --net --mount --wd="$PWD" "$@" || rc=$?
	if [ ! -d "$(state_dir)" ]; then
		kill "$keeper" 2>/dev/null
		rm -f "$(state_dir).keeper"
	fi
	exit "$rc"
}

# --- tests -----------------------------------------------------------------------------------------------------------------------
# begin_test: first line of a test; everything after it is private. end_test: last line.
begin_test() {
	enter_private "$0"
	export FABRIC=t TMPDIR=/run          # a tmpfs that nobody else sees
	trap 'fabric down' EXIT
	trap 'exit 130' INT TERM
}
fabric() { local verb=$1; shift; "$ROOT/tests/fabric" "$verb" --name "$FABRIC" "$@"; }
skip() { say "skipped: $*"; exit 77; }

fail() {
	local dir
	say "FAIL $1"
	shift
	[ $# -eq 0 ] || { printf 'the claim was: %.200s; it says now:\n' "$*"; "$@"; }
	for dir in "$(state_dir)"/*/; do
		dir=${dir%/}
		say "--- ${dir##*/}"
		weft "${dir##*/}" show neighbors 2>&1
		routes "${dir##*/}"
		tail -n 15 "$dir/log" 2>/dev/null
	done
	exit 1
}

# claim SECONDS SENTENCE COMMAND...: holds now or before the deadline, or the test ends here and shows the state of all nodes.
claim() {
	local seconds=$1 sentence=$2 start
	start=$(now_ms)
	shift 2
	wait_for "$seconds" "$@" || fail "$sentence" "$@"
	say "ok   $sentence ($(seconds_since "$start") s)"
}

# Conditions for claim. They print what differs, so that a failed claim explains itself.
same() { local want=$1; shift; diff <(printf '%s' "${want:+$want$'\n'}") <("$@" 2>&1); }       # TEXT COMMAND...
not() { ! "$@"; }
exits() { local want=$1 got=0; shift; "$@" >/dev/null 2>&1 </dev/null || got=$?; [ "$got" -eq "$want" ] || { say "exit $got instead of $want: $*"; return 1; }; }
jq_of() { local filter=$1; shift; "$@" | jq -r "$filter"; }          # FILTER COMMAND...

link_local() { ip -n "$(ns "$1")" -j -6 addr show dev "$2" scope link | jq -r '.[].addr_info[]? | .local'; }    # NODE PORT
mac_of() { ip -n "$(ns "$1")" -j link show dev "$2" | jq -r '.[].address'; }
established() { [ "$(jq_of 'map(select(.state == "Established")) | length' weft "$1" --json show neighbors)" = "$2" ]; }    # NODE COUNT
reaches() { on "$1" ping -q -c 1 -W 1 ${3:+-I "$3"} "$2"; }          # NODE ADDRESS [SOURCE]
on_link_neighbour() {                        # NODE PORT: as the kernel has it
	ip -n "$(ns "$1")" -j -d neigh show 169.254.0.1 dev "$2" | jq -r '.[] | "\(.lladdr) \(.state | join(",")) \(.protocol)"'
}
# Next-hop objects that no route and no group uses: a leak.
unused_objects() {
	local netns
	netns=$(ns "$1")
	{ ip -n "$netns" -j nexthop show; ip -n "$netns" -4 -j route show table all; ip -n "$netns" -6 -j route show table all; } | jq -rs '
		([.[1][]?, .[2][]? | .nhid // empty] + [.[0][]?.group[]?.id]) as $used | .[0][]? | select(.id as $id | $used | index($id) | not) | .id'
}

has_route() { routes "$1" "${3:--4}" | grep -q "^$2 "; }              # NODE DESTINATION [-6]

# weights NODE DESTINATION: "swp1 2 swp2 1", the kernel's next hops and their shares of the traffic, whichever way it spells them.
weights() {
	{ ip -n "$(ns "$1")" -j nexthop show; ip -n "$(ns "$1")" -j -4 route show "$2"; } | jq -rs '
		((.[0] // []) | map({key: (.id | tostring), value: .}) | from_entries) as $objects |
		(.[1] // [])[] | (if .nexthops then .nexthops
			elif .nhid then $objects[.nhid | tostring] | if .group then [.group[] | {dev: $objects[.id | tostring].dev, weight}] else [.] end
			else [.] end) | sort_by(.dev) | map("\(.dev) \(.weight // 1)") | join(" ")'
}

# fabric_routes NODE SPINES LEAVES: the whole IPv4 main table that a node of an undisturbed fabric has.
fabric_routes() { { node_routes "$@"; beside "$1"; } | sort; }
beside() { :; }                              # NODE: what else its table has
node_routes() {
	local i n=$((10#${1//[a-z]/})) src hops=
	case $1 in
	leaf*)
		src=$(leaf_id "$n")
		say "$(subnet_net "$n").0/26 proto kernel src $(subnet_net "$n").1 dev vlan10"
		for ((i = 1; i <= $2; i++)); do
			hops+=" via 169.254.0.1 dev swp$i onlink"
			say "$(spine_id "$i" "$3") proto bgp metric 20 src $src via 169.254.0.1 dev swp$i onlink"
		done
		for ((i = 1; i <= $3; i++)); do
			[ "$i" -eq "$n" ] || printf "%s proto bgp metric 20 src $src$hops\n" "$(leaf_id "$i")" "$(subnet_net "$i").0/26"
		done ;;
	spine*)
		src=$(spine_id "$n" "$3")
		for ((i = 1; i <= $3; i++)); do
			printf "%s proto bgp metric 20 src $src via 169.254.0.1 dev swp$i onlink\n" "$(leaf_id "$i")" "$(subnet_net "$i").0/26"
		done ;;
	esac
}
# The whole fabric as it should be, and nothing left over: the state before a fault and after it.
whole() {                                    # SPINES LEAVES
	local node
	for node in $(for ((i = 1; i <= $1; i++)); do node_name spine "$i"; done; for ((i = 1; i <= $2; i++)); do node_name leaf "$i"; done); do
		same "$(fabric_routes "$node" "$1" "$2")" routes "$node" || { say "^ $node"; return 1; }
		same "" unused_objects "$node" || { say "^ unused next-hop objects on $node"; return 1; }
	done
}
