#include "ra/ra_msg.h"

#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"

#define LL { { { 0xfe, 0x80, [15] = 0x0a } } }
#define SLLA 1, 1, 0x02, 0x11, 0x22, 0x33, 0x44, 0x55

static const uint8_t advert[] = { 134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0, SLLA };
static const uint8_t solicit[] = { 133, 0, 0, 0, 0, 0, 0, 0, SLLA };
static const uint8_t mac[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };

struct row {
	const char *name;
	enum ra_bad bad;
	bool has_mac;
	struct in6_addr from;
	int hop_limit;
	size_t len;
	uint8_t payload[40];
};

#define RA_HEAD 134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0
#define RS_HEAD 133, 0, 0, 0, 0, 0, 0, 0

static const struct row rows[] = {
	{ "RA with MAC", RA_OK, true, LL, 255, 24, { RA_HEAD, SLLA } },
	{ "RA without options", RA_OK, false, LL, 255, 16, { RA_HEAD } },
	{ "RA with cur hop limit 0 and all flags", RA_OK, false, LL, 255, 16, { 134, 0, 0, 0, 0, 0xff, 0x07, 0x08 } },
	{ "RA with an MTU option before the MAC", RA_OK, true, LL, 255, 32, { RA_HEAD, 5, 1, 0, 0, 0, 0, 5, 0xdc, SLLA } },
	{ "RA with an unknown option", RA_OK, false, LL, 255, 24, { RA_HEAD, 253, 1 } },
	{ "RA with a long link-layer address", RA_OK, false, LL, 255, 32, { RA_HEAD, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2 } },
	{ "RA with two MACs: the first counts", RA_OK, true, LL, 255, 32, { RA_HEAD, SLLA, 1, 1, 2, 9, 9, 9, 9, 9 } },
	{ "source at the other end of fe80::/10", RA_OK, false, { { { 0xfe, 0xbf, [15] = 1 } } }, 255, 16, { RA_HEAD } },
	{ "RS with MAC", RA_OK, true, LL, 255, 16, { RS_HEAD, SLLA } },
	{ "RS without options", RA_OK, false, LL, 255, 8, { RS_HEAD } },
	{ "RS from ::", RA_OK, false, { { { 0 } } }, 255, 8, { RS_HEAD } },
	{ "nothing", RA_BAD_LENGTH, false, LL, 255, 0, { 0 } },
	{ "neighbour solicitation", RA_BAD_TYPE, false, LL, 255, 24, { 135 } },
	{ "RA from a hop away", RA_BAD_HOP_LIMIT, false, LL, 254, 24, { RA_HEAD, SLLA } },
	{ "RA with hop limit 64", RA_BAD_HOP_LIMIT, false, LL, 64, 24, { RA_HEAD, SLLA } },
	{ "RA with hop limit unknown", RA_BAD_HOP_LIMIT, false, LL, -1, 24, { RA_HEAD, SLLA } },
	{ "RS from a hop away", RA_BAD_HOP_LIMIT, false, LL, 254, 8, { RS_HEAD } },
	{ "RA from a global address", RA_BAD_SOURCE, false, { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } }, 255, 16, { RA_HEAD } },
	{ "RA from fec0::/10", RA_BAD_SOURCE, false, { { { 0xfe, 0xc0, [15] = 1 } } }, 255, 16, { RA_HEAD } },
	{ "RA from ::", RA_BAD_SOURCE, false, { { { 0 } } }, 255, 16, { RA_HEAD } },
	{ "RS from a group", RA_BAD_SOURCE, false, { { { 0xff, 0x02, [15] = 1 } } }, 255, 8, { RS_HEAD } },
	{ "RS from ::1", RA_BAD_SOURCE, false, { { { [15] = 1 } } }, 255, 8, { RS_HEAD } },
	{ "RS from a global address", RA_OK, false, { { { 0x20, 0x01, [15] = 1 } } }, 255, 8, { RS_HEAD } },
	{ "RA with code 1", RA_BAD_CODE, false, LL, 255, 16, { 134, 1 } },
	{ "RS with code 1", RA_BAD_CODE, false, LL, 255, 8, { 133, 1 } },
	{ "RA of 15 bytes", RA_BAD_LENGTH, false, LL, 255, 15, { RA_HEAD } },
	{ "RS of 7 bytes", RA_BAD_LENGTH, false, LL, 255, 7, { RS_HEAD } },
	{ "RS of 1 byte", RA_BAD_LENGTH, false, LL, 255, 1, { RS_HEAD } },
	{ "option of length 0", RA_BAD_OPTION, false, LL, 255, 24, { RA_HEAD, 1, 0, 2, 2, 2, 2, 2, 2 } },
	{ "option of length 0 behind a good one", RA_BAD_OPTION, false, LL, 255, 32, { RA_HEAD, SLLA, 5, 0 } },
	{ "last option a byte short", RA_BAD_OPTION, false, LL, 255, 23, { RA_HEAD, SLLA } },
	{ "last option only a type", RA_BAD_OPTION, false, LL, 255, 17, { RA_HEAD, 1 } },
	{ "last option only type and length", RA_BAD_OPTION, false, LL, 255, 18, { RA_HEAD, 1, 1 } },
	{ "truncated unknown option", RA_BAD_OPTION, false, LL, 255, 24, { RA_HEAD, 253, 2 } },
	{ "longest length in a short packet", RA_BAD_OPTION, false, LL, 255, 24, { RA_HEAD, 3, 255 } },
	{ "RS from :: with a MAC", RA_BAD_OPTION, false, { { { 0 } } }, 255, 16, { RS_HEAD, SLLA } },
	{ "broadcast as MAC", RA_BAD_OPTION, false, LL, 255, 24, { RA_HEAD, 1, 1, 255, 255, 255, 255, 255, 255 } },
	{ "group MAC", RA_BAD_OPTION, false, LL, 255, 24, { RA_HEAD, 1, 1, 0x33, 0x33, 0, 0, 0, 1 } },
	{ "zero MAC", RA_BAD_OPTION, false, LL, 255, 24, { RA_HEAD, 1, 1 } },
};

static struct ra_packet packet_of(const struct row *row)
{
	return (struct ra_packet){ 1, row->from, row->hop_limit, row->payload, row->len };
}

Test(ra_msg, every_reason_of_rfc_4861_6_1_is_told_apart)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ra_packet packet = packet_of(&rows[i]);
		struct ra_msg msg = { 0 };
		enum ra_bad bad = ra_decode(&packet, &msg);

		cr_expect_eq(bad, rows[i].bad, "%s: %s", rows[i].name, ra_bad_str(bad));
		cr_expect_eq(msg.has_mac, rows[i].has_mac, "%s: MAC", rows[i].name);
		if (rows[i].has_mac)
			cr_expect_arr_eq(msg.mac, mac, 6, "%s: MAC", rows[i].name);
		if (bad == RA_OK)
			cr_expect_eq(msg.lifetime, rows[i].payload[0] == 134 ? 0x0708 : 0, "%s: lifetime", rows[i].name);
	}
}

Test(ra_msg, a_refused_message_leaves_the_output_alone)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ra_packet packet = packet_of(&rows[i]);
		struct ra_msg msg, before;

		memset(&msg, 0x5a, sizeof(msg));
		before = msg;
		if (ra_decode(&packet, &msg) != RA_OK)
			cr_expect_eq(memcmp(&msg, &before, sizeof(msg)), 0, "%s", rows[i].name);
	}
}

Test(ra_msg, no_truncation_of_a_message_with_options_reads_past_its_end)
{
	for (size_t n = 0; n <= sizeof(advert); n++) {
		uint8_t *exact = malloc(n ? n : 1);
		struct ra_packet packet = { 1, LL, 255, exact, n };
		struct ra_msg msg;

		memcpy(exact, advert, n);
		cr_expect_eq(ra_decode(&packet, &msg) == RA_OK, n == 16 || n == 24, "%zu bytes", n);
		free(exact);
	}
}

Test(ra_msg, advertisement_has_cur_hop_limit_64_no_flags_and_only_the_source_address)
{
	struct ra_msg msg = { .type = RA_ADVERT, .lifetime = 1800, .has_mac = true };
	uint8_t buf[RA_MSG_MAX];

	memcpy(msg.mac, mac, sizeof(mac));
	cr_assert_eq(ra_encode(&msg, buf), sizeof(advert));
	cr_assert_arr_eq(buf, advert, sizeof(advert));
}

Test(ra_msg, solicitation_has_only_the_source_address)
{
	struct ra_msg msg = { .type = RA_SOLICIT, .has_mac = true };
	uint8_t buf[RA_MSG_MAX];

	memcpy(msg.mac, mac, sizeof(mac));
	cr_assert_eq(ra_encode(&msg, buf), sizeof(solicit));
	cr_assert_arr_eq(buf, solicit, sizeof(solicit));
}

Test(ra_msg, without_a_mac_there_is_no_option)
{
	uint8_t buf[RA_MSG_MAX];

	cr_assert_eq(ra_encode(&(struct ra_msg){ .type = RA_ADVERT }, buf), 16);
	cr_assert_eq(ra_encode(&(struct ra_msg){ .type = RA_SOLICIT }, buf), 8);
}

Test(ra_msg, every_reason_has_words)
{
	for (int i = 0; i < RA_N_BAD; i++)
		cr_expect(strlen(ra_bad_str((enum ra_bad)i)) > 0 && strcmp(ra_bad_str((enum ra_bad)i), "unknown") != 0);
	cr_assert_str_eq(ra_bad_str(RA_N_BAD), "unknown");
}
