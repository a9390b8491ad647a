"""Answers: when one is over, and whether another can follow. What can be read at all: `test_lenient`."""

import pytest

from async_upnp_client._http.answer_reader import AnswerReader
from async_upnp_client._http.lenient import HEAD_BYTES, NoHttpError
from async_upnp_client.limits import DEFAULT_LIMITS

OK = b"HTTP/1.1 200 OK\r\n"
BODY = b"<a>hello</a>"
SIZED = b"Content-Length: 12\r\n\r\n" + BODY
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\nc\r\n" + BODY + b"\r\n0\r\n"


def read(data, method="GET"):
    reader = AnswerReader(method, 1000, DEFAULT_LIMITS)
    reader.feed(data)
    return reader


@pytest.mark.parametrize(
    ("data", "method", "leaves_open"),
    [
        (OK + SIZED, "GET", True),
        (OK + CHUNKED, "GET", True),
        (OK + CHUNKED + b"\r\n", "GET", True),
        (OK + CHUNKED + b"Trailer: x\r\n\r\n", "GET", False),
        (OK + SIZED + b"more", "GET", False),
        (OK + b"Content-Length: 5\r\n\r\n" + BODY, "GET", False),
        (OK + b"Content-Length: 5\r\n\r\n<a>he", "GET", True),
        (OK + b"Content-Length: 99\r\n\r\n" + BODY, "GET", False),
        (OK + b"\r\n" + BODY, "GET", False),
        (OK + b"\r\n", "SUBSCRIBE", False),
        (OK + b"Content-Length: 0\r\n\r\n", "SUBSCRIBE", True),
        (OK + b"Content-Length: 12\r\n\r\n", "HEAD", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "GET", True),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "GET", True),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n" + BODY, "GET", False),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + SIZED, "GET", True),
        (OK + b"Connection: Close\r\n" + SIZED, "GET", False),
        (b"HTTP/1.0 200 OK\r\n" + SIZED, "GET", False),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + SIZED, "GET", True),
        (OK, "GET", False),
        (b"", "GET", False),
    ],
)
def test_another_answer_can_follow_one_that_ended_where_it_said(data, method, leaves_open):
    reader = read(data, method)
    assert reader.leaves_open is leaves_open
    assert reader.is_sufficient or not leaves_open


def test_a_body_may_have_the_announced_length_and_be_no_whole_document():
    reader = read(OK + b"Content-Length: 5\r\n\r\n<a>he")
    assert reader.is_as_announced
    assert not reader.is_complete
    reader.feed(b"llo</a>")
    assert not reader.is_as_announced
    assert reader.is_complete
    assert reader.answer().body == BODY
    assert not read(OK + CHUNKED).is_as_announced
    assert not read(OK).is_as_announced


def test_interim_answers_are_bounded():
    with pytest.raises(NoHttpError):
        read(b"HTTP/1.1 100 Continue\r\n\r\n" * (HEAD_BYTES // 20))
