"""Any bytes are an HTTP answer within its limits or `NoHttpError`, with one head however they are torn."""

from async_upnp_client._http.answer_reader import AnswerReader, LenientAnswer
from async_upnp_client._http.lenient import NoHttpError
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.fuzz.text import check_error

LARGEST = 1 << 15
MOST = 1 << 14
PIECES = 7


def check(data: bytes) -> None:
    """Check one answer, whole and in pieces, to each kind of request."""
    size = max(1, len(data) // PIECES)
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    for method in ("GET", "SUBSCRIBE", "HEAD"):
        whole, torn = answer_of(method, [data]), answer_of(method, pieces)
        if whole is not None and torn is not None:
            assert (whole.status, whole.headers) == (torn.status, torn.headers)
        for answer in (whole, torn):
            if answer is None:  # what was not complete yet may be too long in the end
                continue
            assert 200 <= answer.status <= 999 or answer.status < 100
            assert len(answer.headers) <= DEFAULT_LIMITS.headers
            assert len(answer.body) <= MOST
            assert answer.charset is None or answer.charset


def check_reader(reader: AnswerReader) -> None:
    """Hold what a reader says of itself together."""
    assert reader.is_sufficient or not reader.is_complete
    assert reader.is_complete or reader.is_as_announced or not reader.leaves_open


def answer_of(method: str, pieces: list[bytes]) -> LenientAnswer | None:
    """Return what a reader makes of an answer that comes in pieces."""
    reader = AnswerReader(method, MOST, DEFAULT_LIMITS)
    try:
        for piece in pieces:
            if reader.is_complete:
                break
            reader.feed(piece)
            check_reader(reader)
        return reader.answer()
    except NoHttpError as err:
        check_error(err)
        return None
