import asyncio
from typing import Any

import pytest

from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpConnectionError,
    UpnpError,
    UpnpResponseError,
    UpnpUrlError,
    UpnpValueError,
)
from async_upnp_client.profiles.printer import (
    JobAttributes,
    JobEnd,
    PageMargins,
    PrinterAttributes,
    PrinterDevice,
    PrintJob,
)
from tests.support.soap_device import SoapDevice, SoapService

JOB = {
    "JobName": "string",
    "JobOriginatingUserName": "string",
    "DocumentFormat": "string",
    "Copies": "i4",
    "Sides": "string",
    "NumberUp": "string",
    "OrientationRequested": "string",
    "MediaSize": "string",
    "MediaType": "string",
    "PrintQuality": "string",
}
STATE = {"PrinterState": "string", "PrinterStateReasons": "string", "JobIdList": "string", "JobId": "i4"}
BASIC = {
    "CreateJob": (JOB, {"JobId": "i4", "DataSink": "uri"}),
    "CancelJob": ({"JobId": "i4"}, {}),
    "GetPrinterAttributes": ({}, STATE),
    "GetJobAttributes": (
        {"JobId": "i4"},
        {"JobName": "string", "JobOriginatingUserName": "string", "JobMediaSheetsCompleted": "i4"},
    ),
}
CRITICAL = JOB | {"CriticalAttributesList": "string"}
MEDIA = {"MediaSize": "string", "MediaType": "string"}
ENHANCED = {
    "GetPrinterAttributesV2": ({}, STATE | {"InternetConnectState": "string"}),
    "CreateJobV2": (CRITICAL, {"JobId": "i4", "DataSink": "uri"}),
    "GetMargins": (MEDIA, {"PageMargins": "string", "FullBleedSupported": "boolean"}),
    "GetMediaList": (MEDIA, {"MediaList": "string"}),
}
URI_JOB = (JOB | {"CriticalAttributesList": "string", "SourceURI": "uri"}, {"JobId": "i4"})
EVENTED = {"PrinterState": "string", "PrinterStateReasons": "string", "JobEndState": "string"}


def service(name: str, actions: Any) -> SoapService:
    """A service of a printer."""
    return SoapService(
        f"urn:schemas-upnp-org:service:{name}:1", f"urn:upnp-org:serviceId:{name}", actions, EVENTED
    )


def printer(*, enhanced: bool = False, actions: Any = None) -> SoapDevice:
    """A printer."""
    services = [service("PrintBasic", BASIC if actions is None else actions)]
    if enhanced:
        services.append(service("PrintEnhanced", BASIC | ENHANCED | {"CreateURIJob": URI_JOB}))
    return SoapDevice("urn:schemas-upnp-org:device:printer:1", services)


async def async_profile(device: SoapDevice) -> PrinterDevice:
    """The profile device of a printer."""
    return PrinterDevice(await device.async_device(), None)


@pytest.mark.uda("R-003")
@pytest.mark.parametrize(
    ("said", "jobs"), [("3,4", [3, 4]), (" 3 , 4 ", [3, 4]), ("", []), ("5", [5]), ("3,,4,", [3, 4])]
)
async def test_the_state_of_a_printer(said: str, jobs: list[int]) -> None:
    device = printer()
    device.services[0].answers["GetPrinterAttributes"] = {
        "PrinterState": "processing",
        "PrinterStateReasons": "media-low,door-open",
        "JobIdList": said,
        "JobId": "3",
    }
    attributes = await (await async_profile(device)).async_get_printer_attributes()
    assert attributes == PrinterAttributes("processing", "media-low,door-open", jobs, 3)


async def test_a_list_of_jobs_that_is_none() -> None:
    device = printer()
    device.services[0].answers["GetPrinterAttributes"] = {"JobIdList": "three"}
    with pytest.raises(UpnpValueError, match="JobIdList"):
        await (await async_profile(device)).async_get_printer_attributes()


async def test_a_printer_that_has_no_actions() -> None:
    profile = await async_profile(printer(actions={}))
    assert await profile.async_get_printer_attributes() is None
    assert await profile.async_get_job_attributes(1) is None
    with pytest.raises(UpnpError, match="CreateJob"):
        await profile.async_create_job("job", "me")


@pytest.mark.uda("R-001", "R-002")
async def test_a_job_gets_a_place_to_send_the_document_to() -> None:
    device = printer()
    device.services[0].answers["CreateJob"] = {"JobId": "7", "DataSink": "http://192.0.2.1/sink/7"}
    profile = await async_profile(device)
    job = await profile.async_create_job("letter", "me", copies=2, settings={"Sides": "one-sided"})
    assert job == PrintJob(7, "http://192.0.2.1/sink/7")
    assert device.calls == [
        (
            "CreateJob",
            {
                "JobName": "letter",
                "JobOriginatingUserName": "me",
                "DocumentFormat": "unknown",
                "Copies": "2",
                "Sides": "one-sided",
                "NumberUp": "device-setting",
                "OrientationRequested": "device-setting",
                "MediaSize": "device-setting",
                "MediaType": "device-setting",
                "PrintQuality": "device-setting",
            },
        )
    ]
    await profile.async_cancel_job(7)
    assert device.calls[-1] == ("CancelJob", {"JobId": "7"})
    with pytest.raises(UpnpValueError, match="Colour"):
        await profile.async_create_job("letter", "me", settings={"Colour": "red"})


PAGE = "<html><body><p>Grüße</p></body></html>"


@pytest.mark.uda("R-001")
@pytest.mark.parametrize("sink", ["http://192.0.2.1:80/sink/7", "/sink/7", "http://192.0.2.1:631/sink/7"])
async def test_the_document_of_a_job_is_sent_once_to_that_place(sink: str) -> None:
    device = printer()
    device.services[0].answers["CreateJob"] = {"JobId": "7", "DataSink": sink}
    job = await (await async_profile(device)).async_print("letter", "me", PAGE, copies=2)
    assert job == PrintJob(7, sink)
    assert device.calls[0][1]["DocumentFormat"] == "application/vnd.pwg-xhtml-print"
    assert device.calls[0][1]["Copies"] == "2"
    (sent,) = device.documents
    assert (sent.method, sent.body, sent.repeatable) == ("POST", PAGE, False)
    assert sent.url == (sink if sink.startswith("http:") else "http://192.0.2.1:80/sink/7")
    assert sent.headers == {"Content-Type": 'application/vnd.pwg-xhtml-print; charset="utf-8"'}


@pytest.mark.uda("R-001")
@pytest.mark.parametrize("sink", ["http://192.0.2.9/sink", "http://127.0.0.1/sink", "file:///dev/lp0"])
async def test_a_document_goes_to_the_printer_only(sink: str) -> None:
    device = printer()
    device.services[0].answers["CreateJob"] = {"JobId": "7", "DataSink": sink}
    with pytest.raises(UpnpUrlError):
        await (await async_profile(device)).async_print("letter", "me", PAGE)
    assert device.documents == []
    assert device.calls[-1] == ("CancelJob", {"JobId": "7"})


async def test_a_document_for_a_job_that_has_no_place_for_it() -> None:
    with pytest.raises(UpnpValueError, match="data_sink"):
        await (await async_profile(printer())).async_send_document(PrintJob(8, ""), PAGE)


@pytest.mark.parametrize("can_cancel", [True, False])
async def test_a_job_whose_document_is_refused_is_cancelled(can_cancel: bool) -> None:
    device = printer()
    device.takes_documents = 413
    device.services[0].answers |= {"CreateJob": {"JobId": "7", "DataSink": "/sink"}}
    if not can_cancel:
        device.services[0].answers["CancelJob"] = 501
    with pytest.raises(UpnpResponseError, match="413") as raised:
        await (await async_profile(device)).async_print("letter", "me", PAGE)
    assert raised.value.status == 413
    assert raised.value.failed_url == "http://192.0.2.1:80/sink"
    assert device.calls[-1] == ("CancelJob", {"JobId": "7"})


@pytest.mark.parametrize("can_cancel", [True, False])
async def test_a_job_whose_printing_is_cancelled_is_cancelled(can_cancel: bool) -> None:
    device = printer()
    device.services[0].answers |= {"CreateJob": {"JobId": "7", "DataSink": "/sink"}}
    if not can_cancel:
        device.services[0].answers["CancelJob"] = 501
    device.holds_documents = asyncio.Event()
    printing = asyncio.ensure_future((await async_profile(device)).async_print("letter", "me", PAGE))
    await device.holds_documents.wait()
    printing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await printing
    assert device.calls[-1] == ("CancelJob", {"JobId": "7"})


@pytest.mark.uda("R-005")
async def test_attributes_that_matter_are_told_to_the_printer() -> None:
    device = printer(enhanced=True)
    device.services[1].answers["CreateJobV2"] = {"JobId": "8", "DataSink": "/sink"}
    profile = await async_profile(device)
    job = await profile.async_print("letter", "me", PAGE, critical_attributes=["Sides", "MediaSize"])
    assert job == PrintJob(8, "/sink")
    assert device.calls[0][0] == "CreateJobV2"
    assert device.calls[0][1]["CriticalAttributesList"] == "Sides,MediaSize"
    with pytest.raises(UpnpError, match="CreateJobV2"):
        await (await async_profile(printer())).async_create_job("letter", "me", critical_attributes=["Sides"])


async def test_whether_a_printer_reaches_the_internet() -> None:
    device = printer(enhanced=True)
    device.services[1].answers["GetPrinterAttributesV2"] = {"InternetConnectState": "connected"}
    assert await (await async_profile(device)).async_get_internet_connect_state() == "connected"
    assert await (await async_profile(printer())).async_get_internet_connect_state() is None


@pytest.mark.uda("R-005")
async def test_margins_and_media() -> None:
    device = printer(enhanced=True)
    device.services[1].answers |= {
        "GetMargins": {"PageMargins": "3mm,3mm,3mm,3mm", "FullBleedSupported": "1"},
        "GetMediaList": {"MediaList": "iso_a4_210x297mm, na_letter_8.5x11in"},
    }
    profile = await async_profile(device)
    assert await profile.async_get_margins("iso_a4_210x297mm", "stationery") == PageMargins(
        "3mm,3mm,3mm,3mm", full_bleed_supported=True
    )
    assert await profile.async_get_media_list() == ["iso_a4_210x297mm", "na_letter_8.5x11in"]
    assert device.calls[1][1] == {"MediaSize": "device-setting", "MediaType": "device-setting"}
    basic = await async_profile(printer())
    assert await basic.async_get_margins("iso_a4_210x297mm", "stationery") is None
    assert await basic.async_get_media_list() is None


async def test_a_printer_that_has_gone_takes_no_document() -> None:
    device = printer()
    profile = await async_profile(device)
    device.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await profile.async_send_document(PrintJob(7, "/sink"), PAGE)


@pytest.mark.uda("R-005")
async def test_the_second_versions_actions_are_used_where_they_are() -> None:
    device = printer(enhanced=True)
    device.services[1].answers["CreateURIJob"] = {"JobId": "8"}
    profile = await async_profile(device)
    job = await profile.async_create_uri_job(
        "letter", "me", "http://192.0.2.9/x", critical_attributes=["Sides", "MediaSize"]
    )
    assert job == PrintJob(8, "")
    assert device.calls[0][1]["SourceURI"] == "http://192.0.2.9/x"
    assert device.calls[0][1]["CriticalAttributesList"] == "Sides,MediaSize"
    with pytest.raises(UpnpError, match="CreateURIJob"):
        await (await async_profile(printer())).async_create_uri_job("letter", "me", "http://192.0.2.9/x")


@pytest.mark.uda("R-003")
@pytest.mark.parametrize(("said", "sheets"), [("4", 4), ("0", 0), ("-1", None)])
async def test_what_a_printer_says_of_a_job(said: str, sheets: int | None) -> None:
    device = printer()
    device.services[0].answers["GetJobAttributes"] = {
        "JobName": "letter",
        "JobOriginatingUserName": "me",
        "JobMediaSheetsCompleted": said,
    }
    assert await (await async_profile(device)).async_get_job_attributes(7) == JobAttributes(
        "letter", "me", sheets
    )


@pytest.mark.uda("R-004")
@pytest.mark.parametrize(
    ("said", "end"),
    [
        (
            "7,letter,me,3,job-completed-successfully",
            JobEnd(7, "letter", "me", 3, "job-completed-successfully"),
        ),
        ("7,letter,me,-1,aborted", JobEnd(7, "letter", "me", None, "aborted")),
        ("7", JobEnd(7, "", "", None, "")),
        ("", None),
        ("letter", None),
    ],
)
@pytest.mark.parametrize("enhanced", [False, True])
async def test_events_tell_the_state_and_the_end_of_a_job(
    said: str, end: JobEnd | None, enhanced: bool
) -> None:
    profile = await async_profile(printer(enhanced=enhanced))
    assert (profile.printer_state, profile.printer_state_reasons, profile.last_job_end) == (None, [], None)
    service = profile.profile_device.all_services[-1]
    service.notify_changed_state_variables(
        {"PrinterState": "stopped", "PrinterStateReasons": "media-jam,door-open", "JobEndState": said}
    )
    assert profile.printer_state == "stopped"
    assert profile.printer_state_reasons == ["media-jam", "door-open"]
    assert profile.last_job_end == end


async def test_a_refusal_has_its_code() -> None:
    device = printer()
    device.services[0].answers["CancelJob"] = 402
    with pytest.raises(UpnpActionError, match="402"):
        await (await async_profile(device)).async_cancel_job(1)
