#!/usr/bin/env bash
# `weft dump`: Debian's bgpdump reads in it exactly what `weft show routes` has: every path of both families, with its peer, AS path, MED and communities.
. "$(dirname "$0")/../lib.sh"
begin_test
command -v bgpdump >/dev/null || skip "bgpdump is not installed"
. "$ROOT/tests/storm.sh"

dump=$TMPDIR/rib.mrt
read_dump() { bgpdump -m "$dump" 2>"$TMPDIR/bgpdump.err"; }
# bgpdump -m: TABLE_DUMP2|time|B|peer|peer AS|prefix|AS path|origin|next hop|local pref|MED|communities|...
dumped() { read_dump | awk -F'|' '{ printf "%s %s [%s] %s med %s (%s)\n", $6, $5, $7, $8, $11, $12 }' | sort; }
shown() {
	weft leaf01 --json show routes | jq -r '.[] | .prefix as $p | .paths[] |
		"\($p) \(.as_path[0] // 4210000001) [\(.as_path | map(tostring) | join(" "))] \(.origin | ascii_upcase) med \(.med // 0) (\(.communities | join(" ")))"' | sort
}
peers_of() { read_dump | awk -F'|' '{ print $4, $5 }' | sort -u; }
link_locals() { say "10.0.254.1 4210000001"; for i in 1 2; do say "$(link_local "spine0$i" swp1) 4200000000"; done; }
records() { weft leaf01 --json dump "$dump" | jq -r .records; }
leaves_nothing() { [ ! -e "$TMPDIR/none.mrt" ] && [ ! -e "$TMPDIR/none.mrt.part" ]; }
refused() { weft leaf01 dump /nowhere/rib.mrt 2>&1; }

fabric up --spines 2 --leaves 4 --no-daemons || exit 1
for i in 1 2 3 4; do ip -n "$(ns leaf0$i)" addr add 2001:db8::$i/128 dev lo; done
fabric start leaf01 leaf02 leaf03 leaf04 spine01 spine02
claim 20 "leaf01 has all routes, both families" eval "has_route leaf01 10.1.4.0/26 && has_route leaf01 2001:db8::4 -6"
claim 5 "and both spines' paths" same 2 jq_of '[.[] | select(.prefix == "10.1.4.0/26") | .paths[]] | length' weft leaf01 --json show routes
weft leaf02 announce 192.0.2.0/24 65001:7 65001:9 >/dev/null
weft leaf02 announce 2001:db8:7::/48 65001:8 >/dev/null
claim 10 "and routes with communities" eval "has_route leaf01 2001:db8:7::/48 -6"
claim 1 "it is dumped: a record for each prefix, and one for the peers" same "$(($(jq_of length weft leaf01 --json show routes) + 1))" records
claim 5 "bgpdump reads every path, and nothing else" same "$(shown)" dumped
claim 1 "with communities" eval "dumped | grep -qF '192.0.2.0/24 4200000000 [4200000000 4210000002] IGP med 0 (65001:7 65001:9)'"
claim 1 "of both spines and of this node" same "$(link_locals | sort -u)" peers_of
claim 1 "and doubts nothing" not grep -qiE 'warn|error|unknown' "$TMPDIR/bgpdump.err"
claim 1 "an IPv6 path has its next hop" same "$(link_local spine01 swp1)" eval \
	"read_dump | awk -F'|' -v peer='$(link_local spine01 swp1)' '\$6 == \"2001:db8::4/128\" && \$4 == peer { print \$9 }'"
claim 1 "the time is that of the dump" eval "t=\$(read_dump | head -1 | cut -d'|' -f2); [ \$((EPOCHSECONDS - t)) -lt 60 ]"
weft leaf01 dump - >"$TMPDIR/again.mrt"
claim 1 "to standard output it is as long" same "$(stat -c %s "$dump")" stat -c %s "$TMPDIR/again.mrt"
claim 1 "a file that cannot be written is refused" eval "refused | grep -q 'cannot write /nowhere/rib.mrt.part: No such file'"
claim 1 "without a daemon it says so" exits 3 "$BUILD/weft" --socket "$TMPDIR/nobody.sock" dump "$TMPDIR/none.mrt"
claim 1 "and leaves no file" leaves_nothing
claim 1 "a time that is none is refused" same false eval \
	"printf '{\"command\": \"dump\", \"args\": [\"now\"]}\n' | python3 -c 'import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.stdin.buffer.read()); print(s.recv(4096).decode())' '$(state_dir)/leaf01/weft.sock' | jq .ok"
