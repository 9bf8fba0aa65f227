#!/bin/sh
# Another weftd is installed than the one that runs: restarts the service when not one packet is lost by that, and else says why it goes on as it is.
# The package does this after an upgrade; it may be run at any time.

leave() {
	echo "weft: weftd goes on as version $running: $1. When that is no matter: systemctl restart weftd" >&2
	exit 0
}

systemctl --quiet is-active weftd.service || exit 0
running="?"
config=$(weft --json show config 2>/dev/null) || leave "it does not answer"
summary=$(weft --json show summary)
running=$(echo "$summary" | sed -n 's/^  "version": "\(.*\)",*$/\1/p')

# As its user: a file that root alone may read is one that it cannot start with.
errors=$(setpriv --reuid weft --regid weft --clear-groups weftd --check 2>&1) || leave "$(weftd --version) refuses its configuration:
$errors
"
case $config in *'"restart_seconds": '[1-9]*) ;; *) leave "without graceful_restart in its configuration a restart loses packets" ;; esac
case $config in *'"runtime": {'*) leave "a restart forgets what was changed by hand (runtime in weft show config)" ;; esac
case $summary in *'"confirm_seconds_left": null'*) ;; *) leave "a reload waits for weft confirm" ;; esac
case $(weft --json diff) in *'"changes": []'*) ;; *) leave "its file is another one than what is in effect (weft diff)" ;; esac
# Sessions that are there: with a peer that cannot keep our routes, or begun when we did not ask for it yet (a reload ends none).
neighbors=$(weft --json show neighbors)
without() {                                  # peer|own
	echo "$neighbors" | awk -F'"' -v whose="$1" '
		$2 == "name" { name = $4; peer = own = 0 }
		$2 == "state" { up = $4 == "Established" }
		$2 == "received" && /\[$/ { list = 1 }
		list && $2 == "graceful-restart" { peer = 1 }
		list && /\]/ { list = 0 }
		$2 == "graceful_restart" { part = 1 }
		part && $2 == "seconds" { own = $3 ~ /[1-9]/ }
		part && ($2 == "seconds" || $2 == "received") {
			part = 0
			if (up && !(whose == "peer" ? peer : own)) printf " %s", name
		}'
}
peers=$(without peer)
[ -z "$peers" ] || leave "these peers know no graceful restart:$peers"
sessions=$(without own)
[ -z "$sessions" ] || leave "these sessions began before graceful_restart was in effect (weft reset, one after the other):$sessions"

if systemctl restart weftd.service; then
	echo "weft: weftd was restarted: version $running before, $(weftd --version | sed 's/weftd //') now"
else
	echo "weft: weftd does not start (systemctl status weftd); its routes stay in the kernel" >&2
fi
exit 0
