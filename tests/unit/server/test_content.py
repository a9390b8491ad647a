import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.server.content import content_response, parse_range


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ("bytes=0-", range(10)),
        ("bytes=0-0", range(1)),
        ("bytes=3-5", range(3, 6)),
        ("bytes=3-99", range(3, 10)),
        ("Bytes = 3 - 5", range(3, 6)),
        ("bytes=9-", range(9, 10)),
        ("bytes=10-", range(0)),
        ("bytes=50-60", range(0)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-30", range(10)),
        ("bytes=-0", range(0)),
        pytest.param("bytes=5-3", None, id="backwards"),
        pytest.param("bytes=-", None, id="nothing"),
        pytest.param("bytes=0-1,3-4", None, id="several"),
        pytest.param("bytes=a-b", None, id="no numbers"),
        pytest.param("seconds=0-1", None, id="another unit"),
    ],
)
def test_ranges(header: str, found: range | None) -> None:
    assert parse_range(header, 10) == found


@given(st.text(), st.integers(0, 100))
def test_every_header_asks_for_something(header: str, length: int) -> None:
    for text in (header, f"bytes={header}"):
        found = parse_range(text, length)
        assert found is None or (len(found) <= length and all(0 <= at < length for at in found))


@pytest.mark.parametrize(
    ("header", "status", "body", "content_range"),
    [
        (None, 200, b"0123456789", None),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=-1", 206, b"9", "bytes 9-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
    ],
)
def test_answers(header: str | None, status: int, body: bytes | None, content_range: str | None) -> None:
    request = make_mocked_request("GET", "/", {"Range": header} if header else {})
    answer = content_response(request, b"0123456789", "audio/wav", {"More": "1"})
    assert (answer.status, answer.body) == (status, body)
    assert answer.headers.get("Content-Range") == content_range
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["More"] == "1"
