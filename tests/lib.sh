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
	{ ip -n "$netns" -j nexthop show; ip -n "$netns" -j "${2:--4}" route show table main ${3:+proto "$3"}; } | jq -rs '
		((.[0] // []) | map({key: (.id | tostring), value: .}) | from_entries) as $objects |
		def flags: (.flags // []) - ["offload", "trap"] | map(" " + .) | add // "";
		def hop: ((.gateway // .via.host) | if . then " via " + . else "" end) + (if .dev then " dev " + .dev else "" end) + flags;
		def hops:
			if .nexthops then .nexthops
			elif .dev then [.]
			elif .nhid then $objects[.nhid | tostring] | if .group then [.group[].id | $objects[tostring]] else [.] end
			else [] end;
		(.[1] // [])[] | select(.type != "multicast") |
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
