/* weftd: options, configuration, log; then daemon_run. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/ctl/ctl.h"
#include "agent/daemon.h"
#include "agent/logger.h"
#include "agent/source.h"

#define FILES_MAX 65536
#define CONFIG_FILE "/etc/weft/weft.json"

struct options {
	const char *config, *socket, *asn, *router_id;
	enum log_level level;
	bool check, flush;
};

static const char usage_text[] =
	"usage: weftd [--config FILE] [--socket PATH] [--asn NUMBER --router-id ADDRESS] [--check | --flush] [--log-level LEVEL]\n"
	"  --config FILE        configuration (default " CONFIG_FILE ")\n"
	"  --asn NUMBER --router-id ADDRESS  no file at all: these two values are enough\n"
	"  --socket PATH        control socket (default " CTL_SOCKET ")\n"
	"  --flush              remove everything that a weftd which is no more has left in the kernel, exit 0 or 1\n"
	"  --check              check the configuration, print every error, exit 0 or 1\n"
	"  --log-level LEVEL    error, warning, notice, info (default) or debug\n"
	"  --help               this list\n"
	"  --version\n";

static int usage(const char *what)
{
	if (what)
		fprintf(stderr, "weftd: %s\n", what);
	fputs(usage_text, stderr);
	return CTL_USAGE;
}

static int print_errors(struct config_errors *errors)
{
	for (size_t i = 0; i < config_errors_count(errors); i++)
		fprintf(stderr, "%s\n", config_errors_line(errors, i));
	config_errors_free(errors);
	return 1;
}

static bool plain(const char *s)
{
	return strspn(s, "0123456789.") == strlen(s);
}

static const char *file_of(const struct options *o)
{
	return o->asn ? NULL : o->config ? o->config : CONFIG_FILE;
}

/* --asn and --router-id stand for a file with just these two keys, so that they are checked in the same way. */
static int config_of(const struct options *o, struct config **ret, struct config_errors **errors)
{
	char text[128];
	int n;

	if (!o->asn)
		return config_load(file_of(o), ret, errors);
	n = snprintf(text, sizeof(text), "{ \"asn\": \"%s\", \"router_id\": \"%s\" }", o->asn, o->router_id);
	if (n < 0 || (size_t)n >= sizeof(text))
		return -EINVAL;
	return config_parse(text, (size_t)n, "command line", ret, errors);
}

/* 0, 1 and 2 must be what they are taken for: with stderr closed the first socket would get its number, and the log lines. And a client
 * of the control socket, or the reader of our log, that goes away while it is written to must not end us. */
static void settle(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	signal(SIGPIPE, SIG_IGN);
}

/* A descriptor per peer: as many as the system lets us have. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Without a configuration, or with a bad one, everything but an on-link address of one's own is known all the same. */
static int flush(const struct options *o)
{
	struct config_errors *errors = NULL;
	struct logger *logger = NULL;
	struct config *cfg = NULL;
	int r = config_of(o, &cfg, &errors);

	config_errors_free(errors);
	if (r < 0)
		r = config_minimal(1, (struct in_addr){ htonl(0x01010101) }, &cfg);
	if (r >= 0)
		r = logger_new(&logger, o->level);
	if (r < 0) {
		config_free(cfg);
		return 1;
	}
	r = daemon_flush(cfg, o->socket);
	logger_free(logger);
	return r;
}

static int run(const struct options *o)
{
	struct config_errors *errors = NULL;
	struct logger *logger = NULL;
	struct config *cfg = NULL;
	int r;

	if (o->flush)
		return flush(o);
	r = config_of(o, &cfg, &errors);
	if (r < 0 && errors)
		return print_errors(errors);
	if (r < 0) {
		fprintf(stderr, "weftd: configuration: %s\n", strerror(-r));
		return 1;
	}
	if (o->check) {
		config_free(cfg);
		return 0;
	}
	source_fill(cfg);
	if (logger_new(&logger, o->level) < 0) {
		config_free(cfg);
		return 1;
	}
	raise_file_limit();
	r = daemon_run(cfg, file_of(o), o->socket, logger);
	logger_free(logger);
	return r;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' }, { "socket", required_argument, NULL, 's' }, { "asn", required_argument, NULL, 'a' },
		{ "router-id", required_argument, NULL, 'r' }, { "check", no_argument, NULL, 'k' }, { "log-level", required_argument, NULL, 'l' },
		{ "flush", no_argument, NULL, 'f' },
		{ "version", no_argument, NULL, 'v' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	struct options o = { .socket = CTL_SOCKET, .level = LOG_LVL_INFO };
	int c;

	settle();
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'c': o.config = optarg; break;
		case 's': o.socket = optarg; break;
		case 'a': o.asn = optarg; break;
		case 'r': o.router_id = optarg; break;
		case 'k': o.check = true; break;
		case 'f': o.flush = true; break;
		case 'l':
			if (!log_level_of(optarg, &o.level))
				return usage("--log-level is one of error, warning, notice, info, debug");
			break;
		case 'v':
			printf("weftd %s\n", WEFT_VERSION);
			return 0;
		case 'h':
			fputs(usage_text, stdout);
			return 0;
		default:
			return usage(NULL);
		}
	}
	if (optind < argc)
		return usage("weftd takes no arguments, only options");
	if (o.asn && o.router_id && !(plain(o.asn) && plain(o.router_id)))
		return usage("--asn takes a number, --router-id an address like 10.0.254.1");
	if (!o.asn != !o.router_id || (o.asn && o.config))
		return usage("--asn and --router-id go together, and not with --config");
	return run(&o);
}
