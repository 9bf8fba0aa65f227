/* Text format 0.0.4 of Prometheus: lines into a buffer that grows. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/utf8.h"
#include "agent/metrics_priv.h"

#define LINE_MAX_LEN (2 * METRICS_LABELS + 256)

static bool grow(struct page *m, size_t n)
{
	size_t room = m->room ? m->room : 64 * 1024;
	char *p;

	while (room - m->n < n)
		room *= 2;
	if (room == m->room)
		return true;
	p = realloc(m->p, room);
	if (!p) {
		m->bad = true;
		return false;
	}
	m->p = p;
	m->room = room;
	return true;
}

static void put(struct page *m, const char *s)
{
	size_t n = strlen(s);

	memcpy(m->p + m->n, s, n);               /* grow() was asked for the whole line */
	m->n += n;
}

/* name{labels,more} value */
static void line(struct page *m, const char *suffix, const char *labels, const char *more, const char *value)
{
	bool any = *labels || (more && *more);

	if (m->bad || !grow(m, LINE_MAX_LEN))
		return;
	put(m, m->at->name);
	put(m, suffix);
	put(m, any ? "{" : "");
	put(m, labels);
	put(m, *labels && more && *more ? "," : "");
	put(m, more ? more : "");
	put(m, any ? "} " : " ");
	put(m, value);
	put(m, "\n");
}

void page_sample(struct page *m, const char *labels, const char *more, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	line(m, "", labels, more, text);
}

void page_real(struct page *m, const char *labels, const char *more, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.15g", value);
	line(m, "", labels, more, text);
}

void page_histo(struct page *m, const struct histo *h)
{
	char le[32], value[32];
	uint64_t sum = 0;

	for (unsigned i = 0; i <= HISTO_BOUNDS; i++) {
		sum += h->count[i];
		if (i < HISTO_BOUNDS)
			snprintf(le, sizeof(le), "le=\"%g\"", (double)histo_bounds_us[i] / 1000000);
		else
			strcpy(le, "le=\"+Inf\"");
		snprintf(value, sizeof(value), "%" PRIu64, sum);
		line(m, "_bucket", "", le, value);
	}
	line(m, "_count", "", NULL, value);
	snprintf(value, sizeof(value), "%.15g", (double)h->sum_us / 1000000);
	line(m, "_sum", "", NULL, value);
}

void page_head(struct page *m, const struct metric *row)
{
	static const char *const types[] = { [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram" };

	m->at = row;
	if (m->bad || !grow(m, LINE_MAX_LEN))
		return;
	m->n += (size_t)snprintf(m->p + m->n, LINE_MAX_LEN, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name, types[row->type]);
}

/* A character of many bytes stays whole or goes. */
static size_t whole(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void page_label(char *labels, size_t size, const char *name, const char *value)
{
	size_t at = strlen(labels), room = strlen(value), n;
	char words[256];

	room = room < sizeof(words) ? room : sizeof(words) - 1;
	utf8_words((const uint8_t *)value, room, words);
	at += (size_t)snprintf(labels + at, size - at, "%s%s=\"", at ? "," : "", name);
	for (const char *s = words; *s && at + 7 < size; s += n) {       /* a character, and its backslash; the quote; the end */
		n = whole(s);
		if (*s == '\\' || *s == '"')
			labels[at++] = '\\';
		memcpy(labels + at, s, n);
		at += n;
	}
	labels[at++] = '"';
	labels[at] = '\0';
}
