#!/usr/bin/env bash
# weftd without root and without systemd: an ordinary user with three capabilities does the whole job, and tells whoever started it how it is. The unit
# itself is judged by `make lint`, and run by test_service.sh.
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
USER_ID=64000 GROUP_ID=64001 VIEW_ID=64002
install -D -t "$TMPDIR/bin" "$BUILD/weftd" "$BUILD/weft"         # where any user may run them
export BUILD=$TMPDIR/bin

say "--- a user with three capabilities"
[ "$(awk '$1 == 0 { print $3 }' /proc/self/uid_map)" -gt "$VIEW_ID" ] || skip "there are no other users in here: this takes root"
{ grep -v '^weft' /etc/group; printf 'weft:x:%d:\nweft-view:x:%d:\n' "$GROUP_ID" "$VIEW_ID"; } >"$TMPDIR/group"
mount --bind "$TMPDIR/group" /etc/group
fabric up --spines 2 --leaves 2 --no-daemons || exit 1
configure '.links = {"swp1": {"bfd": {"interval_ms": 300, "multiplier": 5}}, "swp*": {}}' spine01
configure '.links = {"swp1": {"password": "very-secret", "gtsm": true}, "swp*": {}}' spine02
configure '.links = {"swp1": {"bfd": {"interval_ms": 300, "multiplier": 5}}, "swp2": {"password": "very-secret", "gtsm": true}} | .graceful_restart = {"restart_seconds": 60}' leaf01
dir=$(state_dir)/leaf01
chown "$USER_ID:$GROUP_ID" "$dir"
caps=+net_admin,+net_raw,+net_bind_service
start_leaf() {                               # ENVIRONMENT...
	WRAP="leaf01 env $* prlimit --rtprio=0 --nice=0 setpriv --reuid $USER_ID --regid $GROUP_ID --clear-groups --inh-caps=-all,$caps --ambient-caps=-all,$caps --bounding-set=-all,$caps --no-new-privs" \
		fabric start leaf01
}
hears() { on leaf01 python3 "$(dirname "$0")/notify.py" "$1" "$2" & echo $! >"$TMPDIR/hearer"; }        # its name is one of that namespace
told() { jq -es "[.[] | select(.lines | index(\"$1\"))] | length ${3:->= 1}" "$2"; }                     # LINE FILE [HOW MANY]
on leaf01 sysctl -qw net.ipv6.conf.swp1.hop_limit=64
hears @weft-notify "$TMPDIR/said"
claim 5 "somebody wants to know" eval 'on leaf01 grep -q @weft-notify /proc/net/unix'
fabric start spine01 spine02 leaf02
start_leaf NOTIFY_SOCKET=@weft-notify WATCHDOG_USEC=400000
claim 20 "the fabric is whole: routes, MACs, settings, a password, gtsm" whole 2 2
claim 10 "BFD is Up on swp1" same Up jq_of '.[] | select(.link == "swp1") | .bfd.state' weft leaf01 --json show links
claim 5 "the setting that was another one is made" same 255 on leaf01 sysctl -n net.ipv6.conf.swp1.hop_limit
claim 5 "its user and its capabilities" same "$USER_ID 0000000000003400 0000000000003400" \
	eval 'awk "/^Uid/ { u = \$2 } /^CapEff/ { e = \$2 } /^CapBnd/ { print u, e, \$2 }" "/proc/$(pid_of leaf01)/status"'
claim 10 "weft doctor finds nothing" exits 0 weft leaf01 doctor

say "--- whom it answers"
as() { setpriv --reuid 65534 --regid "$1" --clear-groups "$BUILD/weft" --socket "$dir/weft.sock" "${@:2}"; }
claim 1 "the group weft: everything" exits 0 as "$GROUP_ID" reload
claim 1 "the group weft-view may look" exits 0 as "$VIEW_ID" show summary
claim 1 "  and change nothing" exits 1 as "$VIEW_ID" reload
claim 1 "anybody else: nothing" exits 1 as 65534 show summary
hold() { python3 -c 'import socket, sys, time
held = [socket.socket(socket.AF_UNIX) for _ in range(200)]
for s in held: s.setblocking(False); s.connect_ex(sys.argv[1])
print("held", flush=True); time.sleep(60)' "$1" >"$TMPDIR/held" & echo $! >"$TMPDIR/holder"; }
hold "$dir/weft.sock.view"
claim 5 "somebody takes every place of weft-view's socket" grep -q held "$TMPDIR/held"
claim 1 "  whoever may change things is answered all the same" exits 0 weft leaf01 show summary
kill "$(cat "$TMPDIR/holder")"
claim 5 "  and those of weft-view again when he is gone" exits 0 as "$VIEW_ID" show summary

say "--- what it tells whoever started it"
claim 1 "that it is ready, once" told READY=1 "$TMPDIR/said" '== 1'
claim 5 "how many sessions there are" told "STATUS=AS 4210000001, 2 of 2 sessions Established" "$TMPDIR/said"
gaps() { jq -es 'map(select(.lines | index("WATCHDOG=1")).ms) | length > 5 and ([.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | max < 400)' "$TMPDIR/said"; }
claim 5 "that it lives, always in time" gaps
kill -HUP "$(pid_of leaf01)"
claim 5 "SIGHUP: that it reloads, and since when" eval 'jq -es "map(select(.lines[0] == \"RELOADING=1\" and (.lines[1] | test(\"^MONOTONIC_USEC=[0-9]+\$\")))) | length == 1" "$TMPDIR/said"'
claim 5 "  and that it has" told READY=1 "$TMPDIR/said" '== 2'
fabric leave leaf01
claim 5 "that it ends" told STOPPING=1 "$TMPDIR/said"
kill "$(cat "$TMPDIR/hearer")"
hears "$TMPDIR/notify" "$TMPDIR/again"
claim 5 "a socket that is a file" test -S "$TMPDIR/notify"
chmod 666 "$TMPDIR/notify"
start_leaf "NOTIFY_SOCKET=$TMPDIR/notify" WATCHDOG_USEC=400000 WATCHDOG_PID=1
claim 5 "is told, too" told READY=1 "$TMPDIR/again"
claim 20 "the fabric is whole: what the one before has left is adopted" whole 2 2
claim 10 "a watchdog that is meant for another process hears nothing" eval 'told "STATUS=AS 4210000001, 2 of 2 sessions Established" "$TMPDIR/again" && told WATCHDOG=1 "$TMPDIR/again" "== 0"'

say "--- a priority that it may not have"
about_bfd() { jq_of '.findings[] | select(.check == "bfd-priority").severity' weft leaf01 --json doctor; }
claim 5 "doctor says that BFD has none" same note about_bfd

say "--- a socket that it may not use"
python3 -c 'import os, socket, time
s = socket.socket(socket.AF_UNIX); s.bind("/run/lldpd.socket"); os.chmod("/run/lldpd.socket", 0o660); s.listen(); time.sleep(60)' & lldpd=$!
claim 5 "lldpd has a socket, for its group" test -S /run/lldpd.socket
refused() { jq_of '.findings[] | select(.check == "lldp-refused").severity' weft leaf01 --json doctor; }
claim 1 "nobody wants it without a cabling plan" same "" refused
cp "$dir/weft.json" "$TMPDIR/plain.json"
configure '.links.swp1.expect = "spine01"' leaf01
claim 1 "with one" exits 0 weft leaf01 reload
claim 10 "  doctor says that weftd may not ask lldpd" same warning refused
cp "$TMPDIR/plain.json" "$dir/weft.json"
claim 1 "without one again" exits 0 weft leaf01 reload
claim 1 "  it does not" same "" refused
kill $lldpd && rm /run/lldpd.socket

fabric stop leaf01
claim 5 "the end: every setting is as it was found" same 64 on leaf01 sysctl -n net.ipv6.conf.swp1.hop_limit
kill "$(cat "$TMPDIR/hearer")"
