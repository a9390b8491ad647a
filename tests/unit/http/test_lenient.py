"""Answers that are no proper HTTP: what is read of them, in whatever pieces they come."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._http.answer_reader import AnswerReader
from async_upnp_client._http.lenient import CHUNK_LINE, HEAD_BYTES, NoHttpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

BODY = b"<a>hello</a>"
OK = b"HTTP/1.1 200 OK\r\n"
SIZED = OK + b"Content-Length: 12\r\n\r\n" + BODY
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"

READABLE = {
    "a proper one": SIZED,
    "lines that end in LF": SIZED.replace(b"\r\n", b"\n"),
    "one length twice": OK + b"Content-Length: 12\r\nContent-Length: 12\r\n\r\n" + BODY,
    "two lengths, the first is right": OK + b"Content-Length: 12\r\nContent-Length: 99\r\n\r\n" + BODY,
    "two lengths, the second is right": OK + b"Content-Length: 5\r\nContent-Length: 12\r\n\r\n" + BODY,
    "a length that is too small": OK + b"Content-Length: 5\r\n\r\n" + BODY,
    "a length that is too large": OK + b"Content-Length: 99\r\n\r\n" + BODY,
    "a length with a unit": OK + b"Content-Length: 12 bytes\r\n\r\n" + BODY,
    "a negative length": OK + b"Content-Length: -1\r\n\r\n" + BODY,
    "an empty length": OK + b"Content-Length:\r\n\r\n" + BODY,
    "no length": OK + b"\r\n" + BODY,
    "a length beside chunks": CHUNKED + b"Content-Length: 5\r\n\r\nc\r\n" + BODY + b"\r\n0\r\n\r\n",
    "chunks": CHUNKED + b"\r\n5\r\n<a>he\r\n7;x=y\r\nllo</a>\r\n0\r\n\r\n",
    "chunks that end in LF": CHUNKED + b"\r\nc\n" + BODY + b"\n0\n\n",
    "chunks with blanks": CHUNKED + b"\r\n  C  \r\n" + BODY + b"\r\n0\r\n\r\n",
    "no last chunk": CHUNKED + b"\r\nc\r\n" + BODY + b"\r\n",
    "chunks that are none": CHUNKED + b"\r\n" + BODY,
    "a header without colon": OK + b"foo bar\r\nContent-Length: 12\r\n\r\n" + BODY,
    "a header without name": OK + b": bar\r\nContent-Length: 12\r\n\r\n" + BODY,
    "a name with a blank": OK + b"Foo Bar: x\r\nContent-Length: 12\r\n\r\n" + BODY,
    "a blank before the colon": OK + b"Content-Length : 12\r\n\r\n" + BODY,
    "a folded header": OK + b"Server: a\r\n b\r\nContent-Length: 12\r\n\r\n" + BODY,
    "control characters": OK + b"Server: a\0\x01b\r\nContent-Length: 12\r\n\r\n" + BODY,
    "no empty line": OK + b"Content-Length: 12\r\n" + BODY,
    "no reason": b"HTTP/1.1 200\r\n\r\n" + BODY,
    "a small http": b"http/1.1 200 ok\r\n\r\n" + BODY,
    "a protocol of its own": b"UPNP/1.0 200 OK\r\n\r\n" + BODY,
    "an odd version": b"HTTP/1.01 200 OK\r\n\r\n" + BODY,
    "empty lines before": b"\r\n\n" + SIZED,
    "an interim answer before": b"HTTP/1.1 100 Continue\r\n\r\n" + SIZED,
    "bytes after it": OK + b"Content-Length: 12\r\n\r\n" + BODY + b"\0\0\r\n",
    "a lie about compression": OK + b"Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + BODY,
    "compression unasked": OK + b"\r\n" + gzip.compress(BODY, mtime=0),
}


def read(*pieces, method="GET", most=1000, limits=DEFAULT_LIMITS):
    reader = AnswerReader(method, most, limits)
    for piece in pieces:
        if not reader.is_complete:
            reader.feed(piece)
    return reader.answer()


@pytest.mark.parametrize("raw", READABLE.values(), ids=READABLE.keys())
def test_what_can_be_read_is_read(raw):
    for pieces in ([raw], [raw[i : i + 1] for i in range(len(raw))]):
        answer = read(*pieces)
        assert answer.status == 200
        assert answer.body.strip(b"\0\r\n") == BODY


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (BODY, "no HTTP"),
        (b"", "no HTTP"),
        (b"\x16\x03\x01 not at all \r\n\r\n", "no HTTP: .*not at all"),
        (b"HTTP/1.1 OK\r\n\r\n" + BODY, "no HTTP"),
        (b"HTTP/1.1 2000 OK\r\n\r\n" + BODY, "no HTTP"),
        (OK + b"Content-Length: 12\r\n\r\n<a>hel", "ended after 6 bytes"),
        (CHUNKED + b"\r\nc\r\n<a>hel", "ended after 6 bytes"),
        (OK + b"Content-Length: 12\r\n", "in the middle of the headers"),
        (OK[:10], "in the middle of the headers"),
        (OK + b"\r\n" + b"x" * 1001, "exceeds 1000 bytes"),
        (OK + b"\r\n" + gzip.compress(b"x" * 1001), "exceeds 1000 bytes"),
        (OK + b"X: " + b"x" * HEAD_BYTES, "no HTTP"),
    ],
)
def test_what_is_no_answer_is_refused(raw, said):
    with pytest.raises(NoHttpError, match=said):
        read(raw)


def test_an_answer_has_what_its_headers_say():
    answer = read(
        OK + b"EXT:\r\nserver: \r\nSERVER: first\r\nServer: second\r\n"
        b'Content-Type: text/xml; Charset="Utf-8"\r\n'
        b"Transfer-Encoding: identity\r\n\r\n" + BODY
    )
    assert answer.headers["server"] == "first", "the first that says something"
    assert answer.headers["ext"] == ""
    assert answer.charset == "utf-8"
    assert read(OK + b"\r\n" + BODY).charset is None


def test_a_body_that_is_no_document_is_as_long_as_it_says():
    assert read(OK + b"Content-Length: 3\r\n\r\n\x89PNG", b"more").body == b"\x89PN"
    assert read(OK + b"Content-Length: 4\r\n\r\n<a>hello").body == b"<a>h", "and so is one that never ends"


@pytest.mark.parametrize(("method", "status"), [("HEAD", b"200"), ("GET", b"204"), ("GET", b"304")])
def test_some_answers_have_no_body(method, status):
    reader = AnswerReader(method, 1000, DEFAULT_LIMITS)
    reader.feed(b"HTTP/1.1 %s OK\r\nContent-Length: 12\r\n\r\n" % status)
    assert reader.is_complete
    assert reader.answer().body == b""


def test_it_knows_when_nothing_more_was_announced():
    reader = AnswerReader("GET", 1000, DEFAULT_LIMITS)
    for piece in (OK, b"Content-Length: 5\r\n\r\n<a>h"):
        reader.feed(piece)
        assert not reader.is_sufficient
    reader.feed(b"ell")
    assert reader.is_sufficient
    assert not reader.is_complete, "the document is not whole"
    reader.feed(b"o</a>")
    assert reader.is_complete
    chunks = AnswerReader("GET", 1000, DEFAULT_LIMITS)
    chunks.feed(CHUNKED + b"\r\nc\r\n" + BODY[:5])
    assert not chunks.is_sufficient
    chunks.feed(BODY[5:])
    assert chunks.is_sufficient
    assert not chunks.is_complete, "the last chunk is still to come"
    for method in ("SUBSCRIBE", "GET"):
        reader = AnswerReader(method, 1000, DEFAULT_LIMITS)
        reader.feed(OK + b"SID: uuid:1\r\n\r\n")
        assert reader.is_sufficient is (method == "SUBSCRIBE"), "whose answer has no body"


def test_a_head_may_come_in_as_many_pieces_as_it_has_bytes_and_has_bounds():
    raw = OK + b"X: " + b"x" * 3000 + b"\r\n\r\n" + BODY
    assert read(*(raw[i : i + 1] for i in range(len(raw)))).body == BODY
    for endless in (b"\r\n" * 2000, OK + b"A: b\r\n" * 2000, OK + b"A: " + b"b" * HEAD_BYTES):
        pieces = [endless[i : i + 100] for i in range(0, len(endless), 100)]
        with pytest.raises(NoHttpError):
            read(*pieces)


def test_headers_are_bounded():
    limits = Limits(headers=2, header_length=20, header_lines=6)
    lines = b"A: 1\r\nB: " + b"2" * 100 + b"\r\nC: 3\r\nA: 4\r\n folded\r\nnone\r\nD: 5\r\n\r\n"
    headers = read(OK + lines + BODY, limits=limits).headers
    assert headers.as_dict() == {"A": "1 folded", "B": "2" * 17}
    long_line = CHUNKED + b"\r\n" + b"0" * CHUNK_LINE
    assert read(long_line).body == b"0" * CHUNK_LINE, "no chunk has such a size"


@given(st.binary(max_size=300), st.sampled_from(["GET", "SUBSCRIBE", "HEAD"]), st.data())
def test_anything_is_an_answer_or_none(junk, method, data):
    start = data.draw(st.sampled_from([b"", OK, SIZED, CHUNKED, CHUNKED + b"\r\n5\r\n<a>he\r\n"]))
    raw = start + junk
    cut = data.draw(st.integers(0, len(raw)))
    verdicts: list[int | None] = []
    for pieces in ([raw], [raw[:cut], raw[cut:]]):
        try:
            answer = read(*pieces, method=method)
        except NoHttpError:
            verdicts.append(None)
        else:
            assert 200 <= answer.status <= 999
            assert len(answer.body) <= 1000
            verdicts.append(answer.status)
    assert verdicts[0] == verdicts[1]
