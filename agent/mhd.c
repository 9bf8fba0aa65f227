#include "agent/mhd.h"

#include <stddef.h>

#include "agent/base/own.h"
#include "agent/library.h"

#define VERB(name) { "MHD_" #name, offsetof(struct mhd, name) }

int mhd_load(struct mhd *ret)
{
	static const struct library_verb verbs[] = {
		VERB(start_daemon), VERB(stop_daemon), VERB(run), VERB(get_timeout), VERB(get_daemon_info), VERB(get_connection_info),
		VERB(create_response_from_buffer), VERB(add_response_header), VERB(queue_response), VERB(destroy_response),
	};

	return library_open("libmicrohttpd.so.12", verbs, ARRAY_LEN(verbs), ret);
}
