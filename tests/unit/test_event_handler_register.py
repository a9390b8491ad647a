"""Which event handler serves which device."""

import asyncio

import pytest

from async_upnp_client import event_handler
from async_upnp_client.client import UpnpDevice, UpnpService
from async_upnp_client.event_handler import UpnpEventHandler, UpnpEventHandlerRegister
from async_upnp_client.exceptions import UpnpError, UpnpServerOSError
from tests.support.eventing import (
    NotifyServer,
    OwningNotifyServer,
    Publisher,
    bound_device,
    evented_service,
    owning_server,
)


def located_device(url: str = "http://127.0.0.1:9/d.xml") -> tuple[UpnpDevice, UpnpService]:
    service, _ = evented_service()
    return bound_device(service, url=url), service


async def test_register_shares_a_server_between_devices():
    publisher = Publisher()
    register = UpnpEventHandlerRegister(publisher, OwningNotifyServer)
    (first, first_service), (second, second_service) = located_device(), located_device()
    assert not register.has_event_handler_for_device(first)
    handler = await register.async_add_device(first)
    assert register.has_event_handler_for_device(first)
    assert not register.has_event_handler_for_device(second)
    assert await register.async_add_device(second) is handler
    assert await register.async_add_device(first) is handler
    server = owning_server(handler)
    assert (server.requester, server.source, server.started) == (publisher, ("127.0.0.1", 0), 1)

    await handler.async_subscribe(first_service)
    await handler.async_subscribe(second_service)
    assert await register.async_remove_device(first) is None
    assert publisher.asked[2:] == [("UNSUBSCRIBE", "uuid:1")], "what is left of it would stay for ever"
    assert server.stopped == 0
    assert await register.async_remove_device(second) is handler
    assert publisher.asked[3:] == [("UNSUBSCRIBE", "uuid:2")]
    assert server.stopped == 1
    assert not register.has_event_handler_for_device(second)


async def test_register_has_a_server_for_each_local_address():
    register = UpnpEventHandlerRegister(Publisher(), OwningNotifyServer)
    four = await register.async_add_device(located_device()[0])
    six = await register.async_add_device(located_device("http://[::1]:9/d.xml")[0])
    assert four is not six
    assert owning_server(six).source == ("::1", 0)


async def test_register_with_a_server_type_that_has_no_handler():
    register = UpnpEventHandlerRegister(Publisher(), NotifyServer)
    device, service = located_device()
    handler = await register.async_add_device(device)
    assert isinstance(handler, UpnpEventHandler)
    await handler.async_subscribe(service)
    assert await register.async_remove_device(device) is handler
    assert handler.sid_for_service(service) is None


async def test_register_asks_the_module_for_the_local_address(monkeypatch):
    monkeypatch.setattr(event_handler, "get_local_ip", lambda url: f"192.0.2.{len(url)}")
    register = UpnpEventHandlerRegister(Publisher(), OwningNotifyServer)
    handler = await register.async_add_device(located_device("http://h/")[0])
    assert owning_server(handler).source == ("192.0.2.9", 0)


async def test_devices_added_at_the_same_time_share_one_server():
    register = UpnpEventHandlerRegister(Publisher(), OwningNotifyServer)
    handlers = await asyncio.gather(*(register.async_add_device(located_device()[0]) for _ in range(3)))
    assert len(set(map(id, handlers))) == 1
    assert owning_server(handlers[0]).started == 1


@pytest.mark.parametrize("url", ["http:///d.xml", "http://[bad/d.xml"])
async def test_a_device_that_no_address_reaches(url):
    register = UpnpEventHandlerRegister(Publisher(), OwningNotifyServer)
    device, _ = located_device(url)
    with pytest.raises(UpnpServerOSError) as caught:
        await register.async_add_device(device)
    assert isinstance(caught.value, OSError)
    assert str(caught.value.strerror)
    assert not register.has_event_handler_for_device(device)


async def test_removing_a_device_that_was_not_added():
    register = UpnpEventHandlerRegister(Publisher(), OwningNotifyServer)
    with pytest.raises(UpnpError, match="not added"):
        await register.async_remove_device(located_device()[0])


async def test_a_server_that_does_not_start_is_not_kept():
    class Failing(OwningNotifyServer):
        async def async_start_server(self):
            raise OSError(98, "in use")

    register = UpnpEventHandlerRegister(Publisher(), Failing)
    device, _ = located_device()
    with pytest.raises(OSError, match="in use"):
        await register.async_add_device(device)
    assert not register.has_event_handler_for_device(device)
