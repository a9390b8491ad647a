"""A simulated device, its model, and an event handler that keeps subscriptions to it; for virtual time."""

import asyncio
from typing import Any, Self

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import SubscriptionState as State
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.subscription import UpnpSubscription
from tests.support import announcements
from tests.support.eventing import NotifyServer
from tests.support.multicast import Multicast, MulticastLoop
from tests.support.simulated import Network, SimulatedDevice


class Kept:
    """A device, its services, and an event handler that keeps subscriptions to them."""

    def __init__(self, **device: object) -> None:
        """Begin."""
        self.device = SimulatedDevice("uuid:1", **device)  # type: ignore[arg-type]  # rows of keywords
        self.network = Network(self.device)
        self.handler = UpnpEventHandler(NotifyServer(), self.network)
        self.network.deliver = self.handler.handle_notify
        self.states: list[State] = []
        self.polls: list[float] = []
        self.updater: DeviceUpdater | None = None

    async def __aenter__(self) -> Self:
        """Describe it."""
        self.model = await UpnpFactory(self.network).async_create_device(self.device.location)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cancel everything."""
        if self.updater is not None:
            await self.updater.async_stop()
        await self.handler.async_unsubscribe_all()
        await self.network.async_settle()

    def service(self, number: int = 0) -> UpnpService:
        """Return a service."""
        return self.model.service(f"urn:example-org:service:S{number}:1")

    async def keep(self, number: int = 0, **how: object) -> UpnpSubscription:
        """Keep one subscribed, and note its states."""
        return await self.handler.async_keep_subscribed(
            self.service(number),
            on_state=lambda item: self.states.append(item.state),
            **how,  # type: ignore[arg-type]  # rows of keywords
        )

    async def poll(self) -> None:
        """Be called instead of events."""
        self.polls.append(asyncio.get_running_loop().time())

    def value(self, number: int = 0) -> int | None:
        """Return what is known of a value."""
        value = self.service(number).state_variable("Value").value
        return None if value is None else int(value)

    async def follow(self, **how: Any) -> DeviceUpdater:
        """Keep the device current; it is stopped with everything."""
        loop: Any = MulticastLoop(Multicast())
        self.changes: list[bool] = []
        self.updater = DeviceUpdater(
            self.model,
            UpnpFactory(self.network),
            ("127.0.0.1", 0),
            loop=loop,
            event_handler=self.handler,
            on_change=lambda device: self.changes.append(device.available),
            **how,
        )
        await self.updater.async_start()
        self.announce(1)
        return self.updater

    def announce(self, boot_id: int, config_id: int = 1, times: int = 3) -> None:
        """Have the device say where it is, in three messages."""
        for kind in (announcements.ROOT, self.device.udn, "urn:example-org:device:D:1")[:times]:
            headers = self._announcer.alive(
                kind,
                location=self.device.location,
                bootid_upnp_org=str(boot_id),
                configid_upnp_org=str(config_id),
            )
            self._hear(headers)

    def byebye(self) -> None:
        """Have the device say that it leaves."""
        self._hear(self._announcer.byebye())

    @property
    def _announcer(self) -> announcements.Device:
        return announcements.Device(self.device.udn, self.device.location, self.device.host)

    def _hear(self, headers: CaseInsensitiveDict) -> None:
        assert self.updater is not None, "it is followed"
        self.updater._listener._on_data("NOTIFY * HTTP/1.1", headers)


def state_of(subscription: UpnpSubscription) -> State:
    """Return the state, which changes by itself."""
    return subscription.state
