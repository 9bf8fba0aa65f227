#!/usr/bin/env bash
# A weft spine and a weft link are drained under the eyes of an FRR leaf, which is told nothing of the matter in its configuration: it leaves them alone,
# and no packet is lost. And FRR's own graceful shutdown to weft.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/frr.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
fabric start spine01 spine02 leaf02
frr_start leaf01 4210000001 10.0.254.1 swp1 swp2
links_to() { routes "$1" -4 | grep "^$2 " | grep -o 'dev swp[0-9]*' | paste -sd ' '; }      # NODE DESTINATION
both() { [ "$(links_to "$1" "$2")" = "dev swp1 dev swp2" ] || { routes "$1"; return 1; }; }
# FRR's word for 65535:0 on the path by this link, and the preference that it gave it.
heard() { vtysh leaf01 "show bgp ipv4 unicast 10.1.2.0/26 json" | jq -r ".paths[] | select(.peer.interface == \"$1\") | \"\\(.community.string) \\(.locPrf)\""; }

claim 30 "FRR goes by both spines" both leaf01 10.1.2.0/26
claim 10 "leaf02 too" both leaf02 10.1.1.0/26
claim 10 "packets flow" reaches host01 10.1.2.10
flow host01 host02 2000
flow_mark
claim 35 "spine01 is drained, and its traffic goes" exits 0 weft spine01 drain --timeout 30
claim 5 "FRR goes by the other one" same "dev swp2" links_to leaf01 10.1.2.0/26
claim 5 "it has read GRACEFUL_SHUTDOWN, and prefers nothing less" same "graceful-shutdown 0" heard swp1
claim 1 "no packet was lost" unharmed
fabric stop spine01
claim 10 "stopped" established leaf02 1
fabric start spine01
claim 30 "started" established spine01 2
claim 40 "undrained" exits 0 weft spine01 undrain
claim 20 "FRR goes by both again" both leaf01 10.1.2.0/26
claim 1 "no packet was lost" unharmed

claim 35 "leaf02's swp2 is drained" exits 0 weft leaf02 drain swp2 --timeout 30
claim 20 "FRR, a hop away, does not come by it" same "dev swp1" links_to leaf01 10.1.2.0/26
claim 40 "undrained" exits 0 weft leaf02 undrain swp2
claim 20 "FRR goes by both again" both leaf01 10.1.2.0/26
claim 1 "no packet was lost" unharmed

vtysh leaf01 "$(printf 'configure terminal\nrouter bgp 4210000001\nbgp graceful-shutdown')" >/dev/null
claim 20 "FRR shuts down gracefully: its routes are the last choice for weft" same "65535:0 0" \
	jq_of '.[0].paths[0] | "\(.communities | join(" ")) \(.local_pref)"' weft spine01 --json show routes 10.1.1.0/26
