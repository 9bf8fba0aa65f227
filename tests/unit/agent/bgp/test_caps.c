#include <errno.h>

#include "tests/unit/agent/bgp/codec.h"

static struct bgp_caps get(const char *s, int want)
{
	struct bytes b = hex(s);
	struct bgp_caps caps = { 0 };

	cr_expect_eq(caps_get(rd_of(b.p, b.n), &caps), want, "%s", s);
	return caps;
}

Test(caps, every_known_capability_is_read)
{
	struct bgp_caps c = get("0104 00010001  0104 00020001  8000  0200  0506 000100010002  0600  4600  4104 faefac01"
				"4906 03 737031 01 78  0901 03  4b07 06 782f312e3220  4d00  400a c078 00010180 00020100  fa09 77656674 04 73777031", 0);

	cr_expect(c.mp[0] && c.mp[1] && c.mp_any);
	cr_expect(c.refresh && c.enhanced_refresh && c.extended_message && c.ext_nh_v4);
	cr_expect(c.as4);
	cr_expect_eq(c.asn4, 0xfaefac01);
	cr_expect_str_eq(c.hostname, "sp1");
	cr_expect_str_eq(c.domain, "x");
	cr_expect(c.gr && c.gr_restarted && c.gr_notification);
	cr_expect(c.ll_next_hop && c.role == ROLE_CUSTOMER && !c.role_twice);
	cr_expect_str_eq(c.software, "x/1.2 ");
	cr_expect_str_eq(c.port, "swp1");
	cr_expect_eq(c.gr_time, 120);
	cr_expect(c.gr_mp[0] && c.gr_mp[1] && c.gr_forwarding[0] && !c.gr_forwarding[1]);
	cr_expect_eq(c.n_unknown, 0);
}

Test(caps, a_wrong_length_makes_one_capability_absent_and_no_other)
{
	static const char *const rows[] = {
		"0103 000100", "0105 0001000100", "0201 00", "0505 0001000100", "0507 00010001000200", "0601 00", "4103 000001",
		"4105 0000000100", "4001 00", "4003 007800", "4005 0078000101", "4601 00", "8001 00", "4900", "4903 05 7878", "4904 01 78 00 00",
		"4701 00", "4706 000101800000", "4708 0001018000000a00",
		"0900", "0902 0000", "4b00", "4b03 03 7878", "4b03 01 7878", "4d01 00",
		"fa04 77656674", "fa06 77656674 02 78",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes b = hex(rows[i]);
		struct bgp_caps caps = { 0 }, want = { .as4 = true, .asn4 = 7 };

		hex_add(&b, "4104 00000007");
		cr_expect_eq(caps_get(rd_of(b.p, b.n), &caps), 0);
		cr_expect_eq(memcmp(&caps, &want, sizeof(want)), 0, "%s", rows[i]);
	}
}

Test(caps, lengths_that_do_not_add_up_are_an_error)
{
	get("01", -EBADMSG);
	get("0104 000100", -EBADMSG);
	get("0200 02", -EBADMSG);
	get("", 0);
}

Test(caps, other_families_count_as_multiprotocol_but_are_not_ours)
{
	struct bgp_caps c = get("0104 00190046", 0);

	cr_expect(c.mp_any && !c.mp[0] && !c.mp[1]);
	c = get("0506 000200010002 ", 0);                        /* IPv6 over IPv6 is nothing new */
	cr_expect(!c.ext_nh_v4);
	c = get("0506 000100800002 ", 0);                        /* VPN */
	cr_expect(!c.ext_nh_v4);
}

Test(caps, of_several_graceful_restarts_the_last_one_counts)
{
	struct bgp_caps c = get("4006 8078 00010180  4002 000a", 0);

	cr_expect(c.gr && !c.gr_restarted && !c.gr_mp[0] && !c.gr_forwarding[0]);
	cr_expect_eq(c.gr_time, 10);
}

Test(caps, long_lived_restart_is_read_by_family)
{
	struct bgp_caps c = get("4715 00010180 000e10  00020100 ffffff  00190146 000001", 0);

	cr_expect(c.llgr && c.llgr_forwarding[0] && !c.llgr_forwarding[1]);
	cr_expect_eq(c.llgr_time[0], 3600);
	cr_expect_eq(c.llgr_time[1], 0xffffff);
	cr_expect_eq(c.n_unknown, 0);
	c = get("4707 00010180 000e10  4700", 0);                /* the last one counts */
	cr_expect(c.llgr && !c.llgr_forwarding[0]);
	cr_expect_eq(c.llgr_time[0], 0);
}

Test(caps, long_lived_restart_is_written_with_the_families_that_have_a_time)
{
	static const struct { struct bgp_caps caps; const char *want; } rows[] = {
		{ { .llgr_time = { 5, 5 } }, "" },
		{ { .llgr = true }, "0202 4700" },                       /* a helper that keeps nothing of its own */
		{ { .llgr = true, .llgr_time = { 0x123456 }, .llgr_forwarding = { true } }, "0209 4707 00010180 123456" },
		{ { .llgr = true, .llgr_forwarding = { true } }, "0209 4707 00010180 000000" },          /* as FRR says it, unless told more */
		{ { .llgr = true, .llgr_time = { 1, 2 }, .llgr_forwarding = { false, true } }, "0210 470e 00010100 000001 00020180 000002" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[64];
		struct wr w = wr_of(buf, sizeof(buf));

		caps_put(&w, &rows[i].caps);
		assert_hex(buf, wr_len(&w), rows[i].want);
	}
}

Test(caps, unknown_codes_are_kept_once_each_and_at_most_16)
{
	struct bgp_caps c = get("4504 00010101  4504 00020101  4301 03", 0);
	struct bytes b = { .n = 0 };

	cr_expect_eq(c.n_unknown, 2);
	cr_expect_eq(c.unknown[0], 69);
	cr_expect_eq(c.unknown[1], 67);
	cr_expect_str_eq(caps_name(69), "ADD-PATH");
	cr_expect_null(caps_name(200));
	for (uint8_t code = 200; code < 240; code++) {
		b.p[b.n++] = code;
		b.p[b.n++] = 0;
	}
	c = (struct bgp_caps){ 0 };
	cr_expect_eq(caps_get(rd_of(b.p, b.n), &c), 0);
	cr_expect_eq(c.n_unknown, 16);
	cr_expect_eq(c.unknown[15], 215);
}

Test(caps, a_hostile_hostname_becomes_printable_and_short)
{
	struct bytes b = hex("4948 46 1b5b324a c3a9 7f 22");
	struct bgp_caps c = { 0 };

	memset(b.p + b.n, 'a', 62);
	b.n += 62;
	b.p[b.n++] = 0;                                          /* no domain */
	cr_expect_eq(caps_get(rd_of(b.p, b.n), &c), 0);
	cr_expect_eq(strlen(c.hostname), 64);
	cr_expect_eq(strncmp(c.hostname, "?[2J???\"aaa", 11), 0, "%s", c.hostname);
	cr_expect_str_eq(c.domain, "");
}

Test(caps, of_several_names_the_last_one_counts_and_nothing_of_the_first_stays)
{
	struct bgp_caps c = get("490a 04 6c656166 04 636f7270  4904 01 61 01 62", 0), once = get("4904 01 61 01 62", 0);

	cr_expect_str_eq(c.hostname, "a");
	cr_expect_eq(memcmp(c.hostname, once.hostname, sizeof(c.hostname)), 0);
	cr_expect_eq(memcmp(c.domain, once.domain, sizeof(c.domain)), 0);
}

Test(caps, a_port_name_is_treated_as_a_hostname_and_what_later_versions_add_is_left)
{
	struct bytes b = hex("fa48 77656674 43 1b5b324a");
	struct bgp_caps c = { 0 };

	memset(b.p + b.n, 'a', 63);
	b.n += 63;
	cr_expect_eq(caps_get(rd_of(b.p, b.n), &c), 0);
	cr_expect_eq(strlen(c.port), 64);
	cr_expect_eq(strncmp(c.port, "?[2Jaaa", 7), 0, "%s", c.port);
	c = get("fa0b 77656674 04 73777031 0101", 0);
	cr_expect_str_eq(c.port, "swp1");
	cr_expect_eq(c.n_unknown, 0);
}

/* RFC 8810: the number is anybody's. */
Test(caps, somebody_elses_experiment_with_the_number_is_an_unknown_capability)
{
	static const char *const rows[] = { "fa00", "fa03 776566", "fa09 57454654 04 73777031", "fa02 0000" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bgp_caps c = get(rows[i], 0);

		cr_expect_str_eq(c.port, "", "%s", rows[i]);
		cr_expect(c.n_unknown == 1 && c.unknown[0] == CAP_PORT, "%s", rows[i]);
	}
	cr_expect_null(caps_name(CAP_PORT));
}

Test(caps, several_roles_are_one_unless_they_differ)
{
	struct bgp_caps c = get("0901 04 0901 04", 0);

	cr_expect(c.role == ROLE_PEER && !c.role_twice);
	c = get("0901 04 0901 00 0901 04", 0);
	cr_expect(c.role_twice);
	c = get("0901 ff", 0);
	cr_expect_eq(c.role, 256);
}

Test(caps, a_hostile_version_becomes_words_of_at_most_64_bytes)
{
	static const struct { const char *hex, *want; } rows[] = {
		{ "4b01 00", "" },
		{ "4b0a 09 1b5b324a c3a9 0a ff 22", "[2J\u00e9?\"" },
		{ "4b04 03 e280ae", "" },                        /* turns the direction of writing */
	};
	struct bytes b = hex("4b42 41");
	struct bgp_caps c = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		c = get(rows[i].hex, 0);
		cr_expect_str_eq(c.software, rows[i].want);
	}
	memset(b.p + b.n, 'a', 63);                              /* 63 bytes, and then a character of two */
	b.n += 63;
	hex_add(&b, "c3a9");
	c = (struct bgp_caps){ 0 };
	cr_expect_eq(caps_get(rd_of(b.p, b.n), &c), 0);
	cr_expect_eq(strlen(c.software), 63u, "cut between characters");
	memset(b.p + 3, 0xbf, 65);
	c = (struct bgp_caps){ 0 };
	cr_expect_eq(caps_get(rd_of(b.p, b.n), &c), 0);
	cr_expect_str_eq(c.software, "");
}

Test(caps, each_is_written_in_a_parameter_of_its_own)
{
	struct bgp_caps c = {
		.mp = { true, true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = 4210000001, .refresh = true,
		.enhanced_refresh = true, .gr = true, .gr_notification = true, .gr_time = 120, .gr_mp = { true, true },
		.gr_forwarding = { true, false }, .hostname = "leaf1", .role = ROLE_RS_CLIENT, .software = "weft/1", .ll_next_hop = true,
		.port = "swp1",
	};
	uint8_t buf[256];
	struct wr w = wr_of(buf, sizeof(buf));

	caps_put(&w, &c);
	cr_expect(!w.bad);
	assert_hex(buf, wr_len(&w), "0206 0104 00010001  0206 0104 00020001  0202 0200  0208 0506 000100010002  0203 0901 02  020c 400a 4078 00010180 00020100"
		   "0206 4104 faef8081  0202 4600  0209 4907 05 6c65616631 00  0209 4b07 06 776566742f31  0202 4d00  020b fa09 77656674 04 73777031");
}

Test(caps, what_is_written_reads_back_equal)
{
	struct bgp_caps c = {
		.mp = { false, true }, .mp_any = true, .as4 = true, .asn4 = 1, .refresh = true, .extended_message = true, .gr = true,
		.gr_restarted = true, .gr_time = 4095, .llgr = true, .llgr_time = { 7, 0xfffffe }, .llgr_forwarding = { true, false }, .hostname = "h",
		.domain = "example.net", .role = ROLE_PROVIDER, .software = "weft/\u00e4", .ll_next_hop = true,
		.port = "Ethernet1/1",
	};
	struct bgp_caps back = { 0 };
	uint8_t buf[256];
	struct wr w = wr_of(buf, sizeof(buf));
	struct rd r;

	caps_put(&w, &c);
	r = rd_of(buf, wr_len(&w));
	while (rd_left(&r) > 0) {
		cr_assert_eq(rd_u8(&r), 2);
		cr_assert_eq(caps_get(rd_sub(&r, rd_u8(&r)), &back), 0);
	}
	cr_expect_eq(memcmp(&c, &back, sizeof(c)), 0);
}

Test(caps, a_writer_without_room_goes_bad_and_not_wild)
{
	struct bgp_caps c = { .mp = { true, true }, .as4 = true, .hostname = "leaf1" };
	uint8_t buf[32];

	for (size_t n = 0; n < 32; n++) {
		struct wr w = wr_of(buf, n);

		caps_put(&w, &c);
		cr_expect(w.bad, "%zu", n);
	}
}
