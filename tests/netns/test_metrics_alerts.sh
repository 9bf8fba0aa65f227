#!/usr/bin/env bash
# Debian's Prometheus scrapes a fabric in which faults are made. Each is an alert in it (the rules of templates/ with `for` cut short); what it recorded is
# then given to promtool, with the rules as they are: which alerts fire at each fault, which do not, and none when it is mended.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../prometheus.sh"
command -v prometheus promtool curl >/dev/null || skip "prometheus, promtool or curl is missing"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
nodes=(leaf01 leaf02 spine01 spine02)
configure "$SHORT"' | .timers.ra_interval = 1' "${nodes[@]}"
management "${nodes[@]}"
fabric start "${nodes[@]}"
claim 20 "the fabric is whole" whole 2 2
prometheus_up
recorded() { [ "$(mgmt curl -sf 'http://127.0.0.1:9090/api/v1/query?query=sum(weft_peer_state\{state="Established"\})' | jq -r '.data.result[0].value[1]')" = "$1" ]; }
claim 20 "Prometheus has all four nodes, with two sessions each" recorded 8
claim 5 "nothing is wrong, and no alert fires" alerts_are ""
claim 5 "every expression of the dashboard can be asked" about dashboard "$ROOT/templates/grafana-weft.json"

# fault SECONDS NAME LINES MARK...: the alerts that fire soon with a second of `for`; then a while for the recording, and the mark.
held() { local until=$(($(now_ms) + $1)); until [ "$(now_ms)" -ge "$until" ]; do pause; done; }
fault() { claim "$1" "  $2" alerts_are "$3"; held 2000; mark "$2" "${@:4}"; }
mended() { claim 15 "  mended" alerts_are ""; held 700; mark "$1 is mended"; }
mark begin only
held 1500
mark "all is well"

say "--- a link without a carrier"
ip -n "$(ns spine01)" link set swp1 down
fault 10 "carrier" "WeftPeerDown leaf01 swp1" WeftPeerDown/leaf01/swp1
ip -n "$(ns spine01)" link set swp1 up
mended carrier

say "--- a file that is none"
cp "$(state_dir)/leaf01/weft.json" "$(state_dir)/good.json"
configure '.typo = 1' leaf01
exits 4 weft leaf01 reload || fail "a bad file is refused"
fault 10 "bad reload" "WeftReloadFailed leaf01 -" WeftReloadFailed/leaf01/-
cp "$(state_dir)/good.json" "$(state_dir)/leaf01/weft.json"
weft leaf01 reload >/dev/null
mended "bad reload"

say "--- a configuration that nobody confirmed yet, with a limit that is nearly reached"
configure '.links = {"swp1": {"max_prefixes": {"max": 3, "teardown": false}}, "swp*": {}}' leaf01
mark "before the reload" only
weft leaf01 reload --confirm 600 >/dev/null
fault 10 "limit" "WeftConfigUnconfirmed leaf01 -
WeftPrefixLimitNear leaf01 swp1" WeftPrefixLimitNear/leaf01/swp1
mark "unconfirmed for long" @2m "from=before the reload" WeftConfigUnconfirmed/leaf01/- WeftPrefixLimitNear/leaf01/swp1
cp "$(state_dir)/good.json" "$(state_dir)/leaf01/weft.json"
weft leaf01 reload >/dev/null
mended limit

say "--- two cables in each other's place"
configure '.links = {"swp1": {"expect": "spine02"}, "swp2": {"expect": "spine01"}}' leaf01
weft leaf01 reload >/dev/null
fault 10 "cabling" "WeftCabling leaf01 swp1
WeftCabling leaf01 swp2" WeftCabling/leaf01/swp1 WeftCabling/leaf01/swp2
cp "$(state_dir)/good.json" "$(state_dir)/leaf01/weft.json"
weft leaf01 reload >/dev/null
mended cabling

say "--- drained"
mark "before the drain" only
weft leaf02 drain >/dev/null
fault 10 "drain" "WeftDrainedTooLong leaf02 -"
mark "drained for a day" @1h "from=before the drain" WeftDrainedTooLong/leaf02/-
weft leaf02 undrain >/dev/null
mended drain

say "--- a second router on a link"
for _ in 1 2 3 4 5 6 7 8 9 10; do on spine02 python3 "$(dirname "$0")/send_ra.py" swp1 second >/dev/null; held 400; done &
fault 10 "second router" "WeftNeighborConflict leaf01 swp2" WeftNeighborConflict/leaf01/swp2
mended "second router"

say "--- somebody else's route where ours should be"
on leaf01 ip route add blackhole 198.51.100.0/24 metric 20
weft leaf02 announce 198.51.100.0/24 >/dev/null
fault 10 "kernel refuses" "WeftKernelRefuses leaf01 -" WeftKernelRefuses/leaf01/-
on leaf01 ip route del blackhole 198.51.100.0/24 metric 20
weft leaf02 withdraw 198.51.100.0/24 >/dev/null
mended "kernel refuses"

# What follows is remembered by Prometheus for a quarter of an hour, and so by the alerts that it has now. promtool is shown each by itself.
say "--- a daemon that is gone"
mark "before the end" only
fabric kill leaf02
fault 15 "killed" "WeftDown leaf02 -
WeftPeerDown spine01 swp2
WeftPeerDown spine02 swp2" @15s "from=before the end" WeftDown/leaf02/- WeftPeerDown/spine01/swp2 WeftPeerDown/spine02/swp2
fabric start leaf02
claim 20 "  the fabric is whole" whole 2 2
fault 15 "started anew" "WeftRestarted leaf02 -" @15s "from=before the end" WeftRestarted/leaf02/-

say "--- somebody else in the kernel"
mark "before the deed" only
on leaf02 ip route del 10.0.254.1/32 proto bgp
fault 10 "meddling" "WeftKernelMeddling leaf02 -
WeftRestarted leaf02 -" @15s "from=before the deed" WeftKernelMeddling/leaf02/-

say "--- a session that ends again and again"
mark "before the flaps" only
for _ in 1 2 3 4; do
	wait_for 10 established leaf01 2
	held 700
	weft leaf01 reset swp2 >/dev/null
done
claim 10 "  it is there again" established leaf01 2
fault 10 "flapping" "WeftKernelMeddling leaf02 -
WeftPeerFlapping leaf01 swp2
WeftPeerFlapping spine02 swp1
WeftRestarted leaf02 -" @15s "from=before the flaps" WeftPeerFlapping/leaf01/swp2 WeftPeerFlapping/spine02/swp1

say "--- promtool, with the rules as they are, on what was recorded"
judge >"$(state_dir)/judged" 2>&1 || fail "promtool agrees" cat "$(state_dir)/judged"
grep -v SUCCESS "$(state_dir)/judged" | grep .
say "ok   at each moment exactly the alerts that should"
prometheus_down
