"""FreeSWITCH: mod_cdr_csv's templates (local times, whole seconds) and mod_json_cdr's documents (UTC, exact).

A record is a leg. A leg that came in is a call, a leg that went out for it is a try on a carrier; one that
went out for nobody, as a dialler's does, is a call with that one try. Import the legs of a time together.
The customer is the accountcode. The carrier is the variable `carrier` of the leg that went out, else its
gateway, else its host and port.
"""

from typing import Final

from tollbook.cdr.format import Format
from tollbook.cdr.freeswitch_calls import assemble
from tollbook.cdr.freeswitch_csv import LAYOUTS
from tollbook.cdr.freeswitch_json import LAYOUT
from tollbook.cdr.freeswitch_legs import SCHEMA

FORMAT: Final = Format(
    name="freeswitch",
    description="FreeSWITCH mod_cdr_csv (example, sql, asterisk, opencdrrate) and mod_json_cdr (files, tar.gz)",
    schema=SCHEMA,
    layouts=(*LAYOUTS, LAYOUT),
    assemble=assemble,
)
