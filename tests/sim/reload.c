/* Another configuration for a running process (agent_reload.h), drawn from the seed: what is right in the end is the same with each of them, and
 * sessions that the reload does not name stay as they are. One that takes a link away is never confirmed, so the link comes back. */
#include "tests/sim/sim.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_reload.h"

#define CONFIRM_MAX_S 20                 /* well before the end is looked at */

unsigned node_established(const struct node *n)
{
	unsigned sum = 0;
	struct peer_view v;

	for (unsigned i = 0; i < n->n_ports; i++) {
		pair_view(n, i, &v);
		sum += v.state == BGP_ESTABLISHED;
	}
	return sum;
}

/* Servers may say little to the leaves that they are joined to. False: it is joined to none. */
static bool put_servers(const struct node *n, FILE *f)
{
	unsigned count = 0, k;

	for (unsigned i = 0; i < n->n_ports; i++)
		if (n->tier == TIER_LEAF && port_other(n, i, &k)->tier == TIER_HOST)
			fprintf(f, "%s\"swp%u\": {\"import\": \"host\"}", count++ ? ", " : ", \"links\": {", i + 1);
	if (count)
		fputs(", \"swp*\": {}}", f);
	return count;
}

/* Keys of which each is there or not, whatever the others are. */
void keys_put(const struct node *n, struct rng *rng, unsigned hold, FILE *f)
{
	static const char *const keys[] = {
		", \"hostname\": \"other\"", ", \"multipath\": 32", ", \"ipv6\": false", ", \"med\": \"always\"", ", \"software_version\": true",
		", \"start_hold\": 20", ", \"advertise_installed\": true", ", \"damping\": {\"free\": 1}", ", \"neighbors\": [{\"address\": \"192.0.2.1\", \"remote_asn\": \"external\"}]",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (rng_chance(rng, 30))
			fputs(keys[i], f);
	full_originate(n, rng_chance(rng, 30), f);
	fprintf(f, ", \"timers\": {\"hold\": %u, \"keepalive\": %u, \"connect_retry\": %u, \"ra_interval\": %u}", hold,
		1 + rng_below(rng, hold < 9 ? hold / 3 : 3), 2 + rng_below(rng, 6), 2 + rng_below(rng, 6));
	if (put_servers(n, f))
		return;
	if (rng_chance(rng, 50))
		fprintf(f, ", \"policy\": {\"p\": [{\"match\": {\"prefixes\": [{\"prefix\": \"192.0.2.0/%u\"}]}, \"action\": \"reject\"}, {\"action\": "
			"\"accept\"}]}, \"links\": {\"swp1\": {\"import\": \"p\", \"gtsm\": %s}, \"swp*\": {\"export\": \"p\", \"routers\": %u}}",
			24 + rng_below(rng, 8), rng_chance(rng, 20) ? "true" : "false", 1 + rng_below(rng, 3));
	else if (rng_chance(rng, 50))
		fputs(", \"links\": [\"swp*\"]", f);
}

static void put_who(const struct node *n, FILE *f)
{
	char id[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &n->router_id, id, sizeof(id));
	fprintf(f, "{\"asn\": %u, \"router_id\": \"%s\"", n->asn, id);
}

/* A server is nobody's way to others then either. */
static void put_one_link(const struct node *n, unsigned port, FILE *f)
{
	unsigned k;
	bool server = n->tier == TIER_LEAF && port_other(n, port, &k)->tier == TIER_HOST;

	fprintf(f, ", \"links\": {\"swp%u\": {%s}}", port + 1, server ? "\"import\": \"host\"" : "");
}

static char *text_of(struct node *n, bool fewer, bool bad, struct rng *r)
{
	struct world *w = n->world;
	const struct config *c = agent_config(n->agent);
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	put_who(n, f);
	fprintf(f, ", \"weighted\": %s, \"graceful_restart\": {\"long_lived_seconds\": %u}", w->weighted ? "true" : "false", w->long_s);
	bfd_configure(n, rng_next(r), f);
	if (c->resilient.buckets)                /* these cannot be changed */
		fprintf(f, ", \"resilient\": {\"buckets\": %u, \"idle_timer_seconds\": %u}", c->resilient.buckets, c->resilient.idle_s);
	if (fewer)
		put_one_link(n, rng_below(r, n->n_ports), f);
	else if (bad)
		fputs(", \"multipath\": 0", f);
	else
		keys_put(n, r, rng_chance(r, 20) ? 12 : 9, f);
	fputs("}", f);
	fclose(f);
	return text;
}

struct config *config_first(struct node *n)
{
	struct config_errors *errors = NULL;
	struct config *ret;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	put_who(n, f);
	bfd_configure(n, n->world->cfg.seed + n->id + n->incarnation, f);
	if (n->keys)
		fputs(n->keys, f);
	else
		put_servers(n, f);
	if (!n->keys)
		full_originate(n, false, f);
	fputs("}", f);
	fclose(f);
	if (config_parse(text, size, "weft.json", &ret, &errors) < 0)
		abort();
	free(text);
	return ret;
}

int reload_config(void *ctx, const char *file, struct config **ret, struct config_errors **ret_errors)
{
	struct node *n = ctx;
	int r = config_parse(n->file, strlen(n->file), "weft.json", ret, ret_errors);

	(void)file;
	if (r >= 0 && !*(*ret)->hostname)
		snprintf((*ret)->hostname, sizeof((*ret)->hostname), "%s", n->name);
	return r;
}

static json_t *link_entry(json_t *config, unsigned port)
{
	json_t *links = json_object_get(config, "links"), *ret, *own = json_object();
	char name[16];

	snprintf(name, sizeof(name), "swp%u", port + 1);
	ret = json_is_object(links) ? json_object_get(links, name) : NULL;
	if (ret) {
		json_decref(own);
		return ret;
	}
	/* First match wins: it stands before the others, with what these say of it. */
	ret = json_deep_copy(json_is_object(links) ? json_object_get(links, "swp*") : NULL);
	if (!ret)
		ret = json_object();
	json_object_set_new(own, name, ret);
	if (json_is_object(links))
		json_object_update(own, links);
	else
		json_object_set_new(own, "swp*", json_object());
	json_object_set_new(config, "links", own);
	return ret;
}

void node_set(struct node *n, unsigned port, const char *key, json_t *value)
{
	json_t *config = config_json(agent_config(n->agent)), *entry = link_entry(config, port), *result = NULL;
	char *text, *error = NULL;

	if (value)
		json_object_set_new(entry, key, value);
	else
		json_object_del(entry, key);
	n->file = text = json_dumps(config, 0);
	if (agent_reload(n->agent, 0, node_now(n), &result, &error) != CTL_DONE)
		sim_fail(n->world, "%s: reload of %s: %s", n->name, key, error ? error : "refused");
	world_say(n->world, "%s: swp%u gets another %s", n->name, port + 1, key);
	n->file = NULL;
	stale_offer(n);
	node_turn(n);
	json_decref(config);
	json_decref(result);
	free(error);
	free(text);
}

void node_reload(struct node *n, struct rng *r)
{
	struct world *w = n->world;
	bool fewer = rng_chance(r, 20), bad = !fewer && rng_chance(r, 10);
	unsigned confirm_s = fewer || rng_chance(r, 20) ? 1 + rng_below(r, CONFIRM_MAX_S) : 0, before;
	char *text, *error = NULL;
	json_t *result = NULL;
	enum ctl_exit exit;

	if (!n->agent || n->frozen.us > w->now.us)
		return;
	n->file = text = text_of(n, fewer, bad, r);
	before = node_established(n);
	exit = agent_reload(n->agent, confirm_s, node_now(n), &result, &error);
	n->file = NULL;
	world_say(w, "%s: reload %s: %s", n->name, text, error ? error : "done");
	if ((exit == CTL_DONE) == bad)
		sim_fail(w, "%s: reload: %s", n->name, error ? error : "a bad file was taken");
	else if (!json_array_size(json_object_get(result, "sessions")) && node_established(n) != before)
		sim_fail(w, "%s: a reload ended a session that it does not name", n->name);
	stale_offer(n);
	node_by_hand(n);
	node_turn(n);
	json_decref(result);
	free(error);
	free(text);
}
