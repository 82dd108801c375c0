"""Becomes another program that ends when its parent does; run by path, before any import of ours.

``python launch.py PARENT SIGNAL USER COMMAND...``: ask the kernel (Linux) for SIGNAL at the death
of the parent unless that is 0, become USER unless that is empty, execute COMMAND. A step of its own
because doing this between fork and exec is unsafe in a process that has threads.
"""

import ctypes
import os
import pwd
import sys

# linux/prctl.h
PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, user: str, command: list[str]) -> None:
    """Execute ``command``; does not return."""
    if user:
        become(user)
    # After the change of user, which clears it.
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
    # The parent may have ended before the request was made.
    if parent in {0, os.getppid()}:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


def become(user: str) -> None:
    """Give up all rights but those of ``user``."""
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
