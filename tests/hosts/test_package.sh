#!/usr/bin/env bash
# The package, on a Debian that has never seen weft: installed and made a router of as README says, upgraded while packets are counted in both directions,
# upgraded where that is not safe, downgraded, removed, purged. What a user types first, and reads, is kept in build/logs/first-user.txt.
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../hosts.sh"
begin_hosts
. "$(dirname "$0")/../storm.sh"
old=$(sed -n 's/^VERSION *:= *//p' "$ROOT/Makefile") arch=$(dpkg --print-architecture)
new=$old+next
for version in "$old" "$new"; do [ -e "$BUILD/deb/weft_${version}_$arch.deb" ] || fail "there is no package: make deb DEB_VERSION=$version"; done

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
host_make leaf01
disk=$(host_disk leaf01)
# What there is but for what runs, what apt and dpkg keep for themselves, and caches (man's are emptied by its timer).
elsewhere='^./(proc|sys|run|dev|tmp|root|var/lib/apt|var/lib/dpkg|var/cache|var/log|var/tmp)/'
root_files() { (cd "$disk" && find . ! -type d -print | grep -vE "$elsewhere" | sort); }
host_boot leaf01
claim 60 "leaf01 has what any Debian has that somebody works on" exits 0 in_host leaf01 apt-get -qq -y install man-db bash-completion
root_files >"$TMPDIR/before"
cp "$BUILD/deb/weft_${old}_$arch.deb" "$BUILD/deb/weft_${new}_$arch.deb" "$disk/root/"
fabric start spine01 spine02 leaf02
ask() { in_host leaf01 weft "$@"; }
sys() { in_host leaf01 systemctl "$@"; }

# types COMMAND: as root at its prompt, in /root. What it says goes into the transcript; apt says something else to programs than to people.
transcript=$BUILD/logs/first-user.txt
mkdir -p "${transcript%/*}"
: >"$transcript"
types() {
	local rc=0
	say "# $1" >>"$transcript"
	in_host leaf01 env DEBIAN_FRONTEND=noninteractive HOME=/root LC_ALL=C.UTF-8 bash -c "cd /root && $1" </dev/null >"$TMPDIR/said" 2>&1 || rc=$?
	sed 's/\r*$//; s/.*\r//; /^WARNING: apt does not have a stable CLI/d' "$TMPDIR/said" | cat -s | sed '1{/^$/d}' >>"$transcript"
	cat "$TMPDIR/said"
	return $rc
}
install() { types "apt install --yes${2:+ $2} ./weft_$1_$arch.deb"; }      # VERSION [OPTION]
once() { exits 0 "$@"; }

say "--- as a new user"
settings() {
	on leaf01 sysctl net.ipv4.ip_forward net.ipv4.fib_multipath_hash_policy net.ipv6.conf.swp1.accept_dad net.ipv6.conf.swp1.hop_limit \
		net.ipv4.conf.swp2.arp_ignore net.ipv6.conf.swp2.accept_ra
}
on leaf01 sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.swp1.hop_limit=64
settings >"$TMPDIR/settings"
claim 60 "apt installs it, and what it depends on" once install "$old"
claim 1 "nothing runs yet, and nothing would at a boot" same "inactive disabled" eval 'echo "$(sys is-active weftd) $(sys is-enabled weftd)"'
claim 1 "its folder is for root and the group weft" same "root weft 750" in_host leaf01 stat -c '%U %G %a' /etc/weft
claim 1 "the user and the groups are there" exits 0 in_host leaf01 sh -c 'id weft && getent group weft weft-view'
claim 1 "two values" once types "echo '{ \"asn\": 4210000001, \"router_id\": \"10.0.254.1\" }' >/etc/weft/weft.json"
claim 20 "systemctl enable --now" once types "systemctl enable --now weftd"
claim 20 "peers are up" same 2 jq_of .peers_established ask --json show summary
claim 10 "and routes of all of the fabric in the kernel" same 4 eval 'routes leaf01 -4 bgp | wc -l'
types "weft show summary"
types "ip route"
types "weft explain 10.1.2.10"
claim 20 "weft doctor finds nothing" once types "weft doctor"
transcript=/dev/null

say "--- what is there"
for page in weft weftd weft.json; do
	claim 5 "man $page" same yes eval "in_host leaf01 env LC_ALL=C.UTF-8 MANPAGER=cat man -P cat $page | grep -q '^NAME' && echo yes"
done
claim 1 "the dashboard, the rules, a schema, what to read" exits 0 in_host leaf01 sh -c \
	'cd /usr/share && ls weft/grafana-weft.json weft/weft.rules.yml weft/schema/config.json doc/weft/README.Debian && cd doc/weft && zcat README.md COMING-FROM.md metrics.md'
claim 5 "the journal explains what weftd says" exits 0 in_host leaf01 \
	sh -c 'journalctl -x -u weftd --no-pager | grep -q "Defined-By: weft$"'
cat >"$disk/root/tab" <<-'EOF'
	. /usr/share/bash-completion/bash_completion
	COMP_LINE="weft reset sw" COMP_POINT=13 COMP_WORDS=(weft reset sw) COMP_CWORD=2
	_completion_loader weft
	_weft
	echo "${COMPREPLY[@]}"
EOF
claim 5 "bash completes links" same "swp1 swp2" in_host leaf01 bash --norc /root/tab

say "--- upgrade"
jq '.originate = ["lo", "vlan10"]' "$disk/etc/weft/weft.json" >"$TMPDIR/weft.json" && cat "$TMPDIR/weft.json" >"$disk/etc/weft/weft.json"
claim 5 "servers are announced, too" exits 0 sys reload weftd
claim 20 "the fabric is whole" whole 2 2
pid() { sys show -P MainPID weftd; }
runs() { jq_of .version ask --json show summary; }                   # the daemon's version
goes_on() { same "$first $1" eval 'echo "$(pid) $(runs)"'; }         # VERSION
change() { jq "$1" "$disk/etc/weft/weft.json" >"$TMPDIR/weft.json" && cat "$TMPDIR/weft.json" >"$disk/etc/weft/weft.json"; }
says() { grep -qF -- "$1" "$TMPDIR/said" || { cat "$TMPDIR/said"; return 1; }; }       # what was typed last
again() { types "PATH=${1:+$1:}\$PATH /usr/libexec/weft/upgraded"; }   # what an upgrade does at its end; other programs before the usual ones

talk rig-out "$BUILD/bench_rig" --rate 5000 --flows 64 "$(ns host01)" "$(ns host02)" 10.1.2.10
talk rig-back "$BUILD/bench_rig" --rate 5000 --flows 64 "$(ns host02)" "$(ns host01)" 10.1.1.10
both_end() { local rig in out; for rig in rig-out rig-back; do in=${said_to[$rig]} out=${heard_of[$rig]}; exec {in}>&- {out}<&-; done; }
mark() { local rig; dropped_then=$(machine_dropped); for rig in rig-out rig-back; do tell $rig mark; hear $rig marked >/dev/null; done; }
count() {
	local rig dropped
	for rig in rig-out rig-back; do tell $rig report; hear $rig report >"$TMPDIR/$rig.json"; done
	dropped=$(($(machine_dropped) - dropped_then))
	jq -sr '"     sent \(map(.sent) | join(" and ")), lost \(map(.lost) | join(" and "))"' "$TMPDIR"/rig-{out,back}.json
	jq -es --argjson dropped "$dropped" '(map(.lost) | add) <= $dropped and all(.[]; .sent > 3000)' "$TMPDIR"/rig-{out,back}.json >/dev/null ||
		{ say "     dropped by the machine: $dropped"; return 1; }
}
claim 10 "packets flow both ways" reaches host01 10.1.2.10

first=$(pid)
mark
change '.graceful_restart = {"restart_seconds": 60}'
claim 5 "a reload with graceful_restart ends no session" exits 0 sys reload weftd
claim 60 "upgrade" once install "$new"
claim 1 "  weftd goes on" goes_on "$old"
claim 1 "  and the upgrade says why" says "these sessions began before graceful_restart was in effect (weft reset, one after the other): swp1 swp2"
claim 1 "  the command is the new one" same "weft $new" ask --version
change 'del(.graceful_restart)'
claim 5 "  without graceful_restart" eval 'exits 0 sys reload weftd && again && goes_on "$old"'
claim 1 "  it would not be restarted either" says "weftd goes on as version $old: without graceful_restart in its configuration a restart loses packets"
claim 1 "  not one packet was lost" count
change '.graceful_restart = {"restart_seconds": 60}'
claim 5 "with graceful_restart" exits 0 sys reload weftd
for link in swp1 swp2; do
	claim 5 "  a session that begins again asks for it: $link" exits 0 ask reset $link
	claim 20 "  the fabric is whole" whole 2 2
done
claim 20 "a link is drained" exits 0 ask drain swp2
cp "$disk/etc/weft/weft.json" "$TMPDIR/kept.json"
first=$(pid)
upgraded() {                                 # FROM TO: by what was typed last, since mark
	claim 1 "  it says that it restarts weftd" says "weftd was restarted: version $1 before, $2 now"
	claim 10 "  that one runs" eval "[ \"\$(pid)\" != $first ] && same $2 runs"
	claim 20 "  with both sessions" same 2 jq_of .peers_established ask --json show summary
	claim 30 "  its restart comes to an end" same true jq_of '.restart == null' ask --json show summary
	claim 5 "  swp2 is drained" same swp2 jq_of '.drained_links[]' ask --json show summary
	claim 1 "  the configuration is as it was" cmp "$TMPDIR/kept.json" "$disk/etc/weft/weft.json"
	claim 1 "  the unit is enabled" same enabled sys is-enabled weftd
	claim 1 "  not one packet was lost" count
	count
	first=$(pid)
	mark
}
mark
claim 20 "nothing is in the way now, the restart is made up for" exits 0 again
upgraded "$old" "$new"
claim 60 "downgrade" once install "$old" --allow-downgrades
upgraded "$new" "$old"
claim 60 "upgrade" once install "$new"
upgraded "$old" "$new"
claim 60 "the same once more" once install "$new" --reinstall
upgraded "$new" "$new"

say "--- what weftd is not restarted for"
change '.nonsense = 1'
claim 60 "a version that refuses the configuration" once install "$old" --allow-downgrades
claim 1 "  weftd goes on" goes_on "$new"
claim 1 "  and is told why" says "weftd goes on as version $new: weftd $old refuses its configuration"
claim 1 "  with file, line and key" says "/etc/weft/weft.json:"
claim 1 "  dpkg is content" same "ii  $old" in_host leaf01 dpkg-query -Wf '${db:Status-Abbrev} ${Version}\n' weft
refused() {                                  # REASON WORDS [PATH]
	claim 5 "$1" exits 0 again "${3:-}"
	claim 1 "  weftd goes on" goes_on "$new"
	claim 1 "  and is told why" says "$2"
}
change 'del(.nonsense) | .timers = {"ra_interval": 4}'
refused "a file that is not in effect yet" "its file is another one than what is in effect"
change 'del(.timers)'
chmod 600 "$disk/etc/weft/weft.json"
refused "a file that it may not read" "weftd $old refuses its configuration"
chmod 644 "$disk/etc/weft/weft.json"
ask announce 10.99.0.0/24 >/dev/null
refused "something that was announced by hand" "a restart forgets what was changed by hand"
ask withdraw 10.99.0.0/24 >/dev/null
change '.timers = {"ra_interval": 4}'
ask reload --confirm 600 >/dev/null
refused "a reload that is not confirmed" "a reload waits for weft confirm"
ask confirm >/dev/null
change 'del(.timers)'
ask reload >/dev/null
mkdir "$disk/root/bin"
printf '#!/bin/sh\n/usr/bin/weft "$@" | sed "/\"graceful-restart\"/d"\n' >"$disk/root/bin/weft" && chmod 755 "$disk/root/bin/weft"
refused "peers that know no graceful restart" "these peers know no graceful restart: swp1 swp2" /root/bin
claim 1 "not one packet was lost" count
mark
claim 20 "what was in the way is gone: the restart is made up for" exits 0 again
upgraded "$new" "$old"
claim 20 "undrained" exits 0 ask undrain swp2
claim 20 "the fabric is whole" whole 2 2
claim 10 "weft doctor finds nothing" ask doctor

say "--- removed"
both_end
claim 60 "apt remove" once types "apt remove --yes weft"
claim 1 "no process" exits 1 in_host leaf01 pgrep weftd
claim 1 "no route of it" same "" routes leaf01 -4 bgp
claim 1 "no next hop, no neighbour" same "[] []" eval 'echo "$(ip -n "$(ns leaf01)" -j nexthop) $(ip -n "$(ns leaf01)" -j neigh show proto bgp)"'
claim 1 "no address" same "" eval 'ip -n "$(ns leaf01)" -4 -o addr show lo | grep -v 127.0.0.1'
claim 1 "kernel settings as before" same "$(cat "$TMPDIR/settings")" settings
claim 10 "peers know" established spine01 1
claim 1 "the configuration stays" cmp "$TMPDIR/kept.json" "$disk/etc/weft/weft.json"
claim 60 "installed again" once install "$old"
claim 20 "  it runs when it is started, and the fabric is whole" eval 'sys start weftd && whole 2 2'

say "--- a boot"
host_off leaf01
host_boot leaf01
claim 30 "it is a router again: the fabric is whole" whole 2 2
claim 1 "what is to be set at a boot is" same 2 on leaf01 sysctl -n net.ipv4.conf.all.rp_filter

claim 5 "stopped, its routes stay" eval 'sys stop weftd && has_route leaf01 10.0.254.2'

say "--- purged"
claim 60 "apt purge" once types "apt purge --yes weft"
claim 1 "what a stopped weftd had left is gone" same "" routes leaf01 -4 bgp
claim 60 "  with what was installed for it" exits 0 in_host leaf01 apt-get -qq -y autoremove --purge
claim 1 "nothing is left but the user" same "" eval 'root_files | comm -13 "$TMPDIR/before" - | grep -vE "^./etc/(passwd|shadow|group|gshadow)-$"'
claim 1 "  nothing is gone" same "" eval 'root_files | comm -23 "$TMPDIR/before" -'
claim 1 "  nor a folder of its name" same "" eval 'cd "$disk" && find . -name "*weft*" -print | grep -vE "$elsewhere|weft-base|weft-needs"'
claim 1 "  user and groups are, as Debian has it" exits 0 in_host leaf01 getent passwd weft
