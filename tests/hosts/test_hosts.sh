#!/usr/bin/env bash
# The machines themselves (hosts.sh), for what the other tests conclude is only as good as they are: whole, apart from each other, and without weft.
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../hosts.sh"
begin_hosts
fabric up --spines 1 --leaves 2 --no-daemons || exit 1
hosts=(spine01 leaf01 leaf02)
host_make "${hosts[@]}"
host_boot "${hosts[@]}"

for host in "${hosts[@]}"; do
	claim 10 "$host is up, and every unit of it is well" same running in_host "$host" systemctl is-system-running
	claim 5 "  has its name and answers in the management network" same "$host" in_mgmt ssh "$host" hostname
	claim 1 "  and nothing of weft" same "" in_host "$host" sh -c 'ls -d /etc/weft /usr/bin/weft /usr/sbin/weftd /usr/share/weft 2>/dev/null; ldconfig -p | grep -E "libuv|libndp|jansson"'
done
claim 1 "a leaf has its cable, its servers and the management network" same "eth0 lo srv0 swp1 vlan10" in_host leaf01 sh -c 'cd /sys/class/net && echo *'
claim 1 "which leads nowhere else" same "" in_host leaf01 ip route show default
claim 1 "and is none of the servers'" not reaches host01 192.168.0.12

say "--- apart from each other"
in_host leaf01 systemctl stop ssh
claim 5 "a service is stopped on one" same "inactive" in_host leaf01 systemctl is-active ssh
claim 1 "and runs on the other" same "active" in_host leaf02 systemctl is-active ssh
claim 5 "  which answers" same leaf02 in_mgmt ssh -o ControlPath=none leaf02 hostname
claim 1 "they are not the same to those who look at what they are" same 3 eval 'for host in "${hosts[@]}"; do in_host $host cat /etc/machine-id; done | sort -u | wc -l'

say "--- a package that it has not"
claim 30 "is installed, and what it depends on, without a network" exits 0 in_host leaf01 apt-get -qq -y --no-install-recommends install lldpd
claim 5 "and its service runs" same active in_host leaf01 systemctl is-active lldpd
claim 1 "the other one has none of it" exits 1 in_host leaf02 test -e /usr/sbin/lldpd

say "--- off and on"
host_off leaf01
claim 5 "a machine without power does not answer" exits 255 in_mgmt ssh -o ControlPath=none -o ConnectTimeout=1 leaf01 true
claim 1 "the others do" same leaf02 in_mgmt ssh leaf02 hostname
host_boot leaf01
claim 5 "it boots again" same leaf01 in_mgmt ssh -o ControlPath=none leaf01 hostname
claim 10 "and has on its disk what it had" same active in_host leaf01 systemctl is-active lldpd
