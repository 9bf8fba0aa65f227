# shellcheck shell=bash
# tests/ansible.sh: the operator at his controller, in the management network of hosts.sh. After begin_hosts.
#
#   play PLAYBOOK ARGUMENTS...    ansible-playbook, of ansible/; what it says is in $PLAY
#   plays SENTENCE PLAYBOOK ...   claims that it comes to its end, once; refuses SENTENCE PLAYBOOK ...: that it does not
#   recap NODE WORD               its number in the last recap: changed, failed, ok, ...; everywhere WORD NUMBER: of all nodes
#   says TEXT                     the last one did
PLAY=$TMPDIR/play
version=$("$BUILD/weft" --version) && version=${version#weft }
PACKAGE=$(echo "$BUILD/deb/weft_${version}"_*.deb)
[ -f "$PACKAGE" ] || fail "$PACKAGE is not built: make deb"

play() {
	local playbook=$1
	shift
	cd "$ROOT/ansible" && ANSIBLE_SSH_ARGS="-F $TMPDIR/ssh/config" ANSIBLE_REMOTE_USER=root ANSIBLE_PIPELINING=1 ANSIBLE_NOCOLOR=1 \
		ANSIBLE_DISPLAY_SKIPPED_HOSTS=0 ANSIBLE_RETRY_FILES_ENABLED=0 in_mgmt ansible-playbook -i "${INVENTORY:-inventory/two-values.yml}" \
		-e "weft_command=$BUILD/weft" -e "weft_package=$PACKAGE" "$playbook" "$@" >"$PLAY" 2>&1 </dev/null
}
plays() {
	local start
	start=$(now_ms)
	(play "${@:2}") || fail "$1" cat "$PLAY"
	say "ok   $1 ($(seconds_since "$start") s)"
}
refuses() {
	local start
	start=$(now_ms)
	! (play "${@:2}") || fail "$1" cat "$PLAY"
	say "ok   $1 ($(seconds_since "$start") s)"
}
recap() { sed -n "s/^$1 *: .*[ =]$2=\([0-9]*\).*/\1/p" "$PLAY"; }
everywhere() { local node; for node in "${HOSTS[@]}"; do same "$2" recap "$node" "$1" || { say "^ $node"; cat "$PLAY"; return 1; }; done; }
says() { grep -qF -- "$1" "$PLAY" || { cat "$PLAY"; return 1; }; }
