#!/usr/bin/env bash
# The command: every form of output, every exit code, options on either side of the command.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
json() { weft leaf01 --json "$@"; }
# shape FILTER COMMAND...: the filter must say true of the command's JSON.
shape() { local filter=$1; shift; [ "$(json "$@" | jq "$filter")" = true ] || { json "$@"; return 1; }; }

# --- the JSON that design.md promises
claim 2 "show neighbors: an array with one object per link" shape 'map(.link) == ["swp1", "swp2"]' show neighbors
claim 2 "show neighbors: every promised key" shape 'all(.[]; has("link", "address", "mac", "remote_asn", "remote_router_id", "hostname", "state",
	"uptime_seconds", "prefixes_received", "prefixes_sent", "messages_received", "messages_sent", "hold_time", "capabilities", "last_error"))' show neighbors
claim 2 "show neighbors swp1: who it is" shape '.[0].hostname == "spine01" and .[0].remote_asn == 4200000000 and
	.[0].remote_router_id == "10.0.254.254" and .[0].state == "Established" and .[0].hold_time == 9' show neighbors swp1
claim 2 "show neighbors swp1: its address and MAC are the real ones" shape ".[0].address == \"$(link_local spine01 swp1)\" and
	.[0].mac == \"$(mac_of spine01 swp1)\"" show neighbors swp1
claim 2 "show neighbors swp1: what it said" shape '.[0].prefixes_received == 3 and .[0].messages_received > 2' show neighbors swp1
claim 2 "show routes: every promised key" shape 'all(.[]; has("prefix", "installed", "origin", "as_path", "next_hops", "paths"))' show routes
claim 2 "show routes: a route over both spines" shape 'map(select(.prefix == "10.0.254.2/32")) | .[0] | .installed and
	.as_path == [4200000000, 4210000002] and (.next_hops | map(.link) | sort == ["swp1", "swp2"]) and
	all(.next_hops[]; .weight >= 1 and (.address | startswith("fe80::")))' show routes
claim 2 "show routes: paths say why" shape 'map(select(.prefix == "10.0.254.2/32")) | .[0].paths | length == 2 and
	(map(select(.best)) | length) == 1 and all(.[]; .multipath and has("reason"))' show routes
claim 2 "show routes PREFIX: that one" shape 'map(.prefix) == ["10.1.2.0/26"]' show routes 10.1.2.0/26
claim 2 "show summary: who and how much" shape '.router_id == "10.0.254.1" and .asn == 4210000001 and .hostname == "leaf01" and
	.peers == 2 and .peers_established == 2' show summary
claim 2 "show links: the fabric's two, not the server's" shape 'map(select(.fabric) | .link) == ["swp1", "swp2"]' show links
claim 2 "show nexthops: groups that are installed" shape '.groups | length > 0 and all(.[]; .installed)' show nexthops
claim 2 "show config: the effective one, with defaults" shape '.asn == 4210000001 and .timers.hold == 9 and .links == "auto" and
	.originate != null and .multipath == 64' show config
claim 2 "show version" shape '.version | test("^[0-9]+[.][0-9]+")' show version

# --- text
prints() { local pattern=$1; shift; weft leaf01 "$@" | grep -qE -- "$pattern" || { weft leaf01 "$@"; return 1; }; }
claim 2 "show summary, as everybody knows it" prints 'spine01[(]swp1[)] .*4200000000' show summary
claim 2 "show neighbors as a table" prints 'spine01[(]swp1[)] .*Established' show neighbors
claim 2 "show neighbors LINK in detail" prints 'spine01' show neighbors swp1
claim 2 "show routes as a table" prints '10[.]0[.]254[.]2/32' show routes
claim 2 "show routes PREFIX" prints 'swp2' show routes 10.0.254.2/32
claim 2 "show links as a table" prints '^ *swp2' show links
claim 2 "show nexthops as a table" prints 'swp1' show nexthops
claim 2 "show config" prints '10[.]0[.]254[.]1' show config
claim 2 "show version" prints '[0-9][.][0-9]' show version
claim 2 "a table is plain text when it is not for a terminal" not eval "weft leaf01 show neighbors | grep -q $'\033'"

# --- on a terminal: colours unless NO_COLOR says otherwise, and no line wider than it is
# on_terminal WIDTH COMMAND...: as a terminal of that width would get it
on_terminal() {
	local width=$1
	shift
	TERM=xterm script -qec "stty cols $width; \"$BUILD/weft\" --socket \"$(state_dir)/leaf01/weft.sock\" $*" /dev/null </dev/null | tr -d '\r'
}
coloured() { on_terminal 120 show neighbors | grep -q $'\033'; }
claim 2 "colours on a terminal" coloured
claim 2 "none with NO_COLOR" not eval "NO_COLOR=1 coloured"
narrow() { local longest; longest=$(NO_COLOR=1 on_terminal "$1" "${@:2}" | wc -L); [ "$longest" -le "$1" ] || { say "$longest columns where there are $1"; return 1; }; }
for width in 80 100 140; do
	claim 2 "show summary fits $width columns" narrow "$width" show summary
	claim 2 "show neighbors fits $width columns" narrow "$width" show neighbors
done

# --- help
helps() { local c; for c in "show summary" "show neighbors" "show routes" "show links" "show nexthops" "show config" "show version" version reset stop drain undrain check diff \
	reload confirm explain announce withdraw "neighbor add" "neighbor del"; do
	# shellcheck disable=SC2086
	"$BUILD/weft" $c --help | grep -q '^  [$] .*weft ' || { say "no example: $c"; return 1; }; done; }
claim 2 "every command has --help with an example, without a daemon" helps
claim 2 "--help alone lists them" prints '^  explain PREFIX' --help
claim 2 "--help of what is no command: exit 2" exits 2 "$BUILD/weft" frobnicate --help

# --- what one neighbour has said and is told
claim 2 "show routes --received: what the spine said" shape 'map(.prefix) == ["10.0.254.2/32", "10.0.254.254/32", "10.1.2.0/26"] and all(.[]; .accepted)' show routes --received swp1
claim 2 "show routes --advertised: our own, with our AS and our address of that link" shape "map(select(.prefix == \"10.0.254.1/32\")) | .[0] |
	.told and .as_path == [4210000001] and .next_hop == \"$(link_local leaf01 swp1)\"" show routes --advertised swp1
claim 2 "--received is for show routes alone: exit 2" exits 2 weft leaf01 show links --received swp1
claim 2 "no such neighbour: exit 1" exits 1 weft leaf01 show routes --received swp99
claim 2 "show neighbors LINK: timers, and what became of routes" shape '.[0] | .timers.hold_seconds_left > 0 and .timers.hold_seconds_left <= 9 and
	.route_changes.announced.accepted >= 3 and .carrier_to_established_seconds > 0' show neighbors swp1
claim 2 "and as text" prints 'hold [0-9.]+/9, keepalive' show neighbors swp1
claim 2 "capabilities of both sides" prints 'extended-next-hop +advertised and received' show neighbors swp1

# --- options and exit codes
sock=$(state_dir)/leaf01/weft.sock
claim 2 "options before the command" exits 0 "$BUILD/weft" --socket "$sock" --json show version
claim 2 "options after the command" exits 0 "$BUILD/weft" show version --json --socket "$sock"
claim 2 "options within the command" exits 0 "$BUILD/weft" show --json version --socket "$sock"
claim 2 "either side says the same" same "$("$BUILD/weft" --socket "$sock" --json show version)" "$BUILD/weft" show version --json --socket "$sock"
claim 2 "exit 1: no such link" exits 1 weft leaf01 reset swp99
claim 2 "exit 1: no such neighbour" exits 1 weft leaf01 show neighbors swp99
claim 2 "exit 2: no command" exits 2 "$BUILD/weft"
claim 2 "exit 2: unknown command" exits 2 weft leaf01 frobnicate
claim 2 "exit 2: unknown thing to show" exits 2 weft leaf01 show frobnication
claim 2 "exit 2: unknown option" exits 2 weft leaf01 --frob show version
claim 2 "exit 2: too many arguments" exits 2 weft leaf01 show version now
claim 2 "exit 3: no daemon there" exits 3 "$BUILD/weft" --socket /nonexistent/weft.sock show version
echo '{ "asn": 0 }' >"$(state_dir)/bad.json"
claim 2 "check: exit 0 for a good file, without a daemon" exits 0 "$BUILD/weft" check "$(state_dir)/leaf01/weft.json"
claim 2 "check: exit 0 for a fabric of good files" exits 0 "$BUILD/weft" check "$(state_dir)"/{leaf,spine}0[12]/weft.json
claim 2 "check: exit 4 for a bad file" exits 4 "$BUILD/weft" check "$(state_dir)/bad.json"
data=$ROOT/tests/data/import
claim 2 "import: exit 0 when all of it was translated" exits 0 "$BUILD/weft" import "$data/leaf01.conf"
claim 2 "import: exit 5 when something was left out" exits 5 "$BUILD/weft" import "$data/edge.conf"
claim 2 "import: exit 4 without BGP" exits 4 "$BUILD/weft" import /dev/null
claim 2 "import: exit 2 without a file" exits 2 "$BUILD/weft" import
claim 2 "import: exit 1 for a file that is not there" exits 1 "$BUILD/weft" import /nonexistent
imported() { "$BUILD/weft" import - <"$data/leaf01.conf" | cmp - "$data/leaf01.json"; }
claim 2 "import: of standard input" imported
claim 30 "import: what becomes of route-maps and prefix lists judges as FRR does" python3 "$ROOT/tests/netns/import_verdicts.py" "$BUILD/weft" 300
reason() { "$BUILD/weft" --socket "$sock" reset swp99 2>&1 >/dev/null | grep -q '[a-z]'; }
claim 2 "a refusal says why, on stderr" reason
claim 2 "weftd --version" exits 0 "$BUILD/weftd" --version
claim 2 "weftd without a readable file: exit 1" exits 1 timeout 5 "$BUILD/weftd" --config /nonexistent/weft.json

# --- what changes something
before=$(jq_of '.[0].flaps' json show neighbors swp1)
claim 2 "reset LINK" exits 0 weft leaf01 reset swp1
claim 15 "reset LINK: the session went and came" same "$((before + 1)) Established" jq_of '.[0] | "\(.flaps) \(.state)"' json show neighbors swp1
claim 10 "after the reset: whole" whole 2 2

# --- configuration without a file: an ASN and a router-id, nothing else
fabric stop leaf02
on leaf02 setsid "$BUILD/weftd" --asn 4210000002 --router-id 10.0.254.2 --socket "$(state_dir)/leaf02/weft.sock" </dev/null >>"$(state_dir)/leaf02/log" 2>&1 &
claim 15 "weftd --asn --router-id needs no file" established leaf02 2
claim 10 "and announces its loopback" has_route leaf01 10.0.254.2
