/* tests/fuzz/fuzz_caps.c: what a peer says that it can: capabilities alone, and as the optional parameters of an OPEN in both forms (RFC 4271
 * 4.2, RFC 9072). What is accepted is written again and must mean the same. */
#include <errno.h>
#include <stddef.h>

#include "tests/fuzz/roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PARAM_CAPABILITIES 2

/* What is not said again: codes and families that we do not know, and that there were several roles. */
static struct bgp_caps meaning(const struct bgp_caps *in)
{
	struct bgp_caps c = *in;

	must(c.n_unknown <= sizeof(c.unknown), "more unknown capabilities than there is room for");
	must(memchr(c.hostname, '\0', sizeof(c.hostname)) && memchr(c.domain, '\0', sizeof(c.domain)), "a name without an end");
	must(memchr(c.port, '\0', sizeof(c.port)) != NULL, "a port without an end");
	must(memchr(c.software, '\0', sizeof(c.software)) != NULL, "a version without an end");
	c.role_twice = false;
	c.n_unknown = 0;
	memset(c.unknown, 0, sizeof(c.unknown));
	c.mp_any = c.mp[0] || c.mp[1];
	return c;
}

static void names(const struct bgp_caps *c)
{
	for (size_t i = 0; i < c->n_unknown; i++) {
		const char *name = caps_name(c->unknown[i]);

		must(!name || *name, "a capability with an empty name");
		must(!memchr(c->unknown, c->unknown[i], i), "an unknown capability twice");
	}
}

/* caps_put makes parameters, caps_get reads the values within one. */
static void again(const struct bgp_caps *in)
{
	struct bgp_caps want, got = { 0 };
	uint8_t buf[1024];
	struct wr w = wr_of(buf, sizeof(buf));
	struct rd params;

	names(in);
	want = meaning(in);
	caps_put(&w, in);
	must(!w.bad, "more than any OPEN has");
	params = rd_of(buf, wr_len(&w));
	while (rd_left(&params) > 0) {
		must(rd_u8(&params) == PARAM_CAPABILITIES, "a parameter that is none");
		must(caps_get(rd_sub(&params, rd_u8(&params)), &got) == 0 && !params.bad, "our own capability is refused");
	}
	must(got.n_unknown == 0, "a capability of ours that we do not know");
	must(memcmp(&want, &got, sizeof(want)) == 0, "capabilities changed");
}

static void open_again(const struct bgp_open *in)
{
	static struct bgp_msg m;
	struct bgp_open want = *in;
	uint8_t buf[BGP_MAX_LEN], room[1024];
	struct wr w = wr_of(buf, sizeof(buf)), params = wr_of(room, sizeof(room));
	struct bgp_err err;

	again(&in->caps);
	caps_put(&params, &in->caps);
	if (wr_len(&params) > UINT8_MAX) {               /* of a peer that says more than we ever do */
		must(bgp_put_open(&w, in) == -EMSGSIZE && wr_len(&w) == 0, "parameters of more than 255 bytes");
		return;
	}
	must(bgp_put_open(&w, in) == 0, "what was read cannot be written");
	must(bgp_decode(rd_of(buf, wr_len(&w)), NULL, &m, &err) == 0 && m.type == BGP_OPEN, "our own OPEN is refused");
	want.caps = meaning(&in->caps);
	must(memcmp(&want, &m.open, sizeof(want)) == 0, "OPEN changed");
}

/* The bytes as optional parameters, behind a good beginning. */
static void open_of(const uint8_t *data, size_t size, bool extended)
{
	static struct bgp_msg m;
	uint8_t buf[BGP_MAX_LEN], *exact;
	struct wr w = wr_of(buf, sizeof(buf));
	struct bgp_err err;
	size_t n;

	for (int i = 0; i < 16; i++)
		wr_u8(&w, 0xff);
	wr_u16(&w, (uint16_t)(BGP_HEADER_LEN + 10 + (extended ? 3 : 0) + size));
	wr_bytes(&w, (uint8_t[]){ BGP_OPEN, 4, 0x5b, 0xa0, 0, 9, 10, 0, 0, 1 }, 10);
	wr_u8(&w, extended ? 0xff : (uint8_t)size);
	if (extended) {
		wr_u8(&w, 0xff);
		wr_u16(&w, (uint16_t)size);
	}
	wr_bytes(&w, data, size);
	if (w.bad)
		return;
	n = wr_len(&w);
	exact = malloc(n);                               /* a read behind it is seen */
	must(exact != NULL, "no memory");
	memcpy(exact, buf, n);
	if (bgp_decode(rd_of(exact, n), NULL, &m, &err) == 0)
		open_again(&m.open);
	else
		must(err.what && err.code == NOTIFY_OPEN && err.at <= n, "an error that says nothing");
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bgp_caps caps = { 0 };

	if (caps_get(rd_of(data, size), &caps) == 0)
		again(&caps);
	if (size <= UINT8_MAX)
		open_of(data, size, false);
	open_of(data, size, true);
	return 0;
}
