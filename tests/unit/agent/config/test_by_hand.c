/* Neighbors by hand: read as those of a file, beside them in the list, and in no configuration that is shown. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

static struct config *parse(const char *text)
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;

	cr_assert_eq(config_parse(text, strlen(text), "f", &c, &errors), 0, "%s", errors ? config_errors_line(errors, 0) : "");
	return c;
}

Test(config_by_hand, it_reads_as_an_entry_of_the_file_with_its_timers)
{
	struct config *c = parse("{\"asn\": 65001, \"router_id\": \"10.0.0.1\", \"timers\": {\"hold\": 30}}"), *file;
	struct config_neighbor n;
	char error[CONFIG_NEIGHBOR_ERROR];

	cr_assert_eq(config_neighbor_read(c, "203.0.113.2", "65002", &n, error), 0);
	file = parse("{\"asn\": 65001, \"router_id\": \"10.0.0.1\", \"timers\": {\"hold\": 30}, \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]}");
	cr_expect(n.by_hand);
	n.by_hand = false;
	cr_expect_eq(memcmp(&n, &file->neighbors[0], sizeof(n)), 0);
	cr_assert_eq(config_neighbor_read(c, "203.0.113.2", "65001", &n, error), 0);
	cr_expect(n.internal && n.multihop == 255);
	cr_expect_eq(config_neighbor_read(c, "127.0.0.1", "65002", &n, error), -EINVAL);
	cr_expect_str_eq(error, "address: is \"127.0.0.1\", allowed: an IPv4 or IPv6 unicast address such as \"203.0.113.2\" or \"2001:db8::2\"");
	config_free(c);
	config_free(file);
}

Test(config_by_hand, another_file_keeps_those_that_it_does_not_name)
{
	struct config *from = parse("{\"asn\": 65001, \"router_id\": \"10.0.0.1\", \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]}");
	struct config *to = parse("{\"asn\": 65001, \"router_id\": \"10.0.0.1\", \"timers\": {\"hold\": 60}, \"neighbors\": [{\"address\": \"203.0.113.6\", \"remote_asn\": 65003}]}");
	struct config_neighbor n;
	char error[CONFIG_NEIGHBOR_ERROR];

	for (int i = 0; i < 2; i++) {
		cr_assert_eq(config_neighbor_read(from, i ? "203.0.113.6" : "203.0.113.10", "65009", &n, error), 0);
		cr_assert_eq(config_neighbor_add(from, &n), 0);
	}
	for (int i = 0; i < 2; i++)              /* the second time there is nothing left to do */
		cr_assert_eq(config_neighbors_keep(to, from), 0);
	cr_assert_eq(to->n_neighbors, 2u, "not that of the other file");
	cr_expect_eq(to->neighbors[0].remote_asn, 65003u, "the file wins");
	cr_expect(!to->neighbors[0].by_hand && to->neighbors[1].by_hand);
	cr_expect_eq(to->neighbors[1].hold, 60);
	cr_expect_eq(to->neighbors[1].keepalive, 20);
	config_neighbor_del(from, &from->neighbors[1]);
	cr_expect_eq(from->n_neighbors, 2u);
	cr_expect_eq(from->neighbors[1].remote_asn, 65009u);
	config_free(from);
	config_free(to);
}

Test(config_by_hand, what_is_shown_of_the_configuration_is_what_the_file_says)
{
	struct config *c = parse("{\"asn\": 65001, \"router_id\": \"10.0.0.1\"}"), *again;
	json_t *before = config_json(c), *after, *list;
	struct config_neighbor n;
	char error[CONFIG_NEIGHBOR_ERROR];

	cr_assert_eq(config_neighbor_read(c, "203.0.113.2", "65002", &n, error), 0);
	cr_assert_eq(config_neighbor_add(c, &n), 0);
	after = config_json(c);
	cr_expect(json_equal(before, after));
	list = config_by_hand_json(c);
	cr_expect_eq(json_array_size(list), 1u);
	json_object_set(after, "neighbors", list);       /* and an entry by hand reads as one of a file */
	json_object_del(after, "hostname");
	json_object_del(after, "ipv4_next_hop");
	{
		AUTO_FREE char *text = json_dumps(after, 0);

		again = parse(text);
	}
	cr_expect_eq(again->neighbors[0].remote_asn, 65002u);
	config_free(again);
	config_free(c);
	json_decref(before);
	json_decref(after);
	json_decref(list);
}

Test(config_by_hand, a_file_with_what_was_by_hand_is_refused_and_told_where_it_belongs)
{
	static const char text[] = "{\"asn\": 65001, \"router_id\": \"10.0.0.1\",\n \"runtime\": {\"announce\": [], \"neighbors\": []}}";
	struct config_errors *errors = NULL;
	struct config *c;

	cr_assert_eq(config_parse(text, strlen(text), "f", &c, &errors), -EINVAL);
	cr_expect_str_eq(config_errors_line(errors, 0),
			 "f:2:2: runtime: is what was changed by hand while weftd ran, allowed: leave it out, what is to last belongs into originate and neighbors");
	config_errors_free(errors);
}
