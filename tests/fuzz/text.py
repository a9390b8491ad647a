"""What a case's bytes are as the text of a document or of a header, and what an error may say of them."""

from async_upnp_client._xml import decode_text


def document_of(data: bytes) -> str:
    """Return bytes as the requester would give them: as the text of a document."""
    return decode_text(data)


def header_of(data: bytes) -> str:
    """Return bytes as aiohttp gives those of a header: what is no UTF-8 becomes lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def check_error(error: Exception) -> None:
    """Check that an error quotes a text, which may be as long as it likes, in part only."""
    assert len(str(error)) < 5000, "an error as long as the text"
