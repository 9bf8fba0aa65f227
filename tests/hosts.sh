# shellcheck shell=bash
# tests/hosts.sh: nodes of the fabric as Debian machines that an operator would have before him: an installed Debian 12 (tests/debian-base) under its own
# systemd, an sshd that he reaches by a management network, no weft yet. Sourced after lib.sh. In place of begin_test:
#
#   begin_hosts                   as begin_test; makes the base first, for inside there is no network
#   host_make NODE...             a disk and a name for each, eth0 to the management network; after `fabric up --no-daemons`
#   host_boot NODE...             all of them at once; returns when all are up
#   in_host NODE COMMAND...       as root in it, without ssh
#   host_off NODE...              pulls its plug; host_boot starts it again, with the disk as it was
#   host_disk NODE                where its disk is, to look at and to write to
#   in_mgmt COMMAND...            as the operator, who is in the management network: `in_mgmt ssh leaf01 ...` works
#
# All of it ends with the test: machines with its pid namespace, disks (layers in a tmpfs above the base) with its mount namespace.
. "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

begin_hosts() {
	if [ "${WEFT_PRIVATE:-}" != "$$" ]; then
		machine_possible
		command -v debootstrap >/dev/null || skip "no debootstrap here"
		"$ROOT/tests/debian-base" || exit 1
	fi
	begin_test
	machine_cgroups
	HOSTS=()
	trap 'hosts_end; fabric down' EXIT
	mgmt_make
}

# --- the management network ------------------------------------------------------------------------------------------------------
mgmt_address() {                             # NODE
	local n=$((10#${1//[a-z]/}))
	case $1 in leaf*) n=$((n + 10)) ;; spine*) n=$((n + 200)) ;; *) n=$((n + 220)) ;; esac
	printf '192.168.0.%d\n' "$n"
}

mgmt_make() {
	local ssh=$TMPDIR/ssh
	ip netns add "$(ns mgmt)"
	printf '%s\n' "link set lo up" "link add br0 type bridge" "link set br0 up" "addr add 192.168.0.1/24 dev br0" | ip -n "$(ns mgmt)" -batch - || exit 1
	mkdir -p "$ssh/home"
	ssh-keygen -q -t ed25519 -N '' -f "$ssh/key" || exit 1
	cat >"$ssh/config" <<-END
		Host *
			User root
			IdentityFile $ssh/key
			IdentitiesOnly yes
			UserKnownHostsFile $ssh/known_hosts
			GlobalKnownHostsFile /dev/null
			StrictHostKeyChecking accept-new
			ControlMaster auto
			ControlPath $ssh/%C
			ControlPersist 600
	END
}

# mgmt_link NODE: its eth0, with an address as DHCP would have given it.
mgmt_link() {
	local node=$1 n
	n=$(mgmt_address "$node")
	printf '%s\n' "link add m-$node index $((4000 + ${n##*.})) type veth peer name eth0 index $((5000 + ${n##*.})) netns $(ns "$node")" \
		"link set m-$node master br0" "link set m-$node up" | ip -n "$(ns mgmt)" -batch - &&
		printf '%s\n' "addr add $n/24 dev eth0" "link set eth0 up" | ip -n "$(ns "$node")" -batch - || exit 1
	printf 'Host %s\n\tHostName %s\n\tHostKeyAlias %s\n' "$node" "$n" "$node" >>"$TMPDIR/ssh/config"
}

in_mgmt() {
	local command=$1
	shift
	[ "$command" != ssh ] || set -- -F "$TMPDIR/ssh/config" "$@"
	on mgmt env HOME="$TMPDIR/ssh/home" LC_ALL=C.UTF-8 "$command" "$@"
}

# --- machines --------------------------------------------------------------------------------------------------------------------
host_of() { MACHINE=$TMPDIR/machine-$1; }    # NODE: for who has made MACHINE local
host_disk() { printf '%s/machine-%s/disk\n' "$TMPDIR" "$1"; }

host_make() {
	local MACHINE node to
	for node; do
		host_of "$node"
		machine_layer "$BUILD/debian12"
		to=$MACHINE/disk
		HOSTS+=("$node")
		say "$node" >"$to/etc/hostname"
		printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$node" >"$to/etc/hosts"
		tr -d - </proc/sys/kernel/random/uuid >"$to/etc/machine-id"
		install -D -m 600 "$TMPDIR/ssh/key.pub" "$to/root/.ssh/authorized_keys"
		mgmt_link "$node"
	done
}

host_boot() {
	local MACHINE node
	for node; do
		host_of "$node"
		machine_start "$node" multi-user.target
	done
	for node; do
		host_of "$node"
		wait_for 60 host_is_up "$node" || { cat "$MACHINE/console"; fail "$node does not boot"; }
	done
}
host_is_up() { in_host "$1" systemctl is-active multi-user.target ssh.service; }
# What lib.sh asks of a node, it asks of its machine here, if it is one.
is_host() { [[ " ${HOSTS[*]} " == *" $1 "* ]]; }
eval "daemon_$(declare -f weft)"
weft() { local node=$1; if is_host "$node"; then shift; in_host "$node" weft "$@"; else daemon_weft "$@"; fi; }
beside() { local n; is_host "$1" || return 0; n=$(mgmt_address "$1"); say "${n%.*}.0/24 proto kernel src $n dev eth0"; }
in_host() { local MACHINE; host_of "$1"; shift; in_machine "$@"; }
host_off() { local MACHINE node; for node; do host_of "$node"; machine_kill; done; }
hosts_end() {
	local MACHINE node
	for node in "${HOSTS[@]}"; do host_of "$node"; machine_off; done
	machine_cgroups_end
}
