"""Which sockets a process holds, as Linux tells it."""

from pathlib import Path


def sockets_to(port: int, pid: int) -> set[str]:
    """Return the inodes of the TCP connections that the process ``pid`` holds to ``port``."""
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    ours = {row[9] for row in rows if int(row[2].rpartition(":")[2], 16) == port}
    return ours & _inodes(pid)


def _inodes(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


def children_of(pid: int) -> list[int]:
    """Return the processes that ``pid`` forked."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
