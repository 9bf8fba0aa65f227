#include <errno.h>

#include "tests/unit/agent/bgp/codec.h"

/* Messages that end the session: bytes, and what the NOTIFICATION says. */
struct bad {
	const char *why, *bytes;
	uint8_t code, subcode;
	const char *data;
};

static void expect_bad(const struct bad *row)
{
	struct bytes b = hex(row->bytes);
	struct bgp_err err = { 0 };
	struct bgp_msg m;
	uint8_t *mem;

	cr_expect_eq(decode(&b, &ctx_fabric, &m, &err, &mem), -EBADMSG, "%s", row->why);
	cr_expect(err.code == row->code && err.subcode == row->subcode, "%s: %u/%u", row->why, err.code, err.subcode);
	cr_expect_not_null(err.what);
	cr_expect_leq(err.at, b.n);
	assert_hex(err.data, err.data_len, row->data);
	free(mem);
}

Test(decode, header_errors_say_code_1)
{
	static const struct bad rows[] = {
		{ "marker", "ffffffff ffffffff ffffffff fffffffe 0013 04", 1, 1, "" },
		{ "shorter than a header", MARKER "0012 04", 1, 2, "0012" },
		{ "longer than 4096", MARKER "1001 02", 1, 2, "1001" },
		{ "KEEPALIVE with a body", MARKER "0014 04 00", 1, 2, "0014" },
		{ "OPEN of 28 bytes", MARKER "001c 01 04fde8 0009 0a000001", 1, 2, "001c" },
		{ "UPDATE of 22 bytes", MARKER "0016 02 000000", 1, 2, "0016" },
		{ "NOTIFICATION of 20 bytes", MARKER "0014 03 06", 1, 2, "0014" },
		{ "ROUTE-REFRESH of 22 bytes", MARKER "0016 05 000100", 1, 2, "0016" },
		{ "type 0", MARKER "0013 00", 1, 3, "00" },
		{ "type 6", MARKER "0013 06", 1, 3, "06" },
		{ "type 255", MARKER "0013 ff", 1, 3, "ff" },
		{ "half a message", MARKER "0017 02 0000", 1, 2, "" },
		{ "BoRR of 5 bytes", MARKER "0018 05 0001010100", 7, 1, MARKER "0018 05 0001010100" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_bad(&rows[i]);
}

Test(decode, open_errors_say_code_2)
{
	static const struct bad rows[] = {
		{ "version 3", MARKER "001d 01 03 fde8 0009 0a000001 00", 2, 1, "0004" },
		{ "version 5", MARKER "001d 01 05 fde8 0009 0a000001 00", 2, 1, "0004" },
		{ "AS 0", MARKER "001d 01 04 0000 0009 0a000001 00", 2, 2, "" },
		{ "hold time 1", MARKER "001d 01 04 fde8 0001 0a000001 00", 2, 6, "" },
		{ "hold time 2", MARKER "001d 01 04 fde8 0002 0a000001 00", 2, 6, "" },
		{ "id 0", MARKER "001d 01 04 fde8 0009 00000000 00", 2, 3, "" },
		{ "parameter 1", MARKER "0021 01 04 fde8 0009 0a000001 04 0102 0000", 2, 4, "" },
		{ "parameters longer than the message", MARKER "001d 01 04 fde8 0009 0a000001 01", 2, 0, "" },
		{ "bytes behind the parameters", MARKER "001e 01 04 fde8 0009 0a000001 00 00", 2, 0, "" },
		{ "a parameter runs past the end", MARKER "0021 01 04 fde8 0009 0a000001 04 0204 0200", 2, 0, "" },
		{ "a capability runs past the end", MARKER "0021 01 04 fde8 0009 0a000001 04 0202 0201", 2, 0, "" },
		{ "4-octet AS 0", MARKER "0025 01 04 5ba0 0009 0a000001 08 0206 4104 00000000", 2, 2, "" },
		{ "RFC 9072 without its length", MARKER "001f 01 04 fde8 0009 0a000001 ff ff00", 2, 0, "" },
		{ "RFC 9072, too long", MARKER "0020 01 04 fde8 0009 0a000001 ff ff0001", 2, 0, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_bad(&rows[i]);
}

Test(decode, a_frame_is_measured_once_its_header_is_there)
{
	struct bytes b = hex(MARKER "0017 02 0000 0000 ff");
	struct bgp_err err;

	for (size_t n = 0; n < 19; n++)
		cr_expect_eq(bgp_frame(rd_of(b.p, n), false, &err), 0);
	for (size_t n = 19; n <= b.n; n++)
		cr_expect_eq(bgp_frame(rd_of(b.p, n), false, &err), 23);
}

Test(decode, open_of_frr_is_read_whole)
{
	struct bytes b = hex(MARKER "0067 01 04 5ba0 0009 0a00fefe 4a"
			     "0206 0104 00010001  0208 0506 000100010002  0202 8000  0202 0200  0202 4600  0206 4104 fa56ea00  0202 0600"
			     "0206 4504 00010101  0205 4903 01 73 00  0204 4002 c078  0209 4707 00010180 000000");
	struct bgp_err err;
	struct bgp_msg m;
	uint8_t *mem;

	patch16(&b, 16, b.n);
	b.p[28] = (uint8_t)(b.n - 29);
	cr_assert_eq(decode(&b, NULL, &m, &err, &mem), 0);
	cr_expect_eq(m.type, BGP_OPEN);
	cr_expect_eq(m.open.my_as, 23456);
	cr_expect_eq(m.open.asn, 4200000000);
	cr_expect_eq(m.open.hold_time, 9);
	cr_expect_eq(ntohl(m.open.id.s_addr), 0x0a00fefe);
	cr_expect(m.open.caps.ext_nh_v4 && m.open.caps.mp[0] && !m.open.caps.mp[1] && m.open.caps.gr_notification);
	cr_expect_str_eq(m.open.caps.hostname, "s");
	cr_expect(m.open.caps.llgr && m.open.caps.llgr_forwarding[0] && !m.open.caps.llgr_time[0]);
	cr_expect_eq(m.open.caps.n_unknown, 1);
	free(mem);
}

Test(decode_open, long_lived_restart_without_graceful_restart_is_not_there)      /* RFC 9494 4.5 */
{
	struct bytes b = hex(MARKER "0000 01 04 0001 0009 0a00fefe 0b 0209 4707 00010180 000e10");
	struct bgp_caps none = { 0 };
	struct bgp_err err;
	struct bgp_msg m;
	uint8_t *mem;

	patch16(&b, 16, b.n);
	cr_assert_eq(decode(&b, NULL, &m, &err, &mem), 0);
	cr_expect_eq(memcmp(&m.open.caps, &none, sizeof(none)), 0);
	free(mem);
}

Test(decode, open_with_several_capabilities_in_one_parameter_or_none_at_all)
{
	struct bytes b = msg_hex(BGP_OPEN, "04 fde8 0000 0a000001 0c 020a 0200 4104 0000fde9 4600");
	struct bytes none = msg_hex(BGP_OPEN, "04 fde8 ffff 0a000001 00");
	struct bgp_err err;
	struct bgp_msg m;
	uint8_t *mem;

	cr_assert_eq(decode(&b, NULL, &m, &err, &mem), 0);
	cr_expect_eq(m.open.asn, 65001);
	cr_expect(m.open.caps.refresh && m.open.caps.enhanced_refresh);
	cr_expect_eq(m.open.hold_time, 0);
	free(mem);
	cr_assert_eq(decode(&none, NULL, &m, &err, &mem), 0);
	cr_expect_eq(m.open.asn, 65000);
	cr_expect(!m.open.caps.mp_any && !m.open.caps.as4);
	free(mem);
}

Test(decode, open_with_extended_parameter_lengths_of_rfc_9072)
{
	struct bytes b = msg_hex(BGP_OPEN, "04 fde8 0009 0a000001 ff ff 000e 02 0002 0200 02 0006 4104 0000fde9");
	struct bgp_err err;
	struct bgp_msg m;
	uint8_t *mem;

	cr_assert_eq(decode(&b, NULL, &m, &err, &mem), 0);
	cr_expect(m.open.caps.refresh);
	cr_expect_eq(m.open.asn, 65001);
	free(mem);
}

Test(decode, notification_keepalive_and_refresh_are_read)
{
	struct bytes n = msg_hex(BGP_NOTIFICATION, "06 02 03 627965"), k = msg_hex(BGP_KEEPALIVE, ""), r = msg_hex(BGP_ROUTE_REFRESH, "0002 01 01"),
		     orf = msg_hex(BGP_ROUTE_REFRESH, "0001 00 01 0180 0000");
	struct bgp_err err;
	struct bgp_msg m;
	uint8_t *mem;

	cr_assert_eq(decode(&n, NULL, &m, &err, &mem), 0);
	cr_expect(m.notification.code == 6 && m.notification.subcode == 2);
	assert_hex(m.notification.data.p, m.notification.data.n, "03 627965");
	free(mem);
	cr_assert_eq(decode(&k, NULL, &m, &err, &mem), 0);
	cr_expect_eq(m.type, BGP_KEEPALIVE);
	free(mem);
	cr_assert_eq(decode(&r, NULL, &m, &err, &mem), 0);
	cr_expect(m.refresh.afi == 2 && m.refresh.subtype == 1 && m.refresh.safi == 1);
	free(mem);
	cr_assert_eq(decode(&orf, NULL, &m, &err, &mem), 0);     /* nothing of ORF was asked for: the request counts */
	cr_expect(m.refresh.afi == 1 && m.refresh.subtype == 0);
	free(mem);
}
