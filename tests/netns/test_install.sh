#!/usr/bin/env bash
# `make install` as it is without a package, below /usr/local: systemd reads what it has put there, the node is a router, and `make uninstall` leaves
# nothing. test_service.sh has the same below /usr, and looks at what the service may.
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../machine.sh"
machine_possible

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
machine_layer /
trap 'machine_off; fabric down' EXIT
disk=$MACHINE/disk
files() { (cd "$disk" && find usr etc ! -type d | sort); }
files >"$TMPDIR/before"
make -s -C "$ROOT" -o all BUILD="$BUILD" DESTDIR="$disk" PREFIX=/usr/local install || fail "make install"
claim 1 "it installs below /usr/local, and nowhere else" same "" eval 'files | comm -13 "$TMPDIR/before" - | grep -v "^usr/local/"'
cp "$(state_dir)/leaf01/weft.json" "$disk/etc/weft/weft.json"
on leaf01 sysctl -qw net.ipv4.conf.all.rp_filter=0
machine_boot leaf01
fabric start spine01 spine02 leaf02

in_machine systemd-sysusers
claim 5 "the user is known to systemd" same weft in_machine id -nu weft
claim 5 "  and the group of those who may look" exits 0 in_machine getent group weft-view
claim 20 "systemctl start" exits 0 in_machine systemctl start weftd
claim 20 "the fabric is whole" whole 2 2
claim 1 "the unit is that below /usr/local" same /usr/local/lib/systemd/system/weftd.service in_machine systemctl show -P FragmentPath weftd
claim 1 "  and so is the daemon" same /usr/local/sbin/weftd eval 'in_machine readlink "/proc/$(in_machine systemctl show -P MainPID weftd)/exe"'
claim 5 "systemctl reload finds the command" exits 0 in_machine systemctl reload weftd
in_machine /lib/systemd/systemd-sysctl 2>/dev/null      # a namespace has not all of them
claim 5 "what is set at boot is read" same 2 on leaf01 sysctl -n net.ipv4.conf.all.rp_filter
claim 5 "networkd's drop-in is read" exits 0 in_machine sh -c 'systemd-analyze cat-config systemd/networkd.conf | grep -qx ManageForeignRoutes=no'
claim 20 "networkd runs" exits 0 in_machine systemctl start dbus systemd-networkd
claim 20 "  and weft doctor knows that it leaves routes alone" in_machine weft doctor
claim 5 "the journal's catalog is read" exits 0 in_machine sh -c 'journalctl --update-catalog && journalctl --list-catalog | grep -q weft'
claim 5 "man finds the pages" exits 0 in_machine sh -c 'test -z "$(command -v man)" || man -w weftd weft weft.json'
claim 10 "weft stop --cold" exits 0 in_machine weft stop --cold
rm "$disk/etc/weft/weft.json"
make -s -C "$ROOT" DESTDIR="$disk" PREFIX=/usr/local uninstall
claim 5 "make uninstall leaves nothing of weft" same "" eval 'files | comm -13 "$TMPDIR/before" - | grep weft | grep -v weft-test'
claim 1 "  no folder either" same "" eval 'cd "$disk" && find usr/local etc -name "*weft*" ! -name "weft-test*"'
