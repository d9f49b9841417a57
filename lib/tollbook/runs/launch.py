"""The kernel's own beginning: Jupyter's Python kernel, started a second faster."""

from tollbook.runs.imports import skip_slow_parsers


def main() -> None:
    """Serve one notebook, as the connection file on the command line says."""
    skip_slow_parsers()
    from ipykernel.kernelapp import launch_new_instance  # noqa: PLC0415 - after the parsers are out of its way

    launch_new_instance()


if __name__ == "__main__":
    main()
