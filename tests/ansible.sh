# shellcheck shell=bash
# tests/ansible.sh: the operator at his controller, in the management network of hosts.sh. After begin_hosts.
#
#   play PLAYBOOK ARGUMENTS...    ansible-playbook, of ansible/; what it says is in $PLAY
#   plays SENTENCE PLAYBOOK ...   claims that it comes to its end, once; refuses SENTENCE PLAYBOOK ...: that it does not
#   recap NODE WORD               its number in the last recap: changed, failed, ok, ...; everywhere WORD NUMBER: of all nodes
#   says TEXT                     the last one did
#   package SUFFIX SCRIPT         a package that is not as good as NEXT
PLAY=$TMPDIR/play
version=$("$BUILD/weft" --version) && version=${version#weft }
PACKAGE=$(echo "$BUILD/deb/weft_${version}"_*.deb)
[ -f "$PACKAGE" ] || fail "$PACKAGE is not built: make deb"
# shellcheck disable=SC2034
NEXT=$(echo "$BUILD/deb/weft_$version+next"_*.deb)

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
# package SUFFIX SCRIPT: NEXT once more, as a version after it, with a script in the place of weftd; the real one is /usr/libexec/weft/weftd then.
package() {
	local at=$TMPDIR/package to=$TMPDIR/weft_$version+$1_all.deb
	rm -rf "$at"
	dpkg-deb -R "$NEXT" "$at" || fail "$NEXT is not built: make deb DEB_VERSION=$version+next"
	sed -i "s/^Version: .*/Version: $version+$1/" "$at/DEBIAN/control"
	mv "$at/usr/sbin/weftd" "$at/usr/libexec/weft/weftd"
	printf '#!/bin/sh\n%s\n' "$2" >"$at/usr/sbin/weftd"
	chmod 755 "$at/usr/sbin/weftd"
	dpkg-deb -Zgzip -z1 --root-owner-group -b "$at" "$to" >/dev/null || fail "dpkg-deb"
	printf '%s\n' "$to"
}
recap() { sed -n "s/^$1 *: .*[ =]$2=\([0-9]*\).*/\1/p" "$PLAY"; }
everywhere() { local node; for node in "${HOSTS[@]}"; do same "$2" recap "$node" "$1" || { say "^ $node"; cat "$PLAY"; return 1; }; done; }
says() { grep -qF -- "$1" "$PLAY" || { cat "$PLAY"; return 1; }; }
