"""A gateway in memory: IGD:1 or IGD:2 with its mappings, pinholes and counters, and what routers do wrong.

It reads and writes SOAP by itself; nothing of the package takes part. Faults are switched on by a test.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError
from async_upnp_client.profiles.igd.device import IgdDevice
from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.soap_device import envelope

LIST = "urn:schemas-upnp-org:gw:WANIPConnection"
HOST = "http://192.0.2.1:5000"
SERVICE = "urn:schemas-upnp-org:service:{}"
DEVICE = "urn:schemas-upnp-org:device:{}"
MAPPING = {
    "NewRemoteHost": "string",
    "NewExternalPort": "ui2",
    "NewProtocol": "string",
    "NewInternalPort": "ui2",
    "NewInternalClient": "string",
    "NewEnabled": "boolean",
    "NewPortMappingDescription": "string",
    "NewLeaseDuration": "ui4",
}
KEY = ("NewRemoteHost", "NewExternalPort", "NewProtocol")
VALUES = tuple(name for name in MAPPING if name not in KEY)
TYPES = MAPPING | {
    "NewPortMappingIndex": "ui2",
    "NewUptime": "ui4",
    "NewReservedPort": "ui2",
    "NewStartPort": "ui2",
    "NewEndPort": "ui2",
    "NewManage": "boolean",
    "NewNumberOfPorts": "ui2",
    "NewTotalBytesReceived": "ui4",
    "NewTotalBytesSent": "ui4",
    "NewTotalPacketsReceived": "ui4",
    "NewTotalPacketsSent": "ui4",
    "NewEnabledForInternet": "boolean",
    "NewLayer1UpstreamMaxBitRate": "ui4",
    "NewLayer1DownstreamMaxBitRate": "ui4",
    "NewNATEnabled": "boolean",
    "NewRSIPAvailable": "boolean",
    "FirewallEnabled": "boolean",
    "InboundPinholeAllowed": "boolean",
    "RemotePort": "ui2",
    "InternalPort": "ui2",
    "Protocol": "ui2",
    "LeaseTime": "ui4",
    "NewLeaseTime": "ui4",
    "UniqueID": "ui2",
    "PinholePackets": "ui4",
    "OutboundPinholeTimeout": "ui4",
    "IsWorking": "boolean",
    "NewActiveConnectionIndex": "ui2",
    "NewUpstreamMaxBitRate": "ui4",
    "NewDownstreamMaxBitRate": "ui4",
    "NewPortMappingNumberOfEntries": "ui2",
}

Arguments = tuple[tuple[str, ...], tuple[str, ...]]
WAN_ACTIONS: dict[str, Arguments] = {
    "SetConnectionType": (("NewConnectionType",), ()),
    "GetConnectionTypeInfo": ((), ("NewConnectionType", "NewPossibleConnectionTypes")),
    "RequestConnection": ((), ()),
    "RequestTermination": ((), ()),
    "ForceTermination": ((), ()),
    "GetStatusInfo": ((), ("NewConnectionStatus", "NewLastConnectionError", "NewUptime")),
    "GetNATRSIPStatus": ((), ("NewRSIPAvailable", "NewNATEnabled")),
    "GetGenericPortMappingEntry": (("NewPortMappingIndex",), tuple(MAPPING)),
    "GetSpecificPortMappingEntry": (KEY, VALUES),
    "AddPortMapping": (tuple(MAPPING), ()),
    "DeletePortMapping": (KEY, ()),
    "GetExternalIPAddress": ((), ("NewExternalIPAddress",)),
}
WAN2_ACTIONS: dict[str, Arguments] = {
    "AddAnyPortMapping": (tuple(MAPPING), ("NewReservedPort",)),
    "GetListOfPortMappings": (
        ("NewStartPort", "NewEndPort", "NewProtocol", "NewManage", "NewNumberOfPorts"),
        ("NewPortListing",),
    ),
}
COMMON_ACTIONS: dict[str, Arguments] = {
    "SetEnabledForInternet": (("NewEnabledForInternet",), ()),
    "GetEnabledForInternet": ((), ("NewEnabledForInternet",)),
    "GetCommonLinkProperties": (
        (),
        (
            "NewWANAccessType",
            "NewLayer1UpstreamMaxBitRate",
            "NewLayer1DownstreamMaxBitRate",
            "NewPhysicalLinkStatus",
        ),
    ),
    **{
        f"GetTotal{name}": ((), (f"NewTotal{name}",))
        for name in ("BytesSent", "BytesReceived", "PacketsSent", "PacketsReceived")
    },
}
FORWARDING_ACTIONS: dict[str, Arguments] = {
    "SetDefaultConnectionService": (("NewDefaultConnectionService",), ()),
    "GetDefaultConnectionService": ((), ("NewDefaultConnectionService",)),
}
PINHOLE = ("RemoteHost", "RemotePort", "InternalClient", "InternalPort", "Protocol")
FIREWALL_ACTIONS: dict[str, Arguments] = {
    "GetFirewallStatus": ((), ("FirewallEnabled", "InboundPinholeAllowed")),
    "AddPinhole": ((*PINHOLE, "LeaseTime"), ("UniqueID",)),
    "UpdatePinhole": (("UniqueID", "NewLeaseTime"), ()),
    "DeletePinhole": (("UniqueID",), ()),
    "GetPinholePackets": (("UniqueID",), ("PinholePackets",)),
    "GetOutboundPinholeTimeout": (PINHOLE, ("OutboundPinholeTimeout",)),
    "CheckPinholeWorking": (("UniqueID",), ("IsWorking",)),
}


class RefusalError(Exception):
    """What the gateway answers instead."""

    def __init__(self, code: int) -> None:
        """Refuse with an UPnP error code."""
        super().__init__(code)
        self.code = code


@dataclass
class Wan:
    """One WAN connection: what it says, and its mappings by (host, port, protocol)."""

    path: str
    kind: str = "WANIPConnection:1"
    actions: Mapping[str, Arguments] = field(default_factory=lambda: dict(WAN_ACTIONS))
    status: str = "Connected"
    address: str = "198.51.100.7"
    uptime: str = "3600"
    mappings: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    @property
    def service_id(self) -> str:
        """The identifier that it has."""
        return f"urn:upnp-org:serviceId:{self.path}"


class Gateway(UpnpRequester):
    """A gateway that is asked over a requester: give it to a factory, or call ``async_igd``.

    `calls` has every call as (action, arguments); `refuse` maps actions to the code that they are refused
    with, `answers` to a function of the arguments that answers instead. With `is_gone` nobody answers.
    """

    def __init__(self, *wans: Wan, version: int = 1, firewall: bool = True) -> None:
        """Begin with WAN connections, with one of the version by default."""
        kind = f"WANIPConnection:{version}"
        actions = WAN_ACTIONS | WAN2_ACTIONS if version > 1 else WAN_ACTIONS
        self.wans = wans or (Wan("ip1", kind, dict(actions)),)
        self.version = version
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.requests: list[HttpRequest] = []
        self.refuse: dict[str, int] = {}
        self.answers: dict[str, Callable[[dict[str, str]], Mapping[str, str]]] = {}
        self.counters = dict.fromkeys(("BytesSent", "BytesReceived", "PacketsSent", "PacketsReceived"), "0")
        self.more_common: dict[str, Arguments] = {}
        self.default_service = ""
        self.has_firewall = firewall
        self.firewall = {"FirewallEnabled": "1", "InboundPinholeAllowed": "1"}
        self.pinholes: dict[int, dict[str, str]] = {}
        self.is_gone = False
        self.delay = 0.0
        self.under_way = self.most_under_way = 0
        self.lease_refusal: int | None = None
        self.same_ports_only = False
        self.port_refusal: tuple[int, int] | None = None
        self.late: asyncio.Event | None = None  # it acts upon the next call, sets this, and answers never
        self.conflict_for_same_client = False

    @property
    def mappings(self) -> dict[tuple[str, ...], dict[str, str]]:
        """The mappings of the first connection."""
        return self.wans[0].mappings

    def called(self, action: str) -> list[dict[str, str]]:
        """Return the arguments of all calls of an action."""
        return [arguments for name, arguments in self.calls if name == action]

    @property
    def names(self) -> list[str]:
        """The names of all actions called, in order."""
        return [name for name, _ in self.calls]

    # --- Description ---

    def services(self) -> dict[str, tuple[str, Mapping[str, Arguments]]]:
        """Return type and actions of all services by their path."""
        found: dict[str, tuple[str, Mapping[str, Arguments]]] = {
            "l3f": ("Layer3Forwarding:1", FORWARDING_ACTIONS),
            "common": ("WANCommonInterfaceConfig:1", COMMON_ACTIONS | self.more_common),
        }
        found |= {wan.path: (wan.kind, wan.actions) for wan in self.wans}
        if self.has_firewall:
            found["fw"] = ("WANIPv6FirewallControl:1", FIREWALL_ACTIONS)
        return found

    def description(self) -> str:
        """Return the device description: each WAN connection in a device of its own."""

        def service(path: str) -> Service:
            kind = self.services()[path][0]
            urls = (f"/{path}.xml", f"/{path}/control", f"/{path}/event")
            return Service(SERVICE.format(kind), f"urn:upnp-org:serviceId:{path}", *urls)

        connections = [
            Device(
                DEVICE.format("WANConnectionDevice:1"),
                udn=f"uuid:connection-{wan.path}",
                services=[service(wan.path), *([service("fw")] if self.has_firewall and index == 0 else [])],
            )
            for index, wan in enumerate(self.wans)
        ]
        wan_device = Device(
            DEVICE.format("WANDevice:1"),
            udn="uuid:wan",
            services=[service("common")],
            devices=connections,
        )
        kind = DEVICE.format(f"InternetGatewayDevice:{self.version}")
        return device_description(
            Device(kind, "Gateway", "uuid:gateway", services=[service("l3f")], devices=[wan_device])
        )

    @staticmethod
    def service_description(actions: Mapping[str, Arguments]) -> str:
        """Return the description of a service."""
        names = sorted({name for pair in actions.values() for names in pair for name in names})
        evented = ("ExternalIPAddress", "ConnectionStatus", "PortMappingNumberOfEntries")
        variables = [Variable(f"A_{name}", TYPES.get(name, "string")) for name in names]
        variables += [
            Variable(name, "ui2" if name.startswith("Port") else "string", send_events="yes")
            for name in evented
        ]
        return service_description(
            variables,
            [
                Action(name, [(n, f"A_{n}") for n in inputs], [(n, f"A_{n}") for n in outputs])
                for name, (inputs, outputs) in actions.items()
            ],
        )

    async def async_igd(self, *, host: str = HOST, non_strict: bool = True, **options: Any) -> IgdDevice:
        """Return the profile device of it, as a control point makes it."""
        factory = UpnpFactory(self, non_strict=non_strict)
        return IgdDevice(await factory.async_create_device(f"{host}/device.xml"), None, **options)

    # --- HTTP ---

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer as the gateway."""
        path = http_request.url.partition("//")[2].partition("/")[2]
        if http_request.method == "GET":
            if path == "device.xml":
                return HttpResponse(200, {}, self.description())
            return HttpResponse(
                200, {}, self.service_description(self.services()[path.removesuffix(".xml")][1])
            )
        self.requests.append(http_request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self.delay)
            if self.is_gone:
                raise UpnpConnectionError("nobody there")
            answer = self._answer(path.partition("/")[0], http_request)
            if self.late is not None and not self.late.is_set():
                self.late.set()
                await asyncio.Event().wait()
            return answer
        finally:
            self.under_way -= 1

    def _answer(self, path: str, request: HttpRequest) -> HttpResponse:
        body = ET.fromstring(request.body or "")
        call = next(iter(body[0]))
        namespace, _, name = call.tag[1:].partition("}")
        arguments = {part.tag: part.text or "" for part in call}
        self.calls.append((name, arguments))
        try:
            values = self._values(path, name, arguments)
        except RefusalError as refusal:
            detail = f"<errorCode>{refusal.code}</errorCode><errorDescription>No</errorDescription>"
            error = f'<UPnPError xmlns="urn:schemas-upnp-org:control-1-0">{detail}</UPnPError>'
            fault = "<faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>"
            return HttpResponse(500, {}, envelope(f"<s:Fault>{fault}<detail>{error}</detail></s:Fault>"))
        inside = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items())
        return HttpResponse(
            200, {}, envelope(f'<u:{name}Response xmlns:u="{namespace}">{inside}</u:{name}Response>')
        )

    # --- Actions ---

    def _values(self, path: str, name: str, arguments: dict[str, str]) -> Mapping[str, str]:
        if name in self.refuse:
            raise RefusalError(self.refuse[name])
        if name in self.answers:
            return self.answers[name](arguments)
        return self._act(path, name, arguments)

    def _act(self, path: str, name: str, arguments: dict[str, str]) -> Mapping[str, str]:
        if name.startswith("GetTotal"):
            return {f"New{name[3:]}": self.counters[name[8:]]}
        if path == "fw":
            return self._act_firewall(name, arguments)
        if name == "GetDefaultConnectionService":
            return {"NewDefaultConnectionService": self.default_service}
        if name == "GetCommonLinkProperties":
            rates = {"NewLayer1UpstreamMaxBitRate": "10000", "NewLayer1DownstreamMaxBitRate": "50000"}
            return {"NewWANAccessType": "DSL", **rates, "NewPhysicalLinkStatus": "Up"}
        if name == "GetEnabledForInternet":
            return {"NewEnabledForInternet": "1"}
        if name in ("SetDefaultConnectionService", "SetEnabledForInternet", "SetConnectionType") or (
            name.startswith(("Request", "Force"))
        ):
            return {}
        wan = next(wan for wan in self.wans if wan.path == path)
        said = self._told_by(wan)
        return said[name] if name in said else self._act_wan(wan, name, arguments)

    @staticmethod
    def _told_by(wan: Wan) -> dict[str, dict[str, str]]:
        return {
            "GetExternalIPAddress": {"NewExternalIPAddress": wan.address},
            "GetStatusInfo": {
                "NewConnectionStatus": wan.status,
                "NewLastConnectionError": "ERROR_NONE",
                "NewUptime": wan.uptime,
            },
            "GetConnectionTypeInfo": {
                "NewConnectionType": "IP_Routed",
                "NewPossibleConnectionTypes": "IP_Routed,IP_Bridged",
            },
            "GetNATRSIPStatus": {"NewRSIPAvailable": "0", "NewNATEnabled": "1"},
        }

    def _act_wan(self, wan: Wan, name: str, arguments: dict[str, str]) -> Mapping[str, str]:
        key = tuple(arguments.get(part, "") for part in KEY)
        if name == "GetListOfPortMappings":
            return {"NewPortListing": self._listing(wan, arguments["NewProtocol"])}
        if name == "GetGenericPortMappingEntry":
            entries, index = list(wan.mappings.values()), int(arguments["NewPortMappingIndex"])
            if index >= len(entries):
                raise RefusalError(713)
            return entries[index]
        if name == "AddPortMapping":
            self._add(wan, key, arguments)
        elif name == "AddAnyPortMapping":
            while key in wan.mappings:
                key = (key[0], str(int(key[1]) + 1), key[2])
            self._add(wan, key, arguments | {"NewExternalPort": key[1]})
            return {"NewReservedPort": key[1]}
        elif key not in wan.mappings:
            raise RefusalError(714)
        elif name == "GetSpecificPortMappingEntry":
            return {part: wan.mappings[key][part] for part in VALUES}
        elif name == "DeletePortMapping":
            del wan.mappings[key]
        return {}

    def _add(self, wan: Wan, key: tuple[str, ...], arguments: dict[str, str]) -> None:
        if self.lease_refusal is not None and arguments["NewLeaseDuration"] != "0":
            raise RefusalError(self.lease_refusal)
        if self.same_ports_only and arguments["NewExternalPort"] != arguments["NewInternalPort"]:
            raise RefusalError(724)
        if self.port_refusal is not None and int(arguments["NewExternalPort"]) == self.port_refusal[0]:
            raise RefusalError(self.port_refusal[1])
        known = wan.mappings.get(key)
        if known is not None and (
            self.conflict_for_same_client or known["NewInternalClient"] != arguments["NewInternalClient"]
        ):
            raise RefusalError(718)
        lease = arguments["NewLeaseDuration"]
        if wan.kind.endswith(":2") and lease == "0":
            lease = "604800"
        wan.mappings[key] = arguments | {"NewLeaseDuration": lease}

    @staticmethod
    def _listing(wan: Wan, protocol: str) -> str:
        entries = [entry for entry in wan.mappings.values() if entry["NewProtocol"] == protocol]
        if not entries:
            raise RefusalError(730)
        names = {"NewPortMappingDescription": "NewDescription", "NewLeaseDuration": "NewLeaseTime"}
        inside = "".join(
            "<p:PortMappingEntry>"
            + "".join(f"<p:{names.get(k, k)}>{escape(v)}</p:{names.get(k, k)}>" for k, v in entry.items())
            + "</p:PortMappingEntry>"
            for entry in entries
        )
        return f'<p:PortMappingList xmlns:p="{LIST}">{inside}</p:PortMappingList>'

    def _act_firewall(self, name: str, arguments: dict[str, str]) -> Mapping[str, str]:
        if name == "GetFirewallStatus":
            return self.firewall
        if name == "AddPinhole":
            if self.firewall["InboundPinholeAllowed"] == "0":
                raise RefusalError(703)
            for number, known in self.pinholes.items():
                if all(known[part] == arguments[part] for part in PINHOLE):
                    known["LeaseTime"] = arguments["LeaseTime"]
                    return {"UniqueID": str(number)}
            number = max(self.pinholes, default=0) + 1
            self.pinholes[number] = arguments
            return {"UniqueID": str(number)}
        pinhole = self.pinholes.get(int(arguments["UniqueID"]))
        if pinhole is None:
            raise RefusalError(704)
        if name == "UpdatePinhole":
            pinhole["LeaseTime"] = arguments["NewLeaseTime"]
        elif name == "DeletePinhole":
            del self.pinholes[int(arguments["UniqueID"])]
        return {"PinholePackets": "3"} if name == "GetPinholePackets" else {}


def mapping(
    external_port: int,
    client: str = "192.0.2.99",
    *,
    internal_port: int | None = None,
    protocol: str = "TCP",
    description: str = "another's",
    lease: int = 0,
    host: str = "",
) -> dict[tuple[str, ...], dict[str, str]]:
    """Return a mapping as a gateway keeps it, by its key."""
    values = {
        "NewRemoteHost": host,
        "NewExternalPort": str(external_port),
        "NewProtocol": protocol,
        "NewInternalPort": str(external_port if internal_port is None else internal_port),
        "NewInternalClient": client,
        "NewEnabled": "1",
        "NewPortMappingDescription": description,
        "NewLeaseDuration": str(lease),
    }
    return {(host, str(external_port), protocol): values}
