#include "agent/lldp_lib.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/own.h"

#define LOG_TOPIC TOPIC_LINK
#define LIBRARY "liblldpctl.so.4"
#define VERB(name) { "lldpctl_" #name, offsetof(struct lldp_lib, name) }

int lldp_lib_load(struct lldp_lib *ret)
{
	static const struct { const char *name; size_t at; } verbs[] = {
		VERB(get_default_transport), VERB(new), VERB(release), VERB(last_error), VERB(log_callback), VERB(get_interfaces), VERB(get_port),
		VERB(atom_iter), VERB(atom_iter_next), VERB(atom_iter_value), VERB(atom_get), VERB(atom_get_str), VERB(atom_get_int), VERB(atom_dec_ref),
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
