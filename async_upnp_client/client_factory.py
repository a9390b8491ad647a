"""UDA 2.0 ch. 2, from the side of a control point: from the URL of a description to a `UpnpDevice`.

Users make one `UpnpFactory` and keep it. It fetches, side by side and politely, what
`_protocol.description` and `_protocol.service_description` read, and builds objects of what they return. It
knows nothing of the texts, nor of how requests travel.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakValueDictionary

from async_upnp_client._addresses import absolute_url
from async_upnp_client._headers import shown
from async_upnp_client._protocol.description import DeviceDocument, parse_device_document, resolved_service
from async_upnp_client._protocol.service_description import (
    ServiceDocument,
    parse_service_document,
    untyped_variable,
)
from async_upnp_client._protocol.values import value_validator
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import (
    UpnpRequester,
    default_on_post_call_action,
    default_on_post_receive_device_spec,
    default_on_post_receive_service_spec,
    default_on_pre_call_action,
    default_on_pre_receive_device_spec,
    default_on_pre_receive_service_spec,
)
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import (
    ActionArgumentInfo,
    HttpRequest,
    HttpResponse,
    ServiceInfo,
    StateVariableInfo,
)
from async_upnp_client.exceptions import (
    UpnpCommunicationError,
    UpnpError,
    UpnpResponseError,
    UpnpXmlContentError,
)

_LOGGER = logging.getLogger(__name__)

# Requests for service descriptions under way at one host. A description with ten services then takes three
# round trips instead of ten; routers and old renderers serve a few connections at a time, and drop what
# comes beyond.
SCPD_LIMIT: Final = 4

# What a service is whose description is missing, and cannot be used.
NOTHING: Final = ServiceDocument((), (), ())


@dataclass(frozen=True, slots=True)
class DescribedService:
    """All that is known of a service."""

    info: ServiceInfo
    document: ServiceDocument


class UpnpFactory:
    """Makes devices from descriptions.

    The hooks may change each request before it is sent, and each response before it is read. Not strict
    (`non_strict`), what is wrong with one service, action, variable or icon costs no more than itself, and
    is logged; strict, it is an error. `scpd_limit` is how many service descriptions are fetched at a time
    from one host.
    """

    def __init__(
        self,
        requester: UpnpRequester,
        non_strict: bool = False,
        on_pre_receive_device_spec: Callable[[HttpRequest], HttpRequest] = default_on_pre_receive_device_spec,
        on_post_receive_device_spec: Callable[
            [HttpResponse], HttpResponse
        ] = default_on_post_receive_device_spec,
        on_pre_receive_service_spec: Callable[
            [HttpRequest], HttpRequest
        ] = default_on_pre_receive_service_spec,
        on_post_receive_service_spec: Callable[
            [HttpResponse], HttpResponse
        ] = default_on_post_receive_service_spec,
        on_pre_call_action: Callable[
            [UpnpAction, Mapping[str, Any], HttpRequest], HttpRequest
        ] = default_on_pre_call_action,
        on_post_call_action: Callable[[UpnpAction, HttpResponse], HttpResponse] = default_on_post_call_action,
        *,
        scpd_limit: int = SCPD_LIMIT,
    ) -> None:
        if scpd_limit < 1:
            raise ValueError(f"scpd_limit must be at least 1, not {scpd_limit}")
        self.requester = requester
        self._non_strict = non_strict
        self._on_pre_receive_device_spec = on_pre_receive_device_spec
        self._on_post_receive_device_spec = on_post_receive_device_spec
        self._on_pre_receive_service_spec = on_pre_receive_service_spec
        self._on_post_receive_service_spec = on_post_receive_service_spec
        self._on_pre_call_action = on_pre_call_action
        self._on_post_call_action = on_post_call_action
        self._scpd_limit = scpd_limit
        # kept by those who wait at them, so that hosts once seen cost nothing
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def async_create_device(self, description_url: str) -> UpnpDevice:
        """Fetch a description and those of its services, and return the device (UDA 2.0 §2).

        In both modes: UpnpCommunicationError where the description cannot be fetched (UpnpResponseError for a
        status other than 200), UpnpXmlParseError and UpnpXmlContentError where it describes no device.

        Strict: the same for the description of a service, where the first in the order of the document
        tells; UpnpXmlContentError for a service without one; and UpnpError for a service URL that leads to
        another host. Not strict: a service whose description cannot be used has neither actions nor
        variables, and one with a URL to another host is left out.
        """
        text = await self._async_get(
            description_url, self._on_pre_receive_device_spec, self._on_post_receive_device_spec
        )
        document = parse_device_document(text, description_url, strict=not self._non_strict)
        report(description_url, document.problems)
        services = self._usable_services(document)
        described = await self._async_describe(document, services)
        return self._build_device(document, described)

    async def _async_get(
        self,
        url: str,
        on_pre: Callable[[HttpRequest], HttpRequest],
        on_post: Callable[[HttpResponse], HttpResponse],
    ) -> str:
        """Return the text of one description."""
        request = on_pre(HttpRequest("GET", url, {}, None))
        response = on_post(await self.requester.async_http_request(request))
        if response.status_code != 200:
            raise UpnpResponseError(status=response.status_code, headers=response.headers)
        return response.body or ""

    def _usable_services(self, document: DeviceDocument) -> dict[ServiceInfo, ServiceInfo]:
        """Return, in the order of the document, the services of all devices with their URLs resolved."""
        usable: dict[ServiceInfo, ServiceInfo] = {}
        for service in all_services(document):
            try:
                if not self._non_strict and not service.scpd_url:
                    raise UpnpXmlContentError(f"no SCPDURL in service {shown(service.service_id)}")
                usable[service] = resolved_service(service, document.info.url, document.base_url)
            except UpnpError as err:
                if not self._non_strict:
                    raise
                _LOGGER.warning("Service %s is left out: %s", shown(service.service_id), err)
        return usable

    async def _async_describe(
        self, document: DeviceDocument, services: Mapping[ServiceInfo, ServiceInfo]
    ) -> dict[ServiceInfo, DescribedService]:
        """Return each service with its description; one that several services share is fetched once."""
        location = document.info.url
        gate = self._gates.setdefault(host_and_port(location), asyncio.Semaphore(self._scpd_limit))
        urls: dict[ServiceInfo, str] = {}
        fetches: dict[str, asyncio.Task[tuple[ServiceDocument, bool]]] = {}
        for service, resolved in services.items():
            if resolved.scpd_url:
                url = urls[service] = absolute_url(location, resolved.scpd_url)
                if url not in fetches:
                    fallback = url if resolved is service else absolute_url(location, service.scpd_url)
                    fetches[url] = asyncio.create_task(self._async_service_document(url, fallback, gate))
        await async_all_in_order(fetches.values())
        described: dict[ServiceInfo, DescribedService] = {}
        for service, resolved in services.items():
            if service in urls:
                found, by_location = fetches[urls[service]].result()
                info = resolved_service(service, location, location) if by_location else resolved
                described[service] = DescribedService(info, found)
            else:  # a placeholder, as OpenCCU has
                _LOGGER.debug("Service %s has no description", shown(service.service_id))
                described[service] = DescribedService(resolved, NOTHING)
        return described

    async def _async_service_document(
        self, url: str, fallback: str, gate: asyncio.Semaphore
    ) -> tuple[ServiceDocument, bool]:
        """Return a service description, and whether it was the fallback that had it.

        The fallback differs where the device declares a URLBase; wrong ones occur (S-014).
        """
        try:
            try:
                text, by_fallback = await self._async_get_scpd(url, gate), False
            except UpnpCommunicationError:
                if fallback == url:
                    raise
                text, by_fallback = await self._async_get_scpd(fallback, gate), True
            document = parse_service_document(text, strict=not self._non_strict)
        except (UpnpError, OSError) as err:
            if not self._non_strict:
                raise
            _LOGGER.warning("Service description %s cannot be used: %r", shown(url), err)
            return NOTHING, False
        report(url, document.problems)
        return document, by_fallback

    async def _async_get_scpd(self, url: str, gate: asyncio.Semaphore) -> str:
        async with gate:
            return await self._async_get(
                url, self._on_pre_receive_service_spec, self._on_post_receive_service_spec
            )

    def _build_device(
        self, document: DeviceDocument, described: Mapping[ServiceInfo, DescribedService]
    ) -> UpnpDevice:
        """Make a device, from the inside out."""
        return UpnpDevice(
            self.requester,
            document.info,
            [
                self._build_service(described[service])
                for service in document.services
                if service in described
            ],
            [self._build_device(embedded, described) for embedded in document.embedded],
            self._on_pre_receive_device_spec,
            self._on_post_receive_device_spec,
        )

    def _build_service(self, described: DescribedService) -> UpnpService:
        """Make a service with its state variables and actions."""
        variables: dict[str, UpnpStateVariable[Any]] = {}
        for info in described.document.state_variables:
            variables[info.name] = self._build_variable(info)
        untyped: dict[str, UpnpStateVariable[Any]] = {}

        def argument(info: ActionArgumentInfo) -> UpnpAction.Argument:
            variable = variables.get(info.state_variable_name)
            if variable is None:
                key = info.state_variable_name or info.name
                variable = untyped.get(key) or untyped.setdefault(
                    key, self._build_variable(untyped_variable(info))
                )
            return UpnpAction.Argument(info, variable)

        actions = [
            UpnpAction(info, [argument(part) for part in info.arguments], self._non_strict)
            for info in described.document.actions
        ]
        return UpnpService(
            self.requester,
            described.info,
            list(variables.values()),
            actions,
            self._on_pre_call_action,
            self._on_post_call_action,
        )

    def _build_variable(self, info: StateVariableInfo) -> UpnpStateVariable[Any]:
        return UpnpStateVariable(info, value_validator(info.type_info, strict=not self._non_strict))


def report(url: str, problems: Iterable[str]) -> None:
    """Log what is wrong with a description, and was dealt with."""
    for problem in problems:
        _LOGGER.debug("Description %s: %s", shown(url), problem)


def all_services(document: DeviceDocument) -> Iterator[ServiceInfo]:
    """Yield the services of a device, then those of the devices in it."""
    yield from document.services
    for embedded in document.embedded:
        yield from all_services(embedded)


def host_and_port(url: str) -> str:
    """Return what tells one HTTP server from another."""
    return url.partition("://")[2].partition("/")[0].lower()


async def async_all_in_order(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Wait for all; raise the first error, in their order, once none is running any more."""
    try:
        for task in tasks:
            if not task.done():
                # to await the task itself would, when cancelled, cancel it alone and let the next begin
                await asyncio.wait((task,))
            task.result()
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
