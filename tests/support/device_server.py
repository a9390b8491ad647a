"""A device in memory, served over HTTP on loopback: for the command line and the examples."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpConnectionError

BASE = "http://192.0.2.1:80"


@asynccontextmanager
async def served(device: UpnpRequester, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve a device at a free port; yields the location of its description, `/device.xml`."""

    async def answer(request: web.BaseRequest) -> web.Response:
        body = await request.text()
        try:
            reply = await device.async_http_request(
                HttpRequest(request.method, BASE + request.path, dict(request.headers), body)
            )
        except (UpnpConnectionError, KeyError):
            return web.Response(status=404)
        headers = {name: text for name, text in reply.headers.items() if name.upper() in ("SID", "TIMEOUT")}
        return web.Response(
            status=reply.status_code, text=reply.body, content_type="text/xml", headers=headers
        )

    runner = web.ServerRunner(web.Server(answer), handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, 0)
        await site.start()
        port = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{port}/device.xml"
    finally:
        await runner.cleanup()
