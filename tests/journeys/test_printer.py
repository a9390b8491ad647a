"""Our printer profile and a printer on our own server: jobs, documents, events, and what goes wrong."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError, UpnpError, UpnpResponseError
from async_upnp_client.profiles.printer import JobAttributes, JobEnd, PageMargins, PrinterDevice, PrintJob
from async_upnp_client.server import UpnpServer
from tests.support.evented import async_until
from tests.support.udp import GROUP, free_port
from tests.support.virtual_printer import Printer
from tests.support.virtual_time import pass_time, run

HOST = "127.0.0.1"
PAGE = "<html><body>hällo</body></html>"


@asynccontextmanager
async def published(*, enhanced=True):
    """Publish a printer, and give it with its profile device, which hears events."""
    printer = Printer(enhanced=enhanced)
    notified = AiohttpNotifyServer(AiohttpRequester(), (HOST, 0))
    await notified.async_start_server()
    try:
        async with UpnpServer(printer.device_class, (HOST, 0), (GROUP, free_port())) as server:
            device = await UpnpFactory(AiohttpRequester()).async_create_device(server.location)
            profile = PrinterDevice(device, notified.event_handler)
            yield printer, profile, server
            with suppress(UpnpError):
                await profile.async_unsubscribe_services()
    finally:
        await notified.async_stop_server()


@pytest.mark.uda("R-001", "R-002", "R-003", "R-004")
@pytest.mark.parametrize("enhanced", [False, True])
async def test_a_document_is_printed_and_its_end_is_told(enhanced):
    async with published(enhanced=enhanced) as (printer, profile, _):
        await profile.async_subscribe_services()
        await async_until(profile, lambda: profile.printer_state == "idle")
        job = await profile.async_print("letter, the second", "me", PAGE)
        assert printer.jobs[job.job_id].document == PAGE
        await async_until(profile, lambda: profile.last_job_end is not None)
        assert profile.last_job_end.job_id == job.job_id
        attributes = await profile.async_get_job_attributes(job.job_id)
        assert attributes == JobAttributes("letter, the second", "me", 1)
        second = await profile.async_create_job("memo", "me")
        attributes = await profile.async_get_printer_attributes()
        assert (attributes.printer_state, attributes.job_id_list, attributes.job_id) == ("processing", [2], 2)
        assert (await profile.async_get_job_attributes(2)).media_sheets_completed is None
        await profile.async_cancel_job(second.job_id)
        await async_until(profile, lambda: profile.last_job_end == JobEnd(2, "memo", "me", 0, "canceled"))


@pytest.mark.uda("R-005")
async def test_what_the_newer_service_has():
    async with published() as (printer, profile, _):
        assert await profile.async_get_margins("iso_a4_210x297mm", "stationery") == PageMargins(
            "3mm,3mm,3mm,3mm", full_bleed_supported=False
        )
        assert await profile.async_get_media_list() == ["iso_a4_210x297mm", "na_letter_8.5x11in"]
        job = await profile.async_print("letter", "me", PAGE, critical_attributes=["Sides"])
        assert printer.jobs[job.job_id].document == PAGE
        fetched = await profile.async_create_uri_job("letter", "me", "http://192.0.2.9/x")
        assert fetched == PrintJob(2, "")
        assert printer.jobs[2].uri == "http://192.0.2.9/x"
        printer.refuse["PrintEnhanced.CreateJobV2"] = 600
        with pytest.raises(UpnpActionError) as refused:
            await profile.async_print("letter", "me", PAGE, critical_attributes=["Sides"])
        assert refused.value.error_code == 600


async def test_a_document_that_is_not_taken_leaves_no_job():
    async with published() as (printer, profile, _):
        printer.takes = 503
        with pytest.raises(UpnpResponseError) as refused:
            await profile.async_print("letter", "me", PAGE)
        assert refused.value.status == 503
        assert printer.documents == 1, "it is not sent twice"
        assert printer.cancelled == [1]


async def test_printing_that_is_cancelled_leaves_no_job():
    async with published() as (printer, profile, _):
        printer.holds = asyncio.Event()
        printing = asyncio.ensure_future(profile.async_print("letter", "me", PAGE))
        await printer.came.wait()
        printing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printing
        assert printer.cancelled == [1]
        printer.holds.set()


async def test_a_job_that_is_cancelled_before_its_number_is_known_is_cancelled():
    async with published() as (printer, profile, _):
        answered = printer.hold["PrintEnhanced.CreateJob"] = asyncio.Event()
        await profile.async_subscribe_services()
        printing = asyncio.ensure_future(profile.async_print("letter", "me", PAGE))
        await async_until(profile, lambda: profile.printer_state == "processing")
        printing.cancel()
        answered.set()
        with pytest.raises(asyncio.CancelledError):
            await printing
        assert printer.cancelled == [1]
        assert printer.documents == 0


def test_printing_that_is_cancelled_for_a_printer_that_says_nothing_ends():
    async def main():
        async with published() as (printer, profile, _):
            printer.lose_answer.add("PrintEnhanced.CreateJob")
            printing = asyncio.ensure_future(profile.async_print("letter", "me", PAGE))
            while not printer.jobs:
                await pass_time(0.01)
            printing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await printing
            assert printer.cancelled == []

    run(main())


@pytest.mark.uda("R-003")
async def test_a_printer_in_need_of_somebody_tells_why():
    async with published() as (printer, profile, _):
        await profile.async_subscribe_services()
        printer.state("stopped", "media-empty,door-open")
        await async_until(profile, lambda: profile.printer_state == "stopped")
        assert profile.printer_state_reasons == ["media-empty", "door-open"]
        printer.refuse["PrintEnhanced.CreateJob"] = 604
        with pytest.raises(UpnpActionError) as refused:
            await profile.async_print("letter", "me", PAGE)
        assert refused.value.error_code == 604


async def test_a_printer_that_goes_away_in_between():
    async with published() as (printer, profile, server):
        job = await profile.async_create_job("letter", "me")
        await server.async_stop()
        with pytest.raises(UpnpConnectionError):
            await profile.async_send_document(job, PAGE)
        assert printer.documents == 0
