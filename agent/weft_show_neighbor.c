/* All about one neighbor, as text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/ctl/words.h"
#include "agent/weft_show.h"
#include "agent/weft_show_neighbor.h"
#include "agent/weft_table.h"

/* "  name        a, b" for a list or an object; nothing when it is empty. */
static int print_list(const char *name, const json_t *list)
{
	AUTO_FREE char *text = text_list(list, ", ");

	if (!text)
		return -ENOMEM;
	if (*text)
		printf("  %-23s%s\n", name, text);
	return 0;
}

static void print_stale(json_t *stale)
{
	const char *family;
	json_t *f;

	json_object_foreach(stale, family, f)
		printf("  %-23s%s prefixes of %s, %s, %s s left\n", "stale", TEXT(f, "prefixes"), family, TEXT(f, "why"), TEXT(f, "seconds_left"));
}

/* Microseconds, as milliseconds with what is behind the point if there is something. */
static const char *ms(const json_t *o, const char *key, char buf[32])
{
	json_int_t us = json_integer_value(json_object_get(o, key));

	if (us % 1000)
		snprintf(buf, 32, "%lld.%03lld ms", (long long)(us / 1000), (long long)(us % 1000));
	else
		snprintf(buf, 32, "%lld ms", (long long)(us / 1000));
	return buf;
}

static void print_bfd(const json_t *bfd)
{
	char buf[DURATION_STRLEN], tx[32], detect[32], theirs[32], ours[32];

	if (!json_is_object(bfd))
		return;
	printf("  %-23s%s for %s, %s%s%s%s%s\n", "BFD", TEXT(bfd, "state"), text_since(bfd, "state_seconds", buf),
	       json_is_true(json_object_get(bfd, "heard")) ? "the peer says " : "the peer was never heard",
	       json_is_true(json_object_get(bfd, "heard")) ? TEXT(bfd, "remote_state") : "", has(bfd, "diagnostic") ? ": " : "",
	       has(bfd, "diagnostic") ? TEXT(bfd, "diagnostic") : "", json_is_true(json_object_get(bfd, "blocks_bgp")) ? "; BGP waits for it" : "");
	printf("  %-23ssends every %s, detects in %s; wants %s x %s, the peer %s x %s\n", "BFD timers", ms(bfd, "transmit_us", tx),
	       ms(bfd, "detection_us", detect), ms(bfd, "interval_us", ours), TEXT(bfd, "multiplier"), ms(bfd, "remote_transmit_us", theirs),
	       TEXT(bfd, "remote_multiplier"));
	printf("  %-23s%s up, %s down, %s failures%s%s\n", "BFD changes", TEXT(bfd, "ups"), TEXT(bfd, "downs"), TEXT(bfd, "failures"),
	       has(bfd, "last_failure") ? ", the last: " : "", has(bfd, "last_failure") ? TEXT(bfd, "last_failure") : "");
	if (has(bfd, "loss_percent"))
		printf("  %-23s%s %% of the peer's packets\n", "BFD loss", TEXT(bfd, "loss_percent"));
	if (has(bfd, "error"))
		printf("  %-23s%s\n", "BFD error", TEXT(bfd, "error"));
}

/* "7.2/9"; "-" when it does not run. */
static const char *left(const json_t *timers, const char *key, json_int_t of, char buf[40])
{
	const json_t *j = json_object_get(timers, key);

	if (!json_is_real(j))
		return "-";
	if (of)
		snprintf(buf, 40, "%.1f/%lld", json_real_value(j), (long long)of);
	else
		snprintf(buf, 40, "%.1f", json_real_value(j));
	return buf;
}

static void print_timers(const json_t *p)
{
	const json_t *timers = json_object_get(p, "timers");
	char hold[40], keepalive[40], retry[40];

	printf("  %-23shold %s, keepalive %s, connect retry %s\n", "timers (s)",
	       left(timers, "hold_seconds_left", json_integer_value(json_object_get(p, "hold_time")), hold),
	       left(timers, "keepalive_seconds_left", json_integer_value(json_object_get(p, "keepalive_time")), keepalive),
	       left(timers, "connect_retry_seconds_left", 0, retry));
	if (has(p, "carrier_to_established_seconds"))
		printf("  %-23s%s s after the carrier came\n", "Established", TEXT(p, "carrier_to_established_seconds"));
}

static bool in_list(const json_t *list, const char *word)
{
	json_t *j;
	size_t i;

	json_array_foreach(list, i, j)
		if (strcmp(json_string_value(j) ?: "", word) == 0)
			return true;
	return false;
}

/* Ours first, then what only the peer has. */
static int print_capabilities(const json_t *caps)
{
	const json_t *lists[] = { json_object_get(caps, "sent"), json_object_get(caps, "received") };
	const char *word;
	bool first = true;
	json_t *j;
	size_t i;

	for (int k = 0; k < 2; k++) {
		json_array_foreach(lists[k], i, j) {
			word = json_string_value(j) ?: "-";
			if (k && in_list(lists[0], word))
				continue;
			printf("  %-23s%-29s%s\n", first ? "capabilities" : "", word, k ? "received" : in_list(lists[1], word) ? "advertised and received" : "advertised");
			first = false;
		}
	}
	return 0;
}

static void print_messages(const json_t *p)
{
	static const char *const types[] = { "open", "update", "notification", "keepalive", "route_refresh" };
	const json_t *m = json_object_get(p, "messages"), *in = json_object_get(m, "received"), *out = json_object_get(m, "sent");

	printf("  %-23s%14s %10s\n", "messages", "received", "sent");
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		printf("    %-21s%14s %10s\n", types[i], TEXT(in, types[i]), TEXT(out, types[i]));
	printf("    %-21s%14s %10s\n", "all", TEXT(p, "messages_received"), TEXT(p, "messages_sent"));
	printf("    %-21s%14s %10s\n", "bytes waiting", TEXT(p, "in_queue_bytes"), TEXT(p, "out_queue_bytes"));
}

static void print_notifications(const json_t *p)
{
	static const char *const ways[] = { "received", "sent" };
	char buf[DURATION_STRLEN];

	for (int i = 0; i < 2; i++) {
		json_t *last = json_object_get(json_object_get(p, "last_notification"), ways[i]), *n;
		const char *what;

		if (!json_is_object(last))
			continue;
		printf("  last %-18s%s%s, %s ago\n", i ? "said to the peer" : "said by the peer", TEXT(last, "text"),
		       json_is_true(json_object_get(last, "hard_reset")) ? " (Hard Reset)" : "", text_since(last, "seconds_ago", buf));
		printf("  %-23s", i ? "NOTIFICATIONs sent" : "NOTIFICATIONs received");
		json_object_foreach(json_object_get(json_object_get(p, "notifications"), ways[i]), what, n)
			if (json_integer_value(n))
				printf("%s %lld  ", what, (long long)json_integer_value(n));
		putchar('\n');
	}
	if (json_integer_value(json_object_get(p, "errors")))
		printf("  %-23s%s\n", "bad messages", TEXT(p, "errors"));
}

/* As they came, and what became of them. */
static void print_changes(const json_t *changes)
{
	static const char *const keys[] = { "received", "rejected", "filtered", "ignored", "accepted" };
	const json_t *in = json_object_get(changes, "announced"), *out = json_object_get(changes, "withdrawn");

	printf("  %-14s%10s%10s%10s%10s%10s\n", "route changes", keys[0], keys[1], keys[2], keys[3], keys[4]);
	printf("    %-12s%10s%10s%10s%10s%10s\n", "announced", TEXT(in, keys[0]), TEXT(in, keys[1]), TEXT(in, keys[2]), TEXT(in, keys[3]), TEXT(in, keys[4]));
	printf("    %-12s%10s%10s%10s%10s%10s\n", "withdrawn", TEXT(out, keys[0]), TEXT(out, keys[1]), TEXT(out, keys[2]), TEXT(out, keys[3]), TEXT(out, keys[4]));
}

int print_neighbor(const json_t *p)
{
	char buf[DURATION_STRLEN];
	int r = 0;

	printf("%s on %s: %s", has(p, "hostname") ? TEXT(p, "hostname") : "unknown", TEXT(p, "name"), TEXT(p, "state"));
	if (text_established(p) || has(p, "down_seconds"))
		printf("%s %s", text_established(p) ? " for" : ", down for", text_up_or_down(p, buf));
	putchar('\n');
	printf("  %-23s%s, router-id %s\n", "remote AS", TEXT(p, "remote_asn"), TEXT(p, "remote_router_id"));
	printf("  %-23s%s, MAC %s\n", "address", TEXT(p, "address"), TEXT(p, "mac"));
	printf("  %-23s%s\n", "local address", TEXT(p, "local_address"));
	if (has(p, "remote_port"))
		printf("  %-23s%s\n", "port of the peer", TEXT(p, "remote_port"));
	if (json_is_true(json_object_get(p, "drained")))
		printf("  %-23syes\n", "drained");
	if (json_is_true(json_object_get(p, "added_by_hand")))
		printf("  %-23syes, until `weft neighbor del` or the end of weftd\n", "added by hand");
	if (has(p, "role"))
		printf("  %-23s%s, the peer's is %s\n", "role", TEXT(json_object_get(p, "role"), "local"), TEXT(json_object_get(p, "role"), "remote"));
	if (has(p, "software_version"))
		printf("  %-23s%s\n", "software", TEXT(p, "software_version"));
	print_timers(p);
	printf("  %-23s%s received, %s of them stale, %s sent\n", "prefixes", TEXT(p, "prefixes_received"), TEXT(p, "prefixes_stale"),
	       TEXT(p, "prefixes_sent"));
	print_stale(json_object_get(p, "stale"));
	r |= print_list("prefixes refused", json_object_get(p, "prefixes_refused"));
	printf("  %-23simport %s, export %s, %s prefixes withheld\n", "policy", TEXT(json_object_get(p, "policy"), "import"),
	       TEXT(json_object_get(p, "policy"), "export"), TEXT(p, "prefixes_withheld"));
	print_changes(json_object_get(p, "route_changes"));
	r |= print_capabilities(json_object_get(p, "capabilities"));
	print_messages(p);
	print_notifications(p);
	print_bfd(json_object_get(p, "bfd"));
	printf("  %-23s%s\n", "flaps", TEXT(p, "flaps"));
	if (has(p, "last_error"))
		printf("  %-23s%s\n", "last error", TEXT(p, "last_error"));
	if (has(p, "fault"))
		printf("  %-23s%s\n", "fault", TEXT(p, "fault"));
	return r ? -ENOMEM : 0;
}
