/* agent/sockets.h: the TCP connections of BGP on the event loop: bytes between sockets and the core, nothing else. */
#ifndef WEFT_SOCKETS_H
#define WEFT_SOCKETS_H

#include <stdbool.h>
#include <uv.h>

#include "agent/agent.h"

struct sockets;

int  sockets_new(struct sockets **ret, uv_loop_t *loop);
void sockets_free(struct sockets *c);                        /* after the loop has run down */
int  sockets_listen(struct sockets *c, struct agent *agent); /* -EADDRINUSE, -EACCES ... */

/* For struct agent_out. The link gets a listener of its own, which demands what cfg says (gtsm, password) of the first packet on; connections
 * that come to the general one are refused from then on. 0 or -errno: then nobody is let in on that link. */
int  sockets_guard(struct sockets *c, const struct peer_config *cfg);
void sockets_unguard(struct sockets *c, unsigned ifindex);   /* the link is none of ours any more */
/* For struct agent_out: the general listeners as another configuration wants them. 0, or -errno: they are as they were. */
int  sockets_relisten(struct sockets *c, bool ipv4, const uint8_t least[2]);
/* For struct agent_out: a numbered peer's password; NULL: none. 0 or -errno. */
int  sockets_key(struct sockets *c, const struct in6_addr *remote, const char *password);

/* For struct agent_out: these only note what is to be done. */
void sockets_connect(struct sockets *c, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote);
void sockets_close(struct sockets *c, bgp_conn conn);

/* Before agent_step: ends what is to be closed and tells the core what failed. Returns whether the core was told anything. */
bool sockets_reap(struct sockets *c, mono now);
/* Before agent_step too. True: this turn's share of what peers say is not read yet, another round of the loop comes first. */
bool sockets_more(struct sockets *c);
/* After agent_step: writes what the core has queued. */
void sockets_flush(struct sockets *c, mono now);
bool sockets_busy(const struct sockets *c);                  /* another turn is wanted at once */
/* For struct agent_bmp_out: the ends of a connection. */
bool sockets_ends(const struct sockets *c, bgp_conn conn, struct in6_addr *ret_local, uint16_t ret_ports[2]);
void sockets_stop(struct sockets *c);                        /* closes everything */

#endif
