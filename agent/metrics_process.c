/* Samples of the process: what the rim says, by the names that every exporter has for it. */
#include "agent/base/own.h"
#include "agent/metrics_priv.h"

static void cpu(struct page *m)
{
	page_real(m, "", NULL, m->rim->cpu_s);
}

static void resident(struct page *m)
{
	page_sample(m, "", NULL, m->rim->resident);
}

static void virtual_size(struct page *m)
{
	page_sample(m, "", NULL, m->rim->virtual_size);
}

static void open_fds(struct page *m)
{
	page_sample(m, "", NULL, m->rim->open_fds);
}

static void max_fds(struct page *m)
{
	page_sample(m, "", NULL, m->rim->max_fds);
}

static void start_time(struct page *m)
{
	page_real(m, "", NULL, m->rim->start_time);
}

static void log_dropped(struct page *m)
{
	page_sample(m, "", "reason=\"reader\"", m->rim->log_lost);
	page_sample(m, "", "reason=\"limit\"", m->rim->log_limited);
}

static void watchers(struct page *m)
{
	page_sample(m, "", NULL, m->rim->watchers);
}

static void render(struct page *m)
{
	page_real(m, "", NULL, m->rim->render_s);
}

static const struct metric rows[] = {
	{ "weft_log_dropped_lines_total", METRIC_COUNTER, "Log lines that nobody took in time, or of which there were too many.", .node = log_dropped },
	{ "weft_watchers", METRIC_GAUGE, "Those who watch.", .node = watchers },
	{ "weft_metrics_render_seconds", METRIC_GAUGE, "That the last of these pages took to write.", .node = render },
	{ "process_cpu_seconds_total", METRIC_COUNTER, "Total user and system CPU time spent in seconds.", .node = cpu },
	{ "process_resident_memory_bytes", METRIC_GAUGE, "Resident memory size in bytes.", .node = resident },
	{ "process_virtual_memory_bytes", METRIC_GAUGE, "Virtual memory size in bytes.", .node = virtual_size },
	{ "process_open_fds", METRIC_GAUGE, "Number of open file descriptors.", .node = open_fds },
	{ "process_max_fds", METRIC_GAUGE, "Maximum number of open file descriptors.", .node = max_fds },
	{ "process_start_time_seconds", METRIC_GAUGE, "Start time of the process since unix epoch in seconds.", .node = start_time },
};

const struct metrics_rows metrics_process = { rows, ARRAY_LEN(rows) };
