"""What virtual devices share: faults, the calls that came, and actions that they do without.

``renderer`` and ``media_server`` derive from it.
"""

from collections import deque
from collections.abc import Collection
from typing import Self, cast

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.server import UpnpServerDevice
from async_upnp_client.virtual.faults import Faults
from async_upnp_client.virtual.service import MOST_CALLS, Call, VirtualService


class VirtualDevice(UpnpServerDevice):
    """A device of virtual services. ``without`` names optional actions that it does not have."""

    @classmethod
    def named(cls, name: str, udn: str | None = None) -> type[Self]:
        """Give the class of such devices with another name, and maybe a UDN that stays the same."""
        info = cls.DEVICE_DEFINITION._replace(friendly_name=name)
        members = {"DEVICE_DEFINITION": info if udn is None else info._replace(udn=udn)}
        return cast("type[Self]", type(cls.__name__, (cls,), members))

    def __init__(
        self,
        requester: UpnpRequester,
        base_uri: str,
        boot_id: int = 1,
        config_id: int = 1,
        *,
        without: Collection[str] = (),
    ) -> None:
        super().__init__(requester, base_uri, boot_id, config_id)
        self.faults = Faults()
        """What it does wrong."""
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS)
        """The last calls that came, to any of its services."""
        for service in self.own_services:
            if isinstance(service, VirtualService):
                service.faults, service.calls = self.faults, self.calls
            for name in without:
                service.actions.pop(name, None)
