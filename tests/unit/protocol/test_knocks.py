"""Who knocks twice is known, and who was long ago is not."""

from async_upnp_client._protocol.knocks import KNOCKS_REMEMBERED, Knocks


def test_who_knocks_twice_is_heard_again():
    knocks = Knocks()
    assert [knocks.is_heard_again(udn) for udn in ("uuid:1", "uuid:2", "uuid:1")] == [False, False, True]


def test_who_knocked_before_many_others_is_not_remembered():
    knocks = Knocks()
    knocks.is_heard_again("uuid:1")
    for number in range(20 * KNOCKS_REMEMBERED):
        knocks.is_heard_again(f"uuid:other-{number}")
    assert not knocks.is_heard_again("uuid:1")
