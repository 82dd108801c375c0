"""Memory of a process and of all that it started (Linux)."""

from collections import defaultdict
from pathlib import Path


def memory_of(pid: int) -> int:
    """Bytes; pages that processes share are divided among them (proportional set size).

    Args:
        pid: Of the first process; one that is gone counts nothing.
    """
    children: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # proc(5): the parent is field 4; what was the name is cut off.
        children[int(fields[1])].append(int(path.parent.name))
    found, left = 0, [pid]
    while left:
        process = left.pop()
        found += _proportional(process)
        left += children[process]
    return found


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
