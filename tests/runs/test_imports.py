"""What a process imports before it is forked for kernels."""

import subprocess
import sys

CODE = """
import sys
from tollbook.runs.imports import load_what_pages_need
from tollbook.runs.zygote import querying
load_what_pages_need(kernels=sys.argv[1] == "kernels")
print(*("{} {}".format(name, name in sys.modules) for name in ("polars", "tollbook.show.graph", "ipykernel.kernelapp")))
print(querying())
"""


def loaded(what: str) -> list[str]:
    run = [sys.executable, "-c", CODE, what]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()


def test_what_pages_need_is_there_and_no_query_ran() -> None:
    assert loaded("kernels") == ["polars True tollbook.show.graph True ipykernel.kernelapp True", "[]"]


def test_what_only_kernels_need_can_be_left_out() -> None:
    assert loaded("cells")[0] == "polars True tollbook.show.graph True ipykernel.kernelapp False"
