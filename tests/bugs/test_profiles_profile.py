"""Defects of 0.49.0 in `profiles.profile`, a test each."""

import asyncio
from typing import ClassVar

from async_upnp_client.const import DeviceIcon, HttpRequest, HttpResponse
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpConnectionError
from async_upnp_client.profiles.profile import UpnpProfileDevice
from tests.support import model
from tests.support.eventing import NotifyServer, Publisher, granted
from tests.support.virtual_time import pass_time, run

TYPE = "urn:x:service:Power:{}"


class Lamp(UpnpProfileDevice):
    """A profile."""

    DEVICE_TYPES: ClassVar[list[str]] = [model.DEVICE_TYPE]
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {"PWR": {TYPE.format(n) for n in range(1, 5)}}


def subscribed(publisher: Publisher, *services: object) -> Lamp:
    """A lamp with an event handler."""
    device = model.device(services or [model.service(service_type=TYPE.format(1))])  # type: ignore[arg-type]  # are services
    return Lamp(device, UpnpEventHandler(NotifyServer(), publisher))


def test_the_newest_version_of_a_service_is_used_in_every_run():
    services = [model.service(service_type=TYPE.format(n), service_id=str(n)) for n in (2, 4, 1, 3)]
    lamp = Lamp(model.device(services), None)
    assert lamp._service("PWR") is services[1]


def test_short_lifetimes_do_not_make_the_loop_spin():
    async def main() -> int:
        async def grant(request: HttpRequest) -> HttpResponse:
            return granted(request.headers.get("SID") or "uuid:x", "Second-60")

        publisher = Publisher(*[grant] * 1000)
        lamp = subscribed(publisher)
        await lamp.async_subscribe_services(auto_resubscribe=True)
        await pass_time(60)
        await lamp.async_unsubscribe_services()
        return len(publisher.requests)

    assert run(main()) <= 4


def test_a_task_that_has_ended_is_started_again():
    async def main() -> None:
        lamp = subscribed(Publisher())
        await lamp.async_subscribe_services(auto_resubscribe=True)
        first = lamp._resubscriber_task
        assert first is not None
        first.cancel()
        await asyncio.wait([first])
        await lamp.async_subscribe_services(auto_resubscribe=True)
        assert lamp._resubscriber_task is not None
        assert not lamp._resubscriber_task.done()
        await lamp.async_unsubscribe_services()

    run(main())


def test_what_is_lost_is_subscribed_to_anew():
    async def main() -> None:
        publisher = Publisher()
        lamp = subscribed(publisher)
        await lamp.async_subscribe_services(auto_resubscribe=True)
        publisher.answers.append(UpnpConnectionError("gone"))
        await pass_time(1800)
        assert lamp.is_subscribed
        await lamp.async_unsubscribe_services()

    run(main())


async def test_listeners_of_services_are_put_back():
    service = model.service(service_type=TYPE.format(1))
    lamp = subscribed(Publisher(), service)
    mine = service.on_event = lambda _service, _variables: None
    await lamp.async_subscribe_services()
    await lamp.async_unsubscribe_services()
    assert service.on_event is mine


def test_icons_without_url_are_no_icon():
    device = model.device()
    device.device_info = device.device_info._replace(icons=[DeviceIcon("image/png", 48, 48, 24, "")])
    assert Lamp(device, None).icon is None
