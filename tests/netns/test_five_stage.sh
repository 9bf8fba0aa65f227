#!/usr/bin/env bash
# A fabric of five stages as the role's template makes it of ansible/inventory/five-stage.yml: pods, planes of super-spines, hosts on two leaves, every
# cable planned. Nobody is a way that he should not be, and that without a policy but the hosts': by the AS numbers of the plan (RFC 7938).
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../routers.sh"
command -v ansible-inventory >/dev/null || fail "ansible-inventory is not installed: tests/deps"

nodes=$TMPDIR/nodes
mkdir "$nodes"
cables=$(python3 -B "$ROOT/tests/unit/templates/render.py" --into "$nodes" "$ROOT/ansible/inventory/five-stage.yml" '{"weft_bfd": {"interval_ms": 300, "multiplier": 5}}') ||
	fail "the inventory is rendered"
claim 5 "both ends of every cable agree" "$BUILD/weft" check "$nodes"
n=0
for file in "$nodes"/*.json; do
	router "$(basename "$file" .json)"
	n=$((n + 1))
done
while read -r a b; do cable "$a" "$b"; done <<<"$cables"
for file in "$nodes"/*.json; do weft_start "$(basename "$file" .json)" "$(cat "$file")" >/dev/null; done

host_id() { jq -r .router_id "$nodes/$1.json"; }
all_established() { local file; for file in "$nodes"/*.json; do established "$(basename "$file" .json)" "$(jq '.links | length' "$file")" || return 1; done; }
hops() { routes "$1" -4 bgp | sed -n "s/^$2 //p" | grep -o 'dev [a-z0-9]*' | paste -sd' '; }             # NODE PREFIX
advertised() { weft "$1" --json show routes --advertised "$2" | jq -r '.[].prefix' | sort | paste -sd' '; }      # NODE LINK

claim 60 "$n nodes: every planned cable has its session, and strict lets all of them" all_established
far=$(host_id p2-host02)
claim 30 "a host has the other pod's host by both its leaves" same "dev eth1 dev eth2" hops p1-host01 "$far"
claim 10 "a leaf by both planes" same "dev swp31 dev swp32" hops p1-leaf01 "$far"
claim 10 "packets go there" reaches p1-host01 "$far" "$(host_id p1-host01)"
claim 10 "a host tells its own address and nothing else" same "$(host_id p1-host01)/32" advertised p1-host01 eth1

say "--- a spine without its super-spines"
link_set p1-spine01 swp31 down
link_set p1-spine01 swp32 down
claim 20 "has no way out of its pod: no leaf is one" not has_route p1-spine01 "$far"
claim 10 "and has its pod's leaves" same "dev swp1" hops p1-spine01 "$(host_id p1-leaf01)"
claim 10 "leaves go by the other plane" same "dev swp32" hops p1-leaf01 "$far"
claim 10 "packets go there" reaches p1-host01 "$far" "$(host_id p1-host01)"

say "--- a leaf without its spines"
link_set p1-leaf01 swp31 down
link_set p1-leaf01 swp32 down
claim 20 "has no way into the fabric: no host is one" not has_route p1-leaf01 "$far"
claim 10 "and has its hosts" same "dev swp1" hops p1-leaf01 "$(host_id p1-host01)"
claim 20 "whose packets go by the other leaf" same "dev eth2" hops p1-host01 "$far"
claim 10 "packets go there" reaches p1-host01 "$far" "$(host_id p1-host01)"
