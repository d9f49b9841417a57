"""What Alembic executes for each command: migrate over the connection that the caller opened and locked."""

from alembic import context

from tollbook.account import ledger as _ledger  # noqa: F401 - its tables are Base's too
from tollbook.account import online as _online  # noqa: F401 - and its
from tollbook.account.alerts import models as _alerts  # noqa: F401 - and its
from tollbook.account.hooks import models as _hooks  # noqa: F401 - and its
from tollbook.account.models import Base
from tollbook.account.numbering import models as _numbering  # noqa: F401 - and its
from tollbook.account.people import models as _people  # noqa: F401 - and its
from tollbook.account.post import models as _post  # noqa: F401 - and its

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
