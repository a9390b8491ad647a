"""A printer on our own server: PrintBasic:1 and PrintEnhanced:1, jobs, and documents that come by HTTP."""

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.support.spec_device import Model, SpecDevice, make_device, make_service

JOB = (
    "JobName string, JobOriginatingUserName string, DocumentFormat string, Copies i4, Sides string, "
    "NumberUp string, OrientationRequested string, MediaSize string, MediaType string, PrintQuality string"
)
BASIC = f"""
CreateJob | {JOB} | JobId i4, DataSink uri
CancelJob | JobId i4 |
GetPrinterAttributes | | PrinterState string, PrinterStateReasons string, JobIdList string, JobId i4
GetJobAttributes | JobId i4 | JobName string, JobOriginatingUserName string, JobMediaSheetsCompleted i4
"""
ENHANCED = f"""
CreateJobV2 | {JOB}, CriticalAttributesList string | JobId i4, DataSink uri
CreateURIJob | {JOB}, CriticalAttributesList string, SourceURI uri | JobId i4
GetMargins | MediaSize string, MediaType string | PageMargins string, FullBleedSupported boolean
GetMediaList | MediaSize string, MediaType string | MediaList string
"""
EVENTED = (
    "PrinterState string, PrinterStateReasons string, JobIdList string, JobEndState string, "
    "JobMediaSheetsCompleted i4"
)
DEFAULTS = {"PrinterState": "idle", "PrinterStateReasons": "none", "JobMediaSheetsCompleted": "-1"}


@dataclass
class Job:
    """A job; its document is None until it has come."""

    name: str
    user: str
    document: str | None = None
    uri: str = ""
    sheets: int = -1


class Printer(Model):
    """A printer; ``device_class`` is published. Documents are answered with the HTTP status `takes`."""

    def __init__(self, *, enhanced: bool = True) -> None:
        """Begin idle."""
        super().__init__()
        self.jobs: dict[int, Job] = {}
        self.cancelled: list[int] = []
        self.takes = 200
        self.documents = 0
        self.came = asyncio.Event()
        self.holds: asyncio.Event | None = None  # until it is set, documents are not answered
        self.alias = "PrintEnhanced" if enhanced else "PrintBasic"
        self.device_class: type[SpecDevice] = make_device(
            "urn:schemas-upnp-org:device:printer:1",
            self,
            [
                make_service(
                    f"urn:schemas-upnp-org:service:{self.alias}:1",
                    f"urn:upnp-org:serviceId:{self.alias}",
                    BASIC + (ENHANCED.lstrip() if enhanced else ""),
                    EVENTED,
                    **DEFAULTS,
                )
            ],
            ROUTES=[web.post("/sink/{job}", self.async_take)],
        )

    def handler(self, name: str) -> Any:
        """Both services do the same."""
        return getattr(self, name.partition(".")[2].lower(), None)

    def state(self, state: str, reasons: str = "none") -> None:
        """Have the printer be in a state."""
        self.set(self.alias, PrinterState=state, PrinterStateReasons=reasons)

    def createjob(self, **job: Any) -> dict[str, Any]:
        """Take a job, which waits for its document."""
        number = self.new_job(job)
        return {"JobId": number, "DataSink": f"/sink/{number}"}

    createjobv2 = createjob

    def createurijob(self, **job: Any) -> dict[str, Any]:
        """Take a job whose document is fetched."""
        number = self.new_job(job)
        self.jobs[number].uri = job["SourceURI"]
        return {"JobId": number}

    def new_job(self, job: dict[str, Any]) -> int:
        """Note a job, and return its number."""
        number = len(self.jobs) + 1
        self.jobs[number] = Job(job["JobName"], job["JobOriginatingUserName"])
        self.tell()
        self.state("processing")
        return number

    def tell(self) -> None:
        """Event the jobs that there are."""
        waiting = [str(number) for number, job in self.jobs.items() if job.sheets < 0]
        self.set(self.alias, JobIdList=",".join(waiting))

    def end(self, number: int, sheets: int, reason: str) -> None:
        """End a job, and event how."""
        job = self.jobs[number]
        job.sheets = sheets
        self.tell()
        self.state("idle")
        self.set(self.alias, JobEndState=f"{number},{job.name},{job.user},{sheets},{reason}")

    def canceljob(self, JobId: int) -> None:  # noqa: N803
        """Cancel a job."""
        self.cancelled.append(JobId)
        self.end(JobId, 0, "canceled")

    def getprinterattributes(self) -> dict[str, Any]:
        """Tell the state; the job is the first that waits."""
        waiting = self.get(self.alias, "JobIdList")
        return {
            "PrinterState": self.get(self.alias, "PrinterState"),
            "PrinterStateReasons": self.get(self.alias, "PrinterStateReasons"),
            "JobIdList": waiting,
            "JobId": int(waiting.partition(",")[0] or 0),
        }

    def getjobattributes(self, JobId: int) -> dict[str, Any]:  # noqa: N803
        """Tell of a job."""
        job = self.jobs[JobId]
        return {
            "JobName": job.name,
            "JobOriginatingUserName": job.user,
            "JobMediaSheetsCompleted": job.sheets,
        }

    def getmargins(self, **_media: str) -> dict[str, Any]:
        """Tell what stays white."""
        return {"PageMargins": "3mm,3mm,3mm,3mm", "FullBleedSupported": False}

    def getmedialist(self, **_media: str) -> dict[str, Any]:
        """Tell what is in the printer."""
        return {"MediaList": "iso_a4_210x297mm,na_letter_8.5x11in"}

    async def async_take(self, request: web.Request) -> web.Response:
        """Take a document, and print it."""
        document = await request.text()
        self.documents += 1
        self.came.set()
        if self.holds is not None:
            await self.holds.wait()
        if self.takes != 200:
            return web.Response(status=self.takes)
        number = int(request.match_info["job"])
        self.jobs[number].document = document
        self.end(number, 1, "success")
        return web.Response()
