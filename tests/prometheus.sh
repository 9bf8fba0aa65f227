# shellcheck shell=bash
# tests/prometheus.sh: a management network beside the fabric, on which Debian's Prometheus scrapes every node, in a namespace of its own. After lib.sh
# and storm.sh.
#
#   management NODE...   before the daemons start: eth0 of each, 192.0.2.N, and metrics there
#   prometheus_up        scrapes them twice a second; the rules of templates/ with a second of `for`, so that what is true soon is an alert
#   alerts_are TEXT      the alerts that fire now, a line each: NAME NODE LINK ("-": none), sorted
#   mark NAME [ALERT...] a moment for the recording: which alerts there are with the real rules, were each half second a quarter of a minute
#   judge                promtool says so

mgmt() { ip netns exec "$(ns mgmt)" "$@"; }
node_address() { grep " $1\$" "$(state_dir)/addresses" | cut -d' ' -f1; }
management() {
	local node n=10
	ip netns add "$(ns mgmt)"
	mgmt ip link set lo up
	mgmt ip link add br0 type bridge
	mgmt ip addr add 192.0.2.254/24 dev br0
	mgmt ip addr add 192.0.2.253/24 dev br0      # for whoever is up to no good
	mgmt ip link set br0 up
	for node; do
		n=$((n + 1))
		mgmt ip link add "m$n" type veth peer name eth9 netns "$(ns "$node")"
		mgmt ip link set "m$n" master br0 up
		ip -n "$(ns "$node")" addr add "192.0.2.$n/24" dev eth9 noprefixroute
		ip -n "$(ns "$node")" link set eth9 up
		ip -n "$(ns "$node")" route add 192.0.2.0/24 dev eth9 table 9        # apart: the main table is the fabric's
		ip -n "$(ns "$node")" rule add to 192.0.2.0/24 lookup 9
		say "192.0.2.$n $node" >>"$(state_dir)/addresses"
		configure ".metrics = {\"listen\": \"192.0.2.$n:9473\"}" "$node"
	done
}

metric() {                                   # NODE SAMPLE: its value
	mgmt curl -sfm 5 "http://$(node_address "$1"):9473/metrics" | grep -F "$2 " | sed 's/.* //'
}

prometheus_up() {
	local dir address node
	dir=$(state_dir)/prometheus
	mkdir "$dir"
	cp "$ROOT/templates/weft.rules.yml" "$dir/real.yml"
	sed -E 's/for: .*/for: 1s/' "$dir/real.yml" >"$dir/soon.yml"
	{
		say "global: {scrape_interval: 500ms, evaluation_interval: 500ms, scrape_timeout: 400ms}"
		say "rule_files: [soon.yml]"
		say "scrape_configs:"
		say "- job_name: weft"
		say "  static_configs:"
		while read -r address node; do
			say "  - {targets: [\"$address:9473\"], labels: {instance: $node}}"
		done <"$(state_dir)/addresses"
	} >"$dir/prometheus.yml"
	ip netns exec "$(ns mgmt)" prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/data" --web.listen-address=127.0.0.1:9090 --log.level=warn \
		>"$dir/log" 2>&1 &
	prometheus_pid=$!
	disown
	wait_for 20 mgmt curl -sf http://127.0.0.1:9090/-/ready || fail "Prometheus runs" cat "$dir/log"
}
prometheus_down() { kill "$prometheus_pid" 2>/dev/null; }

about() { mgmt python3 "$ROOT/tests/netns/prometheus.py" "$(state_dir)/prometheus" "$@"; }
alerts_are() { same "$1" about alerts; }
mark() { about mark "$@" || fail "mark $1"; }
judge() { about judge; }
