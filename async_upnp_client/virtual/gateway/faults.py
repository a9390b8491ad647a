"""What real gateways do wrong, or forbid, beside what all devices do; for a virtual one to do as well.

A test sets these on ``VirtualGateway.faults``, at any time; what it leaves alone works as the standard says.
``mappings`` looks here. Rebooting is ``VirtualGateway.reboot``.
"""

from dataclasses import dataclass, field

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.igd.errors import (
    INVALID_ARGS,
    NOT_AUTHORISED,
    FirewallErrorCode,
    ForwardingErrorCode,
    WanErrorCode,
)
from async_upnp_client.virtual.faults import Faults


@dataclass
class GatewayFaults(Faults):
    """Faults to be switched on; all but ``only_for_caller`` are off at first."""

    lease_refusal: int | None = None
    """The error code, 725 in the standard, for every mapping with a lease."""
    same_ports: bool = False
    """The external port has to be the internal one: 724 otherwise."""
    no_remote_host: bool = False
    """A mapping for one host of the internet is refused with 726."""
    needs_remote_host: bool = False
    """A mapping for every host of the internet is refused with 715."""
    only_external_port_0: bool = False
    """Mappings of single external ports are refused with 727."""
    no_overwriting: bool = False
    """A mapping in the place of the caller's own is refused with 718 too."""
    only_for_caller: bool = False
    """Only ports from 1024 on are opened, for the address that asks, and others' not shown: 606 otherwise.
    So it is in version 2, and on there at first."""
    reserved_ports: set[int] = field(default_factory=set)
    """External ports that the gateway needs itself: 729."""
    most_mappings: int = 1000
    """How many mappings there is room for: 728 then, and 501 in version 1."""

    list_end: int = WanErrorCode.SPECIFIED_ARRAY_INDEX_INVALID
    """The error code that GetGenericPortMappingEntry ends with."""
    list_repeats: bool = False
    """GetGenericPortMappingEntry has no end, and begins from the first again."""
    list_unreadable: set[int] = field(default_factory=set)
    """Indexes at which the list has the name of a host where its address should be."""


NAMES = {INVALID_ARGS: "Invalid Args", NOT_AUTHORISED: "Action not authorized"}


def refused(code: int, description: str | None = None) -> UpnpActionError:
    """Return the error that refuses a call, with the name that the standard has for it."""
    if description is None:
        description = NAMES.get(code, "")
    if not description and isinstance(code, WanErrorCode | FirewallErrorCode | ForwardingErrorCode):
        description = code.name.title().replace("_", "")
    return UpnpActionError(error_code=int(code), error_desc=description)
