#include "agent/lldp_lib.h"

#include <stddef.h>

#include "agent/base/own.h"
#include "agent/library.h"

#define VERB(name) { "lldpctl_" #name, offsetof(struct lldp_lib, name) }

int lldp_lib_load(struct lldp_lib *ret)
{
	static const struct library_verb verbs[] = {
		VERB(get_default_transport), VERB(new), VERB(release), VERB(last_error), VERB(log_callback), VERB(get_interfaces), VERB(get_port),
		VERB(atom_iter), VERB(atom_iter_next), VERB(atom_iter_value), VERB(atom_get), VERB(atom_get_str), VERB(atom_get_int), VERB(atom_dec_ref),
	};

	return library_open("liblldpctl.so.4", verbs, ARRAY_LEN(verbs), ret);
}
