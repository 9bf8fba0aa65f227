#!/usr/bin/env bash
# A cable that is cut and plugged, on either side: traffic moves to the other path and comes back by itself, completely.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 3 || exit 1
claim 20 "the fabric is whole" whole 2 3

over() { [ "$(routes "$1" -4 bgp | grep "^$2 " | grep -o 'dev [^ ]*' | tr '\n' ' ')" = "$3" ] || { routes "$1" -4 bgp | grep "^$2 "; return 1; }; }

for side in "leaf01 swp1" "spine01 swp1"; do
	read -r node port <<<"$side"
	fabric cut "$node" "$port"
	claim 5 "$node $port cut: leaf01 sends everything over spine02" over leaf01 10.0.254.3 "dev swp2 "
	claim 5 "$node $port cut: leaf02 reaches leaf01 over spine02 only" over leaf02 10.0.254.1 "dev swp2 "
	claim 5 "$node $port cut: leaf02 still reaches leaf03 over both" over leaf02 10.0.254.3 "dev swp1 dev swp2 "
	claim 1 "$node $port cut: packets flow" reaches host01 10.1.3.10
	claim 5 "$node $port cut: spine01 has no way to leaf01 left" over spine01 10.0.254.1 ""
	fabric plug "$node" "$port"
	claim 15 "$node $port plugged: whole again, nothing stale" whole 2 3
	claim 5 "$node $port plugged: packets flow" reaches host01 10.1.3.10
done

for _ in 1 2 3 4 5; do fabric cut leaf01 swp1; fabric plug leaf01 swp1; done
claim 15 "five flaps in a row: whole again" whole 2 3
for _ in 1 2 3 4 5; do fabric cut spine02 swp2; fabric plug spine02 swp2; done
claim 15 "five flaps of the far end in a row: whole again" whole 2 3

fabric cut leaf02 swp1
fabric cut leaf02 swp2
claim 5 "both cables of leaf02 cut: it has no route left" same "" routes leaf02 -4 bgp
claim 5 "both cables of leaf02 cut: nobody else has a route to it" over leaf01 10.0.254.2 ""
fabric plug leaf02 swp1
fabric plug leaf02 swp2
claim 15 "both plugged: whole again" whole 2 3
