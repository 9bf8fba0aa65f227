#include "tests/unit/agent/bgp/codec.h"

Test(notify, codes_and_subcodes_have_ianas_names)
{
	static const struct { uint8_t code, subcode; const char *words; } rows[] = {
		{ 1, 2, "Message Header Error/Bad Message Length" },
		{ 2, 6, "OPEN Message Error/Unacceptable Hold Time" },
		{ 2, 11, "OPEN Message Error/Role Mismatch" },
		{ 3, 11, "UPDATE Message Error/Malformed AS_PATH" },
		{ 4, 0, "Hold Timer Expired" },
		{ 5, 3, "Finite State Machine Error/Receive Unexpected Message in Established State" },
		{ 6, 7, "Cease/Connection Collision Resolution" },
		{ 6, 10, "Cease/BFD Down" },
		{ 6, 0, "Cease" },
		{ 7, 1, "ROUTE-REFRESH Message Error/Invalid Message Length" },
		{ 8, 0, "Send Hold Timer Expired" },
		{ 2, 9, "OPEN Message Error/subcode 9" },
		{ 6, 200, "Cease/subcode 200" },
		{ 0, 0, "code 0/subcode 0" },
		{ 255, 255, "code 255/subcode 255" },
	};
	char buf[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_str_eq(bgp_notification_str(rows[i].code, rows[i].subcode, buf, sizeof(buf)), rows[i].words);
}

Test(notify, words_are_cut_to_the_buffer)
{
	char buf[6];

	cr_expect_str_eq(bgp_notification_str(6, 7, buf, sizeof(buf)), "Cease");
}
