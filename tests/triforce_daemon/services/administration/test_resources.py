"""What the daemon uses of its machine: read as the kernel writes it."""

import os
import shutil
from pathlib import Path

from triforce_daemon.services.administration.resources import disk_use, memory_use


def test_memory_is_read_as_the_kernel_writes_it(tmp_path: Path) -> None:
    (tmp_path / "statm").write_text("40000 1000 200 1 0 900 0\n")
    (tmp_path / "meminfo").write_text("MemTotal:  2048 kB\nMemFree:  1 kB\nMemAvailable:  1024 kB\nHuge: 0\n")
    used = memory_use(str(tmp_path / "statm"), str(tmp_path / "meminfo"))
    assert used["daemon_bytes"] == 1_000 * os.sysconf("SC_PAGE_SIZE")
    assert (used["available_bytes"], used["total_bytes"]) == (1 << 20, 2 << 20)


def test_a_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_above(tmp_path: Path) -> None:
    assert disk_use(str(tmp_path / "not" / "here"))["total_bytes"] == shutil.disk_usage(tmp_path).total
