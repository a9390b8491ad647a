"""UDA 2.0 ch. 2, from the side of a control point: from the URL of a description to a `UpnpDevice`.

Users make one `UpnpFactory` and keep it. It fetches, side by side and politely, what
`_protocol.description` and `_protocol.service_description` read, and builds objects of what they return. It
knows nothing of the texts, nor of how requests travel.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from weakref import WeakValueDictionary

from async_upnp_client._addresses import absolute_url
from async_upnp_client._diagnostics import Code, diagnostic, service_step
from async_upnp_client._headers import shown
from async_upnp_client._protocol.description import DeviceDocument, parse_device_document, resolved_service
from async_upnp_client._protocol.service_description import (
    ServiceDocument,
    parse_service_document,
    untyped_variable,
)
from async_upnp_client._protocol.values import value_validator
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.call_gate import CALL_LIMIT, checked_limit
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
    Diagnostic,
    HttpRequest,
    HttpResponse,
    ServiceInfo,
    StateVariableInfo,
)
from async_upnp_client.exceptions import (
    UpnpClientResponseError,
    UpnpCommunicationError,
    UpnpConnectionError,
    UpnpError,
    UpnpResponseError,
    UpnpUrlError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

_LOGGER = logging.getLogger(__name__)

# Statuses that say that there is no service description at its URL.
GONE: Final = frozenset({404, 410})

# The service descriptions that services have: those of one model are the same, and so are those of a device
# that is described anew. By digest, as a text takes half the memory of what it says; kept by the services.
DOCUMENTS: Final[WeakValueDictionary[tuple[bytes, bool, Limits], ServiceDocument]] = WeakValueDictionary()


class DescribedService(NamedTuple):
    """All that is known of a service; `diagnostics` about where it is, beside those of the document."""

    info: ServiceInfo
    document: ServiceDocument
    diagnostics: tuple[Diagnostic, ...] = ()


class UpnpFactory:
    """Makes devices from descriptions.

    The hooks may change each request before it is sent, and each response before it is read. Not strict
    (`non_strict`), what is wrong with one service, action, variable or icon costs no more than itself;
    strict, it is an error. `UpnpDevice.all_diagnostics` has all that was found and was no error. `scpd_limit`
    is how many service descriptions are fetched at a time from one host; `call_limit` how many calls one
    device is given at a time, None for no limit. `url_policy` judges the URLs in descriptions. `limits` bound
    descriptions and answers; without a `scpd_limit` theirs holds.
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
        scpd_limit: int | None = None,
        url_policy: UrlPolicy = DEFAULT_URL_POLICY,
        limits: Limits = DEFAULT_LIMITS,
        call_limit: int | None = CALL_LIMIT,
    ) -> None:
        if scpd_limit is None:
            scpd_limit = limits.scpd_requests
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
        self._url_policy = url_policy
        self._limits = limits
        self._call_limit = checked_limit(call_limit)
        # kept by those who wait at them, so that hosts once seen cost nothing
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def async_create_device(self, description_url: str) -> UpnpDevice:
        """Fetch a description and those of its services, and return the device (UDA 2.0 §2).

        The URL is the caller's own, and so may lead to this machine; those in the description may then, too.

        In both modes: UpnpCommunicationError where the description cannot be fetched (UpnpResponseError for a
        status other than 200), UpnpXmlParseError and UpnpXmlContentError where it describes no device.

        Strict: the same for the description of a service, where the first in the order of the document
        tells; UpnpXmlContentError for a service without one; and UpnpUrlError for a service URL that
        leads to another host. Not strict: a service whose description cannot be used has neither actions nor
        variables, and one with a URL to another host is left out.
        """
        text, found_at = await self._async_get(
            HttpRequest("GET", description_url, {}, None, max_size=self._limits.description_bytes),
            self._on_pre_receive_device_spec,
            self._on_post_receive_device_spec,
        )
        document = parse_device_document(
            text,
            description_url,
            strict=not self._non_strict,
            url_policy=self._url_policy,
            limits=self._limits,
            found_at=found_at,
        )
        services, refused = self._usable_services(document)
        described = await self._async_describe(document, services)
        device = self._build_device(document, described, refused)
        report(device)
        return device

    async def _async_get(
        self,
        request: HttpRequest,
        on_pre: Callable[[HttpRequest], HttpRequest],
        on_post: Callable[[HttpResponse], HttpResponse],
    ) -> tuple[str, str | None]:
        """Return the text of one description, and where it was if a redirect led there."""
        request = on_pre(request)
        response = on_post(await self.requester.async_http_request(request))
        if response.status_code != 200:
            raise UpnpResponseError(status=response.status_code, headers=response.headers, url=request.url)
        return response.body or "", response.url

    def _usable_services(
        self, document: DeviceDocument
    ) -> tuple[dict[ServiceInfo, ServiceInfo], dict[ServiceInfo, Diagnostic]]:
        """Return, in the order of the document, the services of all devices with their URLs resolved.

        And those that lead elsewhere, with what is wrong with them.
        """
        usable: dict[ServiceInfo, ServiceInfo] = {}
        refused: dict[ServiceInfo, Diagnostic] = {}
        for service in all_services(document):
            try:
                if not self._non_strict and not service.scpd_url:
                    raise UpnpXmlContentError(f"no SCPDURL in service {shown(service.service_id)}")
                usable[service] = resolved_service(
                    service, document.info.url, document.base_url, self._url_policy
                )
            except UpnpError as err:
                if not self._non_strict:
                    raise
                message = f"the service is left out: {err}"
                refused[service] = diagnostic(Code.SERVICE_URL_REFUSED, service_step(service), message)
        return usable, refused

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
                described[service] = DescribedService(resolved, found)
                if by_location:
                    info = resolved_service(service, location, location, self._url_policy)
                    message = f"URLBase is wrong: the service description is not at {urls[service]}"
                    wrong = diagnostic(Code.URL_BASE_WRONG, "", message)
                    described[service] = DescribedService(info, found, (wrong,))
            else:  # a placeholder, as OpenCCU has
                nothing = undescribed(Code.SCPD_URL_MISSING, "no SCPDURL: neither actions nor variables")
                described[service] = DescribedService(resolved, nothing)
        return described

    async def _async_service_document(
        self, url: str, fallback: str, gate: asyncio.Semaphore
    ) -> tuple[ServiceDocument, bool]:
        """Return a service description, and whether it was the fallback that had it.

        The fallback differs where the device declares a URLBase; wrong ones occur (S-014).
        """
        text: str | None = None
        try:
            try:
                text, by_fallback = await self._async_get_scpd(url, gate), False
            except UpnpCommunicationError:
                if fallback == url:
                    raise
                text, by_fallback = await self._async_get_scpd(fallback, gate), True
            document = service_document(text, strict=not self._non_strict, limits=self._limits)
        except (UpnpError, OSError) as err:
            if not self._non_strict:
                raise
            sentence = str(err) or type(err).__name__
            message = f"the service description {shown(url)} cannot be used: {sentence}"
            return undescribed(scpd_code(err, text), message), False
        return document, by_fallback

    async def _async_get_scpd(self, url: str, gate: asyncio.Semaphore) -> str:
        async with gate:
            text, _ = await self._async_get(
                HttpRequest("GET", url, {}, None, max_size=self._limits.scpd_bytes),
                self._on_pre_receive_service_spec,
                self._on_post_receive_service_spec,
            )
        return text

    def _build_device(
        self,
        document: DeviceDocument,
        described: Mapping[ServiceInfo, DescribedService],
        refused: Mapping[ServiceInfo, Diagnostic],
    ) -> UpnpDevice:
        """Make a device, from the inside out."""
        services = [
            self._build_service(described[service], declared)
            for service, declared in zip(document.services, document.service_diagnostics, strict=True)
            if service in described
        ]
        device = UpnpDevice(
            self.requester,
            document.info,
            services,
            [self._build_device(embedded, described, refused) for embedded in document.embedded],
            self._on_pre_receive_device_spec,
            self._on_post_receive_device_spec,
            call_limit=self._call_limit,
            limits=self._limits,
        )
        for found in document.diagnostics:
            device.add_diagnostic(found)
        for left_out in document.services:
            if left_out in refused:
                device.add_diagnostic(refused[left_out])
        return device

    def _build_service(self, described: DescribedService, declared: tuple[Diagnostic, ...]) -> UpnpService:
        """Make a service with its state variables and actions; `declared` is wrong with its declaration."""
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
            UpnpAction(
                info, [argument(part) for part in info.arguments], self._non_strict, limits=self._limits
            )
            for info in described.document.actions
        ]
        service = UpnpService(
            self.requester,
            described.info,
            list(variables.values()),
            actions,
            self._on_pre_call_action,
            self._on_post_call_action,
            limits=self._limits,
        )
        service.document = described.document
        for found in (*declared, *described.diagnostics, *described.document.diagnostics):
            service.add_diagnostic(found)
        for name, wrong in described.document.action_diagnostics.items():
            for found in wrong:
                service.action(name).add_diagnostic(found)
        return service

    def _build_variable(self, info: StateVariableInfo) -> UpnpStateVariable[Any]:
        return UpnpStateVariable(info, value_validator(info.type_info, strict=not self._non_strict))


def service_document(text: str, *, strict: bool, limits: Limits) -> ServiceDocument:
    """Return what a service description says: read, or had by a service that is described alike."""
    key = (blake2b(text.encode(errors="surrogatepass")).digest(), strict, limits)
    document = DOCUMENTS.get(key)
    if document is None:
        document = DOCUMENTS[key] = parse_service_document(text, strict=strict, limits=limits)
    return document


def report(device: UpnpDevice) -> None:
    """Log what is wrong with the descriptions of a device, and was dealt with."""
    if _LOGGER.isEnabledFor(logging.DEBUG):
        for found in device.all_diagnostics:
            _LOGGER.debug("%s: %s: %s", found.where, found.code, found.message)


def undescribed(code: Code, message: str) -> ServiceDocument:
    """Return what is known of a service whose description is missing or cannot be used."""
    return ServiceDocument((), (), (diagnostic(code, "", message),), {})


def scpd_code(error: UpnpError | OSError, text: str | None) -> Code:
    """Tell why a service description cannot be used; `text` is what came, None if nothing did."""
    if isinstance(error, UpnpResponseError) and not isinstance(error, UpnpClientResponseError):
        return Code.SCPD_NOT_FOUND if error.status in GONE else Code.SCPD_HTTP_STATUS
    if isinstance(error, TimeoutError):
        return Code.SCPD_TIMEOUT
    if isinstance(error, UpnpXmlParseError):
        return Code.SCPD_MALFORMED if text and not text.isspace() else Code.SCPD_EMPTY
    if not isinstance(error, UpnpUrlError) and isinstance(
        error, UpnpConnectionError | UpnpClientResponseError | OSError
    ):
        return Code.SCPD_UNREACHABLE
    return Code.SCPD_REFUSED


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
