"""The PDF: PDF/A-3 that says what the record says, in fonts of its own."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from billing.documents.records import make_calls, make_credit, make_record, of_customer
from tollbook.billing.documents.document import Document, Look
from tollbook.billing.documents.pdf import pdf
from tollbook.billing.documents.words import words_of
from tollbook.errors import TollbookError

LOGO = (
    "logo.svg",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>',
)


def made(document: Document) -> PdfReader:
    return PdfReader(BytesIO(pdf(document, words_of(document), None)))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def fonts_of(reader: PdfReader) -> list[Any]:
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    return [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]


def test_its_text_is_the_records() -> None:
    text = text_of(made(Document(make_record(), calls=make_calls(3))))
    for said in (
        *(
            "Invoice INV-2026-000042",
            "ACME Telekom AG",
            "2 November 2026",
            "16 November 2026",
            "1–31 Oct 2026",
        ),
        *("Germany mobile 0.0195 3,812 10,692:10 €208.50", "Net €512.61", "VAT 19% €97.40", "Total €610.01"),
        *(
            "DE75 5121 0800 1245 1261 99",
            "512.608376",
            make_record().sha256,
            "49305550001 49305550002",  # calls are set column by column
            "37167000001 37167000002",
        ),
    ):
        assert said in text


def test_it_is_pdf_a_3b_with_every_font_in_it() -> None:
    reader = made(Document(make_record()))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in metadata
    fonts = fonts_of(reader)
    assert fonts
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
    assert {font["/FontName"].partition("+")[2].partition("-")[0] for font in fonts} == {"NotoSans"}


@pytest.mark.parametrize(
    ("name", "font"),
    [("Ελληνικά Привет Łódź", "NotoSans"), ("شركة الاتصالات", "NotoSansArabic"), ("שלום", "NotoSansHebrew"),
     ("电信", "NotoSansSC"), ("한국통신", "NotoSansKR"), ("カナ", "NotoSansSC")],
)  # fmt: skip
def test_names_of_every_script_are_set(name: str, font: str) -> None:
    used = {
        each["/FontName"].partition("+")[2].partition("-")[0]
        for each in fonts_of(made(Document(make_record(customer=of_customer(name=name)))))
    }
    assert font in used


def test_a_japanese_customer_reads_japanese_shapes() -> None:
    fonts = fonts_of(made(Document(make_record(customer=of_customer(name="直通", country="JP")))))
    assert any("NotoSansJP" in font["/FontName"] for font in fonts)


def test_a_character_that_no_font_has_is_an_error_of_that_invoice_by_name() -> None:
    with pytest.raises(
        TollbookError,
        match=r"no font has 'ก' \(U\+0E01 THAI CHARACTER KO KAI\), which the PDF of INV-2026-000042",
    ):
        made(Document(make_record(customer=of_customer(name="ก ACME"))))


def test_names_are_texts_whatever_they_hold() -> None:
    evil = '#panic("x") $x$ *b* _i_ <label> @ref \\ " [x] {y} // z /* w */ `raw`'
    assert evil in text_of(made(Document(make_record(customer=of_customer(name=evil)))))


@pytest.mark.parametrize("currency", ["JPY", "KWD", "EUR"])
def test_every_currency_is_set(currency: str) -> None:
    record = make_record(currency)
    assert words_of(Document(record))["totals"]["total"][1].replace("\u00a0", " ") in text_of(
        made(Document(record))
    )


def test_from_right_to_left_it_is_set_and_says_the_same_sums() -> None:
    text = text_of(made(Document(make_record(customer=of_customer(language="ar", name="شركة")))))
    assert "610.01" in text
    assert "INV-2026-000042" in text


def test_a_draft_and_a_credit_note_say_what_they_are() -> None:
    assert "Draft, not an invoice" in text_of(made(Document(make_record(number=None, issued_at=None))))
    assert "Credit note INV-2026-000043" in text_of(made(make_credit()))


def test_many_lines_go_over_pages_and_every_page_says_which_it_is() -> None:
    lines = make_record().lines * 40
    reader = made(Document(make_record(lines=lines)))
    assert len(reader.pages) > 3
    last = len(reader.pages)
    assert all(
        f"Page {number} of {last}" in page.extract_text() for number, page in enumerate(reader.pages, start=1)
    )


def test_an_own_template_may_change_one_thing_or_all() -> None:
    colour = '#import "tollbook.typ": invoice\n#invoice(json("invoice.json"), accent: rgb("#7a1f3d"))'
    assert "Total €610.01" in text_of(made(Document(make_record(), look=Look(typst=colour, logo=LOGO))))
    own = '#set text(font: "Noto Sans")\n#let it = json("invoice.json")\nOurs: #it.totals.total.last()'
    assert text_of(made(Document(make_record(), look=Look(typst=own)))) == "Ours: €610.01"


def test_a_template_that_typst_does_not_understand_is_an_error_of_the_invoice() -> None:
    with pytest.raises(
        TollbookError, match="the PDF of INV-2026-000042 cannot be set: unknown variable: nothing"
    ):
        made(Document(make_record(), look=Look(typst="#nothing")))
