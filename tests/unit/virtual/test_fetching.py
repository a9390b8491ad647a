from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from async_upnp_client.virtual.fetching import HEAD_BYTES, async_fetch_head
from tests.support.udp import free_port


@asynccontextmanager
async def serving(body: bytes, status: int = 200) -> AsyncIterator[str]:
    async def answer(request: web.BaseRequest) -> web.Response:
        assert request.headers["Range"] == f"bytes=0-{HEAD_BYTES - 1}"
        return web.Response(body=body, status=status, content_type="audio/wav")

    runner = web.ServerRunner(web.Server(answer), handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/a.wav"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("status", [200, 206])
async def test_the_first_bytes_and_the_type(status: int) -> None:
    async with serving(b"RIFF", status) as url:
        head = await async_fetch_head(url)
    assert (head.content_type, head.data) == ("audio/wav", b"RIFF")


async def test_no_more_than_the_head_is_read() -> None:
    async with serving(bytes(5 * HEAD_BYTES)) as url:
        assert len((await async_fetch_head(url)).data) == HEAD_BYTES


async def test_what_cannot_be_had_is_an_oserror() -> None:
    async with serving(b"", 404) as url:
        with pytest.raises(OSError, match="404"):
            await async_fetch_head(url)
    for url in (f"http://127.0.0.1:{free_port()}/", "file:///etc/passwd", "http://[", "http://a b/"):
        with pytest.raises(OSError):  # noqa: PT011 - its text is the library's
            await async_fetch_head(url)
