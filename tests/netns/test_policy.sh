#!/usr/bin/env bash
# Policies on a 2 x 2 fabric, and a server that speaks BGP: what the kernels hold is what the rules say.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
dir=$(state_dir)

# A server of its own on leaf01: two addresses of its own, and a network that it has no business to announce.
ip -n "$(ns leaf01)" link add srv1 index 95 type veth peer name eth1 index 3001 netns "$(ns host01)"
ip -n "$(ns leaf01)" link set srv1 up
ip -n "$(ns host01)" -batch - <<-END
	link set eth1 up
	addr add 10.9.0.1/24 dev lo
END
mkdir "$dir/host01"
cat >"$dir/host01/weft.json" <<-END
	{ "asn": 4220000001, "router_id": "10.0.253.1", "hostname": "host01", "links": ["eth1"] }
END
for i in 0 1 2 3; do ip -n "$(ns leaf02)" addr add "10.7.$i.2/32" dev lo; done

cat >"$dir/leaf01/weft.json" <<-END
	{ "asn": 4210000001, "router_id": "10.0.254.1", "hostname": "leaf01", "originate": ["lo", "vlan10"],
	  "policy": { "uplink": [
	    { "match": { "prefixes": [{ "prefix": "10.0.254.2/32" }], "link": "swp1" }, "set": { "local_pref": 200 }, "action": "accept" },
	    { "match": { "prefixes": [{ "prefix": "10.1.0.0/16", "ge": 24 }], "link": "swp1" }, "set": { "weight": 3 }, "action": "accept" },
	    { "action": "accept" } ] },
	  "links": { "swp*": { "import": "uplink" },
	             "srv1": { "import": "host", "max_prefixes": { "max": 2, "warning": 50, "restart": 1 } } } }
END
cat >"$dir/leaf02/weft.json" <<-END
	{ "asn": 4210000002, "router_id": "10.0.254.2", "hostname": "leaf02", "originate": ["lo", "vlan10"],
	  "policy": { "out": [
	    { "match": { "prefixes": [{ "prefix": "10.7.0.2/32" }], "link": "swp1" }, "set": { "prepend": 2 }, "action": "accept" },
	    { "match": { "prefixes": [{ "prefix": "10.7.1.2/32" }] }, "action": "reject" },
	    { "match": { "prefixes": [{ "prefix": "10.7.2.2/32" }] }, "set": { "communities": ["no_export"] }, "action": "accept" },
	    { "match": { "prefixes": [{ "prefix": "10.7.3.2/32" }], "link": "swp1" }, "set": { "communities": { "add": ["graceful_shutdown"] } },
	      "action": "accept" },
	    { "action": "accept" } ] },
	  "links": { "swp*": { "export": "out" } } }
END
fabric start spine01 spine02 leaf01 leaf02 host01 || exit 1

has() { [ "$(routes "$1" | grep "^$2 ")" = "$2 proto bgp metric 20 src $3$4" ] || { routes "$1" | grep "^$2 "; return 1; }; }
one=" via 169.254.0.1 dev swp1 onlink" two=" via 169.254.0.1 dev swp2 onlink"

claim 20 "leaf01 has 3 sessions" established leaf01 3
claim 10 "local_pref on import prefers one spine" has leaf01 10.0.254.2 10.0.254.1 "$one"
# shellcheck disable=SC2016
claim 5 "the weight of an import is in the kernel's group" same "3 1" jq_of '
	(map(select(.id) | {key: (.id | tostring), value: .dev}) | from_entries) as $dev | [.[] | select(.group) | .group |
	sort_by($dev[.id | tostring]) | map(.weight // 1) | select(. != [1] and . != [1, 1])] | unique | .[] | map(tostring) | join(" ")' \
	ip -n "$(ns leaf01)" -j nexthop show
claim 5 "and in show routes" same "swp1 3,swp2 1" jq_of '.[0].next_hops | sort_by(.link) | map("\(.link) \(.weight)") | join(",")' \
	weft leaf01 --json show routes 10.1.2.0/26
claim 5 "traffic flows over weighted next hops" reaches host01 10.1.2.10
claim 5 "a prepended path is longer and not used" has leaf01 10.7.0.2 10.0.254.1 "$two"
claim 5 "a rejected prefix is told to nobody" not has_route spine01 10.7.1.2
claim 5 "what leaf02 marks no_export reaches the spine" has_route spine01 10.7.2.2
claim 5 "and goes no further" not has_route leaf01 10.7.2.2
claim 5 "graceful shutdown: the other way is taken" has leaf01 10.7.3.2 10.0.254.1 "$two"
claim 5 "the policies in force are shown" same "uplink all" jq_of '.[0].policy | "\(.import) \(.export)"' weft leaf01 --json show neighbors swp1

claim 5 "the server's own address is accepted" has leaf01 10.0.253.1 10.0.254.1 " via 169.254.0.1 dev srv1 onlink"
claim 5 "its network is not, and counted" same "1" jq_of '.[0].prefixes_refused.filtered' weft leaf01 --json show neighbors srv1
claim 1 "nor does the fabric hear of it" not has_route spine01 10.9.0.0/24
claim 5 "the server hears of everything" has_route host01 10.1.2.0/26
claim 5 "half of its prefixes: there was a warning" same true jq_of '.[0].max_prefixes.warned' weft leaf01 --json show neighbors srv1
for i in 2 3; do ip -n "$(ns host01)" addr add "10.0.253.$i/32" dev lo; done
claim 10 "more than max_prefixes ends its session" not has_route leaf01 10.0.253.1
claim 5 "and no other" same "swp1 swp2" jq_of 'map(select(.flaps == 0 and .state == "Established") | .link) | sort | join(" ")' weft leaf01 --json show neighbors
for i in 2 3; do ip -n "$(ns host01)" addr del "10.0.253.$i/32" dev lo; done
claim 30 "with less it comes back" has leaf01 10.0.253.1 10.0.254.1 " via 169.254.0.1 dev srv1 onlink"

fabric cut leaf01 swp1
claim 10 "without the preferred spine the other one is used" has leaf01 10.0.254.2 10.0.254.1 "$two"
fabric plug leaf01 swp1
claim 20 "and the preferred one again when it is back" has leaf01 10.0.254.2 10.0.254.1 "$one"
claim 5 "no next-hop object is left over" same "" unused_objects leaf01
