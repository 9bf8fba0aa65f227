#!/usr/bin/env bash
# Peers that waste another's time: a thousand connections that come to nothing, a hundred at once, bytes one by one, a peer that reads
# nothing. No descriptor, no memory and no session is lost, and the other link never notices.
. "$(dirname "$0")/../lib.sh"
begin_test

fabric up --spines 2 --leaves 2 || exit 1
claim 20 "the fabric is whole" whole 2 2
fabric stop spine01
claim 10 "without spine01 there is one session" established leaf01 1
pid=$(pid_of leaf01)
leaf_ll=$(link_local leaf01 swp1)
routes_before=$(routes leaf01)
flaps() { jq_of 'map(select(.link == "swp2")) | .[0] | "\(.state) \(.flaps)"' weft leaf01 --json show neighbors; }
flaps_before=$(flaps)
files() { find "/proc/$pid/fd" | wc -l; }
files_before=$(files)
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; }
hostile() { on spine01 python3 -B "$ROOT/tests/netns/hostile_tcp.py" swp1 "$leaf_ll" "$@"; }
queue() { jq_of '.[].out_queue_bytes' weft leaf01 --json show neighbors swp1; }
queued() { [ "$(queue)" -gt "$1" ]; }
untouched() {                                # WHAT
	claim 1 "$1: the other session stands" same "$flaps_before" flaps
	claim 1 "$1: no route was touched" same "$routes_before" routes leaf01
	claim 10 "$1: no descriptor is left open" same "$files_before" files
	claim 1 "$1: the same process" same "$pid" pid_of leaf01
}
# Under valgrind the process is mostly valgrind: the leak check at the end says more.
grown() { [ -n "${WRAP:-}" ] || [ $(($(rss) - $1)) -lt "$2" ] || { say "$(rss) kB after $1 kB"; return 1; }; }      # BEFORE KILOBYTES

refused() { jq_of 'map(select(.link == "swp1")) | .[0].connections_refused' weft leaf01 --json show links; }
grew() { [ "$(refused)" -gt "$1" ]; }

claim 60 "a thousand connections that come to nothing, as fast as can be" hostile cycles:1000:0
claim 1 "many of those were not even listened to" grew 100
memory=$(rss)
count=$(refused)
claim 120 "a thousand more, no faster than the link takes them" hostile cycles:1000:0.02
claim 1 "most of those were" not grew $((count + 500))
untouched "a thousand connections"
claim 1 "a thousand connections: no memory" grown "$memory" 1024

mkfifo /run/ctl
exec {ctl}<>/run/ctl
start_hostile() { hostile "$1" </run/ctl >/run/out 2>&1 {ctl}>&- & hostile_pid=$!; }
says() { grep -q "$1" /run/out || { cat /run/out; return 1; }; }
ends() { wait_for 10 is_gone "$hostile_pid" && wait "$hostile_pid"; }

start_parallel() { hostile parallel:100 < <(sleep 3) >/run/out 2>&1; }
claim 30 "a hundred connections at once" start_parallel
claim 1 "a hundred connections at once: one is kept, at most two" says '^[0-2] kept'
untouched "a hundred connections"
claim 1 "a hundred connections: no memory" grown "$memory" 2048

claim 40 "an OPEN of one byte a second is not waited for" eval 'hostile dribble | grep -q closed'
untouched "an OPEN of one byte a second"

start_hostile bytewise
claim 20 "a session in single bytes: Established" established leaf01 2
claim 5 "a session in single bytes: its route is installed" has_route leaf01 10.99.0.0/24
echo >&"$ctl"
claim 20 "half an UPDATE and silence: the hold timer ends it" says closed
claim 5 "half an UPDATE and silence: and its route" not has_route leaf01 10.99.0.0/24
ends
untouched "a session in single bytes"

# Little room in TCP, so that it is weft that has to wait.
on leaf01 sh -c 'echo "4096 8192 16384" >/proc/sys/net/ipv4/tcp_wmem'
memory=$(rss)
start_hostile deaf
claim 20 "a peer that reads nothing: Established" established leaf01 2
claim 30 "a peer that reads nothing: its queue fills" queued 30000
for _ in {1..100}; do pause; done
claim 1 "a peer that reads nothing: and stays bounded" not queued 200000
claim 1 "a peer that reads nothing: no memory" grown "$memory" 4096
claim 1 "a peer that reads nothing: the other session stands" same "$flaps_before" flaps
ip -n "$(ns leaf02)" addr add 10.1.88.1/26 dev vlan10
claim 2 "a peer that reads nothing: the other link's routes come and go at once" has_route leaf01 10.1.88.0/26
ip -n "$(ns leaf02)" addr del 10.1.88.1/26 dev vlan10
claim 2 "and go" not has_route leaf01 10.1.88.0/26
echo >&"$ctl"
ends
claim 10 "it goes: one session" established leaf01 1
untouched "a peer that reads nothing"

fabric start spine01
claim 30 "the real spine is let in: whole" whole 2 2
fabric stop leaf01
claim 1 "no sanitizer, if there was one, has anything to say" not grep -q Sanitizer "$(state_dir)/leaf01/log"
case ${WRAP:-} in *valgrind*) claim 5 "valgrind has no error to tell, and no leak" grep 'ERROR SUMMARY: 0 errors' "$(state_dir)/leaf01/log" ;; esac
grep -E '^==.*(in use at exit|total heap usage|lost:|reachable:|no leaks|ERROR SUMMARY)' "$(state_dir)/leaf01/log"
true
