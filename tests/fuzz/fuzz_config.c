/* tests/fuzz/fuzz_config.c: any bytes as weft.json. What is accepted must be shown as a configuration that is accepted again, unchanged;
 * what is refused must have at least one line that says why. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void again(struct config *c)
{
	struct config_errors *errors = NULL;
	struct config *second = NULL;
	AUTO_FREE char *text = NULL;
	json_t *a, *b;

	if (!c->hostname[0])                             /* what the wiring fills in */
		strcpy(c->hostname, "leaf01");
	if (!c->ipv4_next_hop.s_addr)
		c->ipv4_next_hop.s_addr = htonl(c->router_id.s_addr == htonl(0xc0000201) ? 0xc0000202 : 0xc0000201);
	for (size_t i = 0; i < c->n_links; i++)          /* shown as a word that is refused */
		c->links[i].terms.password[0] = 0;
	for (size_t i = 0; i < c->n_neighbors; i++)
		c->neighbors[i].terms.password[0] = 0;
	a = config_json(c);
	text = json_dumps(a, 0);
	must(text && config_parse(text, strlen(text), "again", &second, &errors) == 0);
	b = config_json(second);
	must(json_equal(a, b));
	json_decref(a);
	json_decref(b);
	config_free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;
	int r = config_parse((const char *)data, n, "fuzz", &c, &errors);

	if (r == 0) {
		config_link_for(c, "swp1");
		config_originates(c, "lo");
		again(c);
	} else if (r == -EINVAL) {
		must(config_errors_count(errors) > 0);
		for (size_t i = 0; i < config_errors_count(errors); i++)
			must(strncmp(config_errors_line(errors, i), "fuzz:", 5) == 0 && !strchr(config_errors_line(errors, i), '\n'));
	}
	config_free(c);
	config_errors_free(errors);
	return 0;
}
