"""The processes of the lab: a Kamailio, two carriers, three customers. They end with this program, whatever ends it."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Final

HERE: Final = Path(__file__).resolve().parent
CARRIERS: Final = ("alpha", "bravo")
_MODULES: Final = (
    "/usr/lib/*/kamailio/modules",
    "/usr/lib*/kamailio/modules",
    "/usr/local/lib*/kamailio/modules",
)
_READY_S: Final = 60
_LONGEST_S: Final = 600


@dataclass(frozen=True)
class Lab:
    """Where things are."""

    folder: Path
    ports: Mapping[str, int]

    @property
    def rpc(self) -> str:
        """Address of the switch's JSON-RPC."""
        return f"http://127.0.0.1:{self.ports['rpc']}/RPC"

    def faults(self) -> list[str]:
        """The last that each SIPp complained of."""
        told = {
            log.stem: log.read_text(errors="replace").splitlines()
            for log in sorted(self.folder.glob("*.err"))
        }
        return [f"{name}: {lines[-1][:200]}" for name, lines in told.items() if lines]

    @property
    def rpc_socket(self) -> str:
        """The same by datagram."""
        return f"unix:{self.folder}/rpc.sock"


def missing() -> list[str]:
    """Programs that are not installed."""
    return [
        name for name in ("kamailio", "sipp") if not (shutil.which(name) or shutil.which(f"/usr/sbin/{name}"))
    ]


@contextmanager
def running(folder: Path, customers: Mapping[str, int]) -> Iterator[Lab]:
    """The switch and the carriers, ready for calls."""
    names = ("sip", "rpc", *CARRIERS, *customers)
    lab = Lab(folder, dict(zip(names, _free_ports(len(names)), strict=True)))
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_kamailio(lab, customers))
        started += [_carrier(lab, name) for name in CARRIERS]
        _wait(lab)
        yield lab
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def place_calls(lab: Lab, calls: Mapping[str, int], per_s: float) -> list[subprocess.Popen[bytes]]:
    """Have every customer place its calls."""
    total = sum(calls.values())
    return [
        _sipp(
            lab, name, HERE / "customer.xml", "-inf", str(lab.folder / f"{name}.csv"), "-m", str(number),
            "-r", str(max(1, round(1000 * per_s * number / total))), "-rp", "1000000", "-l", "2000",
            "-timeout", str(_LONGEST_S),
        )
        for name, number in calls.items()
    ]  # fmt: skip


def _kamailio(lab: Lab, customers: Mapping[str, int]) -> subprocess.Popen[bytes]:
    modules = next((found for pattern in _MODULES for found in sorted(Path("/").glob(pattern[1:]))), None)
    if modules is None:
        raise SystemExit("kamailio's modules are not where Debian has them")
    cases = "\n".join(
        f'\t\tcase {lab.ports[name]}: $dlg_var(customer) = "{name}"; break;' for name in customers
    )
    filled = {
        "SIP": lab.ports["sip"], "RPC": lab.ports["rpc"], "ALPHA": lab.ports["alpha"], "BRAVO": lab.ports["bravo"],
        "MODULES": f"{modules}/", "RUN": lab.folder, "CUSTOMERS": cases,
    }  # fmt: skip
    text = (HERE / "kamailio.cfg").read_text()
    for name, value in filled.items():
        text = text.replace(f"@{name}@", str(value))
    (lab.folder / "kamailio.cfg").write_text(text)
    words = ["-f", str(lab.folder / "kamailio.cfg"), "-DD", "-E", "-m", "64", "-M", "8"]
    words += ["-P", str(lab.folder / "kamailio.pid"), "-Y", str(lab.folder)]
    program = shutil.which("kamailio") or "/usr/sbin/kamailio"
    return _start([program, *words], lab.folder, "kamailio.log")


def _carrier(lab: Lab, name: str) -> subprocess.Popen[bytes]:
    scenario = lab.folder / f"{name}.xml"
    scenario.write_text((HERE / "carrier.xml").read_text().replace("@Carrier@", name.title()))
    return _sipp(lab, name, scenario)


def _sipp(lab: Lab, name: str, scenario: Path, *words: str) -> subprocess.Popen[bytes]:
    here = "127.0.0.1"
    command = [
        "sipp", "-sf", str(scenario), "-nostdin", "-i", here, "-mi", here, "-p", str(lab.ports[name]),
        "-mp", str(20_000 + 1000 * list(lab.ports).index(name)), "-timer_resol", "5",
        "-trace_shortmsg", "-shortmessage_file", str(lab.folder / f"{name}.short"),
        "-trace_err", "-error_file", str(lab.folder / f"{name}.err"), *words, f"{here}:{lab.ports['sip']}",
    ]  # fmt: skip
    return _start(command, lab.folder, f"{name}.log")


def _start(command: list[str], folder: Path, log: str) -> subprocess.Popen[bytes]:
    with (folder / log).open("wb") as file:
        return subprocess.Popen(
            command, cwd=folder, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )


def _free_ports(number: int) -> list[int]:
    """Ports that neither TCP nor UDP has in use."""
    probes = [(socket.socket(), socket.socket(type=socket.SOCK_DGRAM)) for _ in range(number)]
    found = []
    for tcp, udp in probes:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", tcp.getsockname()[1]))
        found.append(tcp.getsockname()[1])
    for pair in probes:
        for probe in pair:
            probe.close()
    return found


def _wait(lab: Lab) -> None:
    until = monotonic() + _READY_S
    while monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", lab.ports["rpc"]), timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            sleep(1)  # for SIPp, which says nothing when it is ready
            return
    sys.stderr.write((lab.folder / "kamailio.log").read_text()[-2000:])
    raise SystemExit("kamailio did not start")
