#!/usr/bin/env bash
# Another configuration for a running node: each kind of change, what it touches and what it leaves alone, while packets flow.
. "$(dirname "$0")/../lib.sh"
begin_test
[ -x "$BUILD/bench_rig" ] || fail "$BUILD/bench_rig is not built: make bench-programs"

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
file=$(state_dir)/leaf01/weft.json

write() {                                    # NODE ASN ROUTER_ID MORE
	printf '{ "asn": %s, "router_id": "%s", "hostname": "%s", "originate": ["lo", "vlan10"]%s }\n' "$2" "$3" "$1" "$4" >"$(state_dir)/$1/weft.json"
}
leaf() { write leaf01 4210000001 10.0.254.1 "$1"; }          # MORE
spine() { write spine01 4200000000 10.0.254.254 "$1"; }
reload() { exits 0 weft "$1" reload; }       # NODE
hup() { kill -HUP "$(pid_of "$1")"; }        # NODE
sessions() { jq_of 'map("\(.link) \(.state) \(.flaps)") | sort | join(",")' weft leaf01 --json show neighbors; }
untouched() { same "swp1 Established 0,swp2 Established 0" sessions; }
generation() { jq_of .configuration.generation weft leaf01 --json show summary; }
hops_to() { routes leaf01 | sed -n "s/^$1 //p" | grep -o 'dev [a-z0-9]*' | paste -sd' '; }              # PREFIX

coproc RIG { "$BUILD/bench_rig" --rate 2000 --flows 64 "$(ns host01)" "$(ns host02)" 10.1.2.10; }
exec {to_rig}>&"${RIG[1]}" {of_rig}<&"${RIG[0]}"     # a coprocess's own are not for subshells
rig() { printf '%s\n' "$1" >&"$to_rig" && read -rt 20 -u "$of_rig" answer && printf '%s\n' "$answer"; }
read -rt 20 -u "$of_rig" answer || fail "the rig runs"
rig mark >/dev/null

# --- what touches no session -----------------------------------------------------------------------------------------------------
leaf ''
claim 5 "a file that reads the same: nothing differs" same 0 jq_of '.changes | length' weft leaf01 --json reload
claim 1 "and it is the same configuration" same 1 generation
leaf ', "policy": {"p": [{"match": {"prefixes": [{"prefix": "10.0.254.2/32"}], "link": "swp1"}, "set": {"local_pref": 200}, "action": "accept"},
	{"action": "accept"}]}, "links": {"swp*": {"import": "p"}}'
claim 5 "a new import policy is taken" reload leaf01
claim 10 "and holds for routes that were there" same "dev swp1" hops_to 10.0.254.2
leaf ''
claim 5 "SIGHUP" hup leaf01
claim 10 "the policy is gone again" same "dev swp1 dev swp2" hops_to 10.0.254.2
claim 1 "SIGHUP counts as a reload" same 3 generation
leaf ', "policy": {"p": [{"match": {"prefixes": [{"prefix": "10.0.254.1/32"}]}, "action": "reject"}, {"action": "accept"}]}, "links": {"swp*": {"export": "p"}}'
claim 5 "a new export policy is taken" reload leaf01
claim 10 "what it rejects is withdrawn" not has_route leaf02 10.0.254.1
leaf ', "originate": ["lo"], "multipath": 1'
sed -i 's/"originate": \["lo", "vlan10"\], //' "$file"
claim 5 "less is announced, over fewer links" reload leaf01
claim 10 "the loopback is told again" has_route leaf02 10.0.254.1
claim 10 "the subnet is withdrawn" not has_route leaf02 10.1.1.0/26
claim 10 "one next hop is enough" same "dev swp2" hops_to 10.0.254.2
slow='{"interval_ms": 400, "multiplier": 10}'         # for machines that are busy with other things
leaf ", \"timers\": {\"keepalive\": 1, \"ra_interval\": 2}, \"bfd\": $slow"
spine ", \"bfd\": $slow"
claim 5 "timers and BFD" reload leaf01
claim 5 "BFD at the other end" reload spine01
claim 10 "keepalives every second" same "1 1" jq_of 'map(.keepalive_time) | map(tostring) | join(" ")' weft leaf01 --json show neighbors
claim 15 "BFD comes up" same Up jq_of '.[0].bfd.state' weft leaf01 --json show neighbors swp1
leaf ', "bfd": {"interval_ms": 500, "multiplier": 10}'
claim 5 "BFD at another pace" reload leaf01
claim 10 "agreed on by both ends" same "Up 500000" jq_of '.[0].bfd | "\(.state) \(.remote_transmit_us)"' weft spine01 --json show neighbors swp1
leaf ', "weighted": true, "damping": {"free": 5}'
claim 5 "weights" reload leaf01
claim 10 "every link is asked how fast it is" same "10000 10000" jq_of '[.[] | select(.fabric) | .bandwidth_mbps] | join(" ")' weft leaf01 --json show links
claim 10 "and the peers are told" same 20000 jq_of '.[0].paths | map(select(.link == "swp1") | .bandwidth_mbps | floor) | .[0]' weft spine01 --json show routes 10.0.254.1/32
leaf ''
spine ''
claim 5 "no BFD" reload leaf01
claim 5 "no BFD at the other end" reload spine01
claim 15 "all is as it was" whole 2 2
claim 1 "no session has ended" untouched
claim 5 "and no packet was lost" same 0 jq_of .lost rig report

# --- what is rejected ------------------------------------------------------------------------------------------------------------
before=$(weft leaf01 --json show config)
leaf ', "multipath": 0, "timers": {"hold": 1}'
claim 1 "a bad file is rejected" exits 4 weft leaf01 reload
places() { weft leaf01 reload 2>&1 | sed -n 's/.*weft.json:1:[0-9]*: \([a-z_.]*\): .*/\1/p' | paste -sd' '; }
claim 1 "with the line, the column and the path of each error" same "multipath timers.hold" places
rejected() { jq_of '"\(.configuration.rejected) \(.configuration.last_reload.error)"' weft leaf01 --json show summary; }
told=$(jq_of .configuration.rejected weft leaf01 --json show summary)
claim 5 "by SIGHUP too" hup leaf01
claim 5 "which leaves the first error in the summary" same "$((told + 1)) $file:1:$(awk '{ print index($0, "\"multipath\"") }' "$file"): multipath: is 0, allowed: 1 to 256 next hops" rejected
leaf ''
sed -i 's/4210000001/4210000077/' "$file"
claim 1 "what needs a restart is refused" exits 1 weft leaf01 reload
claim 1 "the summary says why" same "asn: a change from 4210000001 to 4210000077 needs a restart of weftd" jq_of .configuration.last_reload.error weft leaf01 --json show summary
rm "$file"
claim 1 "no file is no configuration" exits 4 weft leaf01 reload
claim 1 "nothing has changed" same "$before" weft leaf01 --json show config
claim 1 "for no session either" untouched

# --- diff, confirm ---------------------------------------------------------------------------------------------------------------
leaf ', "timers": {"hold": 30}, "multipath": 1'
cp "$file" "$file.other"
leaf ''
claim 1 "diff FILE says what would change" same "timers.hold timers.keepalive multipath" jq_of '.changes | map(.path) | join(" ")' weft leaf01 --json diff "$file.other"
claim 1 "and which sessions would restart" same "swp1 swp2" jq_of '.sessions | map(select(.fate == "restarts") | .name) | sort | join(" ")' weft leaf01 --json diff "$file.other"
claim 1 "diff without a file: weftd's own" same 0 jq_of '.changes | length' weft leaf01 --json diff
claim 1 "diff changes nothing" untouched
leaf ', "multipath": 1'
claim 1 "reload --confirm" exits 0 weft leaf01 reload --confirm 15
claim 12 "it takes effect" same "dev swp2" hops_to 10.0.254.2
claim 40 "not confirmed: what was before is back" same "dev swp1 dev swp2" hops_to 10.0.254.2
claim 1 "nothing is left to be confirmed" exits 1 weft leaf01 confirm
claim 1 "reload --confirm, again" exits 0 weft leaf01 reload --confirm 60
claim 1 "confirm" exits 0 weft leaf01 confirm
claim 1 "it stays" same null jq_of .configuration.confirm_seconds_left weft leaf01 --json show summary
leaf ''
claim 1 "and is changed back" reload leaf01
claim 10 "both ways again" same "dev swp1 dev swp2" hops_to 10.0.254.2
claim 1 "no session has ended" untouched
claim 5 "and no packet was lost" same 0 jq_of .lost rig report

# --- what touches one session, and no other --------------------------------------------------------------------------------------
leaf ', "links": {"swp1": {"password": "secret"}, "swp*": {}}'
claim 5 "a password at one end" reload leaf01
claim 10 "its session is over" same "dev swp2" hops_to 10.0.254.2
spine ', "links": {"swp1": {"password": "secret"}, "swp*": {}}'
claim 5 "and at the other" reload spine01
claim 30 "it is there again" whole 2 2
leaf ', "links": ["swp2"]'
claim 5 "a link less" reload leaf01
claim 10 "its routes go over the other" same "dev swp2" hops_to 10.0.254.2
claim 5 "it is no fabric link" same swp2 jq_of 'map(.link) | join(" ")' weft leaf01 --json show neighbors
leaf ''
spine ''
claim 5 "all links, no password" reload leaf01
claim 5 "no password at the other end" reload spine01
claim 30 "whole" whole 2 2
claim 1 "the other session went on all the time" same "Established 0" jq_of '.[0] | "\(.state) \(.flaps)"' weft leaf01 --json show neighbors swp2
claim 5 "and no packet was lost" same 0 jq_of .lost rig report
leaf ', "timers": {"hold": 30}'
claim 5 "another hold time" reload leaf01
claim 30 "every session starts over with it, once" same "swp1 Established 1,swp2 Established 1" sessions
claim 30 "whole" whole 2 2

# --- several kinds at once, taken back ---------------------------------------------------------------------------------------------
before=$(weft leaf01 --json show config)
lost=$(jq_of .lost rig report)
leaf ', "timers": {"hold": 30, "keepalive": 5, "ra_interval": 2}, "multipath": 1, "weighted": true, "bfd": true, "software_version": true,
	"policy": {"p": [{"action": "accept"}]}, "links": {"swp1": {"password": "secret", "export": "none"}, "swp*": {"import": "p"}}'
sed -i 's/"originate": \["lo", "vlan10"\], //' "$file"
claim 5 "many keys, --confirm" exits 0 weft leaf01 reload --confirm 12
claim 11 "one session is over for them" same "dev swp2" hops_to 10.0.254.2
claim 40 "not confirmed: every key is what it was" same "$before" weft leaf01 --json show config
claim 40 "and the fabric" whole 2 2
claim 1 "the other session went on" same "Established 1" jq_of '.[0] | "\(.state) \(.flaps)"' weft leaf01 --json show neighbors swp2
claim 5 "and no packet was lost to leaf02" same "$lost" jq_of .lost rig report
claim 30 "the end: whole" whole 2 2
rig_in=${RIG[1]}
exec {to_rig}>&- {rig_in}>&-
wait "$RIG_PID"
