"""What texts may hold, as regular expressions that JSON Schema knows; the same that `account.fields` takes."""

from typing import Final

_CONTROLS: Final = r"\u0000-\u001f\u007f-\u009f"
_FORMATTING: Final = (
    r"\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
_SPACES: Final = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
UNSEEN: Final = _CONTROLS + _FORMATTING
"""What no text in one line holds, as the inside of a class of characters."""

LINE: Final = f"^[^{UNSEEN}{_SPACES}]([^{UNSEEN}]*[^{UNSEEN}{_SPACES}])?$"
"""One line that people read, without spaces at its ends."""
LINES: Final = f"^([^{UNSEEN}]|\\n)*$"
"""Lines that people read."""
ID: Final = f"^[^{UNSEEN}{_SPACES}/\\\\.]([^{UNSEEN}/\\\\]*[^{UNSEEN}{_SPACES}/\\\\])?$"
"""What call records call somebody, and a folder can be named."""
AMOUNT: Final = r"^-?[0-9]{1,29}(\.[0-9]{1,9})?$"
PERCENT: Final = r"^(100(\.0{1,9})?|[0-9]{1,2}(\.[0-9]{1,9})?)$"
POSITIVE: Final = r"^([1-9][0-9]{0,19}(\.[0-9]{1,3})?|0\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$"
"""An amount above zero in a currency's minor units."""
PERIOD: Final = (
    r"^[12][0-9]{3}-(W(0[1-9]|[1-4][0-9]|5[0-3])|(0[1-9]|1[0-2])|"
    r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$"
)
"""2026-10-05, 2026-W41 or 2026-10."""
_MAIL: Final = r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9]{1,63}(-[A-Za-z0-9]+)?(\.[A-Za-z0-9]{2,20})+"
MAILS: Final = f"^({_MAIL}( {_MAIL})*)?$"
"""E-mail addresses with a space between, or none."""
MAIL: Final = f"^({_MAIL})?$"
"""One e-mail address, or none."""
LOGIN: Final = r"^[A-Za-z0-9]([A-Za-z0-9._+-]*[A-Za-z0-9])?(@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)?$"
"""A login name as programs may enter it; pages take letters of all scripts."""
TELEPHONE: Final = r"^(\+?[0-9]{3,15})?$"
"""A telephone number without what people write between its digits, or none."""
ADDRESSES: Final = r"^[0-9A-Fa-f.:/]{2,50}$"
"""What an address or a network is made of."""
_BYTE: Final = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
NETWORK: Final = f"^{_BYTE}\\.({_BYTE}\\.({_BYTE}\\.({_BYTE}/32|0/24)|0\\.0/16)|0\\.0\\.0/8)$"
"""A network whose mask ends with a byte, which has no bits beyond it."""
