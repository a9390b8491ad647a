"""How a person names a service of a device, and what a service is called in return.

Called by the commands that take services. Looks at types, ids and UDNs only; what ids contain
beside letters is up to the device's maker, and none of it means anything here.
"""

import re
from collections.abc import Callable, Sequence

from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.client import UpnpService

# GUPnP's examples have a version in the id, as only types do; ESP-ADF has a type in place of the id.
VERSION = re.compile(r"(?<=[^:]):[0-9][0-9.]*$")


def last_part(service_id: str) -> str:
    """`AVTransport` of `urn:upnp-org:serviceId:AVTransport`, and of the same with `:1` behind it."""
    before, marker, after = service_id.partition(":serviceId:")
    named = VERSION.sub("", after if marker else before)
    return named if marker else named.rpartition(":")[2]


def capitals(service_id: str) -> str:
    """`AVT` of `urn:upnp-org:serviceId:AVTransport`."""
    return "".join(character for character in last_part(service_id) if character.isupper())


# from the most exact way to name a service to the least; the first that fits any service decides
_WAYS: Sequence[Callable[[UpnpService, str], bool]] = (
    lambda service, name: name in (service.service_type, service.service_id),
    lambda service, name: name == last_part(service.service_id),
    lambda service, name: name == capitals(service.service_id),
)


def find_service(services: Sequence[UpnpService], name: str) -> UpnpService:
    """Find the service that a name means; CommandError for a name that fits none, or several."""
    fitting = _fitting(services, name)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        candidates = ", ".join(short_name(service, services) for service in fitting)
        raise CommandError(ExitCode.MISMATCH, f"{name!r} fits several services: {candidates}")
    if not services:
        raise CommandError(ExitCode.MISMATCH, f"no service {name!r}: the device has no services")
    known = ", ".join(sorted(short_name(service, services) for service in services))
    raise CommandError(ExitCode.MISMATCH, f"no service {name!r}; the device has: {known}")


def short_name(service: UpnpService, services: Sequence[UpnpService]) -> str:
    """Shortest name by which `find_service` finds this one, save its capitals; the last one if none does."""
    names = [last_part(service.service_id), service.service_id, service.service_type]
    names += [f"{service.device.udn}::{name}" for name in names]
    return next((name for name in names if _fitting(services, name) == [service]), names[-1])


def _fitting(services: Sequence[UpnpService], name: str) -> list[UpnpService]:
    if not name:
        return []
    for way in _WAYS:
        fitting = [service for service in services if way(service, name)]
        if fitting:
            return fitting
    udn, separator, rest = name.partition("::")  # as in a USN, UDA 2.0 §1.2.2
    if not separator:
        return []
    return _fitting([service for service in services if service.device.udn.lower() == udn.lower()], rest)
