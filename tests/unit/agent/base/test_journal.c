#include <arpa/inet.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/journal.h"

Test(journal, what_is_known_of_a_line_are_fields)
{
	struct in6_addr peer;
	struct prefix p;
	struct log_entry e = { .level = LOG_LVL_NOTICE, .topic = TOPIC_BGP, .event = EVENT_PEER_DOWN, .text = "is down",
			       .about = { "swp1", "swp1", &peer, &p } };
	char m[JOURNAL_MESSAGE_MAX];
	size_t n;

	inet_pton(AF_INET6, "fe80::1", &peer);
	prefix_parse("10.0.0.0/8", &p);
	n = journal_encode(&e, m);
	cr_assert_lt(n, sizeof(m));
	m[n] = '\0';
	cr_expect(strstr(m, "MESSAGE=swp1: is down\nPRIORITY=5\nSYSLOG_IDENTIFIER=weftd\nWEFT_TOPIC=bgp\nWEFT_EVENT=peer-down\nMESSAGE_ID=") == m, "%s", m);
	cr_expect(strstr(m, log_event_row(EVENT_PEER_DOWN)->message_id));
	cr_expect(strstr(m, "\nWEFT_LINK=swp1\nWEFT_PEER=fe80::1\nWEFT_PREFIX=10.0.0.0/8\n"), "%s", m);
}

Test(journal, what_is_not_known_is_no_field)
{
	struct log_entry e = { .level = LOG_LVL_DEBUG, .topic = TOPIC_AGENT, .text = "hello" };
	char m[JOURNAL_MESSAGE_MAX];
	size_t n = journal_encode(&e, m);

	m[n] = '\0';
	cr_expect_str_eq(m, "MESSAGE=hello\nPRIORITY=7\nSYSLOG_IDENTIFIER=weftd\nWEFT_TOPIC=agent\n");
}

/* Else one line could say that it is two fields. */
Test(journal, a_newline_makes_no_other_field)
{
	static const char want[] = "MESSAGE\n\x0e\0\0\0\0\0\0\0a\nPRIORITY=0\nb\nPRIORITY=6\n";
	struct log_entry e = { .level = LOG_LVL_INFO, .topic = TOPIC_AGENT, .text = "a\nPRIORITY=0\nb" };
	char m[JOURNAL_MESSAGE_MAX];

	cr_assert_geq(journal_encode(&e, m), sizeof(want) - 1);
	cr_expect(memcmp(m, want, sizeof(want) - 1) == 0);
}

Test(journal, the_longest_line_fits)
{
	char text[LOG_TEXT_MAX], name[INET6_ADDRSTRLEN], m[JOURNAL_MESSAGE_MAX + 1];
	struct in6_addr peer;
	struct prefix p;
	struct log_entry e = { .level = LOG_LVL_INFO, .topic = TOPIC_DISCOVERY, .event = EVENT_PREFIX_LIMIT, .text = text, .about = { name, "swp123456789012", &peer, &p } };
	size_t n;

	memset(text, 'x', sizeof(text) - 1);
	text[0] = '\n';
	text[sizeof(text) - 1] = '\0';
	memset(name, 'y', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	inet_pton(AF_INET6, "1111:1111:1111:1111:1111:1111:1111:1111", &peer);
	prefix_parse("1111:1111:1111:1111:1111:1111:1111:1111/128", &p);
	n = journal_encode(&e, m);
	m[n] = '\0';
	cr_expect(strstr(m + 1100, "WEFT_PREFIX=1111"), "%zu", n);
}
