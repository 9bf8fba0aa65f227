#!/usr/bin/env bash
# The metrics' address: what it answers, that it moves by a reload and nothing else does, that a node routes without it, and that nobody who asks can hold
# up routing, fill memory, or keep others from asking. test_metrics_alerts.sh is about what the numbers say.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../prometheus.sh"
command -v promtool curl >/dev/null || skip "promtool or curl is missing"

fabric up --spines 2 --leaves 2 --no-daemons || exit 1
management leaf01 leaf02 spine01 spine02
configure 'del(.metrics)' leaf02 spine01 spine02
configure '.damping = false' leaf01 spine01      # they lose a link with each attack
fabric start leaf01 leaf02 spine01 spine02
claim 20 "the fabric is whole" whole 2 2
HERE=$(node_address leaf01)
page() { mgmt curl -sfm 3 "http://$HERE:9473/metrics"; }
curl_here() { mgmt curl -sm 3 "$@"; }
status() { curl_here -o /dev/null -w '%{http_code}\n' "$@"; }
mapped() { grep -c libmicrohttpd "/proc/$(pid_of "$1")/maps"; }

say "--- what is answered"
page >"$(state_dir)/page" || fail "the page is there" page
promtool check metrics <"$(state_dir)/page" || fail "promtool has nothing to say against it"
say "ok   $(wc -l <"$(state_dir)/page") lines that promtool has nothing to say against"
claim 1 "the content type says which format" same "text/plain; version=0.0.4; charset=utf-8" curl_here -o /dev/null -w '%{content_type}\n' "http://$HERE:9473/metrics"
claim 1 "HEAD is answered as GET, without the page" same 200 status -I "http://$HERE:9473/metrics"
claim 1 "/ points there" test "$(curl_here "http://$HERE:9473/" | grep -c 'href="/metrics"')" = 1
claim 1 "there is nothing else" same 404 status "http://$HERE:9473/etc/passwd"
claim 1 "and nothing to be changed" same 405 status -X POST -d x "http://$HERE:9473/metrics"
claim 1 "a metric is what weft says: prefixes" test "$(metric leaf01 'weft_rib_prefixes{family="ipv4"}')" = "$(jq_of .prefixes_ipv4 weft leaf01 --json show summary)"
claim 1 "libmicrohttpd is there where metrics are on" test "$(mapped leaf01)" -gt 0
claim 1 "and nowhere else" same 0 mapped leaf02
say "     memory: leaf01 $(memory leaf01) kB with metrics, leaf02 $(memory leaf02) kB without"

say "--- where it is: a reload moves it, and touches no session"
before=$(sessions leaf01)
reload_to() { configure ".metrics = {\"listen\": \"$1\"}" "$2"; weft "$2" reload; }
reload_to "0.0.0.0:9473" leaf01 >/dev/null || fail "all addresses, on the same port"
claim 2 "all addresses, on the same port" same 200 status "http://$HERE:9473/metrics"
reload_to "$HERE:9474" leaf01 >/dev/null || fail "another port"
claim 2 "another port" same 200 status "http://$HERE:9474/metrics"
claim 2 "and not the one before" same 000 status "http://$HERE:9473/metrics"
ip netns exec "$(ns leaf01)" python3 -c 'import socket,time; s=socket.create_server(("'"$HERE"'",9475)); time.sleep(1000)' &
squatter=$!
disown
claim 5 "somebody else has a port" on leaf01 bash -c "exec 3<>/dev/tcp/$HERE/9475"
refused() { reload_to "$HERE:9475" leaf01 2>&1 | grep -q 'metrics: nothing can be read at .*:9475: Address already in use'; }
claim 1 "a reload that wants it is refused, with the reason" refused
claim 1 "the one before goes on" same 200 status "http://$HERE:9474/metrics"
configure '.metrics = false' leaf01
weft leaf01 reload >/dev/null
claim 2 "off" same 000 status "http://$HERE:9474/metrics"
claim 1 "no session has noticed" same "$before" sessions leaf01

say "--- a node that cannot have it at the start routes all the same"
configure ".metrics = {\"listen\": \"$HERE:9475\"}" leaf01
fabric stop leaf01
fabric start leaf01
claim 20 "the fabric is whole" whole 2 2
says() { weft leaf01 --json doctor | jq -r '.findings[] | select(.check == "no-metrics") | .what'; }
claim 1 "doctor says it" same "the metrics cannot be read at $HERE:9475: Address already in use" says
kill "$squatter"
claim 8 "it is tried again" same 200 status "http://$HERE:9475/metrics"
claim 1 "doctor has nothing more to say of it" same "" says
reload_to "$HERE:9473" leaf01 >/dev/null

say "--- who means no good"
states() { local node; for node; do jq_of ".[] | \"$node \\(.link) \\(.state)\"" weft "$node" --json show neighbors; done; }
before=$(states leaf01 leaf02)
# What a client can make it hold. Pages of libraries are whose they are: private, as long as nobody else has the same ones open.
written() { awk '/^Private_Dirty:/ { n += $2 } END { print n }' "/proc/$(pid_of "$1")/smaps_rollup"; }
fds() { find "/proc/$(pid_of leaf01)/fd" -mindepth 1 | wc -l; }
page >/dev/null
base_fds=$(fds) base_memory=$(written leaf01)
# swp1 is lost and comes back: the route is gone from it at once, and there again soon.
one_way() { [ "$(routes leaf01 -4 bgp | grep -c "^10.0.254.2 .*swp1")" = "$1" ]; }
attack() {                                   # KIND SECONDS COUNT
	local out=$TMPDIR/attack.$1 attacker t
	mgmt python3 "$ROOT/tests/netns/hostile_http.py" "$HERE" 9473 192.0.2.253 "$1" "$2" "$3" >"$out" &
	attacker=$!
	claim 5 "  $1: it has begun" grep -q begun "$out"
	ip -n "$(ns leaf01)" link set swp1 down
	claim 2 "  $1: a lost link is out of the kernel at once" one_way 0
	ip -n "$(ns leaf01)" link set swp1 up
	claim 4 "  $1: and in again" one_way 1
	claim 2 "  $1: others are answered" page
	at_most $((base_fds + 20)) fds || fail "  $1: few descriptors" fds
	at_most $((base_memory + 4096)) written leaf01 || fail "  $1: little memory" written leaf01
	wait "$attacker"
	sed -i 1d "$out"
	t=$(jq -r .longest "$out")
	[ "${t%.*}" -le 13 ] || fail "  $1: nobody stays for longer than ten seconds" cat "$out"
	say "     $(cat "$out")"
}
attack slowloris 16 40
for kind in mute reader pipeline; do attack $kind 4 40; done
for kind in header storm garbage; do attack $kind 3 1; done
claim 15 "the other end's sessions are there" established leaf01 2
claim 1 "all are as they were" same "$before" states leaf01 leaf02
claim 15 "nobody is left" same 0 bash -c "ip netns exec $(ns leaf01) ss -Htn 'sport = :9473' | grep -c ESTAB"
claim 15 "memory is as before" at_most $((base_memory + 1024)) written leaf01
claim 5 "the fabric is whole" whole 2 2
