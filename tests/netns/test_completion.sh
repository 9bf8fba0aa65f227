#!/usr/bin/env bash
# What bash offers behind `weft`: every word and option that its help knows, and names that weftd knows; nothing where there is none, and no table that
# is too long to choose from.
# shellcheck disable=SC2016              # what claim polls is said in single quotes
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
PATH=$BUILD:$PATH

# offers LINE: what TAB offers at its end, in the order of the alphabet: the function is called as bash calls it.
cat >"$TMPDIR/offers" <<-'EOF'
	. "$1"
	COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
	read -ra COMP_WORDS <<<"$2"
	_weft
	[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}" | sort
EOF
each() { bash --norc "$TMPDIR/offers" "$ROOT/templates/weft.bash-completion" "$1"; }
offers() { each "$1" | awk 'NR > 1 { printf " " } { printf "%s", $0 } END { if (NR) print "" }'; }
offered() { each "$1" | grep -qxF -- "$2" || { say "$1: not $2, but $(offers "$1")"; return 1; }; }      # LINE WORD

say "--- without a daemon"
claim 1 "commands" same "diff doctor drain dump" offers "weft d"
claim 1 "what is cut short is understood" same "--advertised" offers "weft sh rou --adv"
claim 1 "what is said already is not offered again" same "--help --socket --version" offers "weft --json reload --confirm 5 --"
claim 1 "words of a list" same "error info" eval 'offers "weft log bgp " | grep -o "error\|info" | paste -sd" "'
claim 1 "values of an option" same "in out" offers "weft reset swp1 --soft "
claim 1 "files" same "$ROOT/README.md" offers "weft check --outside x $ROOT/READ"
claim 1 "  behind an option, too" same "$ROOT/README.md" offers "weft --socket=$ROOT/READ"
for line in "weft reset " "weft show routes " "weft nonsense " "weft show nonsense " "weft show summary " "weft reload --confirm " "weft neighbor add "; do
	claim 1 "nothing behind \"$line\"" same "" offers "$line"
done
claim 1 "and not a word beside it" same "" eval 'offers "weft reset " 2>&1'

say "--- the whole help"
mapfile -t usage < <("$BUILD/weft" --help | sed -n '/^options/q; s/^  \([a-z]\)/\1/p' | sed 's/   *[a-z].*//; s/\(in|out\) .*/\1/; s/\(ADDRESS ASN\) .*/\1/')
everything() {
	local line item words
	for line in "${usage[@]}"; do
		words="weft "
		for item in $line; do
			[[ $item =~ ^[a-z]+$ ]] || break
			offered "$words" "$item" || return 1
			words+="$item "
		done
		for item in $line; do
			item=${item#[}
			[[ $item != --* ]] || offered "$words--" "${item%]}" || return 1
		done
	done
}
claim 1 "has as many lines as commands have forms" at_least 30 eval 'say ${#usage[@]}'
claim 10 "every word and every option of it is offered where it stands" everything
accepted() { sed -n '/struct option known/,/};/p' "$ROOT/agent/weft.c" | grep -o '{ "[a-z]*"' | tr -d '{" '; }
unknown_to_help() { local option; for option in $(accepted); do "$BUILD/weft" --help | grep -q -- "--$option" || say "$option"; done; }
claim 1 "no option is accepted that is not in it" same "" unknown_to_help

say "--- with a daemon"
fabric up --spines 2 --leaves 2 --no-daemons || exit 1
peers_place peers
cable_peer 1 peers
configure '.neighbors = [{"address": "203.0.113.9", "remote_asn": 65009}]' leaf01
fabric start spine01 spine02 leaf01 leaf02
claim 20 "sessions" established leaf01 2
w="weft --socket $(state_dir)/leaf01/weft.sock"
claim 1 "links and sessions" same "203.0.113.9 swp1 swp2 swp99" offers "$w reset "
claim 1 "  of a letter" same "swp1 swp2 swp99" offers "$w show neighbors s"
claim 1 "  behind an option" same "swp1 swp2 swp99" offers "$w show routes --received s"
claim 10 "prefixes" same "10.1.1.0/26 10.1.2.0/26" offers "$w explain 10.1"
claim 1 "links and prefixes" eval 'offered "$w watch swp1 " swp2 && offered "$w watch swp1 " 10.1.2.0/26'
weft leaf01 announce 2001:db8:1::/64 >/dev/null
weft leaf01 announce 2001:db8:2::/64 >/dev/null
weft leaf01 neighbor add 2001:db8::9 65010 >/dev/null
claim 1 "what was made by hand can be taken back: behind its last colon, where bash is" same "1::/64 2::/64" offers "$w withdraw 2001:db8:"
claim 1 "  nothing else" same "2001:db8:1::/64 2001:db8:2::/64" offers "$w withdraw "
claim 1 "  neighbors, too" same "2001:db8::9" offers "$w neighbor del "

say "--- with many routes"
ROUTES=100000
claim 10 "a peer" usable peers 1
talk peers ip netns exec "$(ns peers)" "$BUILD/bench_peers" --routes $ROUTES p1,4200001000,inject
claim 20 "  with a session" hear peers all_eor
tell peers "announce 1"
claim 60 "  and a full table" at_least $ROUTES jq_of .prefixes weft leaf01 --json show summary
quickest() {                                 # COMMAND...: milliseconds, of the best of five: others work on this machine, too
	local i start best=9999 took
	for i in 1 2 3 4 5; do start=$(now_ms); "$@" >/dev/null; took=$(($(now_ms) - start)); [ "$took" -ge "$best" ] || best=$took; done
	say "$best"
}
claim 5 "links are offered as ever" same "2001:db8::9 203.0.113.9 swp1 swp2 swp99" offers "$w reset "
claim 5 "no prefixes" same "" offers "$w explain 10.1"
claim 5 "  at once" at_most 300 quickest offers "$w explain 10.1"
claim 5 "links among them at once" at_most 300 quickest offers "$w watch s"
