/* One numbered peer that is no entry of a file: read as one, so that the same is allowed and refused, in the same words. */
#include "agent/config/config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

/* A configuration with this one neighbour, and with whatever of c it depends on. */
static char *text_of(const struct config *c, const char *address, const char *asn)
{
	char id[INET_ADDRSTRLEN], *text;
	json_t *j = json_pack("{s:I, s:s, s:{s:i, s:i}, s:[{s:s, s:s}]}", "asn", (json_int_t)c->asn, "router_id",
			      inet_ntop(AF_INET, &c->router_id, id, sizeof(id)), "timers", "hold", c->timers.hold, "keepalive", c->timers.keepalive,
			      "neighbors", "address", address, "remote_asn", asn);

	text = j ? json_dumps(j, JSON_COMPACT) : NULL;
	json_decref(j);
	return text;
}

/* "FILE:LINE:COL: neighbors[0].remote_asn: is ...": of no file. */
static void sentence(const struct config_errors *errors, char error[CONFIG_NEIGHBOR_ERROR])
{
	const char *line = config_errors_line(errors, 0), *at = strstr(line, "neighbors[0].");

	snprintf(error, CONFIG_NEIGHBOR_ERROR, "%s", at ? at + strlen("neighbors[0].") : line);
}

int config_neighbor_read(const struct config *c, const char *address, const char *asn, struct config_neighbor *ret, char error[CONFIG_NEIGHBOR_ERROR])
{
	AUTO_FREE char *text = text_of(c, address, asn);
	struct config_errors *errors = NULL;
	struct config *read;
	int r = text ? config_parse(text, strlen(text), "", &read, &errors) : -ENOMEM;

	if (r == -EINVAL)
		sentence(errors, error);
	config_errors_free(errors);
	if (r < 0)
		return r;
	*ret = read->neighbors[0];               /* nothing in it is allocated: it says nothing of policies */
	ret->by_hand = true;
	config_free(read);
	return 0;
}

struct config_neighbor *config_neighbor_find(const struct config *c, const struct in6_addr *address)
{
	for (size_t i = 0; i < c->n_neighbors; i++)
		if (in6_eq(&c->neighbors[i].address, address))
			return &c->neighbors[i];
	return NULL;
}

int config_neighbor_add(struct config *c, const struct config_neighbor *n)
{
	struct config_neighbor *grown = realloc(c->neighbors, (c->n_neighbors + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	c->neighbors = grown;
	grown[c->n_neighbors++] = *n;
	return 0;
}

void config_neighbor_del(struct config *c, const struct config_neighbor *n)
{
	size_t i = (size_t)(n - c->neighbors);

	memmove(&c->neighbors[i], &c->neighbors[i + 1], (--c->n_neighbors - i) * sizeof(*n));
}

int config_neighbors_keep(struct config *to, const struct config *from)
{
	for (size_t i = 0; i < from->n_neighbors; i++) {
		struct config_neighbor n = from->neighbors[i];

		if (!n.by_hand || config_neighbor_find(to, &n.address))
			continue;
		n.hold = to->timers.hold;        /* as one that says nothing of them */
		n.keepalive = to->timers.keepalive;
		if (config_neighbor_add(to, &n) < 0)
			return -ENOMEM;
	}
	return 0;
}
