#include "agent/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_AGENT

int library_open(const char *name, const struct library_verb *verbs, size_t n, void *into)
{
	void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL), *verb;

	if (!library) {
		log_debug("%s: %s", name, dlerror());
		return -ELIBACC;
	}
	for (size_t i = 0; i < n; i++) {
		verb = dlsym(library, verbs[i].name);
		if (!verb) {
			log_debug("%s has no %s", name, verbs[i].name);
			dlclose(library);
			return -ELIBACC;
		}
		memcpy((char *)into + verbs[i].at, &verb, sizeof(verb));
	}
	return 0;
}
