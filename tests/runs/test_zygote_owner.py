"""The owner's side: one zygote per process, and what is known of each kernel."""

import os
import signal
import socket

import pytest

from tollbook.runs.launch import COMMAND
from tollbook.runs.zygote import LARGEST
from tollbook.runs.zygote_owner import Forked, Owner, possible, warm_up

pytestmark = pytest.mark.skipif(not possible(), reason="kernels are forked on Linux only")


def reporting(*lines: str) -> tuple[Forked, socket.socket]:
    report, theirs = socket.socketpair()
    report.settimeout(0)
    theirs.send("".join(f"{line}\n" for line in lines).encode())
    return Forked(report), theirs


def test_a_kernel_tells_its_number_that_it_listens_and_how_it_ended() -> None:
    kernel, zygote = reporting("pid 7", "bound")
    assert (kernel.poll(), kernel.pid, kernel.bound) == (None, 7, True)
    zygote.send(b"exi")
    assert kernel.poll() is None
    zygote.send(b"t 3\n")
    assert (kernel.poll(), kernel.wait()) == (3, 3)


def test_a_zygote_that_is_gone_took_its_kernels_along() -> None:
    kernel, zygote = reporting("pid 7", "bound")
    zygote.close()
    assert kernel.poll() == -signal.SIGKILL


def test_no_signal_goes_to_a_kernel_that_has_ended() -> None:
    kernel, zygote = reporting(f"pid {os.getpid()}", "exit 0")
    kernel.kill()
    kernel.terminate()
    zygote.close()


@pytest.mark.slow
def test_one_zygote_is_started_and_another_when_it_has_died() -> None:
    warm_up()
    first = Owner.own()
    assert Owner.own() is first
    first.process.kill()
    first.process.wait()
    second = Owner.own()
    assert second.process.pid != first.process.pid
    second.close()
    assert second.process.returncode is not None


@pytest.mark.slow
def test_where_python_would_start_otherwise_by_now_another_zygote_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = Owner.own()
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONHASHSEED", "0")
        second = Owner.own()
        assert second is Owner.own()
    assert second is not first
    assert first.process.poll() is None
    assert Owner.own().suits(COMMAND, os.environ)


@pytest.mark.slow
def test_only_our_own_kernel_under_the_same_python_can_be_forked() -> None:
    owner = Owner.own()
    assert owner.suits([*COMMAND, "-f", "x"], os.environ)
    assert not owner.suits(["python", "-m", "ipykernel_launcher", "-f", "x"], os.environ)
    assert not owner.suits([*COMMAND, "-f", "x"], {**os.environ, "PYTHONOPTIMIZE": "1"})


@pytest.mark.slow
def test_an_environment_that_no_packet_holds_is_refused() -> None:
    with pytest.raises(OSError, match="too long"):
        Owner.own().fork([*COMMAND], {"A": "x" * LARGEST}, "/", [0, 1, 2])
