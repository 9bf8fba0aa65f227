#include "agent/import/frr.h"

#include <stdlib.h>
#include <string.h>

#include "agent/import/rows.h"

const struct said *peer_said(const struct peer *p, enum said_peer what)
{
	if (p->said[what].line)
		return &p->said[what];
	return p->in && p->in->said[what].line ? &p->in->said[what] : NULL;
}

const struct said *peer_said_af(const struct peer *p, int af, enum said_af what)
{
	if (p->af[af][what].line)
		return &p->af[af][what];
	return p->in && p->in->af[af][what].line ? &p->in->af[af][what] : NULL;
}

const struct list *frr_list(const struct frr *f, enum list_kind kind, const char *name)
{
	for (size_t i = 0; i < f->n_lists; i++)
		if (f->lists[i].kind == kind && strcmp(f->lists[i].name, name) == 0)
			return &f->lists[i];
	return NULL;
}

struct interface *frr_interface(struct frr *f, const char *name, bool make)
{
	struct interface *grown;

	for (size_t i = 0; i < f->n_interfaces; i++)
		if (strcmp(f->interfaces[i].name, name) == 0)
			return &f->interfaces[i];
	grown = make ? frr_grow(f, f->interfaces, &f->n_interfaces, sizeof(*grown), FRR_MAX) : NULL;
	if (!grown)
		return NULL;
	f->interfaces = grown;
	grown[f->n_interfaces - 1].name = name;
	return &grown[f->n_interfaces - 1];
}

struct profile *frr_profile(struct frr *f, const char *name, bool make)
{
	struct profile *grown;

	for (size_t i = 0; i < f->n_profiles; i++)
		if (strcmp(f->profiles[i].name, name) == 0)
			return &f->profiles[i];
	grown = make ? frr_grow(f, f->profiles, &f->n_profiles, sizeof(*grown), FRR_MAX) : NULL;
	if (!grown)
		return NULL;
	f->profiles = grown;
	grown[f->n_profiles - 1].name = name;
	return &grown[f->n_profiles - 1];
}

bool frr_number(const char *s, uint64_t most, uint64_t *ret)
{
	size_t n = strspn(s, "0123456789");
	uint64_t v = 0;

	if (n == 0 || n > 12 || s[n])
		return false;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (uint64_t)(s[i] - '0');
	if (v <= most)
		*ret = v;
	return v <= most;
}

bool frr_prefix(const char *s, struct prefix *ret)
{
	const char *slash = strchr(s, '/');
	char addr[INET6_ADDRSTRLEN];
	uint64_t len;

	if (!slash || (size_t)(slash - s) >= sizeof(addr))
		return false;
	memcpy(addr, s, (size_t)(slash - s));
	addr[slash - s] = 0;
	if (prefix_parse(addr, ret) < 0 || !frr_number(slash + 1, ret->len, &len))
		return false;
	ret->len = (uint8_t)len;
	prefix_mask(ret);
	return true;
}
