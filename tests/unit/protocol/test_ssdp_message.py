"""What the reader of SSDP messages remembers; what it reads is in test_discovery."""

import pytest

from async_upnp_client._protocol.ssdp_message import (
    LINE_REMEMBERED,
    LINES,
    LINES_REMEMBERED,
    MESSAGES_REMEMBERED,
    REMEMBERED_BYTES,
    SHAPES,
    SHAPES_REMEMBERED,
    MessageReader,
    learn_line,
    read_message,
)
from async_upnp_client.limits import DEFAULT_LIMITS, Limits


def packet(*lines: str) -> bytes:
    return "\r\n".join(["NOTIFY * HTTP/1.1", *lines, "", ""]).encode()


def test_a_large_message_is_read_as_any_other_and_not_remembered():
    reader, large = MessageReader(DEFAULT_LIMITS), packet("NT: a", f"LONG: {'b' * REMEMBERED_BYTES}", "ST: c")
    first, second = reader.read(large), reader.read(large)
    assert first == second
    assert first is not None
    assert first[1] == {"nt": "a", "long": "b" * REMEMBERED_BYTES, "st": "c"}
    assert first is not second
    assert reader.read(packet("NT: a")) is reader.read(packet("NT: a"))


def test_a_message_is_remembered_while_not_too_many_others_come():
    reader, message = MessageReader(DEFAULT_LIMITS), packet("NT: a")
    first = reader.read(message)
    for number in range(MESSAGES_REMEMBERED // 2):
        reader.read(packet(f"NT: {number}"))
    assert reader.read(message) is first
    for number in range(2 * MESSAGES_REMEMBERED):
        reader.read(packet(f"NT: {number}"))
        assert len(reader._latest) + len(reader._earlier) <= MESSAGES_REMEMBERED
    again = reader.read(message)
    assert again == first
    assert again is not first


@pytest.mark.parametrize("most", [60, 3000])
def test_what_is_longer_than_a_datagram_may_be_is_not_read(most: int):
    reader = MessageReader(Limits(datagram_bytes=most))
    fits = packet(f"NT: {'a' * (most - 27)}")
    assert len(fits) == most
    assert reader.read(fits) is not None
    assert reader.read(fits.replace(b"NT: ", b"NT: b")) is None


def test_what_is_remembered_of_lines_and_shapes_is_bounded():
    for number in range(2 * max(LINES_REMEMBERED, SHAPES_REMEMBERED)):
        message = read_message(packet(f"X-{number}: {number}"), DEFAULT_LIMITS)
        assert message is not None
        assert message[1:] == ({f"x-{number}": str(number)}, {f"x-{number}": f"X-{number}"})
        assert len(LINES) <= LINES_REMEMBERED
        assert len(SHAPES) <= SHAPES_REMEMBERED
    long = f"LONG: {'b' * LINE_REMEMBERED}"
    assert learn_line(long) == ("LONG", "long", "b" * LINE_REMEMBERED)
    assert all(len(line) <= LINE_REMEMBERED for line in LINES)


def test_lines_without_a_name_are_no_headers():
    assert learn_line("NT") is None
    for data in (packet("NT"), packet("NT", "NTS: a"), packet("_a: b"), packet("a b: c")):
        message = read_message(data, DEFAULT_LIMITS)
        assert message is not None
        assert message[1].get("nts", "a") == "a"
        assert set(message[1]) <= {"nts"}
