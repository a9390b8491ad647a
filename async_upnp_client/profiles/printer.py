"""Printers (Printer:1 with PrintBasic:1 and PrintEnhanced:1): their state, and jobs (rows R-001 to R-005).

For applications. A job is asked for here, and its document sent by HTTP to where the printer says. What a
document has in it is not looked at.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpError, UpnpResponseError, UpnpValueError
from async_upnp_client.profiles._services import Poll
from async_upnp_client.profiles.profile import UpnpProfileDevice
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

ENHANCED: Final = "ENHANCED"
ENHANCED_TYPE: Final = "urn:schemas-upnp-org:service:PrintEnhanced:1"
PRINT_SERVICES: Final = (ENHANCED, "BASIC")
"""Aliases of the services of a printer; the newer one first, which has all that the other has."""

DEVICE_SETTING: Final = "device-setting"
"""What a job leaves to the printer (row R-002)."""
UNKNOWN_FORMAT: Final = "unknown"
"""A document whose format the printer finds out itself (row R-002)."""
XHTML_PRINT: Final = "application/vnd.pwg-xhtml-print"
"""The one format of documents that PrintBasic:1 itself has: a page of XHTML."""

CANCEL_SECONDS: Final = 10.0
"""How long cancelling a job may take that came to nothing: a printer that is gone does not hold us up."""

SUCCESS: Final = 2
"""The first digit of every HTTP status that is a success."""


class PrinterAttributes(NamedTuple):
    """The state of a printer: idle, processing or stopped, why, and its jobs; `job_id` 0 is none."""

    printer_state: str
    printer_state_reasons: str
    job_id_list: list[int]
    job_id: int


class PrintJob(NamedTuple):
    """A job that a printer has taken: its number, and where to POST the document to; "" if it fetches it."""

    job_id: int
    data_sink: str


class JobAttributes(NamedTuple):
    """What a printer says of a job; ``media_sheets_completed`` is None where it does not know (row R-003)."""

    job_name: str
    user_name: str
    media_sheets_completed: int | None


class PageMargins(NamedTuple):
    """What of a page stays white, as the printer writes it, and whether it can do without."""

    margins: str
    full_bleed_supported: bool


class JobEnd(NamedTuple):
    """How a job ended (row R-004)."""

    job_id: int
    job_name: str
    user_name: str
    media_sheets: int | None
    reason: str


class PrinterDevice(UpnpProfileDevice):
    """A printer."""

    DEVICE_TYPES: ClassVar[list[str]] = ["urn:schemas-upnp-org:device:printer:1"]
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "BASIC": {"urn:schemas-upnp-org:service:PrintBasic:1"},
    }
    _POLLS: ClassVar[Sequence[Poll]] = tuple((alias, "GetPrinterAttributes", {}) for alias in PRINT_SERVICES)

    def _service(self, service_type_abbreviation: str) -> UpnpService | None:
        if service_type_abbreviation == ENHANCED:  # not among the aliases, which 0.49.0 had
            return self.profile_device.find_service(ENHANCED_TYPE)
        return super()._service(service_type_abbreviation)

    def _interesting_service(self, service: UpnpService) -> bool:
        return service.service_type == ENHANCED_TYPE or super()._interesting_service(service)

    def _print_action(self, name: str) -> UpnpAction | None:
        """Give an action of the newest service that has it (row R-005); None if there is none."""
        for alias in PRINT_SERVICES:
            action = self._action(alias, name)
            if action is not None:
                return action
        return None

    def _needed_action(self, name: str) -> UpnpAction:
        action = self._print_action(name)
        if action is None:
            raise UpnpError(f"{self.name} has no action {name}")
        return action

    async def async_get_printer_attributes(self) -> PrinterAttributes | None:
        """Get the state of the printer and its jobs; None where it has no such action.

        Raises UpnpValueError for a list of jobs that is none, and as ``UpnpAction.async_call``.
        """
        action = self._print_action("GetPrinterAttributes")
        if action is None:
            return None
        result = await action.async_call()
        return PrinterAttributes(
            str(result.get("PrinterState") or ""),
            str(result.get("PrinterStateReasons") or ""),
            numbers("JobIdList", result.get("JobIdList")),
            int(result.get("JobId") or 0),
        )

    async def async_get_internet_connect_state(self) -> str | None:
        """Get whether the printer reaches the internet, to fetch what it prints, in its own words.

        That is GetPrinterAttributesV2 of PrintEnhanced:1; None where it has no such action.
        """
        action = self._print_action("GetPrinterAttributesV2")
        return None if action is None else (await action.async_call()).get("InternetConnectState")

    async def async_get_job_attributes(self, job_id: int) -> JobAttributes | None:
        """Get what the printer says of a job; None where it has no such action."""
        action = self._print_action("GetJobAttributes")
        if action is None:
            return None
        result = await action.async_call(JobId=job_id)
        return JobAttributes(
            str(result.get("JobName") or ""),
            str(result.get("JobOriginatingUserName") or ""),
            known(result.get("JobMediaSheetsCompleted")),
        )

    async def async_get_margins(self, media_size: str, media_type: str) -> PageMargins | None:
        """Get what of a page stays white (PrintEnhanced:1); None where the printer has no such action.

        Arguments are names as CreateJob has them, of MediaSize and MediaType.
        """
        result = await self._async_of_media("GetMargins", media_size, media_type)
        if result is None:
            return None
        return PageMargins(str(result.get("PageMargins") or ""), bool(result.get("FullBleedSupported")))

    async def async_get_media_list(
        self, media_size: str = DEVICE_SETTING, media_type: str = DEVICE_SETTING
    ) -> list[str] | None:
        """Get what media are in the printer (PrintEnhanced:1); None where it has no such action."""
        result = await self._async_of_media("GetMediaList", media_size, media_type)
        return None if result is None else words(result.get("MediaList"))

    async def _async_of_media(self, name: str, media_size: str, media_type: str) -> Mapping[str, Any] | None:
        action = self._print_action(name)
        return None if action is None else await action.async_call(MediaSize=media_size, MediaType=media_type)

    async def async_create_job(
        self,
        job_name: str,
        user_name: str,
        *,
        document_format: str = UNKNOWN_FORMAT,
        copies: int = 1,
        settings: Mapping[str, str] | None = None,
        critical_attributes: Sequence[str] = (),
    ) -> PrintJob:
        """Ask for a job, and return where to POST its document to (row R-001).

        `settings` are Sides, NumberUp, OrientationRequested, MediaSize, MediaType and PrintQuality, as far as
        they are not to be the printer's own; of `critical_attributes` it refuses the job where it cannot
        honour one (CreateJobV2 of PrintEnhanced:1). UpnpError where the printer takes no such jobs,
        UpnpValueError for a setting that it does not have.
        """
        arguments = job_arguments(job_name, user_name, document_format, copies, settings or {})
        if critical_attributes:
            action = self._needed_action("CreateJobV2")
            arguments["CriticalAttributesList"] = ",".join(critical_attributes)
        else:
            action = self._needed_action("CreateJob")
        result = await action.async_call(**arguments)
        return PrintJob(int(result.get("JobId") or 0), str(result.get("DataSink") or ""))

    async def async_create_uri_job(
        self,
        job_name: str,
        user_name: str,
        source_uri: str,
        *,
        document_format: str = UNKNOWN_FORMAT,
        copies: int = 1,
        settings: Mapping[str, str] | None = None,
        critical_attributes: Sequence[str] = (),
    ) -> PrintJob:
        """Ask for a job whose document the printer fetches itself (PrintEnhanced:1, row R-005).

        A critical attribute that it cannot honour makes it refuse. Otherwise as ``async_create_job``.
        """
        action = self._needed_action("CreateURIJob")
        result = await action.async_call(
            **job_arguments(job_name, user_name, document_format, copies, settings or {}),
            CriticalAttributesList=",".join(critical_attributes),
            SourceURI=source_uri,
        )
        return PrintJob(int(result.get("JobId") or 0), "")

    async def async_send_document(
        self,
        job: PrintJob,
        document: str,
        document_format: str = XHTML_PRINT,
        *,
        timeout: float | None = None,
        url_policy: UrlPolicy = DEFAULT_URL_POLICY,
    ) -> None:
        """POST the document of a job, as UTF-8, to where the printer wants it (row R-001).

        `timeout` is in seconds; None leaves it to the requester. `url_policy` judges that place, which by
        default has to be on the host of the printer. Raises UpnpValueError for a job whose document the
        printer fetches itself, UpnpUrlError for a place that is not allowed, UpnpCommunicationError where the
        printer cannot be reached, and UpnpResponseError, which is one, where it does not take the document.
        """
        if not job.data_sink:
            raise UpnpValueError("data_sink", job.data_sink)
        url = url_policy.check_service_url(self.profile_device.device_url, job.data_sink)
        headers = {"Content-Type": f'{document_format}; charset="utf-8"'}
        # sent twice it would be printed twice
        request = HttpRequest("POST", url, headers, document, timeout=timeout, repeatable=False)
        response = await self.profile_device.requester.async_http_request(request)
        if response.status_code // 100 != SUCCESS:
            raise UpnpResponseError(status=response.status_code, headers=response.headers, url=url)

    async def async_print(
        self,
        job_name: str,
        user_name: str,
        document: str,
        *,
        document_format: str = XHTML_PRINT,
        copies: int = 1,
        settings: Mapping[str, str] | None = None,
        critical_attributes: Sequence[str] = (),
    ) -> PrintJob:
        """Ask for a job and send its document, as ``async_create_job`` and ``async_send_document``.

        A job whose document could not be sent is cancelled before the error is raised, where the printer can;
        so it is where this is cancelled, for which its number is waited for.
        """
        creating = asyncio.ensure_future(
            self.async_create_job(
                job_name,
                user_name,
                document_format=document_format,
                copies=copies,
                settings=settings,
                critical_attributes=critical_attributes,
            )
        )
        try:
            job = await asyncio.shield(creating)
            await self.async_send_document(job, document, document_format)
        except BaseException:
            with contextlib.suppress(UpnpError, TimeoutError):
                async with asyncio.timeout(CANCEL_SECONDS):
                    await self.async_cancel_job((await creating).job_id)
            raise
        return job

    async def async_cancel_job(self, job_id: int) -> None:
        """Cancel a job; UpnpError where the printer cannot."""
        await self._needed_action("CancelJob").async_call(JobId=job_id)

    # --- What events tell ---

    @property
    def printer_state(self) -> str | None:
        """The state as last evented: idle, processing or stopped; None while nothing has been."""
        state: str | None = self._evented("PrinterState")
        return state

    @property
    def printer_state_reasons(self) -> list[str]:
        """Why the printer is in that state, as last evented."""
        return words(self._evented("PrinterStateReasons"))

    @property
    def last_job_end(self) -> JobEnd | None:
        """How a job ended, as last evented; it may be another's (row R-004). None while nothing has been."""
        fields = words(self._evented("JobEndState"))
        if not fields or not fields[0].isdecimal():
            return None
        job_id, name, user, sheets, *reason = [*fields, "", "", "", ""]
        count = int(sheets) if sheets.isdecimal() else None
        return JobEnd(int(job_id), name, user, count, reason[0])

    def _evented(self, name: str) -> Any:
        for alias in PRINT_SERVICES:
            variable = self._state_variable(alias, name)
            if variable is not None:
                return variable.value
        return None


def words(text: object) -> list[str]:
    """Read a list that is separated by commas; nothing is an empty list."""
    return [word.strip() for word in str(text or "").split(",") if word.strip()]


def numbers(name: str, text: object) -> list[int]:
    """Read a list of numbers; UpnpValueError where one is none."""
    try:
        return [int(word) for word in words(text)]
    except ValueError as err:
        raise UpnpValueError(name, text) from err


def known(value: object) -> int | None:
    """Read a count; -1 is that the printer does not know (row R-003)."""
    return value if isinstance(value, int) and value >= 0 else None


JOB_SETTINGS: Final = (
    "Sides",
    "NumberUp",
    "OrientationRequested",
    "MediaSize",
    "MediaType",
    "PrintQuality",
)


def job_arguments(
    job_name: str, user_name: str, document_format: str, copies: int, settings: Mapping[str, str]
) -> dict[str, Any]:
    """Return what all actions for a job take; settings not given are left to the printer (row R-002)."""
    unknown = sorted(settings.keys() - set(JOB_SETTINGS))
    if unknown:
        raise UpnpValueError("settings", unknown[0])
    chosen = {name: settings.get(name, DEVICE_SETTING) for name in JOB_SETTINGS}
    return {
        "JobName": job_name,
        "JobOriginatingUserName": user_name,
        "DocumentFormat": document_format,
        "Copies": copies,
        **chosen,
    }
