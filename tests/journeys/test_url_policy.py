"""The URL policy at work, over real sockets: what devices and resolvers try, and who is never connected to.

Addresses of 127.0.0.0/8 stand for the machines of a network. `Network` takes one of them for a device's, as
if it were somewhere else; 127.0.0.1 stays what it is: this machine, with something to protect.
"""

import asyncio
from contextlib import asynccontextmanager

import pytest

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest
from async_upnp_client.description_cache import DescriptionCache
from async_upnp_client.exceptions import UpnpClientResponseError, UpnpUrlError
from async_upnp_client.ssdp_listener import SsdpListener
from async_upnp_client.url_policy import UrlPolicy
from tests.support.descriptions import Action, Device, Service, device_description, service_description
from tests.support.named_loop import run_with_names
from tests.support.raw_device import RawDevice, answer
from tests.support.udp import PATIENCE, free_port, peer

DEVICE = "127.0.0.2"
THIS_MACHINE = "127.0.0.1"
SERVICE = Service().service_type
SCPD = answer(service_description((), [Action("Reboot")]))
UDN = "uuid:00000000-0000-0000-0000-000000000001"


class Network(UrlPolicy):
    """A policy for which one address of this machine belongs to a device."""

    def check_address(self, url, ip):
        return url.replace("device.test", DEVICE) if ip == DEVICE else super().check_address(url, ip)


def factory(**options):
    return UpnpFactory(AiohttpRequester(url_policy=Network()), **options)


@asynccontextmanager
async def device_and_victim(answers):
    """Serve a device, and on the same port of this machine something that must not be asked."""
    async with RawDevice(answers, DEVICE) as device:
        reached = []
        victim = await asyncio.start_server(
            lambda *streams: reached.append(streams), THIS_MACHINE, device.port
        )
        try:
            yield device, f"http://device.test:{device.port}", reached
        finally:
            for _, writer in reached:
                writer.close()
            victim.close()
            await victim.wait_closed()


def described(*services, **more):
    device = Device(services=services or [Service()], more={"manufacturer": "M", "modelName": "N", **more})
    return answer(device_description(device))


def test_a_name_that_changes_between_the_check_and_the_connection_changes_nothing():
    async def main(loop):
        answers = {"/d.xml": described(), "/scpd.xml": SCPD}
        async with device_and_victim(answers) as (device, url, reached):
            response = await AiohttpRequester(url_policy=Network()).async_http_request(
                HttpRequest("GET", f"{url}/d.xml", {}, None)
            )
            assert response.status_code == 200
            assert b"\r\nHost: device.test:%d\r\n" % device.port in device.requests[0]
        assert loop.looked_up == ["device.test"], "a second look-up would have led to this machine"
        assert reached == []

    run_with_names({"device.test": [[DEVICE], [THIS_MACHINE]]}, main)


def test_a_name_that_leads_to_this_machine_later_is_refused_then():
    async def main(loop):
        answers = {"/d.xml": described(), "/scpd.xml": SCPD}
        async with device_and_victim(answers) as (_, url, reached):
            device = await factory(non_strict=True).async_create_device(f"{url}/d.xml")
            action = device.service(SERVICE).action("Reboot")
            with pytest.raises(UpnpUrlError, match=f"leads to {THIS_MACHINE}"):
                await action.async_call()
            with pytest.raises(UpnpUrlError):
                await device.async_ping()
        assert len(loop.looked_up) == 4
        assert reached == []

    run_with_names({"device.test": [[DEVICE], [DEVICE], [THIS_MACHINE]]}, main)


def test_a_name_that_leads_to_this_machine_at_once_is_never_asked():
    async def main(_loop):
        async with device_and_victim({}) as (_, url, reached):
            with pytest.raises(UpnpUrlError):
                await factory().async_create_device(f"{url}/d.xml")
            cache = DescriptionCache(AiohttpRequester())
            assert await cache.async_get_description_dict(f"{url}/d.xml") is None
        assert reached == []

    run_with_names({"device.test": [[THIS_MACHINE]]}, main)


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{}/", "http://localhost:{}/", "//0x7f.1:{}/", "http://[::1]:{}/"]
)
def test_a_redirect_to_this_machine_is_not_followed(target):
    async def main(loop):
        answers: dict[str, object] = {}
        async with device_and_victim(answers) as (device, url, reached):
            location = target.format(device.port)
            device.answers["/d.xml"] = [answer(status="302 Found", headers={"Location": location})]
            with pytest.raises(UpnpUrlError, match="is not followed"):
                await factory().async_create_device(f"{url}/d.xml")
        assert loop.looked_up == ["device.test"]
        assert reached == []

    run_with_names({"device.test": [[DEVICE]], "localhost": [[THIS_MACHINE]]}, main)


async def test_a_redirect_loop_ends():
    async with RawDevice() as device:
        device.answers["/a"] = [answer(status="301 Moved", headers={"Location": "/b"})]
        device.answers["/b"] = [answer(status="301 Moved", headers={"Location": device.url("/a")})]
        with pytest.raises(UpnpClientResponseError):
            await UpnpFactory(AiohttpRequester()).async_create_device(device.url("/a"))
        assert len(device.requests) == 5


@pytest.mark.uda("S-016")
@pytest.mark.parametrize("url", ["scpd_url", "control_url", "event_sub_url"])
async def test_a_service_on_another_host_is_never_asked(url):
    async with RawDevice({}, DEVICE) as device, RawDevice({"/x": SCPD}) as other:
        # of two hosts on loopback neither is this machine alone, so the other one is a name here
        elsewhere = Service(
            service_id="urn:x:serviceId:Else",
            service_type="urn:x:service:Else:1",
            **{url: "http://192.0.2.1/x"},
        )
        device.answers["/d.xml"] = [described(Service(), elsewhere, presentationURL="http://192.0.2.1/")]
        device.answers["/scpd.xml"] = [SCPD]
        with pytest.raises(UpnpUrlError, match="not on the host"):
            await factory().async_create_device(device.url("/d.xml"))
        made = await factory(non_strict=True).async_create_device(device.url("/d.xml"))
        assert set(made.services) == {SERVICE}
        assert made.presentation_url == ""
    assert other.requests == []


@pytest.mark.parametrize(("source", "is_known"), [("127.0.0.1", True), ("0.0.0.0", False)])
async def test_a_device_on_this_machine_is_known_to_who_listens_there(source, is_known):
    heard = asyncio.Event()
    packet = (
        "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\n"
        f"LOCATION: {{}}\r\nST: {SERVICE}\r\nUSN: {{}}::{SERVICE}\r\n\r\n"
    )
    async with RawDevice({"/d.xml": described(), "/scpd.xml": SCPD}) as device, peer() as ssdp:
        listener = SsdpListener(
            callback=lambda *_: heard.set(),
            source=(source, 0),
            target=(THIS_MACHINE, free_port()),
            search_target=SERVICE,
        )
        await listener.async_start()
        try:
            await listener.async_search(ssdp.address)
            _, address = await ssdp.receive()
            ssdp.send(packet.format(device.url("/d.xml"), UDN).encode(), address)
            # what comes after it is heard after it
            ssdp.send(packet.format("http://192.0.2.1/", "uuid:other").encode(), address)
            async with asyncio.timeout(PATIENCE):
                while "uuid:other" not in listener.devices:
                    heard.clear()
                    await heard.wait()
            assert (UDN in listener.devices) is is_known
        finally:
            await listener.async_stop()
        if is_known:
            location = listener.devices[UDN].location
            assert location is not None
            assert (await UpnpFactory(AiohttpRequester()).async_create_device(location)).udn == UDN
