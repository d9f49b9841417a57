"""Extensions as switches read them: rows for Kamailio, PJSIP sections for Asterisk, a directory for FreeSWITCH.

All three compare hashes: none of these files holds a secret in clear. Whoever reads one can register with it.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from lxml import etree

from tollbook.account.fields import unseen
from tollbook.account.numbering.sip import Device

_SUBSCRIBER: Final = ("username", "domain", "password", "ha1", "ha1b")
_ENDPOINT: Final = """[{number}]
type=endpoint
context=from-internal
disallow=all
allow=alaw,ulaw
auth={number}
aors={number}
{caller}
[{number}]
type=auth
auth_type=md5
username={number}
realm={realm}
md5_cred={ha1}

[{number}]
type=aor
max_contacts=1
remove_existing=yes
"""


def kamailio_sql(devices: Sequence[Device]) -> str:
    """Statements that put each extension into `subscriber` once, whether it was there or not, all or none."""
    columns = ", ".join(_SUBSCRIBER)
    lines = ["BEGIN;"]
    for one in devices:
        lines += [
            f"DELETE FROM subscriber WHERE username = '{one.number}' AND domain = '{one.realm}';",  # noqa: S608 - digits and a host
            f"INSERT INTO subscriber ({columns})",
            f"  VALUES ('{one.number}', '{one.realm}', '', '{one.ha1}', '{one.ha1b}');",
        ]
    return "\n".join([*lines, "COMMIT;", ""])


def kamailio_csv(devices: Sequence[Device]) -> str:
    """Rows of `subscriber` as CSV, with the names of its columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_SUBSCRIBER)
    writer.writerows((one.number, one.realm, "", one.ha1, one.ha1b) for one in devices)
    return text.getvalue()


def asterisk(devices: Sequence[Device]) -> str:
    """Endpoint, auth and aor of each extension, to be included in `pjsip.conf`."""
    return "\n".join(
        _ENDPOINT.format(number=one.number, realm=one.realm, ha1=one.ha1, caller=_caller(one))
        for one in devices
    )


def _caller(device: Device) -> str:
    """Who calls, with a line's end; `;` would begin a comment there, and a quotation mark or a bracket end the name."""
    kept = "".join(sign for sign in device.name if sign not in '"\\<>')
    return f'callerid="{kept}" <{device.number}>\n'.replace(";", "\\;") if kept else ""


def freeswitch(devices: Sequence[Device]) -> str:
    """A directory with a domain for each realm; what FreeSWITCH would expand in a name, or XML cannot hold, is left out."""
    root = etree.Element("include")
    users: dict[str, etree._Element] = {}
    for device in devices:
        if device.realm not in users:
            domain = etree.SubElement(root, "domain", name=device.realm)
            users[device.realm] = etree.SubElement(
                etree.SubElement(etree.SubElement(domain, "groups"), "group", name="default"), "users"
            )
        user = etree.SubElement(users[device.realm], "user", id=device.number)
        etree.SubElement(etree.SubElement(user, "params"), "param", name="a1-hash", value=device.ha1)
        variables = etree.SubElement(user, "variables")
        told = {"user_context": "default", "effective_caller_id_number": device.number}
        if name := "".join(sign for sign in device.name if sign not in "${}\\" and not unseen(sign)):
            told["effective_caller_id_name"] = name
        for variable, value in told.items():
            etree.SubElement(variables, "variable", name=variable, value=value)
    text: str = etree.tostring(root, encoding="unicode", pretty_print=True)
    return text


SWITCHES: Final[Mapping[str, Callable[[Sequence[Device]], str]]] = {
    "kamailio-sql": kamailio_sql,
    "kamailio-csv": kamailio_csv,
    "asterisk": asterisk,
    "freeswitch": freeswitch,
}
"""What writes each, by the name of the format."""
