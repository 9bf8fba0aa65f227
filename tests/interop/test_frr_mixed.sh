#!/usr/bin/env bash
# Two weft leaves between a weft spine and an FRR spine: both paths count the same, and each carries the fabric alone.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
fabric start leaf01 leaf02 spine01
frr_start spine02 4200000000 10.0.254.253 swp1 swp2

claim 20 "leaf01 has what it has among weft alone" same "$(fabric_routes leaf01 2 2)" routes leaf01
claim 10 "leaf02 too" same "$(fabric_routes leaf02 2 2)" routes leaf02
claim 1 "no next-hop object is left over" same "" unused_objects leaf01
claim 5 "server to server" reaches host01 10.1.2.10

over() { [ "$(routes leaf01 -4 bgp | grep "^10.0.254.2 " | grep -o 'dev [^ ]*' | tr '\n' ' ')" = "$1" ] || { routes leaf01; return 1; }; }
fabric cut leaf01 swp1
claim 5 "over FRR alone: route" over "dev swp2 "
claim 5 "over FRR alone: packets" reaches host01 10.1.2.10
fabric plug leaf01 swp1
claim 15 "both again" over "dev swp1 dev swp2 "
fabric cut leaf01 swp2
claim 5 "over weft alone: route" over "dev swp1 "
claim 5 "over weft alone: packets" reaches host01 10.1.2.10
fabric plug leaf01 swp2
claim 20 "both again, as at the start" same "$(fabric_routes leaf01 2 2)" routes leaf01
claim 20 "leaf02 as at the start" same "$(fabric_routes leaf02 2 2)" routes leaf02
fabric stop spine01
claim 10 "without the weft spine: route" over "dev swp2 "
claim 5 "without the weft spine: packets" reaches host01 10.1.2.10
