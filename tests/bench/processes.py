"""What a server's processes take: memory and processor time, from Linux's /proc
(https://docs.kernel.org/filesystems/proc.html)."""

import os
from pathlib import Path
from typing import NamedTuple

_TICK = os.sysconf("SC_CLK_TCK")


class Memory(NamedTuple):
    """MiB of one process. `anonymous` belongs to it alone; `unique` is that and the pages of files that no other
    process has mapped now, such as those of a SQLite database (they are the system's cache and can be given up);
    `proportional` has its share of the pages in common; `peak` was resident at most, common pages included."""

    anonymous: float
    unique: float
    proportional: float
    peak: float


def workers(pid: int, number: int) -> list[int]:
    """The processes that answer: the server itself, or those that it started."""
    if number == 1:
        return [pid]
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                command = (folder / "cmdline").read_bytes()
            except OSError:  # it has ended
                continue
            if parent == pid and b"spawn_main" in command:
                found.append(int(folder.name))
    return found


def memory(pid: int) -> Memory:
    sizes: dict[str, float] = {}
    for file in ("smaps_rollup", "status"):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            name, _, rest = line.partition(":")
            if rest.endswith("kB"):
                sizes[name] = int(rest.split()[0]) / 1024
    unique = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return Memory(sizes["Anonymous"], unique, sizes["Pss"], sizes["VmHWM"])


def processor_seconds(pids: list[int]) -> float:
    """In user and system mode, so far."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICK
