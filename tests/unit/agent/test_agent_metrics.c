/* Where the metrics are read: a node routes whether that can be had or not; a reload that asks for what cannot be had is refused. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/base/own.h"
#include "agent/doctor.h"
#include "world.h"

#define HEAD "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\""
#define AT(where) HEAD ", \"metrics\": {\"listen\": \"" where "\"}}"

static struct world *started(const char *config, int error)
{
	struct world *w = world_new_on(config, FIB_OBJECTS);

	w->metrics_error = error;
	agent_start(w->agent, w->now);
	return w;
}

Test(agent_metrics, are_listened_for_once_at_the_start)
{
	struct world *w = started(AT("[::1]:9473"), 0);

	world_wait(w, 20000);
	cr_expect_eq(world_count(w, "metrics *"), 1u);
	cr_expect_eq(world_count(w, "metrics [[]::1]:9473"), 1u);
	cr_expect_eq(agent_metrics_error(w->agent), 0);
	world_free(w);
}

Test(agent_metrics, that_cannot_be_had_at_the_start_are_tried_again_while_the_node_routes)
{
	struct world *w = started(AT("[::1]:9473"), -EADDRINUSE);

	cr_expect_eq(agent_metrics_error(w->agent), -EADDRINUSE);
	world_peer(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_clear(w);
	world_wait(w, 11000);
	cr_expect_eq(world_count(w, "metrics *"), 2u, "every 5 s");
	w->metrics_error = 0;
	world_wait(w, 6000);
	cr_expect_eq(agent_metrics_error(w->agent), 0);
	world_clear(w);
	world_wait(w, 20000);
	cr_expect_eq(world_count(w, "metrics *"), 0u);
	world_free(w);
}

Test(agent_metrics, that_cannot_be_had_refuse_a_reload_by_name_and_the_old_ones_stay)
{
	struct world *w = started(AT("[::1]:9473"), 0);
	struct agent_reload_view v;

	world_peer(w, 1);
	w->metrics_error = -EADDRINUSE;
	cr_expect_str_eq(world_reload(w, AT("[::1]:80")), "-");
	cr_expect_str_eq(world_reload_error(), "metrics: nothing can be read at [::1]:80: Address already in use");
	agent_reloads(w->agent, &v);
	cr_expect_eq(v.generation, 1u);
	cr_expect_eq(agent_metrics_error(w->agent), 0);
	cr_expect_eq(agent_config(w->agent)->metrics.port, 9473);
	w->metrics_error = 0;
	cr_expect_str_eq(world_reload(w, AT("[::1]:80")), "", "no session is touched");
	cr_expect_eq(agent_config(w->agent)->metrics.port, 80);
	world_free(w);
}

Test(agent_metrics, that_are_not_to_be_had_keep_no_other_key_from_changing)
{
	struct world *w = started(AT("[::1]:9473"), -EADDRNOTAVAIL);

	world_clear(w);
	cr_expect_str_eq(world_reload(w, HEAD ", \"multipath\": 2, \"metrics\": {\"listen\": \"[::1]:9473\"}}"), "");
	cr_expect_eq(world_count(w, "metrics *"), 0u);
	cr_expect_str_eq(world_reload(w, HEAD ", \"multipath\": 2}"), "");
	cr_expect_eq(world_count(w, "metrics off"), 1u);
	cr_expect_eq(agent_metrics_error(w->agent), 0);
	world_free(w);
}

Test(agent_metrics, that_cannot_be_had_are_found_by_doctor)
{
	struct world *w = started(AT("[::1]:9473"), -EADDRINUSE);
	json_t *j = doctor(w->agent, w->now), *one;
	const char *what = "";
	size_t i;

	json_array_foreach(json_object_get(j, "findings"), i, one)
		if (strcmp(json_string_value(json_object_get(one, "check")), "no-metrics") == 0)
			what = json_string_value(json_object_get(one, "what"));
	cr_expect_str_eq(what, "the metrics cannot be read at [::1]:9473: Address already in use");
	json_decref(j);
	world_free(w);
}
