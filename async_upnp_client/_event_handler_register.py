"""Which event handler serves which device (UDA 2.0 §4.1): one for each local address that reaches devices.

The workings of `event_handler.UpnpEventHandlerRegister`, which says what a handler is and how a local address
is found. It must not know subscriptions.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from async_upnp_client._notify_server import UpnpNotifyServer
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.exceptions import UpnpError, UpnpServerOSError


class Stoppable(Protocol):
    """What is asked of an event handler here."""

    async def async_unsubscribe_device(self, device: UpnpDevice) -> None:
        """Cancel the subscriptions to one device."""

    async def async_stop(self) -> None:
        """Cancel all subscriptions, and stop the notify server."""


Handler = TypeVar("Handler", bound=Stoppable)


class EventHandlerRegister(ABC, Generic[Handler]):
    """Event handlers by local address, and the devices that each of them serves."""

    def __init__(self, requester: UpnpRequester, notify_server_type: Callable[..., UpnpNotifyServer]) -> None:
        self.requester = requester
        self.notify_server_type = notify_server_type
        self._event_handlers: dict[str, tuple[Handler, list[UpnpDevice]]] = {}
        self._lock = asyncio.Lock()

    @abstractmethod
    def local_address(self, url: str) -> str:
        """Return the local address that reaches `url`, in whatever time it takes. OSError if none does."""

    @abstractmethod
    def handler_of(self, server: UpnpNotifyServer) -> Handler:
        """Return the handler of a notify server that runs."""

    def has_event_handler_for_device(self, device: UpnpDevice) -> bool:
        """Whether `device` was added and not removed."""
        return self._address_of(device) is not None

    async def async_add_device(self, device: UpnpDevice) -> Handler:
        """Return the event handler to subscribe to `device` with, with its notify server running.

        Raises UpnpServerOSError if no address of ours reaches the device, and what starting the notify server
        raises, which is UpnpServerOSError for an `AiohttpNotifyServer`.
        """
        async with self._lock:
            address = self._address_of(device)
            if address is None:
                address = await self._async_local_address(device.device_url)
            if address not in self._event_handlers:
                self._event_handlers[address] = await self._async_create(address), []
            handler, devices = self._event_handlers[address]
            if device not in devices:
                devices.append(device)
            return handler

    async def async_remove_device(self, device: UpnpDevice) -> Handler | None:
        """Cancel the subscriptions to `device`; with the last device of an address, stop its notify server.

        Returns the handler that was stopped, None if other devices use it. Raises UpnpError if `device` was
        not added.
        """
        async with self._lock:
            address = self._address_of(device)
            if address is None:
                raise UpnpError(f"{device} was not added")
            handler, devices = self._event_handlers[address]
            devices.remove(device)
            if devices:
                await handler.async_unsubscribe_device(device)
                return None
            del self._event_handlers[address]
            await handler.async_stop()
            return handler

    def _address_of(self, device: UpnpDevice) -> str | None:
        return next((key for key, (_, devices) in self._event_handlers.items() if device in devices), None)

    async def _async_local_address(self, url: str) -> str:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(None, self.local_address, url)  # resolving a host name blocks
        except OSError as err:
            raise UpnpServerOSError(errno=err.errno or 0, strerror=err.strerror or str(err)) from err

    async def _async_create(self, address: str) -> Handler:
        server = self.notify_server_type(requester=self.requester, source=(address, 0))
        await server.async_start_server()
        return self.handler_of(server)
