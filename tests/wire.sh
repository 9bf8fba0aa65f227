# shellcheck shell=bash
# tests/wire.sh: what the two ends of a cable say to each other about routes, in the order of the wire (netns/gr_wire.py), and what kernels are told
# meanwhile. Sourced after lib.sh.

declare -A mark_of watcher_of
wire_begin() {                               # NODE PORT: weft's end of a cable; what is said on it from now on
	on "$1" python3 -B "$ROOT/tests/netns/gr_wire.py" "$2" "$(link_local "$1" "$2")" >"$TMPDIR/wire.$1.$2" 2>&1 &
	claim 10 "the cable of $1 $2 is watched" grep -q ^listens "$TMPDIR/wire.$1.$2"
}
wires_mark() { local f; for f in "$TMPDIR"/wire.*; do mark_of[${f##*/wire.}]=$(wc -l <"$f"); done; }
since() { tail -n +$((mark_of[$1] + 1)) "$TMPDIR/wire.$1"; }         # CABLE: what was said since wires_mark
said() { since "$1" | awk -v session="$(session "$1")" '$2 == session'; }
session() { since "$1" | awk '/^weft [0-9]+ eor ipv6/ { n = $2 } END { print n }'; }     # its connection's number
opens_of() { since "$1" | sed -n "s/^$2 [0-9]* \(open .*\)/\1/p" | sort -u; }            # CABLE WHO: every OPEN, however many connections there were
tells() {                                    # CABLE WHO: its table, as it stands by now
	said "$1" | awk -v who="$2" '
		$1 == who && $3 == "told" { there[$4] }
		$1 == who && $3 == "gone" { delete there[$4] }
		END { for (p in there) print p }' | sort
}
heard() { same "" disorder "$1" "$2"; }                              # CABLE WHO: it has told all, and said so

# What is wrong about a table and its End-of-RIBs (RFC 4724 2): each prefix once, nothing withdrawn, then End-of-RIB, once for each family.
disorder() {                                 # CABLE WHO
	said "$1" | awk -v who="$2" '
		function family(p) { return p ~ /:/ ? "ipv6" : "ipv4" }
		$1 != who { next }
		$3 == "gone" || $3 == "notification" { print }
		$3 == "told" && told[$4]++ { print $0, "twice" }
		$3 == "told" && eor[family($4)] { print $0, "after the End-of-RIB" }
		$3 == "eor" && eor[$4]++ { print $0, "twice" }
		END { if (!eor["ipv4"] || !eor["ipv6"]) print "no End-of-RIB" }'
}
# What weft says before the peer has said both of its End-of-RIBs.
early() { said "$1" | awk '$1 == "peer" && $3 == "eor" { n++ } n < 2 && $1 == "weft" && $3 ~ /^(told|gone|eor)$/'; }
routes_said() { since "$1" | grep -E ' (told|gone|eor) '; }          # CABLE: anything about routes

# Every kernel is watched: what it is told about routes, next hops and our neighbour entries.
kernels_begin() {
	local node
	for node; do
		ip -n "$(ns "$node")" -o monitor route nexthop neigh >"$TMPDIR/kernel.$node" &
		watcher_of[$node]=$!
		disown
		wait_for 5 grep -q . "/proc/${watcher_of[$node]}/net/netlink"
	done
}
kernels_end() { kill "${watcher_of[@]}"; watcher_of=(); }
told_kernel() { grep -E '(^|^Deleted )id |proto bgp|^(Deleted )?169\.254\.' "$TMPDIR/kernel.$1"; }      # NODE
lost_routes() { told_kernel "$1" | grep '^Deleted [0-9a-f.:/]* .*proto bgp'; }          # NODE: routes that were missing for a while
tables() { local node; for node; do say "$node"; routes "$node" -4 bgp; routes "$node" -6 bgp; done; }
