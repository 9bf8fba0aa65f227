#!/usr/bin/env bash
# weft doctor: what peers and the fabric have wrong, each fault made, the sentence compared, and nothing left to say when it is mended.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../doctor.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
configure '.timers = {"ra_interval": 1, "hold": 3, "keepalive": 1} | .damping = false' leaf01 spine01
fabric start spine01 spine02 leaf01 leaf02
claim 20 "the fabric is whole" whole 2 2
claim 20 "leaf01: all is well" well leaf01
cp "$(state_dir)/spine01/weft.json" "$(state_dir)/spine.json"
cp "$(state_dir)/leaf01/weft.json" "$(state_dir)/leaf.json"
again() {                                    # FILTER NODE: it starts over with this beside what it had
	fabric stop "$2"
	case $2 in leaf*) cp "$(state_dir)/leaf.json" "$(state_dir)/$2/weft.json" ;; *) cp "$(state_dir)/spine.json" "$(state_dir)/$2/weft.json" ;; esac
	configure "$1" "$2"
	fabric start "$2"
}

say "--- sessions"
again '.asn = 4210000001' spine01
found "the same ASN at both ends" leaf01 "error same-asn swp1: spine01 on swp1 has our own AS number, 4210000001"
again '.links = {"swp*": {"asn": [64512]}}' spine01
found "the peer does not allow our ASN" leaf01 "error open-rejected swp1: spine01 on swp1: the OPEN of one of the two is not accepted: peer says: OPEN Message Error/Bad Peer AS"
claim 10 "  and at the other end" says_of spine01 swp1 "error open-rejected swp1: leaf01 on swp1: the OPEN of one of the two is not accepted: we said: OPEN Message Error/Bad Peer AS (remote AS 4210000001 not allowed on this link)"
again '.links = {"swp1": {"password": "secret"}, "swp*": {}}' spine01
found "a password at the other end alone" leaf01 "error password swp1: spine01 on swp1 does not answer, and N packets with a signature that nobody here expects were dropped here"
again '.links = {"swp1": {"password": "other"}, "swp*": {}}' leaf01
found "passwords that differ" leaf01 "error password swp1: ADDRESS on swp1 does not answer our signed packets, and N packets with a wrong or missing signature were dropped here"
claim 1 "  no password is said" not grep -q 'secret\|other' <(weft leaf01 --json doctor)
again . leaf01
again . spine01
claim 20 "  mended: sessions" established leaf01 2
mended leaf01
on spine01 python3 "$(dirname "$0")/send_ra.py" swp1 second >/dev/null
found "a second router" leaf01 "warning second-router swp1: 2 routers advertise themselves on swp1 where 1 may be: ADDRESS is spoken to, ADDRESS is not"
mended leaf01
pid=$(pid_of spine01)
kill -STOP "$pid"
claim 20 "spine01 hangs" established leaf01 1
kill -CONT "$pid"
claim 20 "and goes on" established leaf01 2
found "the hold timer expired a moment ago" leaf01 "warning hold-timer swp1: the last session with spine01 on swp1 ended, for nothing was heard of it in the hold time; N have ended so far"
again . leaf01
claim 20 "  mended: sessions" established leaf01 2
mended leaf01
again '.links = {"swp1": {"max_prefixes": {"max": 4, "warning": 75}}, "swp*": {}}' leaf01
found "as many prefixes as it may" leaf01 "warning max-prefixes swp1: spine01 on swp1 announces about as many prefixes as it may, 4"
again '.graceful_restart = {"restart_seconds": 60}' leaf01
again '.graceful_restart = {"restart_seconds": 60}' spine01
claim 20 "graceful restart: sessions" established leaf01 2
claim 20 "leaf01: all is well" well leaf01
fabric kill spine01
stale() { said leaf01 | grep '^warning stale-routes' | sed 's/([a-z ,]*)/(WHY)/'; }
claim 10 "a peer that is away keeps its routes" same "warning stale-routes swp1: 3 IPv4 routes of spine01 on swp1 are of its earlier session (WHY), and go in N s" stale
again . leaf01
again . spine01

say "--- the fabric"
claim 20 "sessions" established leaf01 2
mended leaf01
again '.router_id = "10.0.254.253"' spine01
found "two spines have one router-id" leaf01 "error duplicate-router-id swp2: spine01 on swp1 and spine02 on swp2 have the same router_id, 10.0.254.253"
again '.hostname = "spine02"' spine01
found "two spines have one name" leaf01 "warning duplicate-hostname swp2: two routers say that they are spine02: on swp1 and on swp2"
again '.hostname = "leaf01"' spine01
found "a spine has the name of this node" leaf01 "warning duplicate-hostname swp1: the peer on swp1 has our own hostname, leaf01"
again '.router_id = "10.0.254.1"' spine01
found "a spine has the router-id of this node" leaf01 "error duplicate-router-id swp1: spine01 on swp1 has our own router_id, 10.0.254.1
error router-id-elsewhere -: 10.0.254.1/32, our router_id, is announced by somebody else too (\`weft show routes 10.0.254.1/32\`)"
again . spine01
claim 20 "  mended: sessions" established leaf01 2
mended leaf01
