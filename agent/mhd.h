/* agent/mhd.h: libmicrohttpd, by hand: Debian's draws in GnuTLS and what that needs, a megabyte of every weftd, so it is opened when metrics are
 * wanted and not before. It stays once it is there. */
#ifndef WEFT_MHD_H
#define WEFT_MHD_H

#include <microhttpd.h>

struct mhd {                             /* its functions, without their MHD_ */
	struct MHD_Daemon *(*start_daemon)(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback apc, void *apc_cls, MHD_AccessHandlerCallback dh,
					   void *dh_cls, ...);
	void (*stop_daemon)(struct MHD_Daemon *daemon);
	enum MHD_Result (*run)(struct MHD_Daemon *daemon);
	enum MHD_Result (*get_timeout)(struct MHD_Daemon *daemon, MHD_UNSIGNED_LONG_LONG *timeout);
	const union MHD_DaemonInfo *(*get_daemon_info)(struct MHD_Daemon *daemon, enum MHD_DaemonInfoType what, ...);
	const union MHD_ConnectionInfo *(*get_connection_info)(struct MHD_Connection *connection, enum MHD_ConnectionInfoType what, ...);
	struct MHD_Response *(*create_response_from_buffer)(size_t size, void *buffer, enum MHD_ResponseMemoryMode mode);
	enum MHD_Result (*add_response_header)(struct MHD_Response *response, const char *header, const char *content);
	enum MHD_Result (*queue_response)(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);
	void (*destroy_response)(struct MHD_Response *response);
};

int mhd_load(struct mhd *ret);           /* -ELIBACC: it is not installed, or another one */

#endif
