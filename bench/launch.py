"""Runs a command and writes to stderr, as JSON, its seconds, its peak memory (`ru_maxrss`) and its exit code.

A new process begins with the peak memory of the one it was forked from. So a command is started from this small
process rather than from a benchmark that has a corpus in memory.
"""

import json
import os
import sys
import time

if __name__ == "__main__":
    start = time.perf_counter()
    both_to_stdout = [(os.POSIX_SPAWN_DUP2, 1, 2)]
    pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=both_to_stdout)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    json.dump([seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status)], sys.stderr)
