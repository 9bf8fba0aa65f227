#include "agent/weft_show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/ctl/words.h"
#include "agent/weft_drain.h"
#include "agent/weft_show_neighbor.h"
#include "agent/weft_table.h"

#define OTHER_COLUMNS 65                 /* the width of the summary behind its first column */

const char *text_since(const json_t *o, const char *key, char buf[DURATION_STRLEN])
{
	const json_t *j = json_object_get(o, key);

	return duration_str(json_is_integer(j) ? json_integer_value(j) : -1, buf);
}

bool text_established(const json_t *peer)
{
	return strcmp(TEXT(peer, "state"), "Established") == 0;
}

const char *text_up_or_down(const json_t *peer, char buf[DURATION_STRLEN])
{
	return text_since(peer, text_established(peer) ? "uptime_seconds" : "down_seconds", buf);
}

/* "dc-leaf01(swp1)", the link alone when its router is not known. Where it is narrow a long host name is cut: the link is who it is. */
static void neighbor_cell(struct table *t, size_t col, const json_t *peer, const struct look *look)
{
	const char *host = TEXT(peer, "hostname"), *link = TEXT(peer, "name");
	int used = OTHER_COLUMNS + (int)strnlen(link, 32) + 2, room = look->width > used + 8 ? look->width - used : 8;
	char name[256];

	if (look->width && (int)strlen(host) > room)
		snprintf(name, sizeof(name), "%.*s~(%s)", room - 1, host, link);
	else if (has(peer, "hostname"))
		snprintf(name, sizeof(name), "%s(%s)", host, link);
	else
		snprintf(name, sizeof(name), "%s", link);
	table_text(t, col, name);
}

/* What the table has no room for: why a session is not there, and what is wrong with one that is. */
static void print_troubles(const json_t *peers)
{
	bool first = true;
	json_t *peer;
	size_t i;

	json_array_foreach(peers, i, peer) {
		static const char *const keys[] = { "fault", "last_error" };
		static const struct { const char *key, *words; } marks[] = { { "drained", "drained" }, { "added_by_hand", "added by hand" } };

		for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
			if (!json_is_true(json_object_get(peer, marks[k].key)))
				continue;
			printf("%s%s: %s\n", first ? "\n" : "", TEXT(peer, "name"), marks[k].words);
			first = false;
		}
		for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
			if (!has(peer, keys[k]) || (k == 1 && text_established(peer)))
				continue;
			printf("%s%s: %s\n", first ? "\n" : "", TEXT(peer, "name"), TEXT(peer, keys[k]));
			first = false;
		}
	}
}

static int print_peers(const json_t *peers, const struct look *look)
{
	static const struct table_col cols[] = {
		{ "Neighbor", 0 }, { "AS", SCOLS_FL_RIGHT }, { "MsgRcvd", SCOLS_FL_RIGHT }, { "MsgSent", SCOLS_FL_RIGHT },
		{ "InQ", SCOLS_FL_RIGHT }, { "OutQ", SCOLS_FL_RIGHT }, { "Up/Down", SCOLS_FL_RIGHT }, { "State/PfxRcd", SCOLS_FL_RIGHT }, { "PfxSnt", SCOLS_FL_RIGHT },
	};
	struct table *t = table_new(cols, ARRAY_LEN(cols), look->colour);
	char buf[DURATION_STRLEN];
	json_t *peer;
	size_t i;
	int r;

	json_array_foreach(peers, i, peer) {
		bool up = text_established(peer);

		table_row(t);
		neighbor_cell(t, 0, peer, look);
		table_text(t, 1, json_integer_value(json_object_get(peer, "remote_asn")) ? TEXT(peer, "remote_asn") : "-");
		table_json(t, 2, peer, "messages_received");
		table_json(t, 3, peer, "messages_sent");
		table_json(t, 4, peer, "in_queue_bytes");
		table_json(t, 5, peer, "out_queue_bytes");
		table_text(t, 6, text_up_or_down(peer, buf));
		table_json(t, 7, peer, up ? "prefixes_received" : "state");
		table_colour(t, 7, up ? "green" : "red");
		table_json(t, 8, peer, "prefixes_sent");
	}
	r = table_print(t);
	print_troubles(peers);
	return r;
}

/* Announcements of a node that has just started. */
static void text_hold(const json_t *hold)
{
	AUTO_FREE char *who = text_list(json_object_get(hold, "waits_for"), ", ");
	char buf[DURATION_STRLEN];

	if (json_is_object(hold))
		printf("announcements are held since %s, for %s s at most: waits for %s\n", text_since(hold, "held_seconds", buf),
		       TEXT(hold, "seconds_left"), who && *who ? who : "nobody");
}

int text_summary(const json_t *result, const struct look *look)
{
	const json_t *peers = json_object_get(result, "neighbors");
	const json_t *counters = json_object_get(result, "counters");
	const json_t *restart = json_object_get(result, "restart");
	char buf[DURATION_STRLEN];

	printf("router-id %s, local AS %s, hostname %s, up %s\n", TEXT(result, "router_id"), TEXT(result, "asn"), TEXT(result, "hostname"),
	       text_since(result, "uptime_seconds", buf));
	printf("RIB entries %s, paths %s, using %lld KiB of memory\n", TEXT(result, "prefixes"), TEXT(result, "paths"),
	       (long long)(json_integer_value(json_object_get(result, "rib_bytes")) + 1023) / 1024);
	printf("%s peers (%s established)\n", TEXT(result, "peers"), TEXT(result, "peers_established"));
	if (json_is_object(restart))
		printf("restarts: %s IPv4 and %s IPv6 routes of the earlier run stay until %s has told its routes, %s s at most\n",
		       TEXT(restart, "routes_ipv4"), TEXT(restart, "routes_ipv6"),
		       json_is_string(json_object_get(restart, "waits_for")) ? TEXT(restart, "waits_for") : "every peer", TEXT(restart, "seconds_left"));
	text_hold(json_object_get(result, "start_hold"));
	text_drains(result);
	if (json_integer_value(json_object_get(counters, "link_alarms")) > 0)
		printf("%s links with an alarm: weft show links\n", TEXT(counters, "link_alarms"));
	text_reloads(json_object_get(result, "configuration"));
	if (json_array_size(peers) == 0)
		return 0;
	putchar('\n');
	return print_peers(peers, look);
}

static int print_neighbors(const json_t *peers, const struct look *look)
{
	static const struct table_col cols[] = {
		{ "Neighbor", 0 }, { "AS", SCOLS_FL_RIGHT }, { "Address", SCOLS_FL_TRUNC }, { "MAC", 0 },
		{ "Up/Down", SCOLS_FL_RIGHT }, { "State", 0 },
	};
	struct table *t = table_new(cols, ARRAY_LEN(cols), look->colour);
	char buf[DURATION_STRLEN];
	json_t *peer;
	size_t i;
	int r;

	json_array_foreach(peers, i, peer) {
		table_row(t);
		neighbor_cell(t, 0, peer, look);
		table_text(t, 1, json_integer_value(json_object_get(peer, "remote_asn")) ? TEXT(peer, "remote_asn") : "-");
		table_json(t, 2, peer, "address");
		table_json(t, 3, peer, "mac");
		table_text(t, 4, text_up_or_down(peer, buf));
		table_json(t, 5, peer, "state");
		table_colour(t, 5, text_established(peer) ? "green" : "red");
	}
	r = table_print(t);
	print_troubles(peers);
	return r;
}

int text_neighbors(const json_t *result, const struct look *look)
{
	json_t *peer;
	size_t i;
	int r = 0;

	if (json_array_size(result) == 0)
		printf("no neighbors%s\n", look->detail ? " on this link" : "");
	else if (!look->detail)
		return print_neighbors(result, look);
	json_array_foreach(result, i, peer)
		r |= print_neighbor(peer);
	return r ? -ENOMEM : 0;
}

int text_config(const json_t *result, const struct look *look)
{
	(void)look;
	if (json_dumpf(result, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_ENSURE_ASCII) == 0)
		putchar('\n');
	return 0;                                        /* main sees what went wrong on stdout */
}

int text_version(const json_t *result, const struct look *look)
{
	(void)look;
	printf("weftd %s%s%s\n", TEXT(result, "version"), has(result, "git") ? ", commit " : "", has(result, "git") ? TEXT(result, "git") : "");
	return 0;
}

int text_sentence(const json_t *result, const struct look *look)
{
	(void)look;
	puts(TEXT(result, "sentence"));
	return 0;
}

int text_done(const json_t *result, const struct look *look)
{
	const char *s = json_string_value(result);

	(void)look;
	puts(s && *s ? s : "done");
	return 0;
}
