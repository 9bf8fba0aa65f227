#!/usr/bin/env bash
# weftd as the service that templates/weftd.service makes of it, under a real systemd: leaf01 is a machine of its own. What it may, what it may not, and
# whom it answers; how it starts, reloads, restarts, is watched and ends.
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../machine.sh"
machine_possible

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
configure '.links = {"swp1": {"bfd": {"interval_ms": 300, "multiplier": 5}}, "swp*": {}}' spine01
configure '.links = {"swp1": {"password": "very-secret", "gtsm": true}, "swp*": {}}' spine02
machine_layer /
trap 'machine_off; fabric down' EXIT
machine_install
(cd "$MACHINE/disk" && install -d etc/weft home/somebody && : >tmp/somebody)
jq '.links = {"swp1": {"bfd": {"interval_ms": 300, "multiplier": 5}}, "swp2": {"password": "very-secret", "gtsm": true}} | .graceful_restart = {"restart_seconds": 60} | .metrics = {"listen": "[::1]:9473"}' \
	"$(state_dir)/leaf01/weft.json" >"$MACHINE/disk/etc/weft/weft.json"
good=$MACHINE/disk/etc/weft/weft.json
chown "root:$(stat -c %g "$MACHINE/disk")" "$good"
chroot "$MACHINE/disk" chgrp weft /etc/weft/weft.json && chmod 640 "$good"
install -D -m 755 "$ROOT/tests/netns/probe.py" "$MACHINE/disk/usr/share/weft/probe.py"
sed 's|^ExecStart=.*|ExecStart=/usr/bin/python3 /usr/share/weft/probe.py|; s|^Type=.*|Type=oneshot|; /^ExecReload\|^Restart=\|^Watchdog/d' \
	"$ROOT/templates/weftd.service" >"$MACHINE/disk/usr/lib/systemd/system/probe.service"
settings() { on leaf01 sysctl net.ipv4.ip_forward net.ipv6.conf.swp1.accept_dad net.ipv6.conf.swp1.hop_limit net.ipv4.conf.swp2.arp_ignore net.ipv6.conf.swp2.accept_ra; }
machine_boot leaf01
in_machine systemctl start sysinit.target            # what is set at a boot is no business of weftd
on leaf01 sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.swp1.hop_limit=64
before=$(settings)
fabric start spine01 spine02 leaf02

sys() { in_machine systemctl "$@"; }
ask() { in_machine weft "$@"; }
property() { sys show -P "$1" weftd; }
pid() { property MainPID; }
proc() { in_machine sed -n "s/^$1:[[:space:]]*//p" "/proc/$(pid)/status"; }         # FIELD

say "--- it starts"
claim 20 "systemctl start comes back when weftd is ready: its links are known, its socket answers" exits 0 in_machine sh -c 'systemctl start weftd && test $(weft --json show links | jq length) -ge 2'
claim 20 "the fabric is whole: routes, MACs, settings, a password, gtsm" whole 2 2
claim 10 "BFD is Up on swp1" same Up jq_of '.[] | select(.link == "swp1") | .bfd.state' ask --json show links
# Not where this machine itself may not raise that limit.
! prlimit --rtprio=1:1 true 2>/dev/null || claim 5 "its thread is a real-time one" eval 'in_machine ps -L -o cls= -p "$(pid)" | grep -q FF && ! ask doctor | grep -q "BFD runs at the priority"'
claim 10 "systemctl status says how many sessions there are" same "AS 4210000001, 2 of 2 sessions Established" property StatusText
claim 5 "metrics are served" exits 0 in_machine curl -sf -o /dev/null -g 'http://[::1]:9473/metrics'
claim 5 "every setting could be made, nothing was refused" eval '! in_machine journalctl -u weftd -p warning --no-pager | grep "weftd\[" | grep -v "lines were lost"'
claim 20 "weft doctor finds nothing" ask doctor

say "--- what it may"
claim 1 "its user is weft" same weft in_machine ps -o user= -p "$(pid)"
for set in CapEff CapPrm CapBnd CapAmb; do
	claim 1 "$set is CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE" same 0000000000003400 proc $set
done
claim 1 "no new privileges" same 1 proc NoNewPrivs
claim 1 "a seccomp filter" same 2 proc Seccomp
claim 10 "systemd-analyze security: at most 2.0" exits 0 in_machine systemd-analyze security --no-pager --threshold=20 weftd
sys start probe >/dev/null 2>&1
tried() { in_machine journalctl -u probe -o cat --no-pager | awk -v part="$1" -v word="$2" '/^---/ { n++ } n == part && $1 == word'; }      # PART WORD
claim 5 "a process in its place may do what weftd has to" eval '[ "$(tried 0 DONE | wc -l)" = 5 ] && same "" tried 0 refused'
claim 1 "  and nothing else: no file, no socket, no capability, no system call" same "" tried 1 DONE
claim 1 "  for it is refused" same "" tried 1 failed
claim 1 "  of what was tried" at_least 40 eval 'tried 1 refused | wc -l'

say "--- whom it answers"
gid() { in_machine getent group "$1" | cut -d: -f3; }
as() { in_machine setpriv --reuid nobody --regid "$1" --clear-groups "${@:2}"; }    # GID COMMAND...
weft=$(gid weft) view=$(gid weft-view)
claim 1 "the group weft: everything" exits 0 as "$weft" weft reload
for command in "show summary" "show neighbors swp1" "show routes" "explain 10.0.254.2" doctor log "show config"; do
	# shellcheck disable=SC2086
	claim 5 "the group weft-view: weft $command" exits 0 as "$view" weft $command
done
claim 5 "  weft watch" exits 124 as "$view" timeout 0.5 weft watch
for command in reload drain "drain swp1" "reset swp1" stop "stop --cold" "log debug" diff confirm "announce 10.9.0.0/24" "neighbor add 10.1.1.9 65009"; do
	# shellcheck disable=SC2086
	claim 1 "  not: weft $command" exits 1 as "$view" weft $command
done
claim 1 "  and is told why" eval 'as "$view" weft drain 2>&1 | grep -q "the group weft-view may look"'
claim 1 "anybody else: nothing" exits 1 as nogroup weft show summary
claim 1 "  and is told who" eval 'as nogroup weft show summary 2>&1 | grep -q "the groups weft .* and weft-view"'
claim 5 "nothing of that has changed anything" same 2 jq_of .peers_established ask --json show summary

say "--- it reloads"
first=$(pid)
goes_on() { same "$first active" eval 'echo "$(pid) $(property ActiveState)"'; }
change() { jq "$1" "$good" >"$TMPDIR/new.json" && cat "$TMPDIR/new.json" >"$good"; }
cp "$good" "$TMPDIR/good.json"
change '.timers = {"ra_interval": 2}'
claim 5 "systemctl reload: another configuration" exits 0 sys reload weftd
claim 1 "  is in effect" same 2 jq_of .timers.ra_interval ask --json show config
change '.typo = 1'
claim 5 "a bad one is refused, and systemctl says so" exits 1 sys reload weftd
claim 1 "  the journal says what is wrong" eval 'in_machine journalctl -u weftd --no-pager | grep -q "typo"'
claim 1 "  and weftd goes on" goes_on
cat "$TMPDIR/good.json" >"$good"
in_machine kill -HUP "$first"
claim 5 "SIGHUP does the same" same 5 jq_of .timers.ra_interval ask --json show config
claim 5 "  and weftd goes on" goes_on

say "--- it restarts"
on host01 ping -q -i 0.01 -c 600 -W 1 10.1.2.10 >"$TMPDIR/ping" &
ping=$!
ask drain swp1 --timeout 0 >/dev/null 2>&1
claim 20 "systemctl restart" exits 0 sys restart weftd
restarted() { local now; now=$(pid); [ "$now" != 0 ] && [ "$now" != "$first" ] && [ "$(property ActiveState)" = active ]; }
claim 5 "  is another process" restarted
claim 5 "  which knows that swp1 is drained" same swp1 jq_of '.drained_links[]' ask --json show summary
ask undrain swp1 >/dev/null
claim 20 "  and the fabric is whole" whole 2 2
claim 20 "  with all sessions" same 2 jq_of .peers_established ask --json show summary
first=$(pid)
in_machine kill -9 "$first"
claim 10 "killed, it comes back" restarted
claim 20 "  and the fabric is whole" whole 2 2
wait "$ping"
claim 1 "no packet was lost meanwhile" grep -q ' 0% packet loss' "$TMPDIR/ping"
mkdir -p "$MACHINE/disk/etc/systemd/system/weftd.service.d"
printf '[Service]\nWatchdogSec=1\n' >"$MACHINE/disk/etc/systemd/system/weftd.service.d/watchdog.conf"
sys daemon-reload
sys restart weftd
first=$(pid)
beats() { property WatchdogTimestampMonotonic >>"$TMPDIR/beats"; at_least "$1" eval 'sort -u "$TMPDIR/beats" | wc -l'; }
claim 10 "watched, it says all the time that it lives" beats 6
claim 1 "  and goes on" goes_on
in_machine kill -STOP "$first"
claim 10 "stuck, it is ended and started again" restarted
claim 1 "  for that reason" eval 'in_machine journalctl -u weftd --no-pager | grep -q "Watchdog timeout"'
claim 20 "  and the fabric is whole" whole 2 2

say "--- it ends"
sys stop weftd
claim 5 "systemctl stop: it is gone" same inactive property ActiveState
claim 1 "  its routes are there for the next one" has_route leaf01 10.0.254.2
claim 20 "  which" exits 0 sys start weftd
claim 20 "  makes the fabric whole" whole 2 2
claim 10 "weft stop --cold" exits 0 ask stop --cold
claim 10 "  is the end: nobody starts it again" same "inactive success" eval 'echo "$(property ActiveState) $(property Result)"'
claim 5 "  no route of it is left" same "" routes leaf01 -4 bgp
claim 5 "  and every setting is as it was before the first start" same "$before" settings

say "--- networkd"
sys start weftd dbus
claim 20 "weftd runs again: the fabric is whole" whole 2 2
ip -n "$(ns leaf01)" route add 10.99.0.0/24 dev swp1 proto 99
whole_beside() { same "$(fabric_routes leaf01 2 2)" eval "routes leaf01 | grep -v '^10.99.0.0/24 '"; }
printf '[Match]\nName=swp*\n[Network]\nLinkLocalAddressing=ipv6\n' >"$MACHINE/disk/etc/systemd/network/50-swp.network"
claim 20 "systemd-networkd starts, and has these links, too" exits 0 sys start systemd-networkd
configured() { [ "$(in_machine grep -l "^ADMIN_STATE=configured" /run/systemd/netif/links/101 /run/systemd/netif/links/102 | wc -l)" = 2 ]; }
claim 20 "  configured" configured
claim 10 "  the fabric is whole" whole_beside
claim 10 "  also when it does so once more" exits 0 in_machine networkctl reconfigure swp1 swp2
claim 20 "  configured" configured
claim 10 "  the fabric is whole" whole_beside
claim 10 "  also when it starts again" exits 0 sys restart systemd-networkd
claim 10 "  the fabric is whole" whole_beside
claim 1 "  and the routes of others are there, too" has_route leaf01 10.99.0.0/24
claim 1 "  without weftd having to put anything back" eval '! in_machine journalctl -u weftd --no-pager | grep -q "were put back"'
ip -n "$(ns leaf01)" route del 10.99.0.0/24
claim 20 "  and weft doctor sees that networkd leaves them alone" ask doctor
