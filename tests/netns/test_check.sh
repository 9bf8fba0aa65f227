#!/usr/bin/env bash
# weft check of a folder of node files: a whole fabric, and each mistake that one line can make in it. No daemon, nothing on any wire.
. "$(dirname "$0")/../lib.sh"
begin_test

nodes=$TMPDIR/nodes
# write SPINES LEAVES: as Ansible would: FILE is NAME.json, each link has its cable
write() {
	local s l expects
	rm -rf "$nodes" && mkdir "$nodes"
	for ((l = 1; l <= $2; l++)); do
		expects=$(for ((s = 1; s <= $1; s++)); do printf ',\n    "swp%d": { "asn": 4200000000, "expect": "%s:swp%d" }' $s "$(node_name spine $s)" $l; done)
		printf '{\n  "asn": %d,\n  "router_id": "%s",\n  "originate": ["lo", "vlan*"],\n  "links": {%s\n  }\n}\n' "$(leaf_asn $l)" "$(leaf_id $l)" "${expects#,}" >"$nodes/$(node_name leaf $l).json"
	done
	for ((s = 1; s <= $1; s++)); do
		expects=$(for ((l = 1; l <= $2; l++)); do printf ',\n    "swp%d": { "expect": "%s:swp%d" }' $l "$(node_name leaf $l)" $s; done)
		printf '{\n  "asn": 4200000000,\n  "router_id": "%s",\n  "links": {%s\n  }\n}\n' "$(spine_id $s "$2")" "${expects#,}" >"$nodes/$(node_name spine $s).json"
	done
}
# finds SED-SCRIPT NODE LINES [OPTION...]: that change of the node's file is what is told, with exit 4, in exactly these lines
finds() {
	local script=$1 file=$nodes/$2.json want=$3 got=0
	shift 3
	cp "$file" "$TMPDIR/kept" && sed -i "$script" "$file"
	! cmp -s "$file" "$TMPDIR/kept" || { say "nothing was changed: $script"; return 1; }
	(cd "$TMPDIR" && "$BUILD/weft" check "$@" nodes/) >"$TMPDIR/out" 2>"$TMPDIR/err" || got=$?
	cp "$TMPDIR/kept" "$file"
	sed -i '/^weft: [0-9]* of [0-9]* files/d' "$TMPDIR/err"
	[ $got -eq 4 ] && [ ! -s "$TMPDIR/out" ] && diff <(printf '%s\n' "$want") "$TMPDIR/err"
}

write 2 4
mkdir "$TMPDIR/empty"
claim 2 "a good fabric: exit 0" same "6 files: ok" "$BUILD/weft" check "$nodes"
claim 2 "as a list of files too" same "6 files: ok" "$BUILD/weft" check "$nodes"/*.json
claim 2 "one file alone is not asked for the others" same "$nodes/leaf01.json: ok" "$BUILD/weft" check "$nodes/leaf01.json"
claim 2 "a folder without files: exit 1" exits 1 "$BUILD/weft" check "$TMPDIR/empty"
claim 2 "nothing at all: exit 2" exits 2 "$BUILD/weft" check
claim 2 "--outside is for check alone: exit 2" exits 2 "$BUILD/weft" show version --outside x

claim 2 "the same router-id twice" finds 's/10.0.254.2"/10.0.254.1"/' leaf02 'nodes/leaf02.json:3:3: router_id: is that of leaf01 (nodes/leaf01.json:3:3) too, allowed: an address of its own'
claim 2 "the same hostname twice: that of another file" finds '2i "hostname": "leaf04",' spine02 'nodes/leaf01.json:7:34: links.swp2.expect: there is no node spine02, did you mean "spine01:swp1"?
nodes/leaf02.json:7:34: links.swp2.expect: there is no node spine02, did you mean "spine01:swp2"?
nodes/leaf03.json:7:34: links.swp2.expect: there is no node spine02, did you mean "spine01:swp3"?
nodes/leaf04.json:7:34: links.swp2.expect: there is no node spine02, did you mean "spine01:swp4"?
nodes/spine02.json:2:1: hostname: the name is that of leaf04 (nodes/leaf04.json:1:1) too, allowed: a hostname of its own
nodes/spine02.json:6:15: links.swp1.expect: leaf01 (nodes/leaf01.json:7:34) expects spine02:swp1 at swp2, allowed: "leaf04:swp1" there
nodes/spine02.json:7:15: links.swp2.expect: leaf02 (nodes/leaf02.json:7:34) expects spine02:swp2 at swp2, allowed: "leaf04:swp2" there
nodes/spine02.json:8:15: links.swp3.expect: leaf03 (nodes/leaf03.json:7:34) expects spine02:swp3 at swp2, allowed: "leaf04:swp3" there
nodes/spine02.json:9:15: links.swp4.expect: leaf04 (nodes/leaf04.json:7:34) expects spine02:swp4 at swp2, allowed: "leaf04:swp4" there'
claim 2 "two leaves with one AS" finds 's/4210000003/4210000002/' leaf03 'nodes/leaf03.json:2:3: asn: 4210000002 is the AS of leaf02 (nodes/leaf02.json:2:3) too, and neither would hear what the other one announces, allowed: a number of its own'
claim 2 "an AS at both ends of a cable" finds 's/"asn": 4210000003/"asn": 4200000000/' leaf03 'nodes/spine01.json:2:3: asn: 4200000000 is the AS of leaf03 (nodes/leaf03.json:2:3) too, and a cable connects the two, allowed: a number of its own
nodes/spine02.json:2:3: asn: 4200000000 is the AS of leaf03 (nodes/leaf03.json:2:3) too, and a cable connects the two, allowed: a number of its own'
claim 2 "a cable that the other end does not know" finds 's/spine01:swp2"/spine01:swp3"/' leaf02 'nodes/leaf02.json:6:34: links.swp1.expect: spine01 (nodes/spine01.json:7:15) expects leaf03:swp1 at swp3, did you mean "spine01:swp2"?
nodes/leaf03.json:6:34: links.swp1.expect: spine01:swp3 is what swp1 of leaf02 (nodes/leaf02.json:6:34) expects too, allowed: one cable for each port
nodes/spine01.json:6:15: links.swp2.expect: leaf02 (nodes/leaf02.json:6:34) expects spine01:swp3 at swp1, allowed: "spine01:swp2" there'
claim 2 "a name that nobody has" finds 's/spine01:swp2"/spin01:swp2"/' leaf02 'nodes/leaf02.json:6:34: links.swp1.expect: there is no node spin01, did you mean "spine01:swp2"?
nodes/spine01.json:6:15: links.swp2.expect: leaf02 (nodes/leaf02.json:6:34) expects spin01:swp2 at swp1, allowed: "spine01:swp2" there'
claim 2 "a device without a file" finds 's/^  "links": {/&\n"eth0": { "expect": "fw1:ge0" },/' spine01 'nodes/spine01.json:5:11: links.eth0.expect: there is no node fw1, allowed: one of these files, or one that --outside names'
firewall() { sed 's/^  "links": {/&\n"eth0": { "expect": "fw1:ge0" },/' "$nodes/spine01.json" >"$TMPDIR/spine01.json" && cp "$TMPDIR/spine01.json" "$nodes/" && "$BUILD/weft" check --outside 'fw*' "$nodes"; }
claim 2 "unless it is said to be outside" same "6 files: ok" firewall
write 2 4
claim 2 "an allow-list without the peer" finds 's/4200000000, "expect": "spine01/65001, "expect": "spine01/' leaf02 'nodes/leaf02.json:6:15: links.swp1.asn: does not allow 4200000000, the AS of spine01 (nodes/spine01.json:2:3), which swp1 is connected to, allowed: a list that has it'
claim 2 "roles that are no pair" finds 's/"expect": "spine01/"role": "customer", "role_strict": true, &/' leaf02 'nodes/leaf02.json:6:34: links.swp1.role: the role here is customer, at the other end of the cable, swp2 of spine01 (nodes/spine01.json:6:5), none, allowed: the two of a pair, such as provider and customer'
claim 2 "a password at one end" finds 's/"expect": "spine01/"password": "secret", &/' leaf02 'nodes/leaf02.json:6:34: links.swp1.password: there is a password, and the other end of the cable, swp2 of spine01 (nodes/spine01.json:6:5), has none, allowed: the same password at both ends'
claim 2 "a numbered peer with another AS" finds '2i "neighbors": [{ "address": "10.0.254.3", "remote_asn": 65001 }],' leaf02 'nodes/leaf02.json:2:42: neighbors[0].remote_asn: the address is that of leaf03 (nodes/leaf03.json:2:3), which has AS 4210000003, allowed: that'
claim 2 "a file that is bad by itself, in its place among the others" finds 's/"links"/"link"/' leaf02 'nodes/leaf02.json:5:3: link: unknown key, did you mean "links"?'

bad_json() { sed -i 's/10.0.254.2"/10.0.254.1"/' "$nodes/leaf02.json"; "$BUILD/weft" check --json "$nodes" 2>/dev/null; }
claim 2 "--json: whose file it is" same 'false 1 leaf02' jq_of '"\(.ok) \(.errors | length) \(.files[] | select(.ok | not) | .node)"' bad_json

write 16 384
start=$(now_ms)
claim 1 "400 nodes, 12,288 ends of cables" same "400 files: ok" "$BUILD/weft" check "$nodes"
say "checked in $(seconds_since "$start") s"
