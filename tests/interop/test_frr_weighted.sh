#!/usr/bin/env bash
# Link bandwidth between FRR 8.4 on two spines and weft on two leaves: what FRR says is honoured (it says what is transitive
# only, to another AS), what weft says is read by FRR and weighs there.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"

THEIRS=10.9.9.9 OURS=10.9.9.8
fabric up --spines 2 --leaves 2 --no-daemons || exit 1
for node in spine01 spine02; do ip -n "$(ns "$node")" addr add $THEIRS/32 dev lo; done
for node in leaf01 leaf02; do
	f=$(state_dir)/$node/weft.json
	jq '.weighted = true' "$f" >"$f.new" && mv "$f.new" "$f"
	ip -n "$(ns "$node")" addr add $OURS/32 dev lo
done
frr_config() { vtysh "$1" "$(printf 'configure terminal\n%s' "$2")" >/dev/null; }
frr_says() {                                 # NODE BANDWIDTH...: on all that it tells leaf01
	frr_config "$1" "route-map LB permit 10
set extcommunity bandwidth ${*:2}
router bgp 4200000000
address-family ipv4 unicast
neighbor swp1 route-map LB out"
}
frr_reads() { vtysh "$1" "show bgp ipv4 unicast $2 json" | jq -r '[.paths[].extendedCommunity.string] | sort | join(" ")'; }
frr_ratio() {                                # NODE: how much more the leaf with two uplinks gets than the other
	local w
	read -ra w <<<"$(weights "$1" $OURS)"
	[ "${#w[@]}" = 4 ] && [ "$((2 * w[3]))" -le "$((w[1] + 1))" ] && [ "$((2 * w[3]))" -ge "$((w[1] - 1))" ]
}
frr_even() { local w; read -ra w <<<"$(weights "$1" $OURS)"; [ "${#w[@]}" = 4 ] && [ "${w[1]}" = "${w[3]}" ]; }
mbps() { jq_of '.[0].paths | sort_by(.link) | map(.bandwidth_mbps | if . then floor else "none" end) | join(" ")' weft leaf01 --json show routes $THEIRS/32; }

frr_start spine01 4200000000 10.0.254.254 swp1 swp2
frr_start spine02 4200000000 10.0.254.253 swp1 swp2
frr_says spine01 4000
frr_says spine02 1000
for node in leaf01 leaf02; do fabric start "$node"; done
claim 30 "leaf01 reads what both spines say" same "4000 1000" mbps
claim 30 "and weighs by them in the kernel" same "swp1 4 swp2 1" weights leaf01 $THEIRS
frr_says spine02 4000
claim 30 "FRR says another bandwidth: even" same "swp1 1 swp2 1" weights leaf01 $THEIRS
frr_says spine01 1000
frr_says spine02 4000 non-transitive
claim 30 "one says none: even, whatever the other says" same "1000 none" mbps
claim 30 "in the kernel too" same "swp1 1 swp2 1" weights leaf01 $THEIRS

both="LB:23456:2500000000 (20.000 Gbps)" one="LB:23456:1250000000 (10.000 Gbps)"
claim 30 "FRR reads what the leaves' two uplinks carry" same "$both $both" frr_reads spine01 $OURS/32
claim 30 "and shares evenly" frr_even spine01
fabric cut leaf02 swp2
claim 30 "leaf02 loses an uplink, and says so" same "$one $both" frr_reads spine01 $OURS/32
claim 30 "FRR sends it half of what leaf01 gets" frr_ratio spine01
