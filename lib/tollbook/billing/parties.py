"""Who invoices and who is invoiced, as a record keeps them: what is known when it is settled."""

from tollbook.account.models import Customer
from tollbook.billing.record import Buyer, Seller
from tollbook.params import Company, Site, read


def seller() -> Seller:
    """The account, as `params/company.yml` tells it; without a name of its own it is called as the site."""
    company = read("company", Company)
    return Seller(**{**company.model_dump(), "name": company.name or read("site", Site).name})


def buyer(customer: Customer) -> Buyer:
    """The customer: of what a record may tell, all that the table of customers has."""
    told = {name: getattr(customer, name, None) for name in Buyer.model_fields}
    return Buyer(**{name: value for name, value in told.items() if value is not None})
