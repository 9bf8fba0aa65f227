#!/usr/bin/env bash
# What weft's OPEN says of a restart, read off the wire by a peer that is none of ours: the R and F bits are set when they are true, and only then.
. "$(dirname "$0")/../lib.sh"
begin_test
. "$(dirname "$0")/../storm.sh"
. "$(dirname "$0")/../gr.sh"
. "$(dirname "$0")/gr_peer.sh"

robust_up 1 || exit 1
fabric stop leaf01
gr_peer 0 10.7.0.0/24 2001:db8:7::/48

graceful 30 leaf01
start "the first start" "open R=0 N=1 time=30 ipv4=- ipv6=-"
ends kill
claim 1 "its routes stay in the kernel" routes_of_peer
start "after kill -9" "open R=1 N=1 time=30 ipv4=F ipv6=F"
ends leave
start "after SIGTERM" "open R=1 N=1 time=30 ipv4=F ipv6=F"
ends abort
in_leaf -6 route del 2001:db8:7::/48
start "the kernel has lost what is IPv6" "open R=1 N=1 time=30 ipv4=F ipv6=-"
ends kill
in_leaf -4 route del 10.7.0.0/24
start "the kernel has lost what is IPv4" "open R=1 N=1 time=30 ipv4=- ipv6=F"
ends kill
empty leaf01
start "the kernel is empty" "open R=0 N=1 time=30 ipv4=- ipv6=-"

# As after a reboot: what the kernel had is gone, and so is, or is not, the file that lives beside the socket.
reboots() {
	empty leaf01
	in_leaf neigh flush dev swp0 nud permanent
	in_leaf addr flush dev lo scope global
}
ends kill
reboots
start "rebooted, and the state file is still there" "open R=0 N=1 time=30 ipv4=- ipv6=-"
ends kill
reboots
rm "$(state_dir)/leaf01/weft.sock.state"
start "rebooted" "open R=0 N=1 time=30 ipv4=- ipv6=-"

ends kill
in_leaf link set swp0 down
in_leaf link set swp0 up
claim 10 "the link has an address again" robust_ready 1
start "the link was down meanwhile, and the routes with it" "open R=0 N=1 time=30 ipv4=- ipv6=-"

: >$heard
claim 1 "the session is reset" exits 0 weft leaf01 reset swp0
claim 20 "a session that starts over alone: weft did not restart, and still forwards" same "open R=0 N=1 time=30 ipv4=F ipv6=F" opened
claim 10 "the peer's routes are there" complete

ends kill
graceful 0 leaf01
start "restart_seconds 0, over a kernel that is full: weft promises nothing" "open R=0 N=1 time=0"
ends kill
graceful 30 leaf01
start "and with 30 again" "open R=1 N=1 time=30 ipv4=F ipv6=F"
fabric stop leaf01
claim 5 "SIGINT: weft says goodbye, so that nobody waits" same "hard reset 6 2 weftd ends" tail -n 1 $heard
start "after a goodbye" "open R=0 N=1 time=30 ipv4=- ipv6=-"
claim 1 "stop --cold" exits 0 weft leaf01 stop --cold --message "gone for good"
claim 5 "says it in these words" same "hard reset 6 2 gone for good" tail -n 1 $heard
claim 5 "and ends" not pid_of leaf01
start "after that" "open R=0 N=1 time=30 ipv4=- ipv6=-"
claim 1 "stop" exits 0 weft leaf01 stop
claim 5 "is as SIGTERM: without a word" same closed tail -n 1 $heard
claim 5 "and ends too" not pid_of leaf01
start "after that one" "open R=1 N=1 time=30 ipv4=F ipv6=F"
