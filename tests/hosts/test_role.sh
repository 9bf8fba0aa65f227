#!/usr/bin/env bash
# The role on one node, a machine with systemd between two spines: check mode and deployment, twice; changes that are reloaded; one that is refused before
# anything is touched; what check.yml leaves behind, which is nothing. The package is there already (its installation: test_ansible*.sh).
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../machine.sh"
machine_possible
command -v ansible-playbook >/dev/null || fail "ansible-playbook is not installed: tests/deps"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
machine_layer /
trap 'machine_off; fabric down' EXIT
machine_boot leaf01
fabric start spine01 spine02 leaf02

# The inventory that is shown, with this machine as its leaf01; more of it: vars.yml.
cp -r "$ROOT/ansible" "$ROOT/templates" "$MACHINE/disk/srv/"
vars=$MACHINE/disk/srv/vars.json
echo '{}' >"$vars"
play() {                                     # PLAYBOOK OPTIONS...: only what was changed where, and the sentences
	local book=$1
	shift
	in_machine env --chdir=/srv LC_ALL=C.UTF-8 ANSIBLE_CONFIG=/srv/ansible/ansible.cfg ANSIBLE_LOCALHOST_WARNING=false HOME=/root ansible-playbook -i /srv/ansible/inventory/two-values.yml -c local \
		--limit leaf01 -e @/srv/vars.json "$@" "/srv/ansible/$book" >"$TMPDIR/play" 2>&1
	rc=$?
	return $rc
}
recap() { sed -n 's/^leaf01 .*\(changed=[0-9]*\).*\(failed=[0-9]*\).*/\1 \2/p' "$TMPDIR/play"; }
ends() {                                     # SENTENCE RC RECAP PLAYBOOK OPTIONS...
	local sentence=$1 want=$2 counts=$3
	shift 3
	play "$@"
	if [ "$rc" != "$want" ] || { [ "$counts" ] && [ "$(recap)" != "$counts" ]; }; then
		sed 's/^/    /' "$TMPDIR/play"
		fail "$sentence: exit $rc, $(recap)"
	fi
	say "ok   $sentence"
}
told() { grep -qE -- "$1" "$TMPDIR/play" || { sed 's/^/    /' "$TMPDIR/play"; fail "it says: $1"; }; say "ok     and says: $1"; }
untold() { ! grep -qE -- "$1" "$TMPDIR/play" || { sed 's/^/    /' "$TMPDIR/play"; fail "it does not say: $1"; }; say "ok     and does not say: $1"; }
on_disk() { in_machine env --chdir=/ sh -c 'cat /etc/weft/weft.json 2>/dev/null; ls -ld /run/weft-check* 2>/dev/null'; }
ask() { in_machine weft --json "$@"; }
generation() { jq_of .configuration.generation ask show summary; }

say "--- no weft anywhere, not on the controller either"
ends "check.yml" 0 "changed=0 failed=0" check.yml
told "There is no weft on the controller"
told "weft would be installed, configured and started"
ends "a weft that was named has to be there" 2 "" check.yml -e weft_command=/srv/weft
ends "deploy.yml --check" 0 "changed=2 failed=0" deploy.yml --check --diff
told '"router_id\\": \\"10.0.254.1\\"'
claim 1 "  leaves nothing there" same "" on_disk

say "--- the package"
machine_install
install -d -m 750 "$MACHINE/disk/etc/weft"
chroot "$MACHINE/disk" chgrp weft /etc/weft
printf '\nPackage: weft\nStatus: install ok installed\nArchitecture: all\nVersion: 0.1.0\nMaintainer: nobody <n@example.net>\nDescription: weft\n' >>"$MACHINE/disk/var/lib/dpkg/status"
in_machine systemctl daemon-reload
ends "deploy.yml" 0 "" deploy.yml
claim 1 "the file is root's, and weftd may read it" same "root:weft 640" in_machine stat -c '%U:%G %a' /etc/weft/weft.json
claim 1 "it is what the golden file says: as rendered without Ansible" same "$(cat "$ROOT/tests/data/templates/two-values/leaf01.json")" in_machine cat /etc/weft/weft.json
claim 20 "the service runs, with both spines" same 2 jq_of 'map(select(.state == "Established")) | length' ask show neighbors
claim 30 "the fabric is whole" whole 2 2
ends "deploy.yml again: nothing is changed" 0 "changed=0 failed=0" deploy.yml
told "nothing differs"
pid=$(in_machine systemctl show -P MainPID weftd)

say "--- a change"
echo '{"weft_timers": {"ra_interval": 7}, "weft_config": {"timers": {"connect_retry": 4}}, "weft_admins": ["daemon"], "weft_viewers": ["games"]}' >"$vars"
before=$(on_disk)
ends "check.yml tells it" 0 "changed=1 failed=0" check.yml
told '\+.*"ra_interval": 7'
told 'timers.ra_interval: 5 -> 7'
claim 1 "  and leaves the node as it was" same "$before" on_disk
ends "deploy.yml makes it" 0 "" deploy.yml
claim 1 "it is in effect, both keys" same "7 4" jq_of '.timers | "\(.ra_interval) \(.connect_retry)"' ask show config
claim 1 "by a reload" same 2 generation
claim 1 "users are let in" same "daemon weft games weft-view" eval 'echo $(in_machine id -nG daemon) $(in_machine id -nG games)'
claim 1 "and not by a restart" same "$pid" in_machine systemctl show -P MainPID weftd

say "--- a change that weftd cannot take while it runs"
before=$(on_disk)
echo '{"weft_config": {"ipv4_next_hop": "inet6"}}' >"$vars"
ends "deploy.yml refuses it" 2 "" deploy.yml
told 'a reload would be rejected'
claim 1 "  before anything was touched" same "$before" on_disk
printf -- '- hosts: weft\n  gather_facts: false\n  roles: [weft]\n' >"$MACHINE/disk/srv/ansible/own.yml"
for again in "the role by itself is refused by weftd" "and again, though the file is written by now"; do
	ends "$again" 2 "" own.yml
	told 'needs a restart of weftd|has to be restarted'
done
claim 1 "  weftd goes on as before" same "169.254.0.1 $pid" eval 'echo "$(ask show config | jq -r .ipv4_next_hop) $(in_machine systemctl show -P MainPID weftd)"'
ends "with weft_restart_later that is no failure" 0 "" deploy.yml -e weft_restart_later=true

say "--- what is wrong"
before=$(on_disk)
echo '{"weft_config": {"holdtime": 3}}' >"$vars"
ends "a key that there is not" 2 "" deploy.yml
told 'holdtime'
ends "a node's own weft refuses it too, where the controller has none" 2 "" check.yml \
	-e '{"weft_fabric": {"nodes": {"leaf01": {"asn": 4210000001, "router_id": "10.0.254.1", "expect": {}, "servers": []}}, "errors": []}}'
told 'holdtime'
claim 1 "nothing was touched" same "$before" on_disk
echo '{}' >"$vars"
sed -i 's/10.0.254.2 }/10.0.254.1 }/' "$MACHINE/disk/srv/ansible/inventory/two-values.yml"
ends "two nodes with one router-id" 2 "" check.yml
told 'leaf02: router-id 10.0.254.1 is that of leaf01 too'
cp "$ROOT/ansible/inventory/two-values.yml" "$MACHINE/disk/srv/ansible/inventory/"
echo '{"weft_cables": ["leaf01:swp1 spine01:swp1"]}' >"$vars"
in_machine hostname leaf1
ends "a node that is called otherwise by the cabling plan" 2 "" check.yml
told "The cabling plan calls this node leaf01, and it calls itself leaf1:"
in_machine hostname leaf01

say "--- a password"
echo '{"weft_links": ["swp*"], "weft_link_settings": {"password": "very-secret"}}' >"$vars"
ends "is written" 0 "" deploy.yml --diff
untold very-secret
claim 1 "and weftd has it" eval 'on_disk | grep -q very-secret'
claim 10 "a session that cannot be signed at the other end is down" same 0 jq_of 'map(select(.state == "Established")) | length' ask show neighbors
echo '{}' >"$vars"
ends "is taken away" 0 "" deploy.yml --diff
untold very-secret
