/* `metrics`: where they are read. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

#define HEAD "\"asn\": 1, \"router_id\": \"10.0.0.1\""

static struct config *read_config(const char *metrics, char *ret_error, size_t size)
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;
	char text[256];

	snprintf(text, sizeof(text), "{" HEAD ", \"metrics\": %s}", metrics);
	if (config_parse(text, strlen(text), "f", &c, &errors) == 0)
		return c;
	snprintf(ret_error, size, "%s", config_errors_line(errors, 0));
	config_errors_free(errors);
	return NULL;
}

Test(config_metrics, an_address_and_a_port_are_read_and_shown_as_they_were_said)
{
	static const char *const rows[] = { "[::1]:9473", "[::]:9473", "0.0.0.0:9473", "127.0.0.1:1", "10.0.254.1:65535", "[2001:db8::1]:80" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[64], error[512] = "", shown[CONFIG_METRICS_STRLEN];
		struct config *c;
		json_t *j;

		snprintf(text, sizeof(text), "{\"listen\": \"%s\"}", rows[i]);
		c = read_config(text, error, sizeof(error));
		cr_assert_not_null(c, "%s: %s", rows[i], error);
		cr_expect(c->metrics.on);
		cr_expect_str_eq(config_metrics_str(&c->metrics, shown), rows[i]);
		j = config_json(c);
		cr_expect_str_eq(json_string_value(json_object_get(json_object_get(j, "metrics"), "listen")), rows[i]);
		json_decref(j);
		config_free(c);
	}
}

Test(config_metrics, are_off_unless_somebody_says_where)
{
	static const char *const rows[] = { "false", "\"off\"" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char error[512] = "";
		struct config *c = read_config(rows[i], error, sizeof(error));
		json_t *j;

		cr_assert_not_null(c, "%s: %s", rows[i], error);
		cr_expect_not(c->metrics.on);
		j = config_json(c);
		cr_expect(json_is_false(json_object_get(j, "metrics")));
		json_decref(j);
		config_free(c);
	}
}

#define WHOLE ", allowed: false, \"off\", or an object such as {\"listen\": \"[::1]:9473\"}"
#define ALLOWED ", allowed: an address of this node and a port, such as \"[::1]:9473\", \"127.0.0.1:9473\", or \"[::]:9473\" for all addresses"

Test(config_metrics, what_cannot_be_listened_on_is_refused_with_what_can)
{
	static const struct { const char *metrics, *says; } rows[] = {
		{ "true", "f:1:37: metrics: is true" WHOLE },
		{ "\"on\"", "f:1:37: metrics: is \"on\"" WHOLE },
		{ "{}", "f:1:37: metrics.listen: is missing" },
		{ "{\"listen\": \"9473\"}", "f:1:49: metrics.listen: \"9473\" says a port, and not on which address" ALLOWED },
		{ "{\"listen\": \":9473\"}", "f:1:49: metrics.listen: \":9473\" says a port, and not on which address" ALLOWED },
		{ "{\"listen\": \"::1:9473\"}", "f:1:49: metrics.listen: \"::1:9473\" is no address with a port" ALLOWED },
		{ "{\"listen\": \"[::1]\"}", "f:1:49: metrics.listen: \"[::1]\" is no address with a port" ALLOWED },
		{ "{\"listen\": \"[127.0.0.1]:9473\"}", "f:1:49: metrics.listen: \"[127.0.0.1]:9473\" is no address with a port" ALLOWED },
		{ "{\"listen\": \"localhost:9473\"}", "f:1:49: metrics.listen: \"localhost:9473\" is no address with a port" ALLOWED },
		{ "{\"listen\": \"[::1]:0\"}", "f:1:49: metrics.listen: \"[::1]:0\" is no address with a port" ALLOWED },
		{ "{\"listen\": \"[::1]:65536\"}", "f:1:49: metrics.listen: \"[::1]:65536\" is no address with a port" ALLOWED },
		{ "{\"listen\": \"[::1]:-1\"}", "f:1:49: metrics.listen: \"[::1]:-1\" is no address with a port" ALLOWED },
		{ "{\"listen\": \"[fe80::1]:9473\"}", "f:1:49: metrics.listen: \"[fe80::1]:9473\" cannot be listened on" ALLOWED },
		{ "{\"listen\": \"[ff02::1]:9473\"}", "f:1:49: metrics.listen: \"[ff02::1]:9473\" cannot be listened on" ALLOWED },
		{ "{\"listen\": \"224.0.0.5:9473\"}", "f:1:49: metrics.listen: \"224.0.0.5:9473\" cannot be listened on" ALLOWED },
		{ "{\"listen\": 9473}", "f:1:49: metrics.listen: is a number" ALLOWED },
		{ "{\"listen\": \"\"}", "f:1:49: metrics.listen: \"\" is no address with a port" ALLOWED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char error[512] = "";
		struct config *c = read_config(rows[i].metrics, error, sizeof(error));

		cr_expect_null(c, "%s", rows[i].metrics);
		cr_expect(strncmp(error, rows[i].says, strlen(rows[i].says)) == 0, "%s\n  is refused with %s\n  and not with    %s", rows[i].metrics, error, rows[i].says);
		config_free(c);
	}
}
