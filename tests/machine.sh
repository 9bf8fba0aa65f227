# shellcheck shell=bash
# tests/machine.sh: a node of the fabric as a machine of its own: Debian's systemd as process 1 of a container (systemd-nspawn), in the node's network
# namespace. Its disk is this machine's, with a layer of its own above it that takes what is written; weft is installed in that. After lib.sh, begin_test.

machine_possible() {
	command -v systemd-nspawn >/dev/null || skip "no systemd-nspawn here"
	[ "$(awk '$1 == 0 { print $3 }' /proc/self/uid_map)" -gt 65536 ] || skip "a machine with users of its own takes root"
}

machine_layer() {
	MACHINE=$TMPDIR/machine
	mkdir -p "$MACHINE"/{above,work,disk}
	mount -t overlay overlay -o "lowerdir=/,upperdir=$MACHINE/above,workdir=$MACHINE/work" "$MACHINE/disk" || skip "no overlay of / here"
}

# machine_install: as built, as `make install` has it. Its user is there then, too; a boot would make it as well.
machine_install() {
	make -s -C "$ROOT" -o all BUILD="$BUILD" DESTDIR="$MACHINE/disk" PREFIX=/usr install || fail "make install"
	systemd-sysusers --root="$MACHINE/disk" weft.conf
}

# machine_boot NODE: comes up with nothing but the journal: what else this machine runs is none of the test's business.
machine_boot() {
	local to=$MACHINE/disk
	: >"$to/etc/fstab"
	mkdir -p "$to/etc/systemd/system"
	printf '[Unit]\nRequires=systemd-journald.service\nAfter=systemd-journald.service\n' >"$to/etc/systemd/system/weft-test.target"
	systemd-nspawn --quiet --directory="$to" --register=no --keep-unit --machine="weft-$1" --network-namespace-path="/run/netns/$(ns "$1")" \
		--capability=CAP_NET_ADMIN,CAP_SYS_RESOURCE --console=pipe --link-journal=no /lib/systemd/systemd --unit=weft-test.target </dev/null >"$MACHINE/console" 2>&1 &
	NSPAWN=$!
	disown
	wait_for 20 in_machine systemctl is-active weft-test.target || { cat "$MACHINE/console"; skip "no machine boots here"; }
}
in_machine() {
	local leader
	leader=$(cat "/proc/$NSPAWN/task/$NSPAWN/children" 2>/dev/null) && nsenter --target "${leader%% *}" --mount --uts --ipc --net --pid --wd=/ "$@"
}
machine_off() { is_gone "$NSPAWN" || { kill "$NSPAWN"; wait_for 10 is_gone "$NSPAWN" || kill -9 "$NSPAWN"; }; umount "$MACHINE/disk"; }
