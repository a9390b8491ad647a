"""An Internet gateway that is not there (InternetGatewayDevice:1 and :2): its state, and the device of it.

For demonstrations and tests of what opens ports: mappings end with their leases, counters count, changes are
evented, and it does wrong what routers do wrong (``faults``). Nothing is really opened. The state outlives
the server that publishes it: stop that and start another, and it is the same gateway.
"""

from collections import deque
from collections.abc import Sequence
from typing import ClassVar, Final, cast
from uuid import UUID, uuid4, uuid5

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.server import UpnpServerDevice, UpnpServerService, create_device_info
from async_upnp_client.virtual.clock import Clock, LoopClock, Timer
from async_upnp_client.virtual.gateway.connection import Connection
from async_upnp_client.virtual.gateway.counters import Counter
from async_upnp_client.virtual.gateway.faults import GatewayFaults
from async_upnp_client.virtual.gateway.mappings import PortMappings
from async_upnp_client.virtual.gateway.pinholes import Pinholes
from async_upnp_client.virtual.gateway.service import GatewayService
from async_upnp_client.virtual.gateway.services import CommonInterfaceConfig, Firewall, Forwarding
from async_upnp_client.virtual.gateway.wan import WanConnection, WanIpConnection1
from async_upnp_client.virtual.gateway.wan2 import WanIpConnection2, WanPppConnection
from async_upnp_client.virtual.service import MOST_CALLS, Call

ADDRESS: Final = "203.0.113.7"
"""An address for documentation (RFC 5737): nobody's."""
RATES: Final = {"BytesSent": 20_000, "BytesReceived": 250_000, "PacketsSent": 90, "PacketsReceived": 200}
"""What it counts per second by itself."""

DEVICE: Final = "urn:schemas-upnp-org:device:{}:{}"


class VirtualGateway:
    """A gateway: ``UpnpServer(gateway.device_class, …)`` publishes it.

    `version` is that of InternetGatewayDevice, 1 or 2, and of WANIPConnection; with `ppp` the connection is a
    WANPPPConnection:1 instead. `firewall` adds the control of the IPv6 firewall. `clock` is what leases and
    counters go by, that of the running loop unless given. `udn` stays the same for ever, if given.
    """

    def __init__(
        self,
        version: int = 2,
        *,
        ppp: bool = False,
        firewall: bool = True,
        external_address: str = ADDRESS,
        name: str = "Virtual gateway",
        udn: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.version = version
        self.clock = clock or LoopClock()
        now = self.clock.time
        self.faults = GatewayFaults(only_for_caller=version > 1)
        """What it does wrong."""
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS)
        """The last calls that came."""
        self.connection = Connection(now, external_address, self.tell)
        """The connection to the provider."""
        self.mappings = PortMappings(now, self.faults, version, self.tell)
        """What is open."""
        self.pinholes = Pinholes(now)
        """What is open in the IPv6 firewall."""
        self.counters = {name: Counter(now, rate) for name, rate in RATES.items()}
        """BytesSent, BytesReceived, PacketsSent and PacketsReceived."""
        self.is_enabled_for_internet = True
        self.udn = udn or f"uuid:{uuid4()}"
        self._devices: list[GatewayDevice] = []  # those that are published
        wan: type[WanConnection] = WanIpConnection1 if version == 1 else WanIpConnection2
        self._wan = WanPppConnection if ppp else wan
        self._has_firewall = firewall
        self.device_class = self._make_device(name)
        """The device, for ``UpnpServer``."""

    def _part_udn(self, kind: str) -> str:
        """Return the UDN of an embedded device, which is as lasting as that of the root."""
        try:
            root = UUID(self.udn.removeprefix("uuid:"))
        except ValueError:
            return f"{self.udn}-{kind}"
        return f"uuid:{uuid5(root, kind)}"

    def _make_device(self, name: str) -> "type[GatewayDevice]":
        """Make the tree: gateway, WAN device, WAN connection."""

        def part(
            kind: str, services: Sequence[type[UpnpServerService]], *inside: type[UpnpServerDevice]
        ) -> type[UpnpServerDevice]:
            info = create_device_info(
                DEVICE.format(kind, self.version), f"{name} ({kind})", udn=self._part_udn(kind)
            )
            members = {"DEVICE_DEFINITION": info, "SERVICES": services, "EMBEDDED_DEVICES": inside}
            return cast("type[UpnpServerDevice]", type(kind, (UpnpServerDevice,), members))

        services = [self._wan, Firewall] if self._has_firewall else [self._wan]
        connection = part("WANConnectionDevice", services)
        wan = part("WANDevice", [CommonInterfaceConfig], connection)
        info = create_device_info(
            DEVICE.format("InternetGatewayDevice", self.version),
            name,
            udn=self.udn,
            model_description="A gateway that opens nothing",
        )
        members = {"DEVICE_DEFINITION": info, "EMBEDDED_DEVICES": (wan,), "gateway": self}
        return cast("type[GatewayDevice]", type("InternetGateway", (GatewayDevice,), members))

    @property
    def default_service(self) -> str:
        """The name of the WAN connection, as Layer3Forwarding has it."""
        kind = DEVICE.format("WANConnectionDevice", self.version).removeprefix("urn:schemas-upnp-org:device:")
        return f"{self._part_udn('WANConnectionDevice')}:{kind},{self._wan.SERVICE_DEFINITION.service_id}"

    def reboot(self, external_address: str | None = None) -> None:
        """Forget all mappings and pinholes and what was counted, and connect anew, maybe as another address.

        Who looks hears of it by events, and by the uptime; the server that publishes it stays.
        """
        self.pinholes.forget()
        for counter in self.counters.values():
            counter.value = 0
        if external_address is not None:
            self.connection.address = external_address
        self.connection.restart()
        self.mappings.forget()

    def tell(self) -> None:
        """Have what has changed evented."""
        for device in self._devices:
            device.refresh()

    def attach(self, device: "GatewayDevice") -> None:
        """Have a device that is published told of changes."""
        self._devices.append(device)

    def detach(self, device: "GatewayDevice") -> None:
        """Tell it no more."""
        if device in self._devices:
            self._devices.remove(device)


class GatewayDevice(UpnpServerDevice):
    """The root device; ``VirtualGateway.device_class`` derives from it."""

    SERVICES = (Forwarding,)
    gateway: ClassVar[VirtualGateway]
    _timer: Timer | None = None

    def __init__(self, requester: UpnpRequester, base_uri: str, boot_id: int = 1, config_id: int = 1) -> None:
        super().__init__(requester, base_uri, boot_id, config_id)
        for service in self.gateway_services:
            service.faults, service.calls = self.gateway.faults, self.gateway.calls

    @property
    def gateway_services(self) -> list[GatewayService]:
        """The services of the whole tree."""
        return [one for one in self.all_server_services if isinstance(one, GatewayService)]

    def refresh(self) -> None:
        """Have the services take over what has changed, and be back when the next mapping ends."""
        for service in self.gateway_services:
            service.refresh()
        self._disarm()
        due = self.gateway.mappings.next_end
        if due is not None:
            self._timer = self.gateway.clock.call_at(due, self._look)

    def _look(self) -> None:
        """Forget the mapping that has ended, and wait for the next."""
        self.gateway.mappings.all()
        self.refresh()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def async_start(self) -> None:
        """Begin to event what changes."""
        await super().async_start()
        self.gateway.attach(self)
        self.refresh()

    async def async_stop(self) -> None:
        """Event nothing more."""
        self.gateway.detach(self)
        self._disarm()
        await super().async_stop()
