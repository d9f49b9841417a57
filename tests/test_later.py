"""Imports that are put off until somebody needs them."""

import subprocess
import sys

CODE = """
import sys
import tollbook
import jsonschema
assert "lark" not in sys.modules
check = jsonschema.Draft202012Validator.FORMAT_CHECKER
print(check.conforms("http://\\u00fc.example/", "iri"), check.conforms("no iri", "iri"), "lark" in sys.modules)
"""


def test_addresses_are_still_validated_by_whoever_asks() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "True"]


def test_a_worker_of_a_run_does_without_them() -> None:
    code = "import sys, tollbook.runs.invoices, papermill; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
