#!/usr/bin/env bash
# A spine is drained, stopped, started and undrained, then a leaf's one uplink, which is pulled meanwhile: not one packet is lost, and nothing comes
# back before it can forward. Who has no other way for its traffic says so.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
claim 10 "packets flow" reaches host01 10.1.2.10
flow host01 host02 2000
flow_mark

links_to() { routes "$1" -4 | grep "^$2 " | grep -o 'dev swp[0-9]*' | paste -sd ' '; }      # NODE DESTINATION
drained() { jq_of '"\(.drained) \(.drained_links | join(","))"' weft "$1" --json show summary; }
communities() { jq_of "[.[0].paths[] | select(.link == \"$3\") | .communities[]] | join(\" \")" weft "$1" --json show routes "$2"; }     # NODE PREFIX LINK
packets() { ip -n "$(ns "$1")" -j -s link show dev "$2" | jq '.[0].stats64 | .rx.packets + .tx.packets'; }                                # NODE LINK
file() { cat "$(state_dir)/$1/weft.sock.drain"; }
still() { local before; before=$(packets "$1" "$2"); wait_for 3 more 100 "$before" "$1" "$2"; }        # does the link carry more than 100 packets in a while?
more() { [ "$(packets "$3" "$4")" -gt $(($2 + $1)) ]; }

say "--- a spine"
claim 25 "spine01 is drained, and its traffic goes" exits 0 weft spine01 drain --timeout 20
claim 5 "the leaves go by the other one" same "dev swp2" links_to leaf01 10.1.2.0/26
claim 10 "both of them" same "dev swp2" links_to leaf02 10.1.1.0/26
claim 5 "for they were told" same "65535:0" communities leaf01 10.1.2.0/26 swp1
claim 1 "it says so" same "true " drained spine01
claim 5 "in words" grep -q '^drained for .*: no traffic is left' <(weft spine01 show summary)
claim 1 "of its links" grep -q '^swp1: drained' <(weft spine01 show links)
claim 1 "of its sessions" grep -q '^swp2: drained' <(weft spine01 show neighbors)
claim 1 "no packet was lost" unharmed
fabric stop spine01
claim 10 "stopped: the leaves know" established leaf01 1
claim 1 "no packet was lost" unharmed
fabric start spine01
claim 20 "started: it has its sessions" established spine01 2
claim 1 "it is still drained" same "true " drained spine01
claim 5 "and tells so from the first" same "65535:0" communities leaf01 10.1.2.0/26 swp1
claim 1 "no leaf uses it" same "dev swp2" links_to leaf01 10.1.2.0/26
claim 1 "no packet was lost" unharmed
claim 40 "undrained" exits 0 weft spine01 undrain
claim 10 "everything is as before" whole 2 2
claim 1 "nothing is drained" same "false " drained spine01
claim 1 "nor after the next start" not file spine01
claim 1 "no packet was lost" unharmed

say "--- a spine that is undrained before it knows anything"
claim 25 "drained" exits 0 weft spine02 drain --timeout 20
fabric kill spine02
claim 10 "killed: the leaves know" established leaf02 1
fabric start spine02
claim 40 "undrained at once" exits 0 weft spine02 undrain
claim 10 "everything is as before" whole 2 2
claim 1 "no packet was lost" unharmed

say "--- one uplink of a leaf"
claim 25 "leaf01's swp1 is drained" exits 0 weft leaf01 drain swp1 --timeout 20
claim 5 "leaf01 does not use it" same "dev swp2" links_to leaf01 10.1.2.0/26
claim 10 "leaf02 does not come by it" same "dev swp2" links_to leaf02 10.1.1.0/26
claim 1 "it says so" same "false swp1" drained leaf01
claim 1 "the link is silent" not still leaf01 swp1
fabric cut spine01 swp1
claim 5 "the cable is pulled" established leaf01 1
claim 1 "no packet was lost" unharmed
fabric plug spine01 swp1
claim 20 "and plugged" established leaf01 2
claim 1 "it is still drained" same "dev swp2" links_to leaf01 10.1.2.0/26
fabric kill leaf01
fabric start leaf01
claim 20 "so it is after a restart" established leaf01 2
claim 10 "still drained" same "false swp1" drained leaf01
claim 10 "packets flow" reaches host01 10.1.2.10
flow_mark
claim 40 "undrained" exits 0 weft leaf01 undrain swp1
claim 10 "everything is as before" whole 2 2
claim 1 "it is used again" still leaf01 swp1
claim 1 "no packet was lost" unharmed

say "--- no other way"
claim 10 "a leaf's servers have no other way: its traffic does not go" exits 1 weft leaf02 drain --timeout 3
claim 1 "how much it is, is said" grep -q 'drained, but traffic is left after 3.* swp[12] [0-9]* *' <(weft leaf02 drain --timeout 3 2>&1)
claim 1 "scripts see it too" same false jq_of .traffic_gone weft leaf02 drain --timeout 0 --json
claim 40 "undrained" exits 0 weft leaf02 undrain
claim 10 "everything is as before" whole 2 2
claim 1 "no packet was lost" unharmed

say "--- what is no link, and what is no file"
claim 1 "no such link" exits 1 weft leaf01 drain swp9
claim 1 "too many links" exits 2 weft leaf01 drain swp1 swp2
claim 1 "no number" exits 2 weft leaf01 drain swp1 --timeout soon
claim 1 "undrain has no timeout" exits 2 weft leaf01 undrain --timeout 3
claim 1 "nor has anything else" exits 2 weft leaf01 show summary --timeout 3
claim 1 "drain has no message" exits 2 weft leaf01 drain --message x
fabric stop spine01
mkfifo "$(state_dir)/spine01/weft.sock.drain"
fabric start spine01
claim 20 "a file that is none of weft's is not read" same "false " drained spine01
claim 10 "everything is as before" whole 2 2
