# shellcheck shell=bash
# tests/machine.sh: a node of the fabric as a machine of its own: Debian's systemd as process 1 of a container (systemd-nspawn), in the node's network
# namespace. Its disk is this machine's, with a layer of its own above it that takes what is written; weft is installed in that. After lib.sh, begin_test.

machine_possible() {
	command -v systemd-nspawn >/dev/null || skip "no systemd-nspawn here"
	[ "$(awk '$1 == 0 { print $3 }' /proc/self/uid_map)" -gt 65536 ] || skip "a machine with users of its own takes root"
}

# Each machine has a place of its own, MACHINE, in which all of it lies; its disk is a layer above LOWER.
MACHINE=
machine_layer() {                            # LOWER
	MACHINE=${MACHINE:-$TMPDIR/machine}
	mkdir -p "$MACHINE"/{above,work,disk}
	mount -t overlay overlay -o "lowerdir=$1,upperdir=$MACHINE/above,workdir=$MACHINE/work" "$MACHINE/disk" || skip "no overlay of $1 here"
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
	machine_start "$1" weft-test.target
	wait_for 20 in_machine systemctl is-active weft-test.target || { cat "$MACHINE/console"; skip "no machine boots here"; }
}

# machine_cgroups: machines count their processes in control groups. Several of them need one each, in a tree of the one kind that there is today, wherever
# the test runs. What tests that were killed have left is empty, and taken away by the next.
machine_cgroups() {
	umount -R /sys/fs/cgroup 2>/dev/null
	mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || skip "no control groups here"
	CGROUP=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	find "$CGROUP" -mindepth 1 -depth -path '*/weft-test-*' -type d -mmin +30 -exec rmdir {} + 2>/dev/null
	CGROUP=$CGROUP/weft-test-$RANDOM$RANDOM
	mkdir "$CGROUP" || skip "no control groups here"
}
machine_cgroups_end() { find "$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null; }

machine_start() {                            # NODE TARGET
	local cgroup=${CGROUP:+$CGROUP/$1}
	[ -z "$cgroup" ] || mkdir -p "$cgroup"
	(
		[ -z "$cgroup" ] || echo "$BASHPID" >"$cgroup/cgroup.procs"
		# As on a host, /proc/sys/net may be written.
		export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
		# Who mounts /sys has to be where its network interfaces are to be seen.
		exec nsenter --net="/run/netns/$(ns "$1")" systemd-nspawn --quiet --directory="$MACHINE/disk" --register=no --keep-unit --machine="weft-$1" --hostname="$1" \
			--network-namespace-path="/run/netns/$(ns "$1")" --capability=CAP_NET_ADMIN,CAP_SYS_RESOURCE --console=pipe --link-journal=no \
			/lib/systemd/systemd --unit="$2"
	) </dev/null >"$MACHINE/console" 2>&1 &
	echo $! >"$MACHINE/pid"
	disown
}
in_machine() {
	local nspawn leader
	nspawn=$(cat "$MACHINE/pid") && leader=$(cat "/proc/$nspawn/task/$nspawn/children" 2>/dev/null) && [ -n "$leader" ] &&
		nsenter --target "${leader%% *}" --mount --uts --ipc --net --pid --wdns=/ "$@"
}
machine_kill() { local pid; pid=$(cat "$MACHINE/pid" 2>/dev/null) || return 0; is_gone "$pid" || { kill "$pid"; wait_for 10 is_gone "$pid" || kill -9 "$pid"; }; }
machine_off() { machine_kill; umount "$MACHINE/disk"; }
