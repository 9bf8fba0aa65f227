# tests/bench/usage.py: what processes used, as /proc tells. CPU is exact (the scheduler's nanoseconds), the peak is the kernel's own mark.
import os
import shlex
import signal
import subprocess
import time


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
    time.sleep(1)  # it does not say when it has begun
    return profiler


def end_profile(profiler):
    if profiler and profiler.poll() is None:
        profiler.send_signal(signal.SIGINT)
        profiler.wait()
