#!/usr/bin/env bash
# From an inventory of two values per node to a running fabric, by Ansible over ssh, on Debian machines: refused when it is wrong, once, once more, changed.
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../hosts.sh"
begin_hosts
. "$(dirname "$0")/../ansible.sh"
fabric up --spines 2 --leaves 4 --no-daemons || exit 1
host_make spine01 spine02 leaf01 leaf02 leaf03 leaf04
host_boot "${HOSTS[@]}"

# What a node has on its disk beyond the base, each file with its time, but for what logins and the journal write; and its processes.
written() {
	local node
	for node in "${HOSTS[@]}"; do
		(cd "$TMPDIR/machine-$node/above" && find . \( -path ./var/log -o -path ./tmp -o -path ./var/tmp -o -path './root/.ansible*' \) -prune -o ! -type d -printf "$node %p %T@ %s\n")
		in_host "$node" ps -eo pid=,comm= | sed "/ sshd$\| ps$/d; s/^/$node process /"
	done | sort
}
of_all() { local node; for node in "${HOSTS[@]}"; do in_host "$node" "$@"; done | sort -u; }
wrong=$TMPDIR/wrong.yml
sed 's/4210000003, weft_router_id: 10.0.254.3/4210000003, weft_router_id: 10.0.254.2/' "$ROOT/ansible/inventory/two-values.yml" >"$wrong"

say "--- a fabric that is wrong"
before=$(written)
for playbook in check.yml deploy.yml; do
	INVENTORY=$wrong refuses "$playbook refuses a router-id that two nodes have" "$playbook"
	claim 1 "  and names both" says "leaf03: router-id 10.0.254.2 is that of leaf02 too"
	claim 1 "  nothing is on any node that was not there" same "$before" written
done

say "--- deployed"
plays "deploy.yml" deploy.yml
claim 20 "the fabric is whole" whole 2 4
claim 10 "packets flow" reaches host01 10.1.3.10
for node in "${HOSTS[@]}"; do
	claim 10 "$node: weft doctor finds nothing" exits 0 weft "$node" doctor
done
claim 1 "the management network is no link of the fabric" same "" jq_of '.[] | select(.link == "eth0" and .fabric) | .link' weft leaf01 --json show links
claim 1 "nor announced" eval '! weft leaf01 --json show routes | grep -q 192.168.0'
claim 1 "weftd will start at the next boot" same enabled of_all systemctl is-enabled weftd
claim 1 "its file is for root and weftd" same "root:weft 640" of_all stat -c '%U:%G %a' /etc/weft/weft.json

say "--- once more"
plays "deploy.yml, a second time" deploy.yml
claim 1 "changes nothing on any node" everywhere changed 0

say "--- a variable is changed"
pids() { local node; for node in "${HOSTS[@]}"; do say "$node $(in_host "$node" systemctl show -P MainPID weftd)"; done; }
files() { of_all stat -c '%y %i' /etc/weft/weft.json; }
reloads() { local node; for node in "${HOSTS[@]}"; do jq_of .configuration.reloads weft "$node" --json show summary; done | sort -u; }
state() { files; pids; reloads; }
# shellcheck disable=SC2034              # what claim polls reads it
before=$(state) daemons=$(pids) reloaded=$(reloads)
newer_than() { weft leaf01 --json show neighbors | jq -r --argjson s "$1" '.[] | select(.uptime_seconds < $s) | .name'; }
began=$(now_ms)
plays "deploy.yml --check --diff with another start_hold" deploy.yml --check --diff -e weft_start_hold=30
claim 1 "  shows the one line that differs" same '+  "start_hold": 30,
-  "start_hold": 60,' eval 'grep "^[-+] " "$PLAY" | LC_ALL=C sort -u'
claim 1 "  of each node, when it is asked, and when it would be written" same 12 eval 'grep -c "^+ " "$PLAY"'
claim 1 "  and has changed nothing" same "$before" state
plays "deploy.yml with it" deploy.yml -e weft_start_hold=30
claim 1 "it is in effect everywhere" same 30 eval 'for node in "${HOSTS[@]}"; do jq_of .start_hold weft $node --json show config; done | sort -u'
claim 1 "by a reload" same 1 eval 'echo $(($(reloads) - reloaded))'
claim 1 "not by a restart" same "$daemons" pids
claim 1 "and no session noticed" same "" newer_than $((($(now_ms) - began) / 1000))
claim 1 "the fabric is whole" whole 2 4

say "--- a fabric that is wrong, and runs"
before=$(written)
for playbook in check.yml deploy.yml; do
	INVENTORY=$wrong refuses "$playbook refuses a router-id that two nodes have" "$playbook"
	claim 1 "  nothing is another one on any node" same "$before" written
done
refuses "and a key of which weft would not know what to make" deploy.yml -e '{"weft_config": {"links": {"swp*": {"password": 7}}}}'
claim 1 "  nothing is another one on any node" same "$before" written
claim 1 "the fabric is whole" whole 2 4

say "--- a cabling plan, and cables that are elsewhere"
planned=$TMPDIR/planned.yml
{
	printf 'weft:\n  vars:\n    weft_cables:\n'
	for spine in 1 2; do for leaf in 1 2 3 4; do say "      - leaf0$leaf:swp$spine spine0$spine:swp$leaf"; done; done
	sed 1,3d "$ROOT/ansible/inventory/two-values.yml"
} >"$planned"
began=$(now_ms)
INVENTORY=$planned plays "deploy.yml with the plan" deploy.yml
claim 5 "every cable is as planned" same "as-planned" eval 'for node in "${HOSTS[@]}"; do jq_of ".[] | select(.fabric) | .cabling.verdict" weft $node --json show links; done | sort -u'
claim 1 "and no session noticed" same "" newer_than $((($(now_ms) - began) / 1000))
swap() {                                     # of spine01
	printf 'link set %s\n' "swp1 down" "swp2 down" "swp1 name other" "swp2 name swp1" "other name swp2" "swp1 up" "swp2 up" | ip -n "$(ns spine01)" -batch -
}
swap
sentence="swp1 is connected to leaf02 swp1, the plan says leaf01 swp1: swapped with swp2?"
claim 20 "two cables of spine01 are swapped: it says so" same "$sentence" jq_of '.[] | select(.link == "swp1") | .cabling.what' weft spine01 --json show links
claim 20 "  and the leaf at the end of one" same wrong-port jq_of '.[] | select(.link == "swp1") | .cabling.verdict' weft leaf02 --json show links
mkdir -p "$BUILD/logs"
page=$BUILD/logs/report.html                # stays there, to be looked at
INVENTORY=$planned plays "report.yml" report.yml -e "weft_report=$page"
for sentence in "leaf01 swp1 is connected to spine01 swp2, the plan says spine01 swp1" "leaf02 swp1 is connected to spine01 swp1, the plan says spine01 swp2"; do
	claim 1 "  says what is wrong, by name" says "$sentence"
	claim 1 "  and so does its page" grep -qF "$sentence" "$page"
done
swap
claim 20 "swapped back, the fabric is whole" whole 2 4
