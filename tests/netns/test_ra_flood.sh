#!/usr/bin/env bash
# A hundred routers where one is expected, and they do not stop talking: the peer stays the peer, memory stays what it is, and it is told.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
pid=$(pid_of leaf01)
link() { jq_of "map(select(.link == \"$1\")) | .[0] | $2" weft leaf01 --json show links; }
flaps() { jq_of 'map("\(.link) \(.flaps)") | .[]' weft leaf01 --json show neighbors; }
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; }
at_least() { [ "$("${@:2}")" -ge "$1" ]; }
grown() { [ $(($(rss) - $1)) -lt 1024 ] || { say "$(rss) kB after $1 kB"; return 1; }; }
flood() { on spine01 python3 "$ROOT/tests/netns/send_ra.py" swp1 flood "$1"; }

flaps_before=$(flaps)
peer=$(link_local spine01 swp1)
claim 1 "no alarm before" same '[]' link swp1 '.alarms | tostring'
flood 1000
memory=$(rss)
claim 20 "twenty thousand advertisements of a hundred routers" flood 20000
claim 5 "what is too much is counted" at_least 1000 link swp1 '.ra.rejected.rate'
claim 1 "seven of them are remembered" same 7 link swp1 '.others | length'
claim 1 "the alarm is in show links" same '8 routers are heard where one is expected; only the peer is spoken to' link swp1 '.alarms[0]'
claim 1 "and in show summary" same 1 jq_of .counters.link_alarms weft leaf01 --json show summary
claim 1 "where second routers are counted" at_least 7 jq_of .counters.second_routers weft leaf01 --json show summary
claim 1 "the other link has none" same '[]' link swp2 '.alarms | tostring'
claim 1 "the peer is still the peer" same "$peer" link swp1 .peer.address
claim 1 "no memory" grown "$memory"
claim 1 "no session noticed" same "$flaps_before" flaps
claim 1 "no route either" whole 2 2
weft leaf01 reset swp1 || exit 1
claim 20 "a session that is reset in the middle of it comes back" established leaf01 2
claim 5 "whole" whole 2 2
claim 40 "the others fall silent: no alarm" same '[]' link swp1 '.alarms | tostring'
claim 1 "the same process" same "$pid" pid_of leaf01
