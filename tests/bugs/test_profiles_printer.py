"""Defects of 0.49.0 in `profiles.printer`, a test each."""

from async_upnp_client.profiles.printer import PrinterDevice
from tests.support.soap_device import SoapDevice, SoapService


async def test_a_printer_without_jobs_has_an_empty_list():
    state = {"PrinterState": "string", "PrinterStateReasons": "string", "JobIdList": "string", "JobId": "i4"}
    basic = SoapService(
        "urn:schemas-upnp-org:service:PrintBasic:1",
        "urn:upnp-org:serviceId:PrintBasic",
        {"GetPrinterAttributes": ({}, state)},
    )
    basic.answers["GetPrinterAttributes"] = {
        "PrinterState": "idle",
        "PrinterStateReasons": "none",
        "JobIdList": "",
        "JobId": "0",
    }
    device = SoapDevice("urn:schemas-upnp-org:device:printer:1", [basic])
    attributes = await PrinterDevice(await device.async_device(), None).async_get_printer_attributes()
    assert attributes is not None
    assert attributes.job_id_list == []
