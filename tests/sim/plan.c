/* sim --plan SHAPE [--seed N] [--subnets N] [--spread MS] [--slow N] [--tables FILE]: JSON of what a fabric costs (plan.h) */
#include "tests/sim/plan.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

struct plan_options { unsigned subnets, spread_ms, slow; const char *tables; };

struct config *plan_config(struct node *n, struct config *cfg)
{
	config_free(cfg);
	cfg = config_first(n);
	snprintf(cfg->hostname, sizeof(cfg->hostname), "%s", n->name);
	return cfg;
}

/* The process, and the subnets behind it: further addresses of lo do for the agent. */
static void boot(const struct plan *p, struct node *n)
{
	struct link_change c = { .kind = ADDR_NEW, .addr = { .ifindex = SIM_LO, .family = AF_INET } };
	struct prefix subnet;

	node_boot(n);
	for (unsigned k = 1; right_prefix(&p->right, n, k, &subnet); k++) {
		c.addr.len = subnet.len;
		memcpy(c.addr.addr, subnet.addr, 4);
		agent_link_change(n->agent, &c, node_now(n));
	}
	node_turn(n);
}

/* --- what happens ---------------------------------------------------------------------------------------------------------------- */
static struct node *first_of(const struct plan *p, enum tier tier)
{
	for (unsigned i = 0; i < p->w->n_nodes; i++)
		if (p->w->nodes[i].tier == tier)
			return &p->w->nodes[i];
	return NULL;
}

static void on_boot(struct world *w, struct event *e)
{
	(void)w;
	boot(e->data, e->node);
}

static void power(struct plan *p, struct node *n, bool on)
{
	node_power(n, on);
	if (on)
		boot(p, n);
}

static void unplug(struct plan *p, struct node *n, bool back)
{
	cable_plug(p->w, n->ports[0].cable, back);
}

static const struct { const char *name; enum tier tier, shape; void (*fn)(struct plan *p, struct node *n, bool on); bool on; } events[] = {
	{ "a leaf's link fails", TIER_LEAF, TIER_SPINE, unplug, false }, { "the leaf's link is back", TIER_LEAF, TIER_SPINE, unplug, true },
	{ "a spine's uplink fails", TIER_SPINE, TIER_SUPER, unplug, false }, { "the spine's uplink is back", TIER_SPINE, TIER_SUPER, unplug, true },
	{ "a spine fails", TIER_SPINE, TIER_SPINE, power, false }, { "the spine is back", TIER_SPINE, TIER_SPINE, power, true },
	{ "a super-spine fails", TIER_SUPER, TIER_SUPER, power, false }, { "the super-spine is back", TIER_SUPER, TIER_SUPER, power, true },
	{ "a leaf fails", TIER_LEAF, TIER_LEAF, power, false }, { "the leaf is back", TIER_LEAF, TIER_LEAF, power, true },
};

static void print_tables(const struct plan *p, const char *before, FILE *f)
{
	struct rib_peer_stats s;
	const struct node *n;
	rib_peer peer;

	if (!f)
		return;
	right_print(&p->right, before, f);
	for (unsigned i = 0; i < p->w->n_nodes; i++)
		for (unsigned k = 0; k < p->w->nodes[i].n_ports; k++) {
			n = &p->w->nodes[i];
			if (!n->agent || !agent_rib_peer(n->agent, SIM_PORT0 + k, &peer))
				continue;
			rib_peer_stats(agent_rib(n->agent), peer, &s);
			fprintf(f, "%s\tprefixes\t%s swp%u received %u sent %u\n", before, n->name, k + 1, s.received[0], s.sent[0]);
		}
}

static json_t *end_event(struct plan *p, const char *name, int64_t last_start_us, FILE *tables)
{
	json_t *o = plan_counted(p);

	print_tables(p, name, tables);
	if (p->right.n_wrong || *p->w->failure) {
		fprintf(stderr, "sim: %s: %u kernels are not right %d s later%s%s\n", name, p->right.n_wrong, PLAN_WATCH_S,
			*p->w->failure ? ": " : "", p->w->failure);
		exit(1);
	}
	json_object_set_new(o, "event", json_string(name));
	json_object_set_new(o, "right_ms", json_real((double)(p->right_at.us - p->began.us - last_start_us) / 1000));
	json_object_set_new(o, "settled_ms", json_real((double)(p->settled_at.us - p->began.us - last_start_us) / 1000));
	return o;
}

static json_t *play_start(struct plan *p, unsigned spread_ms, FILE *tables)
{
	struct rng r = { .s = p->w->cfg.seed ^ 0x73746172 };
	int64_t at, last = 0;
	struct event *e;
	json_t *o;

	plan_begin(p);
	for (unsigned i = 0; i < p->w->n_nodes; i++) {
		at = rng_below(&r, spread_ms * 1000 + 1);
		e = world_at(p->w, at, on_boot, &p->w->nodes[i]);
		e->data = p;
		last = at > last ? at : last;
	}
	plan_run(p, (mono){ last });
	right_want(&p->right);
	plan_run(p, mono_add_s(p->w->now, PLAN_WATCH_S));
	o = end_event(p, "start", last, tables);
	json_object_set_new(o, "last_start_ms", json_real((double)last / 1000));
	return o;
}

static json_t *play_all(struct plan *p, const struct plan_options *opt)
{
	FILE *tables = opt->tables ? fopen(opt->tables, "w") : NULL;
	json_t *list = json_array();

	if (opt->tables && !tables) {
		perror(opt->tables);
		exit(1);
	}
	json_array_append_new(list, play_start(p, opt->spread_ms, tables));
	plan_begin(p);
	plan_run(p, mono_add_s(p->w->now, PLAN_REST_S));
	json_array_append_new(list, end_event(p, "rest", 0, NULL));
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		if (!first_of(p, events[i].tier) || !first_of(p, events[i].shape))
			continue;
		plan_begin(p);
		events[i].fn(p, first_of(p, events[i].tier), events[i].on);
		right_want(&p->right);
		plan_run(p, mono_add_s(p->w->now, PLAN_WATCH_S));
		json_array_append_new(list, end_event(p, events[i].name, 0, tables));
		stream_reap(p->w);
	}
	if (tables)
		fclose(tables);
	return list;
}

static json_t *play(const struct sim_config *cfg, const struct plan_options *opt)
{
	struct plan *p = calloc(1, sizeof(*p));
	char shape[TOPO_STRLEN];
	json_t *o;

	if (!p || world_new(&p->w, cfg) < 0)
		abort();
	p->slow = opt->slow;
	p->w->restart_s = p->w->long_s = 0;      /* what stale.c would add to every process; a plain one has its own */
	right_init(&p->right, p->w, opt->subnets);
	o = json_pack("{s:s, s:I, s:i, s:i, s:i, s:i, s:i}", "shape", topo_str(&cfg->topo, shape), "seed", (json_int_t)cfg->seed, "nodes",
		      p->w->n_nodes, "links", p->w->n_cables, "subnets_per_leaf", opt->subnets, "spread_ms", opt->spread_ms, "slow", opt->slow);
	json_object_update_new(o, json_pack("{s:i, s:i, s:i, s:i, s:i}", "turn_us", PLAN_TURN_US, "op_us", PLAN_OP_US, "byte_ns", PLAN_BYTE_NS, "rest_s",
					    PLAN_REST_S, "watch_s", PLAN_WATCH_S));
	json_object_set_new(o, "events", play_all(p, opt));
	json_object_set_new(o, "roles", plan_sizes(p));
	plan_end(p);
	world_free(p->w);
	free(p);
	return o;
}

int plan_main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seed", required_argument, NULL, 's' }, { "subnets", required_argument, NULL, 'n' }, { "spread", required_argument, NULL, 'm' },
		{ "slow", required_argument, NULL, 'x' }, { "tables", required_argument, NULL, 't' }, { 0 },
	};
	struct sim_config cfg = { .seed = 1, .objects = true, .plain = true };
	struct plan_options opt = { .subnets = 1, .spread_ms = 1000, .slow = 1 };
	json_t *o;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 's': cfg.seed = strtoull(optarg, NULL, 10); break;
		case 'n': opt.subnets = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'm': opt.spread_ms = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'x': opt.slow = (unsigned)strtoul(optarg, NULL, 10); break;
		case 't': opt.tables = optarg; break;
		default: return 2;
		}
	}
	if (optind != argc - 1 || !topo_parse(argv[optind], &cfg.topo) || opt.subnets > 128 || opt.spread_ms > 60000) {
		fputs("usage: sim --plan SHAPE [--seed N] [--subnets 0-128] [--spread 0-60000] [--slow N] [--tables FILE]\n", stderr);
		return 2;
	}
	o = play(&cfg, &opt);
	json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(o);
	return 0;
}
