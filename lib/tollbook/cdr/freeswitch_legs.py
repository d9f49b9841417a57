"""What a leg's record holds in every FreeSWITCH file, and how its codes and channel names are read."""

from typing import Final

import polars as pl

from tollbook.cdr.columns import schema
from tollbook.cdr.outcomes import FREESWITCH_SIP, FREESWITCH_SIP_OTHER, Q850_OF_CAUSE
from tollbook.tables import INSTANT

LEG: Final = schema(
    uuid=pl.String,
    side=pl.String,
    other=pl.String,
    unheard=pl.Boolean,
    fine=pl.Boolean,
    number=pl.Int64,
    customer=pl.String,
    carrier=pl.String,
    caller=pl.String,
    called=pl.String,
    started_at=INSTANT,
    answered_at=INSTANT,
    ended_at=INSTANT,
    talk_ms=pl.Int64,
    pdd_ms=pl.Int64,
    sip_code=pl.Int32,
    q850=pl.Int32,
    digits=pl.Int32,
    codec=pl.String,
    mos=pl.Float64,
)
"""`side`: `a` the customer's leg, `b` the carrier's, null where the row does not say; `other`: uuid of the leg
at the other end; `unheard`: the row says that no codec was agreed; `fine`: microseconds, from mod_json_cdr; `number`: of
the session, since several legs may begin within one tick of the switch's clock."""

SCHEMA: Final = schema(**LEG, variables=pl.String)
"""A record: a leg, or from mod_json_cdr the variables of which one is made."""

NORMAL_CLEARING: Final = 16
_GATEWAY: Final = r"^sofia/gateway/([^/]+)/"
_HOST: Final = r"@([^/;]+)$"


def carrier_of_channel(channel: pl.Expr) -> pl.Expr:
    """The gateway of `sofia/gateway/NAME/NUMBER`, else host and port of `sofia/profile/NUMBER@HOST:PORT`."""
    return pl.coalesce(channel.str.extract(_GATEWAY), channel.str.extract(_HOST))


def sip_of_cause(cause: pl.Expr) -> pl.Expr:
    """The SIP code that the switch answers for the cause's name."""
    code = cause.replace_strict(FREESWITCH_SIP, default=FREESWITCH_SIP_OTHER, return_dtype=pl.Int32)
    return pl.when(cause.is_not_null()).then(code)


def q850_of_cause(cause: pl.Expr) -> pl.Expr:
    """The Q.850 number of the cause's name; the switch's own names are 16 to the other side."""
    number = cause.replace_strict(Q850_OF_CAUSE, default=NORMAL_CLEARING, return_dtype=pl.Int32)
    return pl.when(cause.is_not_null()).then(number)
