#include "agent/process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1000000;
}

static void memory(struct metrics_rim *ret)
{
	unsigned long long size, resident, page = (unsigned long long)sysconf(_SC_PAGESIZE);
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%llu %llu", &size, &resident) == 2) {
		ret->virtual_size = size * page;
		ret->resident = resident * page;
	}
	if (f)
		fclose(f);
}

static void descriptors(struct metrics_rim *ret)
{
	DIR *dir = opendir("/proc/self/fd");
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		ret->max_fds = (unsigned)limit.rlim_cur;
	if (!dir)
		return;
	ret->open_fds = 0;
	for (const struct dirent *e; (e = readdir(dir));)
		ret->open_fds += e->d_name[0] != '.';
	ret->open_fds -= 1;                      /* the folder's own */
	closedir(dir);
}

void process_read(struct metrics_rim *ret)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		ret->cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
	memory(ret);
	descriptors(ret);
}
