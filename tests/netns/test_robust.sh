#!/usr/bin/env bash
# Every rule that a peer can break, broken by a peer, each on a link of its own against one live daemon: see robust.py.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/robust.sh"

cases=$(robust_count) || exit 1
robust_up $((cases + 1)) || exit 1
pid=$(pid_of leaf01)
start=$(now_ms)
robust_play || fail "$cases cases in $(seconds_since "$start") s"
claim 1 "$cases cases took $(seconds_since "$start") s; the daemon is the same as at the start" same "$pid" pid_of leaf01
claim 1 "no next-hop object is left over" same "" unused_objects leaf01
