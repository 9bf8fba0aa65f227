#!/usr/bin/env bash
# Changes by hand: prefixes announced and withdrawn, numbered neighbors added and removed, routes told again on a session that goes on. What survives a
# reload, and what a restart forgets.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
by_hand() { weft leaf01 "$@"; }
said() { local want=$1; shift; "$@" 2>&1 | grep -qF -- "$want" || { "$@"; return 1; }; }              # TEXT COMMAND...
runtime() { jq_of '.runtime' weft leaf01 --json show config; }
sessions() { jq_of 'map(select(.link | startswith("swp")) | "\(.link) \(.state) \(.flaps)") | sort | join(",")' weft leaf01 --json show neighbors; }
untouched() { same "swp1 Established 0,swp2 Established 0" sessions; }

# --- announce ----------------------------------------------------------------------------------------------------------------------
by_hand watch --json 10.9.0.0/24 >"$TMPDIR/watched" &
watcher=$!
watched() { by_hand announce 10.9.0.128/25 && by_hand withdraw 10.9.0.128/25 && test -s "$TMPDIR/watched"; }
claim 10 "somebody watches" watched
claim 1 "a prefix that no interface has" said "is announced with 4210000001:1:2, 65001:100, until" by_hand announce 10.9.0.0/24 4210000001:1:2 65001:100
in_kernel() {                                # NODE PREFIX [-6]: ways of its route there, "swp1 swp2", or "none"
	jq_of '[.[] | .dev // (.nexthops[].dev)] | sort | join(" ") | if . == "" then "none" else . end' ip -n "$(ns "$1")" "${3:--4}" -j route show "$2" proto bgp
}
claim 10 "leaf02's kernel has it over both spines" same "swp1 swp2" in_kernel leaf02 10.9.0.0/24
communities() { jq_of '.[0].paths[0] | "\(.communities | join(" ")) \(.large_communities | join(" "))"' weft leaf02 --json show routes "$1"; }
claim 1 "with its communities" same "65001:100 4210000001:1:2" communities 10.9.0.0/24
claim 1 "leaf01's kernel has none" same none in_kernel leaf01 10.9.0.0/24
claim 1 "IPv6" exits 0 by_hand announce 2001:db8:9::/48 65001:6
claim 10 "leaf02's kernel has it too" same "swp1 swp2" in_kernel leaf02 2001:db8:9::/48 -6
ip -n "$(ns leaf01)" route add local 10.9.0.0/24 dev lo
claim 5 "packets arrive, and leaf01's kernel answers as it sees fit" reaches leaf02 10.9.0.77 10.0.254.2
claim 1 "again, with other communities" exits 0 by_hand announce 10.9.0.0/24 65001:200
claim 10 "they replace those before" same "65001:200 " communities 10.9.0.0/24
claim 1 "one of the file's, with a community" exits 0 by_hand announce 10.0.254.1/32 65001:7
claim 10 "is said with it" same "65001:7 " communities 10.0.254.1/32
claim 1 "explain" said "is originated here by hand (weft announce), announced to 2 of 2 neighbors" by_hand explain 10.9.0.0/24
claim 1 "no_export is for the spines" exits 0 by_hand announce 10.8.0.0/24 no_export
claim 10 "they have it" has_route spine01 10.8.0.0/24
claim 1 "and do not tell it" not has_route leaf02 10.8.0.0/24

claim 1 "host bits: exit 2" exits 2 by_hand announce 10.9.0.1/24
claim 1 "no community: exit 2" exits 2 by_hand announce 10.9.0.0/24 red
claim 1 "what no fabric routes: exit 1" exits 1 by_hand announce 169.254.7.0/24
claim 1 "of the file: exit 1, and what to do" said "change \`originate\` in the file" by_hand withdraw 10.1.1.0/26
claim 1 "nothing of it touched a session" untouched

# --- listed, and kept out of the file ----------------------------------------------------------------------------------------------
listed() { runtime | jq -c '[.announce[].prefix, .neighbors[].address]'; }
claim 1 "show config lists it behind the configuration" same '["10.0.254.1/32","10.8.0.0/24","10.9.0.0/24","2001:db8:9::/48"]' listed
last_key() { by_hand show config | jq -r 'keys_unsorted | last'; }
claim 1 "at the end" same runtime last_key
by_hand show config >"$TMPDIR/saved.json"
claim 1 "a file with it is refused" said "runtime: is what was changed by hand" by_hand check "$TMPDIR/saved.json"
jq 'del(.runtime)' "$TMPDIR/saved.json" >"$TMPDIR/plain.json"
claim 1 "one without is good" exits 0 by_hand check "$TMPDIR/plain.json"
claim 1 "and is what is in effect" said "nothing differs" by_hand diff "$TMPDIR/plain.json"

# --- soft resets -------------------------------------------------------------------------------------------------------------------
messages() { jq_of ".[] | select(.link == \"swp1\") | .messages.$1" weft leaf01 --json show neighbors; }
refreshes() { jq_of '.[] | select(.link == "swp1") | "\(.messages.sent.route_refresh) \(.messages.received.route_refresh)"' weft leaf01 --json show neighbors; }
up_for() { jq_of '.[] | select(.link == "swp1") | .uptime_seconds' weft leaf01 --json show neighbors; }
more() { [ "$("${@:2}")" -gt "$1" ]; }       # THAN COMMAND...
less() { [ "$("${@:2}")" -lt "$1" ]; }
up=$(up_for) heard=$(messages received.update)
claim 1 "--soft in" said "the peer is asked for its routes again" by_hand reset swp1 --soft in
claim 5 "a REFRESH for each family; the spine answers between BoRR and EoRR" same "2 4" refreshes
claim 5 "with all its routes" more "$heard" messages received.update
heard=$(messages sent.update)
claim 1 "--soft out" said "the peer is told our routes again" by_hand reset swp1 --soft out
claim 5 "BoRR and EoRR for each family" same "6 4" refreshes
claim 5 "and all routes between" more "$heard" messages sent.update
claim 5 "the session has stood all the time" not less "$up" up_for
claim 1 "and every table is as it was" has_route leaf02 10.9.0.0/24
claim 1 "--soft of what is no link: exit 1" exits 1 by_hand reset swp9 --soft in
claim 1 "--soft says in or out: exit 2" exits 2 by_hand reset swp1 --soft both
claim 1 "and has no message: exit 2" exits 2 by_hand reset swp1 --soft in --message hello
claim 1 "no session ended" untouched

# --- numbered neighbors ------------------------------------------------------------------------------------------------------------
ip -n "$(ns leaf01)" link add num0 type veth peer name num0 netns "$(ns leaf02)"
address leaf01 num0 203.0.113.1/30; address leaf02 num0 203.0.113.2/30
link_set leaf01 num0 up; link_set leaf02 num0 up
claim 1 "a neighbor by hand" said "is a neighbor, AS 4210000002, until" by_hand neighbor add 203.0.113.2 4210000002
claim 1 "at the other end too" exits 0 weft leaf02 neighbor add 203.0.113.1 external
claim 20 "they have a session" is_established leaf01 203.0.113.2
claim 10 "it is the shortest way now" same num0 in_kernel leaf02 10.9.0.0/24
claim 1 "it is listed" same '["10.0.254.1/32","10.8.0.0/24","10.9.0.0/24","2001:db8:9::/48","203.0.113.2"]' listed
marked() { weft leaf01 --json show "$@" | jq -r '(.neighbors? // .)[] | select(.added_by_hand).name'; }
claim 1 "and marked, it alone" same 203.0.113.2 marked neighbors
claim 1 "also in the summary" same 203.0.113.2 marked summary
claim 1 "and for eyes" said '203.0.113.2: added by hand' by_hand show neighbors
claim 1 "who look at it alone, too" said "yes, until \`weft neighbor del\` or" by_hand show neighbors 203.0.113.2
claim 1 "what the file would not allow is refused: exit 2" exits 2 by_hand neighbor add fe80::1 65002
claim 1 "another AS for the same one: exit 1" exits 1 by_hand neighbor add 203.0.113.2 65009
claim 1 "nothing of it touched another session" untouched

# --- a reload undoes nothing of it -------------------------------------------------------------------------------------------------
file=$(state_dir)/leaf01/weft.json
edit() { jq "$1" "$file" >"$TMPDIR/new" && cat "$TMPDIR/new" >"$file"; }
edit '.multipath = 32'
claim 1 "diff knows nothing of it" same '["multipath"]' jq_of '[.changes[].path] | tojson' weft leaf01 --json diff
claim 5 "reload" exits 0 by_hand reload
edit '.multipath = 64'
kill -HUP "$(pid_of leaf01)"
multipath() { jq_of .multipath weft leaf01 --json show config; }
claim 5 "SIGHUP" same 64 multipath
claim 1 "all is listed as before" same '["10.0.254.1/32","10.8.0.0/24","10.9.0.0/24","2001:db8:9::/48","203.0.113.2"]' listed
claim 1 "the session by hand has not flapped" same 0 neighbor leaf01 203.0.113.2 .flaps
claim 1 "nor has another" untouched
edit '.neighbors = [{"address": "203.0.113.2", "remote_asn": 4210000002}]'
claim 5 "the file has the same neighbor now" exits 0 by_hand reload
claim 1 "it is the file's" same '["10.0.254.1/32","10.8.0.0/24","10.9.0.0/24","2001:db8:9::/48"]' listed
claim 1 "and marked no more" same "" marked neighbors
claim 1 "and its session goes on" same "Established 0" neighbor leaf01 203.0.113.2 '"\(.state) \(.flaps)"'
claim 1 "it cannot be removed by hand" said "is a neighbor of the file" by_hand neighbor del 203.0.113.2
edit 'del(.neighbors)'
claim 5 "out of the file it is gone" exits 0 by_hand reload
claim 10 "for the other end too" same Active neighbor leaf02 203.0.113.1 'if .state == "Established" then .state else "Active" end'
claim 5 "removed there by hand" exits 0 weft leaf02 neighbor del 203.0.113.1
claim 10 "the way over the spines is there again" same "swp1 swp2" in_kernel leaf02 10.9.0.0/24
ip -n "$(ns leaf01)" link del num0
ip -n "$(ns leaf01)" route del local 10.9.0.0/24 dev lo

# --- taken back, and forgotten -----------------------------------------------------------------------------------------------------
claim 1 "withdraw" said "is not announced by hand any more" by_hand withdraw 10.9.0.0/24
claim 10 "leaf02's kernel has it no more" same none in_kernel leaf02 10.9.0.0/24
claim 1 "withdraw of the file's" said "it goes on without those communities" by_hand withdraw 10.0.254.1/32
claim 10 "it does" same " " communities 10.0.254.1/32
claim 5 "who watched was told" same '["runtime-change","prefix-originated","runtime-change","runtime-change","prefix-ended"]' \
	jq -cs 'map(select(.prefix == "10.9.0.0/24").event)' "$TMPDIR/watched"
kill "$watcher"
claim 1 "sessions and all" untouched
fabric leave leaf01
fabric start leaf01
claim 20 "after a restart" established leaf01 2
claim 1 "nothing is by hand" same null runtime
claim 20 "and nobody has it" not has_route leaf02 2001:db8:9::/48 -6
claim 20 "the fabric is whole" whole 2 2
