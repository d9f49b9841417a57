"""Events are signed as Standard Webhooks has it."""

from base64 import b64decode

from tollbook.account.hooks.signature import PREFIX, headers, new_secret


def test_the_example_of_the_specification() -> None:
    told = headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert told == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_secret_is_another_of_256_bits() -> None:
    one, two = new_secret(), new_secret()
    assert one != two
    assert len(b64decode(one.removeprefix(PREFIX))) == 32
