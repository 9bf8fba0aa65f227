/* The control packet: every check of RFC 5880 6.8.6 that needs no session, and there and back again. */
#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/bfd/bfd_msg.h"

#define REST 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0x86, 0xa0, 0, 0, 0xc3, 0x50, 0, 0, 0, 0

static const struct {
	const char *name;
	enum bfd_bad bad;
	size_t n;
	uint8_t p[32];
} rows[] = {
	{ "Up", BFD_OK, 24, { 0x20, 0xc0, 3, 24, REST } },
	{ "more in the datagram than the length says", BFD_OK, 32, { 0x20, 0xc0, 3, 24, REST } },
	{ "authenticated: for the session to refuse", BFD_OK, 28, { 0x20, 0xc4, 3, 28, REST, 1, 4, 1, 'x' } },
	{ "a diagnostic that nobody has defined", BFD_OK, 24, { 0x3f, 0x40, 3, 24, REST } },
	{ "version 0", BFD_BAD_VERSION, 24, { 0x00, 0xc0, 3, 24, REST } },
	{ "version 2", BFD_BAD_VERSION, 24, { 0x40, 0xc0, 3, 24, REST } },
	{ "length 23", BFD_BAD_LENGTH, 24, { 0x20, 0xc0, 3, 23, REST } },
	{ "length 25 with the A bit", BFD_BAD_LENGTH, 28, { 0x20, 0xc4, 3, 25, REST } },
	{ "length longer than the datagram", BFD_BAD_TRUNCATED, 24, { 0x20, 0xc0, 3, 25, REST } },
	{ "a datagram of 23 bytes", BFD_BAD_TRUNCATED, 23, { 0x20, 0xc0, 3, 24, REST } },
	{ "a datagram of 3 bytes", BFD_BAD_TRUNCATED, 3, { 0x20, 0xc0, 3 } },
	{ "an empty datagram", BFD_BAD_TRUNCATED, 0, { 0 } },
	{ "multiplier 0", BFD_BAD_MULTIPLIER, 24, { 0x20, 0xc0, 0, 24, REST } },
	{ "multipoint", BFD_BAD_MULTIPOINT, 24, { 0x20, 0xc1, 3, 24, REST } },
	{ "no discriminator", BFD_BAD_MY_DISCRIMINATOR, 24, { 0x20, 0xc0, 3, 24, 0, 0, 0, 0, 0, 0, 0, 2 } },
	{ "two faults: the RFC's order", BFD_BAD_MULTIPLIER, 24, { 0x20, 0xc1, 0, 24, 0, 0, 0, 0 } },
};

Test(bfd_msg, each_check_of_rfc_5880_section_6_8_6)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bfd_msg m = { 0 };

		cr_expect_eq(bfd_decode(rows[i].p, rows[i].n, &m), rows[i].bad, "%s: %s", rows[i].name, bfd_bad_str(bfd_decode(rows[i].p, rows[i].n, &m)));
		cr_expect_eq(m.multiplier != 0, rows[i].bad == BFD_OK, "%s: written only when good", rows[i].name);
	}
}

Test(bfd_msg, every_field_is_where_it_belongs)
{
	static const uint8_t p[] = { 0x23, 0xba, 5, 24, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 };
	struct bfd_msg m;
	uint8_t back[BFD_MSG_LEN];

	cr_assert_eq(bfd_decode(p, sizeof(p), &m), BFD_OK);
	cr_expect(m.diag == 3 && m.state == BFD_INIT && m.multiplier == 5);
	cr_expect(m.poll && m.final && m.independent && !m.auth && m.demand && !m.multipoint);
	cr_expect(m.my == 0x01020304 && m.your == 0x05060708 && m.desired_tx == 0x090a0b0c && m.required_rx == 0x0d0e0f10);
	cr_expect_eq(m.required_echo_rx, 0x11121314u);
	bfd_encode(&m, back);
	cr_expect_arr_eq(back, p, sizeof(p));
}

Test(bfd_msg, states_and_diagnostics_have_names_whatever_the_peer_says)
{
	cr_expect_str_eq(bfd_state_str(BFD_ADMIN_DOWN), "AdminDown");
	cr_expect_str_eq(bfd_state_str(BFD_UP), "Up");
	cr_expect_str_eq(bfd_diag_str(BFD_DIAG_EXPIRED), "Control Detection Time Expired");
	cr_expect_str_eq(bfd_diag_str(31), "unknown diagnostic");
	for (enum bfd_bad bad = BFD_OK; bad < BFD_N_BAD; bad++)
		cr_expect_not_null(bfd_bad_str(bad));
}
