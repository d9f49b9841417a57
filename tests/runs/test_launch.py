"""The kernel's own beginning."""

import subprocess
import sys


def test_it_is_jupyters_kernel_with_all_its_options() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tollbook.runs.launch", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--IPKernelApp.connection_file" in done.stdout or "-f" in done.stdout
