import pytest
from sqlalchemy.exc import IntegrityError

from account.post.conftest import AT
from tollbook.account.database import Database
from tollbook.account.post.models import Outgoing


@pytest.mark.parametrize("wrong", [{"state": "lost"}, {"channel": "pigeon"}])
def test_a_message_has_one_of_the_states_and_one_of_the_channels(database: Database, wrong: dict) -> None:
    told = {"channel": "mail", "purpose": "test", "recipient": "a@b.example", "message_id": "1"}
    with pytest.raises(IntegrityError), database.session() as session:
        session.add(Outgoing(**{**told, **wrong}, created_at=AT, next_at=AT))
