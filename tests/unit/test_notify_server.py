"""The port through which events come in."""

from dataclasses import replace

import pytest

from async_upnp_client._notify_server import UpnpNotifyServer, default_on_pre_notify
from async_upnp_client.const import HttpRequest
from tests.support.eventing import CALLBACK_URL


def test_default_on_pre_notify():
    request = HttpRequest("NOTIFY", CALLBACK_URL, {"SID": "1"}, "<a/> \t\r\n\0")
    assert default_on_pre_notify(request) == replace(request, body="<a/>")
    assert default_on_pre_notify(replace(request, body=None)).body == ""
    clean = replace(request, body=" <a/>")
    assert default_on_pre_notify(clean) == clean


async def test_the_base_class_of_notify_servers_asks_for_overrides():
    server = UpnpNotifyServer()
    with pytest.raises(NotImplementedError):
        _ = server.callback_url
    with pytest.raises(NotImplementedError):
        await server.async_start_server()
    with pytest.raises(NotImplementedError):
        await server.async_stop_server()


async def test_one_url_for_all_devices_unless_overridden():
    class OneUrl(UpnpNotifyServer):
        @property
        def callback_url(self):
            return CALLBACK_URL

    assert await OneUrl().async_callback_url_for("http://192.0.2.1/evt") == CALLBACK_URL
