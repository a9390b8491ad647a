"""UDA chapter 2, control point: device descriptions as plain dicts, fetched once for each location.

For whoever hears many devices and only wants to know what they say of themselves, as a scanner does.
`client_factory` makes objects to work with; nothing here knows of services, actions or SSDP.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from async_upnp_client._headers import shown
from async_upnp_client._xml import etree_to_dict, parse_xml
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpContentError, UpnpError, UpnpResponseError, UpnpUrlError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

_LOGGER = logging.getLogger(__name__)

DescriptionType = Mapping[str, Any] | None

# Seconds for which a description counts. A UDA 1.0 device has no CONFIGID to say that it changed, and
# another device may get its address.
DESCRIPTION_AGE = 24 * 60 * 60.0

# Seconds for which a failure counts, doubled with each failure in a row up to the second: a device that
# announces itself before its HTTP server is up should be found soon, one whose location is 404 for good
# (UniFi Cloud Key) need not be asked with each of its announcements.
FIRST_FAILURE_AGE = 30.0
LONGEST_FAILURE_AGE = 30 * 60.0


class _Entry(NamedTuple):
    value: DescriptionType
    until: float
    failures: int


class DescriptionCache:
    """Fetches device descriptions, and keeps them as dicts by location.

    A description counts for a day or until `uncache_description`, a failure for 30 seconds to half an
    hour; then it is fetched again when asked for. `clock` gives seconds that only go up. Locations are taken
    to come from strangers: what `url_policy` refuses as a location has no description here.
    """

    def __init__(
        self,
        requester: UpnpRequester,
        *,
        clock: Callable[[], float] = time.monotonic,
        limits: Limits = DEFAULT_LIMITS,
        url_policy: UrlPolicy = DEFAULT_URL_POLICY,
    ) -> None:
        self._requester = requester
        self._clock = clock
        self._limits = limits
        self._url_policy = url_policy
        # in order of use, the least recent first
        self._cache_dict: dict[str, _Entry] = {}
        self._under_way: dict[str, asyncio.Event] = {}

    async def async_get_description_xml(self, location: str) -> str | None:
        """Fetch the description at a location, which is not kept; return its text, or None where that fails.

        An empty document is fetched once more: some devices answer while they start. Nothing is fetched
        from a location that the URL policy refuses.
        """
        if not self._is_allowed(location):
            _LOGGER.debug("Not fetching a description from %s", shown(location))
            return None
        try:
            return await self._async_fetch(location) or await self._async_fetch(location)
        except (UpnpError, OSError) as err:
            _LOGGER.debug("Fetching the description at %s failed: %s", shown(location), shown(err))
        except Exception:
            _LOGGER.exception("Fetching the description at %s failed", shown(location))
        return None

    async def _async_fetch(self, location: str) -> str:
        response = await self._requester.async_http_request(
            HttpRequest("GET", location, {}, None, max_size=self._limits.description_bytes)
        )
        if response.status_code != 200:
            raise UpnpResponseError(status=response.status_code, headers=response.headers, url=location)
        return response.body or ""

    def peek_description_dict(self, location: str | None) -> tuple[bool, DescriptionType]:
        """Return, without fetching, whether it is known what is at a location, and the description."""
        if location is None or not self._is_allowed(location):
            return True, None
        entry = self._known(location)
        return (False, None) if entry is None else (True, entry.value)

    async def async_get_description_dict(self, location: str | None) -> DescriptionType:
        """Return the description at a location as a dict of its root device, or None where there is none.

        Callers that come while it is fetched wait for that fetch; should it be cancelled they get None,
        and the next call fetches again.
        """
        if location is None or not self._is_allowed(location):
            return None
        under_way = self._under_way.get(location)
        if under_way is not None:
            await under_way.wait()
            entry = self._known(location)
            return None if entry is None else entry.value
        entry = self._known(location)
        if entry is not None:
            return entry.value
        under_way = self._under_way[location] = asyncio.Event()
        try:
            return await self._async_fetch_dict(location)
        finally:
            del self._under_way[location]
            under_way.set()

    async def _async_fetch_dict(self, location: str) -> DescriptionType:
        xml = await self.async_get_description_xml(location)  # where this is cancelled, nothing is kept
        value: DescriptionType = None
        try:
            value = _description_xml_to_dict(xml) if xml else None
        finally:
            value = self._keep(location, value)
        return value

    def uncache_description(self, location: str) -> None:
        """Forget the description at a location, if it is known."""
        self._cache_dict.pop(location, None)

    def _is_allowed(self, location: str) -> bool:
        try:
            self._url_policy.check_location(location)
        except UpnpUrlError:
            return False
        return True

    def _known(self, location: str) -> _Entry | None:
        entry = self._cache_dict.pop(location, None)
        if entry is None:
            return None
        self._cache_dict[location] = entry  # now the one used last
        return entry if self._clock() < entry.until else None

    def _keep(self, location: str, value: DescriptionType) -> DescriptionType:
        """Keep what a fetch gave; return what counts: the old one where a new one could not be had."""
        old = self._cache_dict.pop(location, None)
        now = self._clock()
        if value is not None:
            entry = _Entry(value, now + DESCRIPTION_AGE, 0)
        else:
            failures = old.failures if old is not None else 0
            age = min(FIRST_FAILURE_AGE * 2 ** min(failures, 10), LONGEST_FAILURE_AGE)
            entry = _Entry(None if old is None else old.value, now + age, failures + 1)
        self._cache_dict[location] = entry
        if len(self._cache_dict) > self._limits.descriptions:
            del self._cache_dict[next(iter(self._cache_dict))]
        return entry.value


class DET:
    """The reader of XML, where 0.49.0 had `defusedxml.ElementTree`: tests of applications replace it here."""

    @staticmethod
    def fromstring(text: str) -> ET.Element:
        """Read a document, whatever can be mended in it; UpnpContentError for what cannot be read."""
        return parse_xml(text, strict=False)


def _description_xml_to_dict(description_xml: str) -> DescriptionType:
    """Return the dict of the root device of a description, or None where it has none, or more than one."""
    try:
        tree = DET.fromstring(description_xml)
    except (UpnpContentError, ET.ParseError, ValueError) as err:  # the latter two of another reader
        _LOGGER.debug("Not a description: %s", shown(err))
        return None
    try:
        root = etree_to_dict(tree).get("root")
    except RecursionError:  # of another function
        _LOGGER.debug("Not a description: nested too deep")
        return None
    device = root.get("device") if isinstance(root, dict) else None
    return device if isinstance(device, dict) else None
