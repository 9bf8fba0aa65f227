/* Another configuration takes effect: what may fail first, then what differs, and nothing else. */
#include "agent/agent_reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/ctl/ctl.h"

#define LOG_TOPIC TOPIC_CONFIG

#define AGAIN_S 5                        /* a rollback that had no memory is tried again */
#define LINES_MAX 20                     /* errors that are told; weft check tells them all */

/* A numbered peer's or a link's own: what the port is made of. */
#define TAKES_PORT (~(unsigned)(TAKES_IMPORT | TAKES_EXPORT | TAKES_LIMIT | TAKES_FORWARDING | TAKES_DAMPING | TAKES_BANDWIDTH))

static void apply(struct port *port, const struct reload_session *s, mono now)
{
	struct agent *a = port->agent;

	if (s->takes & TAKES_PORT && port->neighbor)
		neighbor_reconfigure(port, s->takes & TAKES_SESSION, now);
	else if (s->takes & TAKES_PORT)
		port_reconfigure(port, s->takes & TAKES_SESSION, now);
	if (s->flaps && s->flaps != TAKES_LIMIT)         /* also one that was about to stand: what it has offered is old */
		peers_reset(a->peers, port->key, s->flaps == TAKES_OPEN ? CEASE_RENEWAL : CEASE_CONFIG_CHANGE, s->why, now);
	if (s->takes & TAKES_DAMPING)
		port_pardon(port, now);
	if (s->takes & TAKES_LIMIT)              /* it was for another limit */
		peers_bar(a->peers, port->key, (mono){ INT64_MIN });
	if (s->takes & TAKES_LIMIT && port->in_rib)
		filters_recount(port);
	if (s->takes & TAKES_LIMIT && !port->in_rib && port->usable)
		peers_hint(a->peers, port->key, now);
	if (s->takes & TAKES_IMPORT && port->in_rib)
		refresh_request(port);
	for (int i = 0; s->takes & TAKES_EXPORT && port->in_rib && i < 2; i++)
		rib_export_again(a->rib, port->rib, i ? AF_INET6 : AF_INET);
}

static int listen_for(struct agent *a, const struct config *to)
{
	const uint8_t least[2] = { neighbors_least_hops(to, AF_INET), neighbors_least_hops(to, AF_INET6) };

	return a->out.listen ? a->out.listen(a->out.ctx, to->n_neighbors > 0, least) : 0;
}

static void stages(struct agent *a, const struct reload *r, mono now)
{
	struct stage_configs c;

	stage_configs(a->cfg, &c);
	peers_reconfigure(a->peers, &c.peers, now);
	if (r->diff->takes & TAKES_RA)
		ra_reconfigure(a->ra, &c.ra, now);
	installed_watch(a);
	a->cables.dirty = true;
	if (r->diff->takes & TAKES_DECISION)
		rib_reconfigure(a->rib, &c.rib);
	if (r->diff->takes & TAKES_FORWARDING)
		rib_report(a->rib);
	if (r->diff->takes & TAKES_ORIGINATE)
		a->originate_dirty = true;
}

int reload_become(struct agent *a, const struct reload *r, mono now, struct config **ret_was)
{
	struct neighbors neighbors;
	struct agent was;
	struct port *port;
	int e = neighbors_for(a, r->to, &neighbors);

	if (e < 0)
		return e;
	e = filters_renew(a, r->to, &was);
	if (e >= 0 && ((e = listen_for(a, r->to)) < 0 || (r->diff->takes & TAKES_METRICS && (e = scrape_move(a, r->to)) < 0)))
		filters_restore(a, &was);
	if (e < 0) {
		neighbors_drop(&neighbors);
		return e;
	}
	a->now = now;
	stages(a, r, now);
	neighbors_become(a, &neighbors, now);
	for (size_t i = 0; (port = port_at(a, i)); i++) {
		filters_adopt(port);
		weighted_port(port);
	}
	filters_free(&was);
	for (size_t i = 0; i < r->n; i++)
		if (!r->sessions[i].ends && r->sessions[i].takes && (port = port_by_key(a, r->sessions[i].key)))
			apply(port, &r->sessions[i], now);
	links_reconfigure(a, now);
	neighbors_update(a, now);
	if (r->diff->takes & TAKES_MONITOR)
		monitor_configure(a, now);
	*ret_was = was.cfg;
	return 0;
}

/* --- from the file --------------------------------------------------------------------------------------------------------------- */
static char *lines_of(const struct config_errors *errors)
{
	size_t n = config_errors_count(errors), size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; f && i < n && i < LINES_MAX; i++)
		fprintf(f, "%s%s", i ? "\n" : "", config_errors_line(errors, i));
	if (f && n > LINES_MAX)
		fprintf(f, "\nand %zu more", n - LINES_MAX);
	if (f)
		fclose(f);
	return text;
}

static char *sentence(int e)
{
	if (e == -ENOENT)
		return strdup("weftd was started without a file (--asn and --router-id): there is nothing to read again");
	if (e == -ENOTSUP)
		return strdup("that is no regular file: weftd reads no other while it runs");
	return e == -ENOMEM ? strdup("the daemon is out of memory") : strdup(strerror(-e));
}

/* CTL_DONE with *ret, or *ret_error. */
static enum ctl_exit load(struct agent *a, const char *file, struct config **ret, char **ret_error)
{
	struct config_errors *errors = NULL;
	int e = a->out.config ? a->out.config(a->out.ctx, file, ret, &errors) : -ENOENT;

	if (e >= 0) {
		config_complete(*ret);
		e = config_neighbors_keep(*ret, a->cfg);
		if (e >= 0)
			return CTL_DONE;
		config_free(*ret);
	}
	*ret_error = errors ? lines_of(errors) : sentence(e);
	config_errors_free(errors);
	return errors ? CTL_BAD_CONFIG : CTL_FAILED;
}

static void note(struct agent *a, bool failed, const char *why, mono now)
{
	struct agent_reload_view *v = &a->reloads;

	v->any = true;
	v->failed = failed;
	v->at = now;
	v->why[0] = 0;
	if (why)
		snprintf(v->why, sizeof(v->why), "%.*s", (int)strcspn(why, "\n"), why);
}

static void log_lines(const char *text)
{
	for (const char *p = text; p && *p; p += strcspn(p, "\n"), p += *p == '\n')
		log_error("reload: %.*s", (int)strcspn(p, "\n"), p);
}

static void log_changes(const struct reload *r)
{
	for (size_t i = 0; i < r->diff->n; i++)
		log_info("reload: %s changes", r->diff->changes[i].path);
	for (size_t i = 0; i < r->n; i++)
		if (r->sessions[i].live && (r->sessions[i].ends || r->sessions[i].flaps))
			log_notice("reload: the session of %s %s: %s", r->sessions[i].name, r->sessions[i].ends ? "ends" : "restarts",
				   r->sessions[i].why);
}

/* The one before stays at hand until this one is confirmed; of several unconfirmed ones the last that was. */
static void keep(struct agent *a, struct config *was, unsigned confirm_s, mono now)
{
	if (!confirm_s) {
		config_free(a->confirmed);
		a->confirmed = NULL;
	} else if (!a->confirmed) {
		a->confirmed = TAKE(was);
	}
	config_free(was);
	a->reloads.unconfirmed = a->confirmed != NULL;
	a->reloads.confirm_by = a->confirmed ? mono_add_s(now, confirm_s) : MONO_NEVER;
}

/* Takes over r->to; -errno: not. */
static int take_effect(struct agent *a, const struct reload *r, unsigned confirm_s, mono now)
{
	struct config *was = NULL;
	int e;

	if (!r->diff->n) {                       /* a confirmation, at most */
		runtime_adopt(a->cfg, r->to);
		config_free(r->to);
		if (!confirm_s || a->confirmed)
			keep(a, NULL, confirm_s, now);
		return 0;
	}
	log_changes(r);
	log_debug("reload: %zu keys differ, %zu sessions are touched", r->diff->n, r->n);
	e = reload_become(a, r, now, &was);
	if (e < 0)
		return e;
	runtime_note(was, a->cfg);
	a->reloads.generation++;
	keep(a, was, confirm_s, now);
	return 0;
}

/* NULL, or why not: then nothing has changed, and `to` stays the caller's. */
static char *reload(struct agent *a, struct config *to, unsigned confirm_s, mono now, json_t **ret_result)
{
	struct reload *r = NULL;
	int e = reload_new(&r, a, to);
	char *error = e < 0 ? NULL : reload_refusal(r);
	json_t *result = e < 0 || error ? NULL : show_reload(r);

	if (e >= 0 && !error)
		e = result ? take_effect(a, r, confirm_s, now) : -ENOMEM;
	if (e < 0 && !(error = scrape_refusal(a)))
		error = sentence(e);
	else if (!error)
		*ret_result = TAKE(result);
	json_decref(result);
	reload_free(r);
	return error;
}

static enum ctl_exit rejected(struct agent *a, enum ctl_exit exit, const char *why, mono now)
{
	a->reloads.rejected++;
	note(a, true, why, now);
	log_lines(why);
	log_event(EVENT_RELOAD_REJECTED, LOG_ABOUT_NOTHING, "reload: rejected, nothing has changed: %.*s", (int)strcspn(why, "\n"), why);
	return exit;
}

enum ctl_exit agent_reload(struct agent *a, unsigned confirm_s, mono now, json_t **ret_result, char **ret_error)
{
	struct config *to = NULL;
	enum ctl_exit exit = load(a, NULL, &to, ret_error);

	if (exit != CTL_DONE)
		return rejected(a, exit, *ret_error, now);
	*ret_error = reload(a, to, confirm_s, now, ret_result);
	if (*ret_error) {
		config_free(to);
		return rejected(a, CTL_FAILED, *ret_error, now);
	}
	a->reloads.accepted++;
	note(a, false, NULL, now);
	json_object_set_new(*ret_result, "generation", json_integer((json_int_t)a->reloads.generation));
	json_object_set_new(*ret_result, "confirm_seconds", a->confirmed ? json_integer(confirm_s) : json_null());
	log_event(EVENT_RELOADED, LOG_ABOUT_NOTHING, "reload: done, configuration %llu", (unsigned long long)a->reloads.generation);
	if (a->confirmed)
		log_notice("reload: what was before comes back in %u s, unless it is confirmed (weft confirm)", confirm_s);
	return CTL_DONE;
}

void agent_hup(struct agent *a, mono now)
{
	json_t *result = NULL;
	char *error = NULL;

	log_notice("SIGHUP: reload");
	agent_reload(a, 0, now, &result, &error);
	json_decref(result);
	free(error);
}

enum ctl_exit agent_diff(struct agent *a, const char *file, json_t **ret_result, char **ret_error)
{
	struct config *to = NULL;
	struct reload *r = NULL;
	enum ctl_exit exit = load(a, file, &to, ret_error);
	int e;

	/* Whoever asks may not be allowed to read the file, of which errors quote parts. */
	if (exit == CTL_BAD_CONFIG && file) {
		free(*ret_error);
		*ret_error = strdup("weftd cannot read that file, or it is no good configuration: `weft check FILE` says why");
	}
	if (exit != CTL_DONE)
		return exit;
	e = reload_new(&r, a, to);
	*ret_result = e < 0 ? NULL : show_reload(r);
	reload_free(r);
	config_free(to);
	if (*ret_result)
		return CTL_DONE;
	*ret_error = sentence(-ENOMEM);
	return CTL_FAILED;
}

enum ctl_exit agent_confirm(struct agent *a, json_t **ret_result, char **ret_error)
{
	if (!a->confirmed) {
		*ret_error = strdup("nothing waits to be confirmed: the configuration in effect is there to stay");
		return CTL_FAILED;
	}
	keep(a, NULL, 0, (mono){ 0 });
	log_event(EVENT_RELOAD_CONFIRMED, LOG_ABOUT_NOTHING, "reload: configuration %llu is confirmed", (unsigned long long)a->reloads.generation);
	*ret_result = json_pack("{s:i, s:I}", "json_version", CTL_JSON_VERSION, "generation", (json_int_t)a->reloads.generation);
	return CTL_DONE;
}

/* Nobody has confirmed it: the one before comes back. */
void reload_step(struct agent *a, mono now)
{
	struct config *to = a->confirmed;
	json_t *result = NULL;
	char *error;

	if (!to || !mono_due(a->reloads.confirm_by, now))
		return;
	log_event(EVENT_RELOAD_REVERTED, LOG_ABOUT_NOTHING, "reload: not confirmed in time, the configuration before it comes back; the file is as it was");
	a->confirmed = NULL;
	error = config_neighbors_keep(to, a->cfg) < 0 ? sentence(-ENOMEM) : reload(a, to, 0, now, &result);
	if (error) {
		log_error("reload: it cannot come back yet: %s", error);
		a->confirmed = to;
		a->reloads.confirm_by = mono_add_s(now, AGAIN_S);
	} else {
		note(a, true, "not confirmed in time: the configuration before it is back, and the file holds another one", now);
	}
	json_decref(result);
	free(error);
}

void agent_reloads(const struct agent *a, struct agent_reload_view *ret)
{
	*ret = a->reloads;
}
