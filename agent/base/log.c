#include "agent/base/log.h"

#include <stddef.h>
#include <stdio.h>

static struct {
	log_sink sink;
	void *ctx;
	enum log_level most;
} out;

void log_to(log_sink sink, void *ctx, enum log_level most)
{
	out.sink = sink;
	out.ctx = ctx;
	out.most = most;
}

bool log_wants(enum log_level level)
{
	return out.sink && level <= out.most;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (!log_wants(level))
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	out.sink(out.ctx, level, line);
}
