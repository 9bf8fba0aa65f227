#!/usr/bin/env bash
# A fabric of Debian machines is drained and upgraded by Ansible, node by node, under 20,000 packets per second between servers of all leaves: none is lost.
# Nor by upgrades that fail, which end there: packages whose weftd does not take the configuration, or does not run, and a machine that loses its power.
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../hosts.sh"
begin_hosts
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../ansible.sh"
fabric up --spines 2 --leaves 4 --no-daemons || exit 1
host_make spine01 spine02 leaf01 leaf02 leaf03 leaf04
host_boot "${HOSTS[@]}"
plays "deploy.yml" deploy.yml
claim 20 "the fabric is whole" whole 2 4

claim 10 "packets flow" reaches host02 10.1.4.10
flow host02 host04 500

# loads: three times 6,500 packets a second beside these, so that each server sends and hears.
loads() {
	local pair from to
	load=(rig)
	for pair in "host01 host03" "host03 host01" "host04 host02"; do
		read -r from to <<<"$pair"
		reaches "$from" "10.1.${to#host0}.10" >/dev/null
		talk "rig-$from" "$BUILD/bench_rig" --rate 6500 --flows 64 --tick 1000 "$(ns "$from")" "$(ns "$to")" "10.1.${to#host0}.10"
		load+=("rig-$from")
	done
	dropped_then=$(machine_dropped)
	for pair in "${load[@]}"; do tell "$pair" mark; hear "$pair" marked >/dev/null; done
}
# carried PACKETS: at least so many were sent in all, and all arrived but those that the machine itself may have dropped (storm.sh).
carried() {
	local rig dropped
	for rig in "${load[@]}"; do tell "$rig" report; hear "$rig" report; done >"$TMPDIR/reports"
	dropped=$(($(machine_dropped) - dropped_then))
	jq -rs '"\(map(.sent) | add) packets, \(map(.lost) | add) lost"' "$TMPDIR/reports"
	say "dropped by the machine: $dropped"
	[ "$(jq -s --argjson dropped "$dropped" --argjson least "$1" '(map(.lost) | add) <= $dropped and (map(.sent) | add) >= $least' "$TMPDIR/reports")" = true ]
}
unload() { local rig; for rig in "${load[@]:1}"; do kill "${pid_in[$rig]}"; done; }
drained() { local node; for node in "${HOSTS[@]}"; do [ "$(jq_of .drained weft "$node" --json show summary)" != true ] || say "$node"; done; }
# What must stay as it is on nodes that are not touched: what is installed, and which process runs.
state() { local node; for node; do say "$node $(in_host "$node" dpkg-query -Wf '${Version}' weft) $(in_host "$node" systemctl show -P MainPID weftd)"; done; }
versions() { local node; for node in "${HOSTS[@]}"; do jq_of .version weft "$node" --json show version; in_host "$node" dpkg-query -Wf '${Version}\n' weft; done | sort -u; }
flow_mark

say "--- drain.yml"
refuses "without a word of what to do it does nothing" drain.yml
refuses "all spines at once: refused" drain.yml -e weft_drain=true
claim 1 "  for a reason" says "no spine would be left for the traffic of spine01: spine02 would be drained too"
claim 1 "  and nobody is drained" same "" drained
plays "one spine" drain.yml -e weft_drain=true --limit spine01
claim 1 "  is drained, and no traffic is left" says "no traffic is left"
claim 1 "  it alone" same spine01 drained
refuses "the other one: refused" drain.yml -e weft_drain=true --limit spine02
claim 1 "  for a reason" says "spine01 is drained"
refuses "an upgrade of another one is refused meanwhile" upgrade.yml -e "weft_package=$NEXT" --limit leaf01,spine02
claim 1 "  for that reason" says "spine01 is drained"
plays "the first one again: it is so already" drain.yml -e weft_drain=true --limit spine01
claim 1 "  and nothing was changed" same 0 recap spine01 changed
plays "undrained" drain.yml -e weft_drain=false --limit spine01
claim 5 "the fabric is whole" whole 2 4
plays "all spines by force: with --check it says so" drain.yml -e weft_drain=true -e weft_force=true --check
claim 1 "  of each" says "would be drained"
claim 1 "  and does nothing" same "" drained
plays "one link of a leaf" drain.yml -e weft_drain=true -e weft_link=swp1 --limit leaf01
claim 1 "  is drained" same swp1 jq_of '.drained_links[]' weft leaf01 --json show summary
claim 1 "  and the node is not" same "" drained
plays "  and is not any more" drain.yml -e weft_drain=false -e weft_link=swp1 --limit leaf01
claim 1 "  undrained" same "" jq_of '.drained_links[]' weft leaf01 --json show summary
refuses "a leaf, whose servers have no other way: traffic is left" drain.yml -e weft_drain=true -e weft_drain_seconds=2 --limit leaf02
claim 1 "  on these links" says "drained, but traffic is left after 2"
plays "undrained, all that are drained" drain.yml -e weft_drain=false
claim 1 "  it was one" same 1 recap leaf02 changed
claim 1 "  and it changed no other one" same 0 recap leaf01 changed
claim 5 "the fabric is whole" whole 2 4
claim 1 "no packet was lost" unharmed

say "--- upgrade.yml"
plays "with --check it says what would be done" upgrade.yml -e "weft_package=$NEXT" --check --limit leaf04
claim 1 "  of each node" says "would be drained, upgraded from $version, and undrained"
claim 1 "  and does nothing" same "$version" versions
weft leaf02 announce 10.99.2.0/24 >/dev/null
daemon=$(in_host leaf02 systemctl show -P MainPID weftd)
refuses "a leaf whose traffic stays and whose restart would lose something: refused" upgrade.yml -e "weft_package=$NEXT" -e weft_drain_seconds=2 --limit leaf02
claim 1 "  what" says "a restart forgets what was changed by hand"
claim 1 "  and its weftd goes on" same "$daemon" in_host leaf02 systemctl show -P MainPID weftd
weft leaf02 withdraw 10.99.2.0/24 >/dev/null
plays "undrained" drain.yml -e weft_drain=false --limit leaf02
weft spine02 announce 10.99.0.0/24 >/dev/null
claim 5 "a spine that its package will not restart, for that reason" has_route leaf01 10.99.0.0/24
loads
began=$(now_ms)
plays "all nodes, one after the other" upgrade.yml -e "weft_package=$NEXT"
claim 1 "each has the new version, and runs it" same "$version+next" versions
claim 1 "the spine was restarted when it had no traffic" says "TASK [Restart] "
claim 1 "nobody is drained" same "" drained
claim 5 "the fabric is whole" whole 2 4
seconds=$((($(now_ms) - began) / 1000))
claim 2 "no packet was lost, of 20,000 a second" carried $((seconds * 19000))
carried 0
unload
plays "a second time" upgrade.yml -e "weft_package=$NEXT"
claim 1 "nothing is changed" everywhere changed 0

say "--- a weftd that does not take the configuration"
flow_mark
others=$(state spine02 leaf01 leaf02 leaf03 leaf04) daemon=$(in_host spine01 systemctl show -P MainPID weftd)
broken=$(package next.1 'case $1 in --version) echo "weftd '"$version"'+next.1" ;; --check) echo "weft.json:2:3: asn: not mine" >&2; exit 4 ;; *) exec /usr/libexec/weft/weftd "$@" ;; esac')
refuses "the upgrade ends at the first node" upgrade.yml -e "weft_package=$broken"
claim 1 "  which is drained still" same spine01 drained
claim 1 "  and goes on as it was" same "$daemon" in_host spine01 systemctl show -P MainPID weftd
claim 1 "  the last lines say so" says "spine01 stays drained, with weftd $version+next"
claim 1 "  and why" says "asn: not mine"
claim 1 "  and what was not begun" says "Not begun: spine02, leaf01, leaf02, leaf03, leaf04"
claim 1 "the others are as they were" same "$others" state spine02 leaf01 leaf02 leaf03 leaf04
repaired() {                                 # NODE: by hand
	cp "$NEXT" "$(host_disk "$1")/srv/next.deb"
	in_host "$1" sh -c 'apt-get -qq -y --allow-downgrades install /srv/next.deb && systemctl start weftd' >/dev/null 2>&1 || fail "$1 is repaired"
}
repaired spine01
plays "repaired, it is undrained" drain.yml -e weft_drain=false --limit spine01
claim 5 "the fabric is whole" whole 2 4
claim 1 "no packet was lost" unharmed

say "--- a weftd that does not run"
others=$(state leaf01)
broken=$(package next.2 'case $1 in --version) echo "weftd '"$version"'+next.2" ;; --check) exit 0 ;; *) exit 1 ;; esac')
refuses "the upgrade ends at the first node" upgrade.yml -e "weft_package=$broken" -e weft_return_seconds=5 --limit spine02,leaf01
claim 1 "  the last lines say what is wrong" says "spine02 has no weftd that answers"
claim 1 "the other one is as it was" same "$others" state leaf01
refuses "the other spine is not to be drained now" drain.yml -e weft_drain=true --limit spine01
claim 1 "  for a reason" says "spine02 does not answer"
repaired spine02
claim 10 "it runs again, and is drained still" same spine02 drained
plays "it is undrained" drain.yml -e weft_drain=false --limit spine02
claim 5 "the fabric is whole" whole 2 4
claim 1 "no packet was lost" unharmed

say "--- a machine that loses its power"
others=$(state leaf04)
good=$(package next.3 'case $1 in --version) echo "weftd '"$version"'+next.3" ;; *) exec /usr/libexec/weft/weftd "$@" ;; esac')
(play upgrade.yml -e "weft_package=$good" --limit leaf03,leaf04) &
upgrade=$!
claim 60 "leaf03 is being upgraded" same leaf03 drained
host_off leaf03
wait "$upgrade"
claim 1 "the upgrade ends there" same 2 echo $?
claim 1 "  the last lines say why" says "leaf03 was drained, and cannot be reached"
claim 1 "the other one is as it was" same "$others" state leaf04
host_boot leaf03
claim 30 "it boots, and the fabric is whole" whole 2 4

say "--- from the repositories of the nodes"
repository() { cp "$2" "$(host_disk "$1")/srv/weft-needs/" && (cd "$(host_disk "$1")/srv/weft-needs" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null); }   # NODE PACKAGE
plays "they have nothing newer" upgrade.yml -e weft_package= --limit leaf04
claim 1 "  nothing is changed" same 0 recap leaf04 changed
repository leaf04 "$(package next.4 'exec /usr/libexec/weft/weftd "$@"')"
plays "that of leaf04 has" upgrade.yml -e weft_package= --limit leaf04
claim 1 "  leaf04 has it, too" same "$version+next.4" in_host leaf04 dpkg-query -Wf '${Version}\n' weft
claim 5 "the fabric is whole" whole 2 4
