#!/usr/bin/env bash
# The log: fields for the journal, for which a socket of our own stands here; what was left out; levels that change while weftd runs; plain lines.
. "$(dirname "$0")/../lib.sh"
begin_test
journal=/run/systemd/journal/socket

fabric up --spines 1 --leaves 2 --no-daemons || exit 1
dir=$(state_dir)/leaf01
printf '{ "asn": 4210000001, "router_id": "10.0.254.1", "hostname": "leaf01", "originate": ["lo", "vlan10"],
	"neighbors": [{"address": "10.1.1.77", "remote_asn": 65077, "password": "very-secret"}] }\n' >"$dir/weft.json"
fabric start spine01 leaf02
python3 "$ROOT/tests/netns/journal.py" "$journal" "$dir/journal" &
claim 5 "a socket stands for the journal" test -S "$journal"
: >"$dir/log"
start_leaf() {                               # its standard error is what JOURNAL_STREAM says
	local stream
	stream=$(stat -c %d:%i "$dir/log")
	JOURNAL_STREAM=$stream setsid ip netns exec "$(ns leaf01)" "$BUILD/weftd" --config "$dir/weft.json" \
		--socket "$dir/weft.sock" </dev/null >>"$dir/log" 2>&1 &
	echo $! >"$dir/pid"
}
start_leaf

said() { jq -es "map(select($1)) | length ${2:->= 1}" "$dir/journal"; }       # FILTER [HOW MANY]

# --- fields ----------------------------------------------------------------------------------------------------------------------
claim 20 "the fabric is whole" whole 1 2
claim 5 "a peer that comes up is an event with its link and its address" \
	said ".WEFT_EVENT == \"peer-up\" and .WEFT_LINK == \"swp1\" and .WEFT_PEER == \"$(link_local spine01 swp1)\" and .WEFT_TOPIC == \"bgp\""
claim 1 "with a number of its own, a priority and a name" said '.WEFT_EVENT == "peer-up" and (.MESSAGE_ID | test("^[0-9a-f]{32}$")) and .PRIORITY == "6" and .SYSLOG_IDENTIFIER == "weftd"'
claim 1 "the catalog knows that number" grep -q "^-- $(jq -rs 'map(select(.WEFT_EVENT == "peer-up"))[0].MESSAGE_ID' "$dir/journal")$" "$ROOT/templates/weft.catalog"
claim 1 "a prefix of our own is one too" said '.WEFT_EVENT == "prefix-originated" and .WEFT_PREFIX == "10.1.1.0/26"'
claim 1 "standard error is not used beside it" test ! -s "$dir/log"
fabric cut spine01 swp1
claim 5 "a link that goes down" said '.WEFT_EVENT == "link-down" and .WEFT_LINK == "swp1" and .PRIORITY == "5"'
claim 5 "and its peer, with the reason" said '.WEFT_EVENT == "peer-down" and .WEFT_LINK == "swp1" and (.MESSAGE | test(": .+"))'
fabric plug spine01 swp1
claim 15 "which comes back" said '.WEFT_EVENT == "peer-up"' '== 2'

# --- levels ----------------------------------------------------------------------------------------------------------------------
claim 1 "nobody wants debug lines" said '.PRIORITY == "7"' '== 0'
claim 1 "of discovery they are wanted" exits 0 weft leaf01 log discovery debug
claim 10 "an RA that is heard, on its link" said '.PRIORITY == "7" and .WEFT_TOPIC == "discovery" and .WEFT_LINK == "swp1"'
claim 1 "and of nothing else" said '.PRIORITY == "7" and .WEFT_TOPIC != "discovery"' '== 0'
claim 1 "weft log says so" same debug jq_of .levels.discovery weft leaf01 --json log
claim 1 "and no more than warnings" exits 0 weft leaf01 log warning
before=$(jq -s 'map(select(.PRIORITY > "4")) | length' "$dir/journal")
claim 1 "a session is reset" exits 0 weft leaf01 reset swp1
claim 15 "and comes up again" established leaf01 1
claim 1 "which nobody wanted to know" said '.PRIORITY > "4"' "== $before"
for topic in agent link discovery bgp bfd route kernel config; do
	claim 1 "$topic has a level" exits 0 weft leaf01 log "$topic" debug
done
fabric cut spine01 swp1
fabric plug spine01 swp1
claim 15 "the fabric is whole again" whole 1 2
for topic in agent link discovery bgp kernel; do
	claim 5 "debug lines of $topic" said ".PRIORITY == \"7\" and .WEFT_TOPIC == \"$topic\""
done

# --- what is too much ------------------------------------------------------------------------------------------------------------
claim 1 "only what matters again" exits 0 weft leaf01 log info
python3 - "$dir/weft.sock" <<-'PYTHON'
	import socket, sys
	s = socket.socket(socket.AF_UNIX)
	s.connect(sys.argv[1])
	f = s.makefile("rwb")
	for _ in range(40):
	    f.write(b'{"command": "reload"}\n')
	    f.flush()
	    f.readline()
PYTHON
claim 5 "of forty events of a kind ten are written" said '.WEFT_EVENT == "reloaded"' '== 10'
claim 30 "and then how many there were more" said '.MESSAGE == "30 more lines were left out: Another configuration is in effect"'
claim 1 "a password is never told" not grep -q very-secret "$dir/journal"

# --- a journal that takes nothing, and none at all -------------------------------------------------------------------------------
kill -STOP %1
before=$(jq -s length "$dir/journal")
weft leaf01 log debug >/dev/null
for _ in $(seq 40); do weft leaf01 show summary >/dev/null; done
claim 5 "weftd does not wait for it" reaches leaf01 10.0.254.2 10.0.254.1
kill -CONT %1
weft leaf01 log info >/dev/null
claim 15 "what was lost is counted" said '.MESSAGE | test("^[0-9]+ lines were lost")'
kill %1
rm "$journal"
claim 1 "without its socket there is its stream" exits 0 weft leaf01 reset swp1
claim 15 "with the priority in front" grep -q '^<6>swp1: peer ' "$dir/log"
fabric stop leaf01
: >"$dir/log"
fabric start leaf01
claim 20 "lines to a file are plain" grep -q '^swp1: peer .* is Established' "$dir/log"
claim 1 "without any password" not grep -rq very-secret "$dir/log" "$dir/journal"
