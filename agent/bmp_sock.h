/* agent/bmp_sock.h: the TCP connection to the BMP collector on the event loop: bytes between its socket and the core. Nothing is opened, and nothing is done
 * in a turn, without a collector. */
#ifndef WEFT_BMP_SOCK_H
#define WEFT_BMP_SOCK_H

#include <uv.h>

#include "agent/sockets.h"

struct bmp_sock;

/* *ret_out: for the core. sockets: whose ends it may ask for. */
int  bmp_sock_new(struct bmp_sock **ret, uv_loop_t *loop, const struct sockets *sockets, struct agent_bmp_out *ret_out);
void bmp_sock_serve(struct bmp_sock *b, struct agent *agent);
void bmp_sock_turn(struct bmp_sock *b, mono now);        /* writes what TCP takes at once */
void bmp_sock_stop(struct bmp_sock *b);                  /* the last words, then closes; NULL is fine, here and below */
void bmp_sock_free(struct bmp_sock *b);                  /* after the loop has run down */

#endif
