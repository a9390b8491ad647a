import logging

import pytest

from async_upnp_client.profiles.dlna import PlayQueue, QueueItem
from tests.support.renderer import Renderer

A = QueueItem("http://192.0.2.9/a.mp3", "a", "")
B = QueueItem("http://192.0.2.9/b.mp3", "b", "")
PLAYING = {"CurrentTransportState": "PLAYING"}


async def test_it_can_be_told_apart_what_a_renderer_can() -> None:
    assert PlayQueue(await Renderer().async_profile()).is_gapless
    dmr = await Renderer(without={"SetNextAVTransportURI"}).async_profile()
    assert not PlayQueue(dmr).is_gapless


async def test_what_is_in_it() -> None:
    queue = PlayQueue(await Renderer().async_profile(), [A])
    queue.append(B)
    assert (queue.items, queue.upcoming, queue.current) == ((A, B), (A, B), None)
    assert not queue.is_active


@pytest.mark.uda("A-013")
@pytest.mark.parametrize(("code", "is_gapless"), [(602, False), (701, True)])
async def test_a_renderer_that_refuses_what_is_next(code: int, is_gapless: bool) -> None:
    renderer = Renderer(GetTransportInfo=PLAYING, SetNextAVTransportURI=code)
    queue = PlayQueue(await renderer.async_profile(), [A, B])
    async with queue:
        await queue.async_play()
        await queue._async_look(asks=True)
        assert renderer.called("SetNextAVTransportURI")
        assert queue.is_gapless is is_gapless
        assert queue.is_active
    assert not queue.is_active


async def test_what_the_application_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: PlayQueue) -> None:
        raise ValueError("mine")

    renderer = Renderer(GetTransportInfo=PLAYING)
    queue = PlayQueue(await renderer.async_profile(), [A], on_change=fail)
    with caplog.at_level(logging.ERROR):
        await queue.async_play()
    assert "mine" in caplog.text
    await queue.async_close()
    await queue.async_close()


async def test_an_error_of_the_renderer_is_that_of_the_track() -> None:
    renderer = Renderer(SetAVTransportURI=501)
    queue = PlayQueue(await renderer.async_profile(), [A])
    with pytest.raises(Exception, match="501") as caught:
        await queue.async_play()
    assert A.error is caught.value
    await queue.async_close()
