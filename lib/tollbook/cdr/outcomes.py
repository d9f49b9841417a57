"""What release codes mean: SIP codes and Q.850 causes to outcomes, cause names to numbers.

Data and the expressions that look it up. The raw codes stay beside the outcome, so nothing is lost by it.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

SIP_OUTCOME: Final[Mapping[int, str]] = {
    401: "rejected",
    403: "rejected",
    404: "unallocated",
    407: "rejected",
    410: "unallocated",
    433: "rejected",
    480: "no_answer",
    484: "unallocated",
    486: "busy",
    487: "cancelled",
    503: "congestion",
    600: "busy",
    603: "rejected",
    604: "unallocated",
    607: "rejected",
    608: "rejected",
}
"""Final SIP code to outcome; 2xx is answered, every other code is failed.

408 is failed, not no_answer: it also says that nobody was there to ask, and RFC 6076 counts it against the
network.
"""

Q850_OUTCOME: Final[Mapping[int, str]] = {
    1: "unallocated",
    2: "unallocated",
    3: "unallocated",
    16: "cancelled",
    17: "busy",
    18: "no_answer",
    19: "no_answer",
    20: "no_answer",
    21: "rejected",
    22: "unallocated",
    28: "unallocated",
    34: "congestion",
    41: "congestion",
    42: "congestion",
    44: "congestion",
    47: "congestion",
    52: "rejected",
    54: "rejected",
    57: "rejected",
}
"""Q.850 cause of an unanswered call to outcome; every other cause is failed.

16, normal clearing, before an answer is the caller who hung up.
"""

Q850_OF_CAUSE: Final[Mapping[str, int]] = {
    "UNALLOCATED_NUMBER": 1,
    "NO_ROUTE_TRANSIT_NET": 2,
    "NO_ROUTE_DESTINATION": 3,
    "CHANNEL_UNACCEPTABLE": 6,
    "CALL_AWARDED_DELIVERED": 7,
    "NORMAL_CLEARING": 16,
    "USER_BUSY": 17,
    "NO_USER_RESPONSE": 18,
    "NO_ANSWER": 19,
    "SUBSCRIBER_ABSENT": 20,
    "CALL_REJECTED": 21,
    "NUMBER_CHANGED": 22,
    "REDIRECTION_TO_NEW_DESTINATION": 23,
    "EXCHANGE_ROUTING_ERROR": 25,
    "DESTINATION_OUT_OF_ORDER": 27,
    "INVALID_NUMBER_FORMAT": 28,
    "FACILITY_REJECTED": 29,
    "RESPONSE_TO_STATUS_ENQUIRY": 30,
    "NORMAL_UNSPECIFIED": 31,
    "NORMAL_CIRCUIT_CONGESTION": 34,
    "NETWORK_OUT_OF_ORDER": 38,
    "NORMAL_TEMPORARY_FAILURE": 41,
    "SWITCH_CONGESTION": 42,
    "ACCESS_INFO_DISCARDED": 43,
    "REQUESTED_CHAN_UNAVAIL": 44,
    "PRE_EMPTED": 45,
    "FACILITY_NOT_SUBSCRIBED": 50,
    "OUTGOING_CALL_BARRED": 52,
    "INCOMING_CALL_BARRED": 54,
    "BEARERCAPABILITY_NOTAUTH": 57,
    "BEARERCAPABILITY_NOTAVAIL": 58,
    "SERVICE_UNAVAILABLE": 63,
    "BEARERCAPABILITY_NOTIMPL": 65,
    "CHAN_NOT_IMPLEMENTED": 66,
    "FACILITY_NOT_IMPLEMENTED": 69,
    "SERVICE_NOT_IMPLEMENTED": 79,
    "INVALID_CALL_REFERENCE": 81,
    "INCOMPATIBLE_DESTINATION": 88,
    "INVALID_MSG_UNSPECIFIED": 95,
    "MANDATORY_IE_MISSING": 96,
    "MESSAGE_TYPE_NONEXIST": 97,
    "WRONG_MESSAGE": 98,
    "IE_NONEXIST": 99,
    "INVALID_IE_CONTENTS": 100,
    "WRONG_CALL_STATE": 101,
    "RECOVERY_ON_TIMER_EXPIRE": 102,
    "MANDATORY_IE_LENGTH_ERROR": 103,
    "PROTOCOL_ERROR": 111,
    "INTERWORKING": 127,
}
"""Cause names as FreeSWITCH writes them. Names of its own (ORIGINATOR_CANCEL, LOSE_RACE, PICKED_OFF, ...)
are not here: to the other side it calls them 16."""

FREESWITCH_SIP: Final[Mapping[str, int]] = {
    "UNALLOCATED_NUMBER": 404,
    "NO_ROUTE_TRANSIT_NET": 404,
    "NO_ROUTE_DESTINATION": 404,
    "USER_BUSY": 486,
    "CALL_REJECTED": 603,
    "NUMBER_CHANGED": 410,
    "REDIRECTION_TO_NEW_DESTINATION": 410,
    "EXCHANGE_ROUTING_ERROR": 483,
    "DESTINATION_OUT_OF_ORDER": 502,
    "INVALID_NUMBER_FORMAT": 484,
    "FACILITY_REJECTED": 501,
    "REQUESTED_CHAN_UNAVAIL": 503,
    "NORMAL_CIRCUIT_CONGESTION": 503,
    "NETWORK_OUT_OF_ORDER": 503,
    "NORMAL_TEMPORARY_FAILURE": 503,
    "SWITCH_CONGESTION": 503,
    "GATEWAY_DOWN": 503,
    "BEARERCAPABILITY_NOTAVAIL": 503,
    "OUTGOING_CALL_BARRED": 403,
    "INCOMING_CALL_BARRED": 403,
    "BEARERCAPABILITY_NOTAUTH": 403,
    "BEARERCAPABILITY_NOTIMPL": 488,
    "INCOMPATIBLE_DESTINATION": 488,
    "FACILITY_NOT_IMPLEMENTED": 501,
    "SERVICE_NOT_IMPLEMENTED": 501,
    "RECOVERY_ON_TIMER_EXPIRE": 504,
    "ORIGINATOR_CANCEL": 487,
    "LOSE_RACE": 487,
    "PICKED_OFF": 487,
}
"""What FreeSWITCH answers to an INVITE it gives up with this cause, or gets for one it cancels; else 480.

NO_USER_RESPONSE is left to that 480: the switch makes it of a carrier's 480 and passes that code on, and
only where a dial plan names the cause itself would it be 408.
"""
FREESWITCH_SIP_OTHER: Final = 480

ASTERISK_SIP: Final[Mapping[int, int]] = {
    1: 404,
    2: 404,
    3: 404,
    17: 486,
    18: 408,
    19: 480,
    20: 480,
    21: 403,
    22: 410,
    27: 502,
    28: 484,
    29: 501,
    31: 480,
    34: 503,
    38: 500,
    42: 503,
    58: 488,
    66: 503,
    127: 500,
}
"""What Asterisk answers to an INVITE it gives up with this Q.850 cause (a carrier's 603 is told as 403)."""


def outcome_of_sip(code: pl.Expr) -> pl.Expr:
    """Outcome of a final SIP code; null where the code is null."""
    mapped = code.replace_strict(SIP_OUTCOME, default="failed", return_dtype=pl.String)
    return pl.when(code.is_between(200, 299)).then(pl.lit("answered")).when(code.is_not_null()).then(mapped)


def outcome_of_q850(cause: pl.Expr) -> pl.Expr:
    """Outcome of the Q.850 cause of an unanswered call; null where the cause is null."""
    mapped = cause.replace_strict(Q850_OUTCOME, default="failed", return_dtype=pl.String)
    return pl.when(cause.is_not_null()).then(mapped)


def outcome(answered_at: pl.Expr, sip_code: pl.Expr, q850: pl.Expr) -> pl.Expr:
    """Answered where there is an answer signal, else by SIP code, else by cause, else failed.

    A 2xx without an answer signal is failed: nobody talked.
    """
    unanswered = pl.coalesce(outcome_of_sip(sip_code), outcome_of_q850(q850), pl.lit("failed"))
    return (
        pl.when(answered_at.is_not_null())
        .then(pl.lit("answered"))
        .otherwise(unanswered.replace("answered", "failed"))
    )
