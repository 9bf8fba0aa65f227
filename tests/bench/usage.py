# tests/bench/usage.py: what processes used, as /proc tells. CPU is exact (the scheduler's nanoseconds), the peak is the kernel's own mark.
import os
import shlex
import signal
import subprocess

from lab import wait_for


def cpu_s(pids):
    total = 0
    for pid in pids:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                total += int(f.read().split()[0])
    return total / 1e9


def status_kb(pid, key):
    with open("/proc/%d/status" % pid) as f:
        return next(int(line.split()[1]) for line in f if line.startswith(key + ":"))


def rss_kb(pids):
    return sum(status_kb(pid, "VmRSS") for pid in pids)


def pss_kb(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            total += next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
    return total


def reset_peak(pids):
    for pid in pids:
        with open("/proc/%d/clear_refs" % pid, "w") as f:
            f.write("5")


def peak_kb(pids):
    return sum(status_kb(pid, "VmHWM") for pid in pids)


def profile(command, pids):
    """A profiler of the user's choice on the daemon while it works; {pids} stands for its processes."""
    if not command:
        return None
    profiler = subprocess.Popen(shlex.split(command.replace("{pids}", ",".join(map(str, pids)))))
    wait_for(lambda: has_begun(profiler, pids) or profiler.poll() is not None, 10, "the profiler does not begin: " + command)
    return profiler


def has_begun(profiler, pids):
    """It does not say so: it has the kernel's counters open (perf), or it traces (strace)."""
    links = ["/proc/%d/fd/%s" % (profiler.pid, fd) for fd in os.listdir("/proc/%d/fd" % profiler.pid)]
    if any(os.readlink(link) == "anon_inode:[perf_event]" for link in links if os.path.islink(link)):
        return True
    with open("/proc/%d/status" % pids[0]) as f:
        return any(line.split() == ["TracerPid:", str(profiler.pid)] for line in f)


def end_profile(profiler):
    if profiler and profiler.poll() is None:
        profiler.send_signal(signal.SIGINT)
        profiler.wait()
