import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from async_upnp_client.virtual.streaming import stream, transfer_modes
from tests.unit.virtual.test_library import PNG, WAV, library


async def ask(path: str, headers: dict[str, str] | None = None) -> web.Response:
    request = make_mocked_request("GET", f"/media/{path}", headers or {}, match_info={"path": path})
    answer = await stream(library(), request)
    assert isinstance(answer, web.Response)
    return answer


async def test_all_or_a_range() -> None:
    answer = await ask("a b.wav")
    assert (answer.status, answer.body, answer.content_type) == (200, b"RIFF", "audio/wav")
    part = await ask("a b.wav", {"Range": "bytes=1-2"})
    assert (part.status, part.body) == (206, b"IF")


async def test_what_is_not_there() -> None:
    assert (await ask("b.wav")).status == 404


def test_what_plays_is_streamed_and_what_is_shown_is_not() -> None:
    assert transfer_modes(WAV) == ("Streaming", "Background")
    assert transfer_modes(PNG) == ("Interactive", "Background")


@pytest.mark.parametrize(
    ("path", "asked", "status", "mode"),
    [
        ("a b.wav", None, 200, "Streaming"),
        ("a b.wav", "Streaming", 200, "Streaming"),
        ("a b.wav", "background", 200, "Background"),
        ("a b.wav", "Interactive", 406, None),
        ("a.png", None, 200, "Interactive"),
        ("a.png", "Streaming", 406, None),
    ],
)
async def test_ways_to_take_it(path: str, asked: str | None, status: int, mode: str | None) -> None:
    answer = await ask(path, {"transferMode.dlna.org": asked} if asked else {})
    assert (answer.status, answer.headers.get("transferMode.dlna.org")) == (status, mode)


@pytest.mark.uda("A-032")
async def test_features_are_told_who_asks() -> None:
    assert "contentFeatures.dlna.org" not in (await ask("a.png")).headers
    told = await ask("a.png", {"getcontentFeatures.dlna.org": "1"})
    assert told.headers["contentFeatures.dlna.org"] == PNG.features
    assert (await ask("a.png", {"getcontentFeatures.dlna.org": "2"})).status == 400
