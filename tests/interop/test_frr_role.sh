#!/usr/bin/env bash
# FRR 8.4 on an unnumbered link with roles (RFC 9234): pairs that fit and others, strict mode, ONLY_TO_CUSTOMER both ways.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/frr.sh"

fabric up --spines 1 --leaves 1 --no-daemons || exit 1
links() { local f; f=$(state_dir)/leaf01/weft.json; jq ".links = {\"swp1\": $1}" "$f" >"$f.new" && mv "$f.new" "$f"; }
frr_config() { vtysh spine01 "$(printf 'configure terminal\nrouter bgp 4200000000\n%s' "$1")" >/dev/null; }
of_weft() { jq_of ".[0].$1" weft leaf01 --json show neighbors swp1; }
error_has() { of_weft last_error | grep -q "$1"; }
otc_at_frr() { vtysh spine01 "show bgp ipv4 unicast $1 json" | jq -r '.paths[0].otc // "none"'; }
restart() { fabric stop leaf01; links "$1"; fabric start leaf01; }

frr_start spine01 4200000000 10.0.254.254 swp1
frr_config "neighbor swp1 local-role customer strict-mode"
links '{"role": "provider", "role_strict": true}'
fabric start leaf01
claim 20 "provider and customer, both strict: Established" established leaf01 1
claim 1 "weft shows both roles" same "provider customer" of_weft 'role | "\(.local) \(.remote)"'
claim 10 "what weft says to a customer is marked with weft's AS" same 4210000001 otc_at_frr 10.1.1.0/26
claim 10 "what a customer says is taken" has_route leaf01 10.0.254.254

restart '{"role": "customer"}'
claim 20 "customer and customer: Role Mismatch, and which roles" error_has "Role Mismatch (our role is customer, the peer's is customer)"
claim 1 "and no session" established leaf01 0
frr_config "neighbor swp1 local-role provider"
claim 30 "FRR is the provider: Established" established leaf01 1
claim 10 "what weft says to a provider is not marked" same none otc_at_frr 10.1.1.0/26
claim 10 "what a provider says is taken, with its mark" has_route leaf01 10.0.254.254

restart '{"role": "peer", "role_strict": true}'
frr_config "neighbor swp1 local-role peer"
claim 30 "peer and peer: Established" established leaf01 1
claim 10 "and marked" same 4210000001 otc_at_frr 10.1.1.0/26
frr_config "no neighbor swp1 local-role peer"
claim 30 "no role at FRR: weft is strict" error_has "the peer announces no role, and role_strict demands one"
claim 1 "and no session" established leaf01 0
restart '{"role": "peer"}'
claim 30 "without role_strict: Established" established leaf01 1
