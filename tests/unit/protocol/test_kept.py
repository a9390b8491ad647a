"""What is kept of messages: equal values once, and no more than there is room for."""

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.kept import (
    BYTES_PER_HEADER,
    ORDINARY_BYTES,
    SHARED_LENGTH,
    VALUES_SHARED,
    KeptMessages,
    surplus,
    surplus_of_all,
)
from async_upnp_client._protocol.ssdp_device import SsdpDevice
from tests.support.announcements import DEVICE, NOON, RENDERER, ROOT, UDN


def long(text: str, count: int) -> CaseInsensitiveDict:
    headers = DEVICE.alive()
    headers["x-long"] = text * count
    return headers


def keep(messages: KeptMessages, headers: CaseInsensitiveDict) -> tuple[CaseInsensitiveDict, int]:
    return messages.keep(headers, headers.as_lower_dict())


def test_an_ordinary_message_has_no_surplus():
    assert surplus(DEVICE.alive().as_lower_dict()) == surplus(DEVICE.response().as_lower_dict()) == 0
    assert surplus({"a": "x" * ORDINARY_BYTES, "_b": 5}) == 2 * BYTES_PER_HEADER


def test_what_is_kept_is_the_message():
    messages = KeptMessages(100)
    headers = DEVICE.alive()
    kept, taken = keep(messages, headers)
    assert (kept, list(kept), taken) == (headers, list(headers), 0)
    assert messages.room == 100


def test_equal_values_are_kept_once():
    messages = KeptMessages(100)
    (first, _), (second, _) = (keep(messages, DEVICE.alive()) for _ in range(2))
    assert all(first[name] is second[name] for name in ("server", "location", "usn", "_remote_addr"))
    kind = str(ROOT.encode(), "ascii")
    assert messages.share(kind) is first["nt"]
    assert messages.share("unknown") == "unknown"


def test_what_is_remembered_for_that_is_bounded():
    messages = KeptMessages(10**9)
    for number in range(VALUES_SHARED):
        keep(messages, DEVICE.alive(x_one=str(number), x_two="y" * number))
        assert len(messages._values) <= VALUES_SHARED + 20
        assert all(len(value) <= SHARED_LENGTH for value in messages._values)


def test_a_long_message_takes_room_and_is_cut_where_there_is_none():
    messages = KeptMessages(5000)
    first, taken = keep(messages, long("x", 4000))
    assert first["x-long"] == "x" * 4000
    assert (taken, messages.room) == (surplus(first.as_lower_dict()), 5000 - taken)
    second, taken = keep(messages, long("y", 4000))
    assert taken == 0
    assert "x-long" not in second
    assert second["location"] == DEVICE.location
    assert second["_udn"] == UDN


def test_a_later_message_takes_the_room_of_the_earlier():
    messages = KeptMessages(5000)
    kept, taken = keep(messages, DEVICE.alive())
    for headers in (long("x", 4000), long("y", 4500), DEVICE.alive(), long("z", 9000)):
        taken += messages.renew(kept, headers, kept.differing(headers), taken)
        assert taken == surplus(kept.as_lower_dict()) == 5000 - messages.room
    assert "x-long" not in kept
    headers = DEVICE.alive(after=5)
    taken += messages.renew(kept, headers, kept.differing(headers), taken)
    assert (kept, taken) == (headers, 0)


def test_all_of_a_device():
    device = SsdpDevice(UDN, NOON)
    device.search_headers[ROOT] = long("x", 4000)
    device.advertisement_headers[RENDERER] = long("x", 5000)
    one = surplus(long("x", 4000).as_lower_dict())
    assert surplus_of_all(device) == 2 * one + 1000
