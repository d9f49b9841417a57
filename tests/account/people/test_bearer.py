from base64 import urlsafe_b64decode

from tollbook.account.people import bearer


def test_a_token_has_256_random_bits_and_its_prefix() -> None:
    made = {bearer.token("tb_") for _ in range(50)}
    assert len(made) == 50
    assert all(token.startswith("tb_") and len(urlsafe_b64decode(token[3:] + "=")) == 32 for token in made)


def test_what_is_kept_does_not_hold_the_token() -> None:
    token = bearer.token()
    assert bearer.digest(token) == bearer.digest(token)
    assert len(bearer.digest(token)) == 64
    assert token not in bearer.digest(token)


def test_a_readable_text_is_the_same_however_it_is_typed() -> None:
    assert bearer.typed("K3M9-0V1T") == bearer.typed(" k3m9 ovit ") == bearer.typed("k3m9ovlt") == "k3m90v1t"
    made = bearer.readable(groups=4, letters=4)
    assert [len(group) for group in made.split("-")] == [4] * 4
    assert bearer.typed(made) == made.replace("-", "")


def test_what_no_database_keeps_becomes_a_question_mark() -> None:
    assert bearer.storable("a\0b\udcffü") == "a?b?ü"
    assert bearer.digest("\udcff") == bearer.digest("?")
