#!/usr/bin/env bash
# The report of a live fabric: what is broken on purpose is on the page, by name, and nothing else is.
# KEEP=FOLDER keeps each collection there (tests/data/report is made so).
. "$(dirname "$0")/../lib.sh"
begin_test

ANSIBLE=$ROOT/ansible
mapfile -t questions < <(cd "$ANSIBLE" && python3 -c 'from reporting.collect import QUESTIONS; print(*QUESTIONS, sep="\n")')
nodes() { printf '%s\n' spine01 spine02 leaf01 leaf02 leaf03 leaf04; }

# report NAME [BEFORE]: what report.yml asks of every node, as a page.
report() {
	local dir=$TMPDIR/report/$1 node question
	rm -rf "$dir"
	for node in $(nodes); do
		mkdir -p "$dir/$node"
		for question in "${questions[@]}"; do
			# shellcheck disable=SC2086
			on "$node" "$BUILD/weft" --socket "$(state_dir)/$node/weft.sock" --json $question >"$dir/$node/${question// /-}.json" 2>&1
		done
	done
	python3 "$ANSIBLE/report.py" --collection "$dir.json" ${2:+--before "$TMPDIR/report/$2.json"} "$dir" >"$dir.html" 2>"$dir.said"
}
said() { report "$@" && sort "$TMPDIR/report/$1.said"; }
keep() { [ -z "${KEEP:-}" ] || cp "$TMPDIR/report/$1.json" "$KEEP/"; }
# on_page NAME TEXT...: each of them stands there.
on_page() { local name=$1 text; shift; for text; do grep -qF -- "$text" "$TMPDIR/report/$name.html" || return 1; done; }
# drawn NAME STATE...: how many cables of the picture are in each state.
drawn() { local name=$1 state; shift; for state; do grep -c "class=\"c $state\".*<title>" "$TMPDIR/report/$name.html"; done | paste -sd' '; }

index=500
cable() {                                    # of leaf02: PORT, and the spine, at whose swp2 it ends
	index=$((index + 2))
	ip -n "$(ns leaf02)" link add "$1" index $index type veth peer name swp2 index $((index + 1000)) netns "$(ns "$2")"
	ip -n "$(ns "$2")" link set swp2 up
	ip -n "$(ns leaf02)" link set "$1" up
}

fabric up --spines 2 --leaves 4 --no-daemons || exit 1
configure() { local file; file=$(state_dir)/$1/weft.json; jq "$2" "$file" >"$file.new" && mv "$file.new" "$file"; }
configure leaf02 '.links = {"swp1": {"expect": "spine01:swp2"}, "swp2": {"expect": "spine02:swp2"}}'
fabric start spine01 spine02 leaf01 leaf02 leaf03 leaf04
claim 20 "the fabric is whole" whole 2 4
claim 10 "all is well: nothing is said" same "" said well
keep well
claim 1 "  8 cables are up" same 8 drawn well up
claim 1 "  the page says so" on_page well "All is well" "6 of 6" "8 of 8"

for port in swp1 swp2; do ip -n "$(ns leaf02)" link del "$port"; done
cable swp1 spine02
cable swp2 spine01
claim 20 "two cables of leaf02 are swapped, and named" same \
	"error: leaf02 swp1 is connected to spine02 swp2, the plan says spine01 swp2: swapped with swp2?
error: leaf02 swp2 is connected to spine01 swp2, the plan says spine02 swp2: swapped with swp1?" said swapped
keep swapped
claim 1 "  and drawn" same "2 2 6" drawn swapped miscabled ghost up

fabric cut leaf01 swp1
fabric kill leaf04
weft spine02 drain --timeout 0 >/dev/null
faults() {
	said faults well | sed -E 's/ [0-9]+ s, .*traffic.*/ .../' >"$TMPDIR/faults"
	grep -q "^error: leaf04: weftd does not run; 2 cables of it are without a session$" "$TMPDIR/faults" &&
		grep -q "^error: leaf02 swp1 is connected to spine02 swp2, the plan says spine01 swp2: swapped with swp2?$" "$TMPDIR/faults" &&
		grep -q "^warning: leaf01 swp1 – spine01 swp1 is down: leaf01 swp1 is switched off$" "$TMPDIR/faults" &&
		grep -q "^note: spine02 is drained since ...$" "$TMPDIR/faults" &&
		grep -q "^note: leaf01 to leaf03 have 1 of 2 next hops" "$TMPDIR/faults"
}
claim 30 "with a port off, a daemon dead and a spine drained: each is named" faults
keep faults
claim 1 "  and drawn" same "2 1 2" drawn faults miscabled off silent
claim 1 "  and what was otherwise before" on_page faults "leaf04 does not answer any more" "leaf01 swp1 – spine01 swp1: switched off, was up" "spine02 is drained"
claim 1 "  strict: the exit says it" not python3 "$ANSIBLE/report.py" --strict "$TMPDIR/report/faults.json"

# The page's own policy lets its script run, and nothing else; here is no network that it could ask.
browser() {                                  # FILE: what a browser makes of it
	chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update \
		--disable-sync --user-data-dir="$TMPDIR/chromium" --window-size=1400,1700 ${KEEP:+--screenshot="$KEEP/faults.png"} --dump-dom "file://$1" 2>/dev/null
}
runs() { browser "$1" | grep -q '<table id="cables" class="sortable">'; }
if command -v chromium >/dev/null; then
	claim 20 "a browser shows the page, and runs its script" runs "$TMPDIR/report/faults.html"
else
	say "not tested: chromium is not installed"
fi
claim 1 "the page needs nothing: no address of anything else is in it" not grep -qiE '(src|href)=.?(https?:|//)|@import|url\(' "$TMPDIR/report/faults.html"
