/* Facts of configurations, for schema.py: a JSON value per line in the file that CONFIG_FACTS names; without it nothing. */
#ifndef WEFT_TEST_EXAMPLES_H
#define WEFT_TEST_EXAMPLES_H

#include <jansson.h>

void facts_tell(json_t *fact);           /* steals it */

#endif
