"""Telling readers of a PDF that the XML in it is the invoice itself: the mark of Factur-X in its metadata."""

import re
from typing import Final

from tollbook.errors import TollbookError

XML: Final = "factur-x.xml"
"""Name under which Factur-X wants it attached."""

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EXTENSION: Final = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA: Final = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY: Final = "http://www.aiim.org/pdfa/ns/property#"
_FACTURX: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_TOLD: Final = {
    "DocumentFileName": (XML, "The name of the embedded XML document"),
    "DocumentType": ("INVOICE", "The type of the hybrid document in capital letters"),
    "Version": ("1.0", "The version of the standard that the embedded XML document follows"),
    "ConformanceLevel": ("EN 16931", "The conformance level of the embedded XML document"),
}
_RESOURCE: Final = {f"{{{_RDF}}}parseType": "Resource"}


_METADATA: Final = re.compile(rb"/Metadata (\d+) 0 R")
_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")


def marked(pdf: bytes) -> bytes:
    """The PDF/A-3 of Typst with the mark, as an update at its end: all before it stays as it is.

    Raises:
        TollbookError: Typst writes its files in another way than it did.
    """
    catalog, start = _METADATA.findall(pdf), _START.search(pdf)
    at = pdf.rfind(b"\ntrailer")
    if len(catalog) != 1 or start is None or at < 0:
        raise TollbookError(
            "the PDF has no metadata where it is looked for: this version of typst is not known"
        )
    number = catalog[0]
    head, _, rest = pdf[pdf.index(b"\n%b 0 obj" % number) :].partition(b"stream")
    size = re.search(rb"/Length (\d+)", head)
    length = int(size[1]) if size else 0
    xmp = _marked(rest.lstrip(b"\r\n")[:length])
    trailer = pdf[at:].partition(b"<<")[2].rpartition(b">>")[0]
    stream = b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%b\nendstream" % (len(xmp), xmp)
    begun = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    made = b"%b 0 obj\n%b\nendobj\n" % (number, stream)
    table = b"xref\n%b 1\n%010d 00000 n \ntrailer\n<<%b/Prev %b>>\n" % (number, len(begun), trailer, start[1])
    return begun + made + table + b"startxref\n%d\n%%%%EOF\n" % (len(begun) + len(made))


def _marked(xmp: bytes) -> bytes:
    """The metadata with what Factur-X tells, and the schema that PDF/A wants of every such property."""
    from lxml import etree  # noqa: PLC0415 - only documents need it

    begin, _, rest = xmp.partition(b"?>")
    body, _, end = rest.rpartition(b"<?xpacket")
    root = etree.fromstring(body)
    rdf = root.find(f"{{{_RDF}}}RDF")
    schemas = root.find(f".//{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag")
    schema = etree.SubElement(schemas, f"{{{_RDF}}}li", _RESOURCE)
    told = {"schema": "Factur-X PDFA Extension Schema", "namespaceURI": _FACTURX, "prefix": "fx"}
    for name, value in told.items():
        etree.SubElement(schema, f"{{{_SCHEMA}}}{name}").text = value
    properties = etree.SubElement(etree.SubElement(schema, f"{{{_SCHEMA}}}property"), f"{{{_RDF}}}Seq")
    description = etree.SubElement(
        rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""}, nsmap={"fx": _FACTURX}
    )
    for name, (value, meaning) in _TOLD.items():
        each = etree.SubElement(properties, f"{{{_RDF}}}li", _RESOURCE)
        facts = {"category": "external", "description": meaning, "name": name, "valueType": "Text"}
        for fact, text in facts.items():
            etree.SubElement(each, f"{{{_PROPERTY}}}{fact}").text = text
        etree.SubElement(description, f"{{{_FACTURX}}}{name}").text = value
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return begin + b"?>" + made + b"<?xpacket" + end
