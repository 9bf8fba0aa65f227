/* The page that Prometheus reads: that its format is what it should be, and what it says of a small world. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_drain.h"
#include "agent/base/own.h"
#include "agent/metrics_priv.h"
#include "world.h"

static const struct metrics_rim rim = {
	.cpu_s = 1.25, .resident = 4096, .virtual_size = 8192, .open_fds = 7, .max_fds = 1024, .start_time = 1700000000.5, .mono_epoch = 1600000000,
	.log_lost = 3, .log_limited = 4, .watchers = 2, .render_s = 0.001,
};

static char *render(const struct world *w)
{
	char *text = NULL;
	size_t n = 0;

	cr_assert_eq(metrics_render(w->agent, &rim, w->now, &text, &n), 0);
	text = realloc(text, n + 1);
	cr_assert_not_null(text);
	text[n] = '\0';
	return text;
}

/* What stands behind the sample; NULL: it is not there. */
static const char *sample(const char *text, const char *name)
{
	static char value[64];
	size_t n = strlen(name);

	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		if (strncmp(line, name, n) == 0 && line[n] == ' ') {
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(line + n + 1, "\n"), line + n + 1);
			return value;
		}
	return NULL;
}

static void expect(const struct world *w, const char *name, const char *value)
{
	AUTO_FREE char *text = render(w);
	const char *is = sample(text, name);

	cr_expect(value ? is && strcmp(is, value) == 0 : !is, "%s is %s instead of %s", name, is ? is : "not there", value ? value : "not there");
}

/* Two peers, with BFD and a limit, one of which had a session before; a third link is dark. */
static struct world *rich(void)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"bfd\": true, \"links\": {\"swp2\": {\"max_prefixes\": 10, \"expect\": \"spine9:swp4\"},"
				    " \"swp*\": {\"max_prefixes\": 10}}}");
	struct link_info dark = world_swp(3);

	world_peer(w, 1);
	world_peer(w, 2);
	dark.running = false;
	world_link(w, &dark);
	world_bfd_up(w, 2);
	w->bfd[2].loss_known = true;
	w->bfd[2].loss_permille = 25;
	world_bfd(w, 2);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	world_announce(w, 2, "10.1.0.0/24", NULL, 0);
	world_carrier(w, 1, false);
	world_carrier(w, 1, true);
	w->now = mono_add_s(w->now, 7);
	world_peer(w, 1);
	return w;
}

#define P1 "link=\"swp1\",peer=\"swp1\",peer_hostname=\"spine1\",asn=\"65101\""
#define P2 "link=\"swp2\",peer=\"swp2\",peer_hostname=\"spine2\",asn=\"65102\""

static size_t name_len(const char *line)
{
	return strspn(line, "abcdefghijklmnopqrstuvwxyz_");
}

static bool is_of(const char *line, const char *family, enum metric_type type)
{
	static const char *const parts[] = { "", "_bucket", "_sum", "_count" };
	size_t n = strlen(family);

	if (strncmp(line, family, n) != 0)
		return false;
	for (size_t i = type == METRIC_HISTOGRAM; i < (type == METRIC_HISTOGRAM ? ARRAY_LEN(parts) : 1); i++)
		if (name_len(line) == n + strlen(parts[i]) && strncmp(line + n, parts[i], strlen(parts[i])) == 0)
			return true;
	return false;
}

Test(metrics, every_family_has_its_head_once_and_all_of_its_samples_behind_it)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };
	struct world *w = rich();
	AUTO_FREE char *text = render(w);
	const char *line = text, *name, *help;
	enum metric_type type;
	char head[512];

	for (size_t i = 0; (name = metrics_name(i, &type, &help)); i++) {
		size_t n = 0;

		snprintf(head, sizeof(head), "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
		cr_assert(strncmp(line, head, strlen(head)) == 0, "%s: its head is not where it should be: %.80s", name, line);
		line += strlen(head);
		for (; *line && *line != '#'; line += strcspn(line, "\n") + 1, n++)
			cr_expect(is_of(line, name, type), "%s: not its sample: %.80s", name, line);
		cr_expect_gt(n, 0u, "%s: nobody writes a sample", name);
	}
	cr_expect_eq(*line, '\0', "there is more than the families: %.80s", line);
	world_free(w);
}

Test(metrics, names_say_their_unit_and_what_they_are)
{
	static const char *const odd[] = { "_ms", "_us", "_minutes", "_percent", "_kb", "_mbps", "_milliseconds" };
	enum metric_type type;
	const char *name, *help;

	for (size_t i = 0; (name = metrics_name(i, &type, &help)); i++) {
		size_t n = strlen(name);

		cr_expect_eq(name_len(name), n, "%s", name);
		cr_expect(strncmp(name, "weft_", 5) == 0 || strncmp(name, "process_", 8) == 0, "%s", name);
		cr_expect_eq(type == METRIC_COUNTER, n > 6 && strcmp(name + n - 6, "_total") == 0, "%s: a counter ends in _total, and nothing else does", name);
		cr_expect_eq(help[strlen(help) - 1], '.', "%s: its help is a sentence", name);
		cr_expect_null(strpbrk(help, "\\\n"), "%s", name);
		for (size_t k = 0; k < ARRAY_LEN(odd); k++)
			cr_expect_null(strstr(name, odd[k]), "%s is no base unit", name);
	}
}

static void check_line(const char *line)
{
	const char *p = line + name_len(line);
	char *end;

	if (*p == '{')
		for (p++; p[-1] != '}'; p++) {
			p += name_len(p);
			cr_assert(p[0] == '=' && p[1] == '"', "%.200s", line);
			for (p += 2; *p != '"'; p++)
				p += *p == '\\';
			p++;
			cr_assert(*p == ',' || *p == '}', "%.200s", line);
		}
	cr_assert_eq(*p, ' ', "%.200s", line);
	strtod(p + 1, &end);
	cr_assert_eq(*end, '\n', "%.200s", line);
}

Test(metrics, every_line_is_a_sample_and_none_is_there_twice)
{
	struct world *w = rich();
	AUTO_FREE char *text = render(w);

	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t n = strcspn(line, " ");

		if (*line == '#')
			continue;
		check_line(line);
		n = (size_t)((char *)memchr(line, '\n', 4096) - line);
		while (line[n] != ' ')
			n--;
		for (const char *other = line + strcspn(line, "\n") + 1; *other; other += strcspn(other, "\n") + 1)
			cr_expect(strncmp(line, other, n + 1) != 0, "twice: %.*s", (int)n, line);
	}
	world_free(w);
}

Test(metrics, label_values_are_escaped_cut_and_always_utf8)
{
	static const struct { const char *value, *is; } rows[] = {
		{ "leaf1", "a=\"leaf1\"" }, { "", "a=\"\"" }, { "a\"b\\c", "a=\"a\\\"b\\\\c\"" }, { "a\nb", "a=\"ab\"" }, { "\xff", "a=\"?\"" },
		{ "caf\xc3\xa9", "a=\"caf\xc3\xa9\"" }, { "0123456789012345678901234567890123456789", "a=\"0123456789012345678901\"" },
		{ "01234567890123456789\"\"\"\"", "a=\"01234567890123456789\\\"\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char labels[32] = "";

		page_label(labels, sizeof(labels), "a", rows[i].value);
		cr_expect_str_eq(labels, rows[i].is);
	}
}

Test(metrics, what_the_rim_knows_is_told_as_it_says)
{
	struct world *w = rich();

	expect(w, "process_cpu_seconds_total", "1.25");
	expect(w, "process_resident_memory_bytes", "4096");
	expect(w, "process_virtual_memory_bytes", "8192");
	expect(w, "process_open_fds", "7");
	expect(w, "process_max_fds", "1024");
	expect(w, "process_start_time_seconds", "1700000000.5");
	expect(w, "weft_log_dropped_lines_total{reason=\"reader\"}", "3");
	expect(w, "weft_log_dropped_lines_total{reason=\"limit\"}", "4");
	expect(w, "weft_watchers", "2");
	expect(w, "weft_build_info{version=\"" WEFT_VERSION "\"}", "1");
	expect(w, "weft_node_info{hostname=\"leaf1\",router_id=\"10.0.254.1\",asn=\"65001\"}", "1");
	world_free(w);
}

Test(metrics, a_peer_is_in_one_state_and_carries_what_it_carries)
{
	struct world *w = rich();

	expect(w, "weft_peer_state{" P2 ",state=\"Established\"}", "1");
	expect(w, "weft_peer_state{" P2 ",state=\"Idle\"}", "0");
	expect(w, "weft_peer_uptime_seconds{" P2 "}", "7");
	expect(w, "weft_peer_flaps_total{" P2 "}", "0");
	expect(w, "weft_peer_prefixes{" P2 ",family=\"ipv4\",stage=\"accepted\"}", "1");
	expect(w, "weft_peer_prefixes{" P2 ",family=\"ipv6\",stage=\"accepted\"}", "0");
	expect(w, "weft_peer_prefix_limit{" P2 "}", "10");
	expect(w, "weft_peer_announcements_total{" P2 ",result=\"accepted\"}", "1");
	expect(w, "weft_peer_messages_total{" P2 ",direction=\"received\",type=\"open\"}", "1");
	expect(w, "weft_peer_messages_total{" P2 ",direction=\"received\",type=\"update\"}", "1");
	expect(w, "weft_bfd_up{" P2 "}", "1");
	expect(w, "weft_bfd_loss_ratio{" P2 "}", "0.025");
	world_withdraw(w, 2, "10.1.0.0/24");
	expect(w, "weft_peer_withdrawals_total{" P2 "}", "1");
	expect(w, "weft_peer_prefixes{" P2 ",family=\"ipv4\",stage=\"accepted\"}", "0");
	world_free(w);
}

Test(metrics, a_peer_keeps_its_names_and_its_flaps_while_its_link_is_dark)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	expect(w, "weft_peer_flaps_total{" P1 "}", "0");
	expect(w, "weft_peer_last_end_info{" P1 ",reason=\"stop\"}", NULL);
	world_carrier(w, 1, false);
	expect(w, "weft_peer_state{" P1 ",state=\"Established\"}", "0");
	expect(w, "weft_peer_state{" P1 ",state=\"Idle\"}", "1");
	expect(w, "weft_peer_uptime_seconds{" P1 "}", "0");
	expect(w, "weft_peer_flaps_total{" P1 "}", "1");
	expect(w, "weft_link_carrier{link=\"swp1\"}", "0");
	expect(w, "weft_link_state{link=\"swp1\",state=\"no-carrier\"}", "1");
	world_peer(w, 1);
	expect(w, "weft_peer_state{" P1 ",state=\"Established\"}", "1");
	expect(w, "weft_peer_flaps_total{" P1 "}", "1");
	world_notify(w, 1, 6, 4);
	world_turn(w);
	expect(w, "weft_peer_flaps_total{" P1 "}", "2");
	expect(w, "weft_peer_last_end_info{" P1 ",reason=\"NOTIFICATION\"}", "1");
	world_free(w);
}

Test(metrics, a_link_on_which_nobody_was_met_is_a_link_and_no_peer)
{
	struct world *w = rich();
	AUTO_FREE char *text = render(w);

	expect(w, "weft_link_up{link=\"swp3\"}", "1");
	expect(w, "weft_link_carrier{link=\"swp3\"}", "0");
	cr_expect_null(strstr(text, "peer=\"swp3\""));
	cr_expect_null(strstr(text, "link=\"lo\""));
	world_free(w);
}

Test(metrics, a_second_router_and_a_drained_link_are_seen)
{
	struct world *w = rich();

	expect(w, "weft_link_surplus_routers{link=\"swp2\"}", "0");
	world_ra(w, 2, "fe80::ff:9", "02:00:00:00:ff:09");
	expect(w, "weft_link_surplus_routers{link=\"swp2\"}", "1");
	expect(w, "weft_link_neighbor_conflicts_total{link=\"swp2\"}", "1");
	expect(w, "weft_link_drained{link=\"swp2\"}", "0");
	agent_drain(w->agent, "swp2", w->now);
	expect(w, "weft_link_drained{link=\"swp2\"}", "1");
	expect(w, "weft_drained", "0");
	agent_drain(w->agent, DRAIN_NODE, w->now);
	expect(w, "weft_drained", "1");
	expect(w, "weft_link_drained{link=\"swp1\"}", "1");
	world_free(w);
}

Test(metrics, a_wrong_cable_is_seen_on_links_with_a_plan)
{
	struct world *w = rich();
	AUTO_FREE char *text = render(w);

	expect(w, "weft_link_cabling_mismatch{link=\"swp2\",expected=\"spine9:swp4\",found=\"spine2\",swapped_with=\"\"}", "1");
	cr_expect_null(strstr(text, "weft_link_cabling_mismatch{link=\"swp1\""));
	world_carrier(w, 2, false);
	expect(w, "weft_link_cabling_mismatch{link=\"swp2\",expected=\"spine9:swp4\",found=\"\",swapped_with=\"\"}", "0");
	world_free(w);
}

Test(metrics, the_kernel_and_the_configuration_are_told)
{
	struct world *w = rich();

	expect(w, "weft_fib_routes{state=\"wanted\"}", "1");
	expect(w, "weft_fib_routes{state=\"installed\"}", "1");
	expect(w, "weft_fib_routes{state=\"refused\"}", "0");
	w->fib_error = -22;
	world_announce(w, 2, "10.9.0.0/24", NULL, 0);
	expect(w, "weft_fib_routes{state=\"wanted\"}", "2");
	expect(w, "weft_fib_routes{state=\"refused\"}", "1");
	expect(w, "weft_config_generation", "1");
	expect(w, "weft_config_last_reload_successful", "1");
	world_reload(w, "{\"asn\": 65001}");
	expect(w, "weft_config_last_reload_successful", "0");
	expect(w, "weft_config_reloads_total{result=\"rejected\"}", "1");
	expect(w, "weft_config_generation", "1");
	agent_counters(w->agent)->notifications_lost = 5;
	expect(w, "weft_netlink_overruns_total{of=\"links\"}", "5");
	world_free(w);
}
