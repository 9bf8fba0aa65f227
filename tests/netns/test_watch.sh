#!/usr/bin/env bash
# weft watch: what happens is told, line by line: a link that fails and comes back, a prefix, packets; and somebody who watches and does not read.
. "$(dirname "$0")/../lib.sh"
begin_test
watched=$TMPDIR/watched
mkdir "$watched"

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2

watch() {                                    # NAME ARGUMENTS...: into a file, until the test ends
	local name=$1
	shift
	weft leaf01 watch "$@" >"$watched/$name" 2>"$watched/$name.err" &
}
watchers() { ss -xH state established src "$(state_dir)/leaf01/weft.sock" | wc -l; }
saw() { jq -es "map(select($2)) | length >= 1" "$watched/$1"; }                # NAME FILTER
never() { jq -es "map(select($2)) | length == 0" "$watched/$1"; }

watch all --json
watch text
watch link --json swp1
watch prefix --json 10.0.254.2/32
watch other --json swp2 10.9.0.0/16
watch packets --json --packets swp1
watch packets_text --packets swp1
claim 20 "seven watch" same 7 watchers

# --- a link fails ----------------------------------------------------------------------------------------------------------------
fabric cut spine01 swp1
claim 5 "the link is down" saw all '.event == "link-down" and .link == "swp1" and .level == "notice" and .topic == "link"'
claim 5 "so is its peer, with the reason" saw all '.event == "peer-down" and .name == "swp1" and (.peer | startswith("fe80::")) and (.message | test("spine01.*: "))'
claim 5 "routes have one next hop less, and why" \
	saw all '.event == "route-changed" and .prefix == "10.0.254.2/32" and .from == ["swp1", "swp2"] and .to == ["swp2"] and .reason == "swp1: link is down"'
claim 5 "or none at all" saw all '.event == "route-changed" and .prefix == "10.0.254.254/32" and .from == ["swp1"] and .to == []'
fabric plug spine01 swp1
claim 15 "the link comes back" saw all '.event == "link-up" and .link == "swp1"'
claim 5 "a router is heard" saw all '.event == "router-found" and .link == "swp1"'
claim 5 "the session is Established" saw all '.event == "peer-up" and .link == "swp1"'
claim 5 "routes have two next hops again" saw all '.event == "route-changed" and .prefix == "10.0.254.2/32" and .to == ["swp1", "swp2"] and .reason == "a further path that is as good"'
claim 10 "the fabric is whole" whole 2 2

# --- a prefix --------------------------------------------------------------------------------------------------------------------
weft leaf02 drain >/dev/null
on leaf02 ip addr add 10.9.1.1/24 dev vlan10
claim 10 "a new prefix" saw all '.event == "route-changed" and .prefix == "10.9.1.0/24" and .from == [] and .to != [] and .reason == "new route"'
on leaf02 ip addr del 10.9.1.1/24 dev vlan10
claim 10 "which is gone again" saw all '.event == "route-changed" and .prefix == "10.9.1.0/24" and .to == [] and (.reason | test("withdrawn"))'
weft leaf02 undrain >/dev/null

# --- who watches what ------------------------------------------------------------------------------------------------------------
claim 5 "who watches a link hears of it" saw link '.event == "link-down"'
claim 1 "and of routes that used it" saw link '.event == "route-changed" and (.from | index("swp1"))'
claim 1 "and of nothing else" never link 'has("event") and .link != "swp1" and ((.from // []) + (.to // []) | index("swp1") | not)'
claim 1 "who watches a prefix hears of it alone" saw prefix '.event == "route-changed"'
claim 1 "and of no other" never prefix 'has("event") and .prefix != "10.0.254.2/32"'
claim 1 "a prefix holds others" saw other '.prefix == "10.9.1.0/24"'
claim 1 "another link" never other '.link == "swp1"'
claim 1 "text has a time, a link and the event" grep -qE '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3} swp1 +link-down +link is down$' "$watched/text"
claim 1 "every line is an object with what the contract says" jq -es 'all(.[]; (.time | test("^20[0-9-]+T[0-9:.]+Z$")) and
	(.event | type) == "string" and (.topic | type) == "string" and (.level | type) == "string" and (.message | type) == "string" and
	has("link") and has("name") and has("peer") and has("prefix") and (keys - ["time", "event", "topic", "level", "link", "name", "peer", "prefix",
		"from", "to", "reason", "message"] == []))' "$watched/all"


# --- packets ---------------------------------------------------------------------------------------------------------------------
packet() { saw packets ".event == \"packet\" and .link == \"swp1\" and $1"; }        # FILTER
claim 5 "an OPEN of each side, with its capabilities" packet '.type == "OPEN" and .direction == "out" and .detail.asn == 4210000001 and .detail.hold_time == 9 and
	(.detail.capabilities | index("extended_next_hop")) and .detail.hostname == "leaf01"'
claim 5 "and the peer's" packet '.type == "OPEN" and .direction == "in" and .detail.asn == 4200000000 and .detail.router_id == "10.0.254.254" and .length > 80'
claim 5 "an UPDATE with its prefixes and attributes" packet '.type == "UPDATE" and .direction == "in" and (.detail.announced | index("10.0.254.2/32")) and
	.detail.as_path == "4200000000 4210000002" and (.detail.next_hop | startswith("fe80::"))'
claim 5 "one that withdraws" packet '.type == "UPDATE" and .direction == "in" and .detail.withdrawn == ["10.9.1.0/24"]'
claim 5 "what we announce" packet '.type == "UPDATE" and .direction == "out" and (.detail.announced | index("10.1.1.0/26")) and .detail.as_path == "4210000001"'
claim 5 "End-of-RIB, of both" packet '.detail.end_of_rib == "ipv4" and .direction == "in"'
claim 5 "KEEPALIVE" packet '.type == "KEEPALIVE" and .length == 19'
claim 10 "a Router Advertisement, in and out" packet '.protocol == "ra" and .type == "RA" and .direction == "in" and (.detail.mac | test("^([0-9a-f]{2}:){5}"))'
claim 10 "of ours too" packet '.protocol == "ra" and .direction == "out" and .detail.lifetime == 0'
claim 1 "communities of a peer that is drained" packet '.type == "UPDATE" and (.detail.communities | index("graceful_shutdown"))'
weft leaf01 reset swp1 --message "see you" >/dev/null
claim 5 "a NOTIFICATION in words" packet '.type == "NOTIFICATION" and .direction == "out" and .detail.name == "Cease/Hard Reset, Cease/Administrative Reset" and .detail.words == "see you"'
claim 10 "as text" grep -qE '^[0-9:.]+ swp1 +packet +in  bgp UPDATE, [0-9]+ bytes: .*[+]10[.]0[.]254[.]2/32.*, path 4200000000 4210000002, origin igp, next hop fe80::' "$watched/packets_text"
claim 1 "events of the link are among them" saw packets '.event == "peer-down"'
claim 1 "and no other link's packets" never packets '.event == "packet" and .link != "swp1"'
claim 1 "who did not ask for packets has none" never all '.event == "packet"'
claim 10 "the session is there again" established leaf01 2

claim 1 "a link that is not there is refused" exits 1 weft leaf01 watch swp77
claim 1 "so is what is no prefix" exits 2 weft leaf01 watch 10.0.0.1/8
claim 1 "and half an option" exits 2 weft leaf01 watch --packets

# --- nobody is waited for --------------------------------------------------------------------------------------------------------
# Somebody who asks, and does not read before a file is there.
python3 - "$(state_dir)/leaf01/weft.sock" >"$watched/deaf" <<-'PYTHON' &
	import json, socket, sys, time, os
	s = socket.socket(socket.AF_UNIX)
	s.connect(sys.argv[1])
	s.sendall(b'{"command": "watch"}\n')
	while not os.path.exists(sys.argv[1] + ".read"):
	    time.sleep(0.05)
	data = b""
	while b'"lost"' not in data:
	    more = s.recv(65536)
	    if not more:
	        break
	    data += more
	for line in data.split(b"\n")[:-1]:
	    print(json.dumps(json.loads(line)), flush=True)
PYTHON
claim 20 "one more watches and does not read" same 8 watchers
rss() { awk '/VmRSS/ { print $2 }' "/proc/$(pid_of leaf01)/status"; }
before=$(rss)
weft leaf01 log debug >/dev/null
for _ in $(seq 30); do
	weft leaf01 reset swp1 >/dev/null
	wait_for 5 established leaf01 2
done
for _ in $(seq 300); do weft leaf01 show config >/dev/null; done
weft leaf01 log info >/dev/null
claim 10 "weftd goes on" whole 2 2
claim 1 "and is hardly larger" test "$(rss)" -lt $((before + 4096))
touch "$(state_dir)/leaf01/weft.sock.read"
claim 20 "when it reads, it is told how many lines it has missed" saw deaf '.event == "lost" and .lines > 0'
claim 1 "and everything before is in order" jq -es 'map(select(.time) | .time) | . == sort' "$watched/deaf"

fabric stop leaf01
claim 5 "when weftd ends, so does watching, and says why" grep -q 'weftd has ended' "$watched/all.err"
claim 1 "its end was an event too" saw all '.event == "ending"'
