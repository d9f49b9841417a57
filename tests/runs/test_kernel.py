"""Which kernel a notebook gets."""

import sys
from pathlib import Path

from tollbook.runs.kernel import NAME, OwnKernel, kernel_with


def test_kernel_is_this_interpreter_whatever_is_installed() -> None:
    spec = kernel_with({"A": "b"})().kernel_spec
    assert OwnKernel().format_kernel_cmd()[0] == sys.executable
    assert spec.metadata["kernel_provisioner"]["provisioner_name"] == NAME
    assert spec.env == {"A": "b"}


def test_each_kernel_has_a_private_folder_for_its_sockets() -> None:
    first, second = OwnKernel(), OwnKernel()
    assert (first.transport, first.ip == second.ip) == ("ipc", False)
    folder = Path(first.connection_file).parent
    assert folder.stat().st_mode & 0o077 == 0
    assert len(first.ip) < 100  # a socket's path ends at 107
