/* tests/fuzz/replay.c: a main for a fuzz target without libFuzzer: every seed once. NAME FILE-OR-FOLDER... */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/base/own.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* 1: ran; 0: reason said. The copy has the file's exact size, so that a read behind it is seen. */
static size_t run_file(const char *path, size_t size)
{
	AUTO_FREE uint8_t *data = malloc(size ? size : 1);
	FILE *f = fopen(path, "re");
	size_t got = f && data ? fread(data, 1, size, f) : 0;

	if (f)
		fclose(f);
	if (!f || !data || got != size) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 0;
	}
	LLVMFuzzerTestOneInput(data, size);
	return 1;
}

static size_t run_folder(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	size_t ran = 0;

	for (int i = 0; i < n; i++) {
		char file[PATH_MAX];
		struct stat st;

		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		if (stat(file, &st) == 0 && S_ISREG(st.st_mode))
			ran += run_file(file, (size_t)st.st_size);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	if (ran == 0)
		fprintf(stderr, "%s: no seeds\n", path);
	return ran;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	size_t total = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;
		size_t ran;

		if (stat(argv[i], &st) < 0) {
			fprintf(stderr, "%s: %s: %s\n", name, argv[i], strerror(errno));
			return 1;
		}
		ran = S_ISDIR(st.st_mode) ? run_folder(argv[i]) : run_file(argv[i], (size_t)st.st_size);
		if (ran == 0)
			return 1;
		total += ran;
	}
	if (total == 0) {
		fprintf(stderr, "usage: %s FILE-OR-FOLDER...\n", name);
		return 1;
	}
	printf("%s: %zu seeds ok\n", name, total);
	return 0;
}
