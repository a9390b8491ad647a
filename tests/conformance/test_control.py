"""Control (UDA 2.0 §3) from a description to the bytes of a call, over sockets, and politeness to devices."""

import asyncio
from xml.etree import ElementTree as ET

import pytest

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpActionError, UpnpActionResponseError
from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.raw_device import RawDevice, answer
from tests.support.replies import ReplyTable

SERVICE = Service()
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SCPD = service_description(
    [Variable("Text"), Variable("Number", "ui2")],
    [
        Action(
            "Put",
            inputs=[("First", "Text"), ("Second", "Number"), ("Third", "Text")],
            outputs=[("Out", "Number")],
        )
    ],
)
DEVICE = device_description(Device(services=[SERVICE]))
# A response with prefixes and an order of its own, and an argument that nobody declared.
RESPONSE = (
    f'<E:Envelope xmlns:E="{SOAP}"><E:Body><r:PutResponse xmlns:r="{SERVICE.service_type}">'
    "{outputs}</r:PutResponse></E:Body></E:Envelope>"
)
FAULT = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><faultcode>s:Client</faultcode>'
    "<faultstring>UPnPError</faultstring><detail>"
    '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{code}</errorCode>'
    "<errorDescription>Busy</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>"
)


def device_answering(reply: bytes) -> RawDevice:
    """Return a device with one action, and what it answers to that."""
    return RawDevice({"/device.xml": answer(DEVICE), "/scpd.xml": answer(SCPD), "/control": reply})


async def call(raw: RawDevice):
    """Find the action by the description, and call it."""
    device = await UpnpFactory(AiohttpRequester(), non_strict=True).async_create_device(
        raw.url("/device.xml")
    )
    return await device.service(SERVICE.service_type).async_call_action(
        "Put", Third="<&>", Second=7, First=""
    )


@pytest.mark.uda("C-001", "C-002", "C-003", "C-005", "C-007", "C-008", "C-010", "C-016")
async def test_a_call_on_the_wire():
    async with device_answering(answer(RESPONSE.format(outputs="<New>x</New><Out>12</Out>"))) as raw:
        outputs = await call(raw)
        host = f"127.0.0.1:{raw.port}"
    assert outputs["Out"] == 12
    head, _, body = raw.requests[-1].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    assert first == "POST /control HTTP/1.1"
    assert headers["HOST"] == host
    assert headers["CONTENT-TYPE"] == 'text/xml; charset="utf-8"'
    assert headers["SOAPACTION"] == f'"{SERVICE.service_type}#Put"'
    assert headers["Content-Length"] == str(len(body))
    assert "Transfer-Encoding" not in headers
    envelope = ET.fromstring(body)  # our own text
    assert envelope.tag == f"{{{SOAP}}}Envelope"
    assert envelope.get(f"{{{SOAP}}}encodingStyle") == "http://schemas.xmlsoap.org/soap/encoding/"
    (action,) = envelope[0]
    assert action.tag == f"{{{SERVICE.service_type}}}Put"
    assert [(element.tag, element.text or "") for element in action] == [
        ("First", ""),
        ("Second", "7"),
        ("Third", "<&>"),
    ]
    assert b"&lt;&amp;>" in body or b"&lt;&amp;&gt;" in body


@pytest.mark.uda("C-016")
async def test_an_output_that_is_missing_costs_nothing():
    async with device_answering(answer(RESPONSE.format(outputs=""))) as raw:
        assert (await call(raw)).get("Out") is None


@pytest.mark.uda("C-020", "C-026")
@pytest.mark.parametrize("code", [401, 701, 714, 800, 804, 899, 12345])
async def test_a_fault_keeps_its_code(code):
    async with device_answering(answer(FAULT.format(code=code), "500 Internal Server Error")) as raw:
        with pytest.raises(UpnpActionResponseError) as error:
            await call(raw)
    assert (error.value.error_code, error.value.error_desc, error.value.status) == (code, "Busy", 500)


@pytest.mark.uda("C-020")
async def test_a_fault_with_the_status_of_a_success_is_a_fault():
    async with device_answering(answer(FAULT.format(code=701))) as raw:
        with pytest.raises(UpnpActionError) as error:
            await call(raw)
    assert error.value.error_code == 701


@pytest.mark.uda("C-034")
async def test_a_device_is_not_asked_everything_at_once():
    url, control = "http://192.0.2.1:80/device.xml", "http://192.0.2.1:80/control"
    table = ReplyTable(
        {
            ("GET", url): DEVICE,
            ("GET", "http://192.0.2.1:80/scpd.xml"): SCPD,
            ("POST", control): RESPONSE.format(outputs="<Out>1</Out>"),
        }
    )
    service = (await UpnpFactory(table).async_create_device(url)).service(SERVICE.service_type)
    table.most_under_way = 0
    calls = [service.async_call_action("Put", First="", Second=number, Third="") for number in range(12)]
    assert [outputs["Out"] for outputs in await asyncio.gather(*calls)] == [1] * 12
    # some serve four connections at a time and drop what comes beyond
    assert 1 <= table.most_under_way <= 4
