from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from account.post.servers import Mailbox, smtp
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.post import outbox
from tollbook.account.post.message import Message
from tollbook.account.secret import workspace_secret
from tollbook.portal.ways.postman import one_round
from tollbook.workspace import Workspace


@pytest.fixture
def site(tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes params/site.yml."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    return lambda **told: (tmp_path / "site.yml").write_text(yaml.safe_dump(told))


def test_what_is_due_is_handed_over_once_there_is_somebody_to_take_it(
    site: Callable[..., None], workspace: Workspace
) -> None:
    db, box, message = Database.of(workspace), Mailbox(), Message("a@acme.example", "Hello", subject="Hello")
    with db.session() as session:
        outbox.put(session, workspace_secret(workspace), message, "test", now())
    site()
    assert one_round() == {}
    with smtp(box, None, "none") as mail:
        site(mail=mail.model_dump())
        assert one_round() == {"sent": 1}
        assert one_round() == {}
    assert [one["To"] for one in box.mail] == ["a@acme.example"]
