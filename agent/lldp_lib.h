/* agent/lldp_lib.h: liblldpctl, by hand: only a node with a cabling plan needs it, so it is opened when there is one and not before. It stays once it
 * is there. */
#ifndef WEFT_LLDP_LIB_H
#define WEFT_LLDP_LIB_H

#include <lldpctl.h>

struct lldp_lib {                        /* its functions, without their lldpctl_ */
	const char *(*get_default_transport)(void);
	lldpctl_conn_t *(*new)(lldpctl_send_callback send, lldpctl_recv_callback recv, void *user);
	int (*release)(lldpctl_conn_t *conn);
	lldpctl_error_t (*last_error)(lldpctl_conn_t *conn);
	void (*log_callback)(void (*cb)(int severity, const char *msg));
	lldpctl_atom_t *(*get_interfaces)(lldpctl_conn_t *conn);
	lldpctl_atom_t *(*get_port)(lldpctl_atom_t *interface);
	lldpctl_atom_iter_t *(*atom_iter)(lldpctl_atom_t *list);
	lldpctl_atom_iter_t *(*atom_iter_next)(lldpctl_atom_t *list, lldpctl_atom_iter_t *iter);
	lldpctl_atom_t *(*atom_iter_value)(lldpctl_atom_t *list, lldpctl_atom_iter_t *iter);
	lldpctl_atom_t *(*atom_get)(lldpctl_atom_t *atom, lldpctl_key_t key);
	const char *(*atom_get_str)(lldpctl_atom_t *atom, lldpctl_key_t key);
	long (*atom_get_int)(lldpctl_atom_t *atom, lldpctl_key_t key);
	void (*atom_dec_ref)(lldpctl_atom_t *atom);
};

int lldp_lib_load(struct lldp_lib *ret);         /* -ELIBACC: it is not installed, or another one */

#endif
