#include "agent/weft_check.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/base/own.h"
#include "agent/config/fabric.h"
#include "agent/weft_say.h"

static json_t *lines_json(const struct config_errors *errors)
{
	json_t *list = json_array();

	for (size_t i = 0; i < config_errors_count(errors); i++)
		json_array_append_new(list, json_string(config_errors_line(errors, i)));
	return list;
}

/* file: NULL: there are several. */
static int print_json(const struct fabric *f, const char *file)
{
	json_t *files = json_array(), *all = json_array(), *j;

	for (size_t i = 0; i < fabric_count(f); i++) {
		json_t *lines = lines_json(fabric_errors(f, i));

		json_array_extend(all, lines);
		json_array_append_new(files, json_pack("{s:s, s:s, s:b, s:o}", "file", fabric_file(f, i), "node", fabric_name(f, i), "ok",
						       json_array_size(lines) == 0, "errors", lines));
	}
	j = json_array_size(files) < fabric_count(f) ? NULL :
	    json_pack("{s:i, s:s?, s:b, s:O, s:O}", "json_version", CTL_JSON_VERSION, "file", file, "ok", json_array_size(all) == 0, "errors", all,
		      "files", files);
	json_decref(files);
	json_decref(all);
	if (!j)
		return weft_fail(CTL_FAILED, "no JSON for the name of ", file ? file : "a file");
	weft_print_json(j);
	json_decref(j);
	return CTL_DONE;
}

static int result(const struct fabric *f, const char *file, bool as_json)
{
	size_t n = fabric_count(f), bad = 0, lines = 0;

	for (size_t i = 0; i < n; i++) {
		const struct config_errors *errors = fabric_errors(f, i);

		for (size_t k = 0; k < config_errors_count(errors); k++)
			fprintf(stderr, "%s\n", config_errors_line(errors, k));
		bad += config_errors_count(errors) > 0;
		lines += config_errors_count(errors);
	}
	if (as_json && print_json(f, file) != CTL_DONE)
		return CTL_FAILED;
	if (n > 1 && bad)
		fprintf(stderr, "weft: %zu of %zu files are not good: %zu errors\n", bad, n, lines);
	else if (!bad && !as_json && n > 1)
		printf("%zu files: ok\n", n);
	else if (!bad && !as_json)
		printf("%s: ok\n", fabric_file(f, 0));
	return bad ? CTL_BAD_CONFIG : CTL_DONE;
}

static int no_memory(const char *file)
{
	return weft_fail(CTL_FAILED, "no memory to read ", file);
}

static int is_json(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 5 && strcmp(d->d_name + n - 5, ".json") == 0;
}

static int load_directory(struct fabric *f, const char *dir)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, is_json, alphasort), r = CTL_DONE;
	size_t len = strlen(dir);

	if (n < 0)
		return weft_fail(CTL_FAILED, "the folder cannot be read: ", strerror(errno));
	while (len > 1 && dir[len - 1] == '/')
		len--;
	for (int i = 0; i < n; i++) {
		AUTO_FREE char *file = NULL;

		if (r == CTL_DONE && (asprintf(&file, "%.*s/%s", (int)len, dir, entries[i]->d_name) < 0 || fabric_load(f, file) < 0))
			r = no_memory(dir);
		free(entries[i]);
	}
	free(entries);
	return n ? r : weft_fail(CTL_FAILED, "there is no *.json in ", dir);
}

static int load_all(struct fabric *f, const struct check_job *job, bool *ret_together)
{
	int r = CTL_DONE;

	*ret_together = job->n > 1;
	for (int i = 0; i < job->n && r == CTL_DONE; i++) {
		struct stat st;

		if (stat(job->args[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			*ret_together = true;
			r = load_directory(f, job->args[i]);
		} else if (fabric_load(f, job->args[i]) < 0) {
			r = no_memory(job->args[i]);
		}
	}
	return r;
}

int weft_check(const struct check_job *job)
{
	struct fabric *f = NULL;
	bool together;
	int r;

	if (job->n < 1)
		return weft_fail(CTL_USAGE, "check takes files, or directories of files", "");
	if (fabric_new(&f, job->outside, job->n_outside) < 0)
		return no_memory(job->args[0]);
	r = load_all(f, job, &together);
	if (r == CTL_DONE && together && fabric_check(f) < 0)
		r = no_memory(job->args[0]);
	if (r == CTL_DONE)
		r = result(f, job->n == 1 ? job->args[0] : NULL, job->as_json);
	fabric_free(f);
	return r;
}

int weft_check_quietly(const char *file)
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;

	config_load(file, &c, &errors);
	for (size_t i = 0; errors && i < config_errors_count(errors); i++)
		fprintf(stderr, "%s\n", config_errors_line(errors, i));
	config_errors_free(errors);
	config_free(c);
	return c ? CTL_DONE : CTL_BAD_CONFIG;
}
