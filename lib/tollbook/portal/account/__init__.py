"""The pages behind the account menu."""

from typing import Final

from tollbook.portal.account.contacts import Oneself, ViewAs
from tollbook.portal.account.profile import CompanyProfile, Profile
from tollbook.portal.account.security import Password, Sessions, Strength, TwoFactor
from tollbook.portal.account.tokens import Tokens

ROUTES: Final = (
    ("/account/view-as/end", Oneself),
    ("/account/password/strength", Strength),
    *(
        (f"/{page.path}", page)
        for page in (Profile, CompanyProfile, Password, TwoFactor, Sessions, Tokens, ViewAs)
    ),
)
