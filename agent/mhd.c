#include "agent/mhd.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/own.h"

#define LOG_TOPIC TOPIC_AGENT
#define LIBRARY "libmicrohttpd.so.12"
#define VERB(name) { "MHD_" #name, offsetof(struct mhd, name) }

int mhd_load(struct mhd *ret)
{
	static const struct { const char *name; size_t at; } verbs[] = {
		VERB(start_daemon), VERB(stop_daemon), VERB(run), VERB(get_timeout), VERB(get_daemon_info), VERB(get_connection_info),
		VERB(create_response_from_buffer), VERB(add_response_header), VERB(queue_response), VERB(destroy_response),
	};
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL), *verb;

	if (!library) {
		log_debug("%s: %s", LIBRARY, dlerror());
		return -ELIBACC;
	}
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		verb = dlsym(library, verbs[i].name);
		if (!verb) {
			dlclose(library);
			return -ELIBACC;
		}
		memcpy((char *)ret + verbs[i].at, &verb, sizeof(verb));
	}
	return 0;
}
