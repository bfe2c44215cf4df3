"""What a piece of work costs a process: CPU seconds, peak memory, and tables of such costs beside their targets."""

import os

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20


def cpu_seconds(pid):
    """User and system time of the process so far, of all threads that ever ran; in steps of a clock tick, 10 ms."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_seconds_of_threads(pid):
    """The same in nanosecond steps, of the threads alive now: for idle processes, whose threads stay."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="utf-8") as stat:
            total += int(stat.read().split()[0])
    return total / 1e9


def memory_mib(pid, field="VmRSS"):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    raise KeyError(field)


def forget_peak(pid):
    """From now on VmHWM is the peak since this call."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="utf-8") as control:
        control.write("5")


class Meter:
    """CPU and peak memory of some processes between begin() and read()."""

    def __init__(self, pids):
        self.pids = list(pids)
        self.before = []

    def begin(self):
        for pid in self.pids:
            forget_peak(pid)
        self.before = [cpu_seconds(pid) for pid in self.pids]

    def read(self):
        """(CPU seconds of all together, MiB of the largest)."""
        cpu = sum(cpu_seconds(pid) for pid in self.pids) - sum(self.before)
        return cpu, max(memory_mib(pid, "VmHWM") for pid in self.pids)


class Targets:
    """Counts figures against targets and prints each; a miss is marked, so that it is found in the table."""

    def __init__(self):
        self.count = 0
        self.missed = 0

    def mark(self, value, target, digits):
        if target is None:
            return f"{value:.{digits}f}"
        over = round(value, digits) > target
        self.count += 1
        self.missed += over
        return f"{value:.{digits}f}{'!' if over else ''} ({target})"

    def summary(self):
        return f"{self.missed} of {self.count} figures above target (marked !)"
