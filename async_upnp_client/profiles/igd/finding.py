"""Finding the gateways of the network, the right one first (IGD §2; rows G-001, G-002).

It searches for both versions, describes what answers, and has ``selection`` rank it. For programs that only
know that they want to be reached.
"""

import asyncio
import logging

from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._local_ip import get_default_gateways
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles.igd.device import IgdDevice
from async_upnp_client.profiles.igd.selection import RankedGateway, async_rank_gateways

_LOGGER = logging.getLogger(__name__)


async def async_find_gateways(
    requester: UpnpRequester,
    *,
    source: AddressTupleVXType | None = None,
    timeout: int = 2,
    limits: Limits = DEFAULT_LIMITS,
) -> list[RankedGateway[IgdDevice]]:
    """Search for gateways for `timeout` seconds, ask each, and return them, the best first, with the reasons.

    `source` is the address of ours to search from; every interface without it. One that cannot be
    described, or that has no gateway in it, is left out, and so are those beyond ``limits.gateways``.
    """
    answers = await IgdDevice.async_search(source, timeout)
    locations = dict.fromkeys(sorted(locations_of(answers)))
    # some take one connection at a time, and close a second
    factory = UpnpFactory(requester, non_strict=True, scpd_limit=1, limits=limits)
    found = await asyncio.gather(
        *(async_gateway_at(factory, location, limits) for location in list(locations)[: limits.gateways])
    )
    by_udn = {gateway.udn: gateway for gateway in found if gateway is not None}
    return await async_rank_gateways(by_udn.values(), get_default_gateways())


def locations_of(answers: set[CaseInsensitiveDict]) -> set[str]:
    """Return where the gateways are that answered: both versions of one gateway are at one place."""
    return {str(headers["location"]) for headers in answers if headers.get("location")}


async def async_gateway_at(
    factory: UpnpFactory, location: str, limits: Limits = DEFAULT_LIMITS
) -> IgdDevice | None:
    """Describe a gateway; None for what cannot be described or is none."""
    try:
        return IgdDevice(await factory.async_create_device(location), None, limits=limits)
    except UpnpError as err:
        _LOGGER.debug("No gateway at %s: %s", shown(location), shown(err))
        return None
