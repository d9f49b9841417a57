from tollbook.account.post.outcome import NotSentError


def test_it_says_what_the_server_said_and_whether_it_is_about_this_message() -> None:
    error = NotSentError("refused", "550 no such user")
    assert (error.state, str(error), error.everybody) == ("refused", "550 no such user", False)
