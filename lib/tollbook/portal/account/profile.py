"""My profile, and the company that one belongs to."""

from typing import Final

from tollbook.account.models import Customer
from tollbook.account.people.persons import Row, change_own, row_of
from tollbook.errors import UsageError
from tollbook.language import later, tr
from tollbook.money import plain
from tollbook.params import Company, Site, read
from tollbook.periods import zone_names
from tollbook.portal.access import asks
from tollbook.portal.account.base import AccountPage

FIELDS: Final = (
    ("name", later("Name"), "name"),
    ("email", later("E-mail"), "email"),
    ("department", later("Department"), "organization-title"),
    ("phone", later("Telephone"), "tel"),
    ("mobile", later("Mobile telephone"), "tel"),
)
"""Name, label and what a browser fills in by itself."""


class Profile(AccountPage):
    """`/account/profile`: what is known of oneself."""

    path, form = "account/profile", "profile"

    @asks("see", "profile")
    async def get(self) -> None:
        """The form with what is stored."""
        await self._show()

    @asks("change", "profile")
    async def post(self) -> None:
        """Keep what was typed; another e-mail address or mobile number is unverified."""
        typed = {name: self.typed(name).strip() for name, *_ in FIELDS}
        typed["zone"] = self.typed("zone").strip()
        try:
            await self.changing(lambda session: change_own(session, self.actor, typed))
        except UsageError as error:
            await self._show(str(error), typed)
        else:
            self.go("saved")

    async def _show(self, wrong: str = "", typed: dict[str, str] | None = None) -> None:
        row: Row = await self.reading(lambda session: row_of(self.myself(session)))
        verified = {name: row[f"{name}_verified_at"] is not None for name in ("email", "mobile")}
        self.page(
            wrong=wrong,
            status=400 if wrong else 200,
            row=row | (typed or {}),
            fields=[(name, tr(label), filled) for name, label, filled in FIELDS],
            verified=verified,
            zones=sorted(zone_names()),
        )


class CompanyProfile(AccountPage):
    """`/account/company`: of a contact its customer, and where to pay; of an operator the account itself."""

    path, form = "account/company", "company"

    @asks("see", "company")
    async def get(self) -> None:
        """What is known, to be read."""
        customer = self.signed.scope.customer
        ours = read("company", Company)
        if customer is None:
            rows = self._account(ours)
        else:
            rows = await self.reading(
                lambda session: self._customer(session.get_one(Customer, customer), ours)
            )
        self.page(rows=[(label, text) for label, text in rows if text], where=customer is None)

    @staticmethod
    def _account(ours: Company) -> list[tuple[str, str]]:
        return [
            (tr("Name"), ours.name or read("site", Site).name),
            (tr("Address"), ours.address),
            (tr("Contact"), ours.contact),
            (tr("Tax number"), ours.tax_id),
            (tr("Payment details"), ours.payment_details),
        ]

    @staticmethod
    def _customer(row: Customer, ours: Company) -> list[tuple[str, str]]:
        limit = f"{plain(row.debit_limit)} {row.currency or ''}".strip()
        rate = f"{plain(row.tax_rate)} %" if row.tax_rate is not None else ""
        return [
            (tr("Name"), row.name),
            (tr("Address"), row.address),
            (tr("Currency"), row.currency or ""),
            (tr("Debit limit"), limit),
            (tr("Tax"), rate),
            (tr("Due days"), str(row.due_days)),
            (tr("Contact"), ours.contact),
            (tr("Payment details"), ours.payment_details),
        ]
