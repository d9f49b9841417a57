"""The mark of Factur-X in a PDF/A-3."""

from io import BytesIO

import pytest
from facturx import get_facturx_xml_from_pdf
from pypdf import PdfReader

from billing.documents.records import make_record
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.einvoice import FACTURX, einvoice
from tollbook.billing.documents.hybrid import XML, marked
from tollbook.billing.documents.pdf import pdf
from tollbook.billing.documents.words import words_of
from tollbook.errors import TollbookError

FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"


@pytest.fixture(scope="module")
def both() -> tuple[bytes, bytes]:
    document = Document(make_record())
    xml = einvoice(document, FACTURX)
    return pdf(document, words_of(document), xml), xml


def test_a_reader_of_factur_x_finds_the_same_xml(both: tuple[bytes, bytes]) -> None:
    made, xml = both
    assert get_facturx_xml_from_pdf(made, check_xsd=True, check_schematron=False) == (XML, xml)


def test_the_xml_is_an_alternative_of_the_document(both: tuple[bytes, bytes]) -> None:
    root = PdfReader(BytesIO(both[0])).trailer["/Root"]
    (attached,) = (each.get_object() for each in root["/AF"])
    assert (attached["/UF"], attached["/AFRelationship"]) == (XML, "/Alternative")


def test_metadata_tell_profile_and_schema_and_still_pdf_a_3(both: tuple[bytes, bytes]) -> None:
    metadata = PdfReader(BytesIO(both[0])).trailer["/Root"]["/Metadata"].get_data().decode()
    for told in (
        "<fx:DocumentType>INVOICE</fx:DocumentType>",
        "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
        f"<pdfaSchema:namespaceURI>{FX}</pdfaSchema:namespaceURI>",
        "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
    ):
        assert told in metadata


def test_a_pdf_of_another_make_is_refused() -> None:
    with pytest.raises(TollbookError, match="this version of typst is not known"):
        marked(b"%PDF-1.7\n%%EOF\n")
