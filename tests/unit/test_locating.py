"""Finding one device again: each way alone is enough, the first ends the others, and nothing is left of them.

Devices are sockets on loopback; time jumps from one thing that happens to the next.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError, UpnpNotFoundError
from async_upnp_client.locating import Located, LocatedBy, LocateHints, async_locate, async_locate_device
from async_upnp_client.ssdp import decode_ssdp_packet
from tests.support.descriptions import Device, device_description
from tests.support.named_loop import run_with_names
from tests.support.raw_device import CLOSE, RawDevice, answer
from tests.support.replies import ReplyTable
from tests.support.udp import GROUP, Peer, peer
from tests.support.virtual_time import run, virtual_loop

LOOPBACK = ["127.0.0.1"]
SSDP = (GROUP, 1900)
ELSEWHERE = "http://192.0.2.7:80/d.xml"
TYPE = "urn:schemas-upnp-org:device:MediaRenderer:1"
SOON = 3.0  # seconds

Reply = Callable[[str], list[bytes]]


def new_udn() -> str:
    """Return a UDN that nobody else on this machine has: others test on loopback, too."""
    return f"uuid:{uuid4()}"


def response(udn: str, st: str, location: str = ELSEWHERE) -> bytes:
    """Return the answer to a search."""
    usn = udn if st == udn else f"{udn}::{st}"
    return (
        f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: {location}\r\nST: {st}\r\n"
        f"USN: {usn}\r\n\r\n"
    ).encode()


def notify(udn: str, nts: str = "ssdp:alive") -> bytes:
    """Return an announcement."""
    return (
        f"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
        f"LOCATION: {ELSEWHERE}\r\nNT: {udn}\r\nNTS: {nts}\r\nUSN: {udn}\r\n\r\n"
    ).encode()


class Answering:
    """A device that answers some searches; `asked` has the targets of those that it heard."""

    def __init__(self, device: Peer, reply: Reply, *, to_group: bool = False) -> None:
        self.asked: list[str] = []
        self._device = device
        self._reply = reply
        self._to_group = to_group

    async def async_serve(self) -> None:
        """Answer until cancelled."""
        while True:
            data, searcher = await self._device.arrived.get()
            if not data.startswith(b"M-SEARCH "):
                continue
            st = decode_ssdp_packet(data, None, searcher)[1]["ST"]
            self.asked.append(st)
            for text in self._reply(st):
                self._device.send(text, SSDP if self._to_group else searcher)


@contextlib.asynccontextmanager
async def device(
    reply: Reply, *, in_group: bool = True, to_group: bool = False
) -> AsyncIterator[tuple[Answering, Peer]]:
    """Be a device that replies to searches, of the group or by unicast."""
    where: dict[str, Any] = {"port": 1900, "group": GROUP} if in_group else {}
    async with peer("127.0.0.1", **where) as socket:
        answering = Answering(socket, reply, to_group=to_group)
        serving = asyncio.create_task(answering.async_serve())
        try:
            yield answering, socket
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def soon(main: Callable[[], Coroutine[Any, Any, Located]]) -> Located:
    """Run it, and see that it does not take long."""

    async def timed() -> Located:
        begin = virtual_loop().time()
        found = await main()
        assert virtual_loop().time() - begin < SOON
        return found

    return run(timed())


# ---- each way alone


IN_IPV6 = "http://[fe80::7]:80/d.xml"


@pytest.mark.parametrize(("locations", "found"), [([IN_IPV6, ELSEWHERE], ELSEWHERE), ([IN_IPV6], IN_IPV6)])
def test_a_location_in_the_other_ip_version_waits_a_moment(locations: list[str], found: str) -> None:
    udn = new_udn()

    async def main() -> Located:
        async with device(lambda st: [response(udn, st, location) for location in locations]):
            hints = LocateHints(location="http://127.0.0.1:1/d.xml")
            return await async_locate(udn, hints, interfaces=LOOPBACK, requester=ReplyTable())

    assert soon(main).location == found


def test_it_is_where_it_was() -> None:
    udn = new_udn()

    async def main() -> Located:
        description = device_description(Device(udn=udn.upper()))
        async with RawDevice({"/d.xml": answer(description)}) as http:
            hints = LocateHints(location=http.url("/d.xml"))
            found = await async_locate(udn, hints, interfaces=LOOPBACK)
            assert found == Located(udn, http.url("/d.xml"), LocatedBy.LOCATION)
            return found

    soon(main)


@pytest.mark.parametrize("rung", ["the UDN", "the type", "upnp:rootdevice", "ssdp:all"])
def test_it_answers_a_search_by_multicast(rung: str) -> None:
    udn = new_udn()
    answered = {"the UDN": udn, "the type": TYPE}.get(rung, rung)

    def reply(st: str) -> list[bytes]:
        return [response("uuid:other", st), response(udn, st)] if st == answered else []

    async def main() -> Located:
        async with device(reply) as (answering, _):
            found = await async_locate(udn, LocateHints(device_type=TYPE), interfaces=LOOPBACK)
            assert udn in answering.asked
        return found

    found = soon(main)
    assert (found.location, found.by, found.interface) == (ELSEWHERE, LocatedBy.MULTICAST, "lo")
    assert found.headers is not None
    assert found.headers["_udn"] == udn


@pytest.mark.uda("D-060")
@pytest.mark.parametrize("rung", ["the UDN", "ssdp:all"])
def test_it_answers_a_search_by_unicast(rung: str) -> None:
    udn = new_udn()
    answered = udn if rung == "the UDN" else rung

    def reply(st: str) -> list[bytes]:
        refused = response(udn, st, "http://127.0.0.1/")
        return [response("uuid:other", st), refused, response(udn, st)] if st == answered else []

    async def main() -> Located:
        async with device(reply, in_group=False) as (_, socket):
            hints = LocateHints(host="127.0.0.1", search_port=socket.address[1])
            return await async_locate(udn, hints, interfaces=[])

    found = soon(main)
    assert (found.location, found.by, found.interface) == (ELSEWHERE, LocatedBy.UNICAST, None)


@pytest.mark.parametrize("nts", ["ssdp:alive", "ssdp:update"])
def test_it_announces_itself(nts: str) -> None:
    udn = new_udn()

    def reply(_st: str) -> list[bytes]:
        return [notify("uuid:other"), notify(udn, "ssdp:byebye"), notify(udn, nts)]

    async def main() -> Located:
        async with device(reply, to_group=True):
            return await async_locate(udn.upper(), interfaces=LOOPBACK)

    found = soon(main)
    assert (found.udn, found.location, found.by) == (udn.upper(), ELSEWHERE, LocatedBy.ADVERTISEMENT)


# ---- loss


@pytest.mark.uda("D-054")
@pytest.mark.parametrize("lost", [0.3, 0.5], ids=["three of ten lost each way", "five of ten"])
def test_it_is_found_though_datagrams_get_lost(lost: float) -> None:
    udn = new_udn()
    fate = Random(4)

    def reply(st: str) -> list[bytes]:
        arrives = fate.random() >= lost
        return [response(udn, st)] if arrives and fate.random() >= lost else []

    async def main() -> None:
        async with device(reply):
            for _ in range(20):
                found = await async_locate(udn, interfaces=LOOPBACK, timeout=60)
                assert found.by is LocatedBy.MULTICAST

    run(main())


# ---- what does not count


def test_another_device_at_its_location_is_not_it() -> None:
    udn = new_udn()
    embedded = Device(udn="uuid:embedded")

    async def main() -> Located:
        description = device_description(Device(udn="uuid:other", devices=[embedded]))
        async with (
            RawDevice({"/d.xml": answer(description)}) as http,
            device(lambda st: [response(udn, st)]),
        ):
            hints = LocateHints(location=http.url("/d.xml"))
            found = await async_locate("uuid:embedded", hints, interfaces=[])
            assert found.by is LocatedBy.LOCATION
            with pytest.raises(UpnpNotFoundError, match="describes uuid:other"):
                await async_locate(udn, hints, interfaces=[], timeout=0.5)
            assert len(http.requests) == 2
            return await async_locate(udn, hints, interfaces=LOOPBACK)

    assert soon(main).by is LocatedBy.MULTICAST


def test_a_device_that_starts_is_found_once_it_has() -> None:
    udn = new_udn()

    async def main() -> None:
        starting = [  # it is asked every two seconds
            CLOSE,
            CLOSE,
            answer(status="503 Busy"),
            answer("<"),
            answer(device_description(Device(udn=udn))),
        ]
        async with RawDevice({"/d.xml": starting}) as http:
            found = await async_locate(udn, LocateHints(location=http.url("/d.xml")), interfaces=[])
            assert found.by is LocatedBy.LOCATION

    run(main())


# ---- for a device that is held


@pytest.mark.parametrize("way", ["HTTP", "SSDP"])
def test_headers_say_where_a_device_that_is_known_is_now(way: str) -> None:
    udn = new_udn()

    async def main() -> None:
        table = ReplyTable({("GET", ELSEWHERE): device_description(Device(TYPE, udn=udn))})
        held = await UpnpFactory(table).async_create_device(ELSEWHERE)
        held.ssdp_headers = CaseInsensitiveDict({"BOOTID.UPNP.ORG": "7"})
        if way == "SSDP":
            table.set("GET", ELSEWHERE, UpnpConnectionError("moved"))
        async with device(lambda st: [response(udn, st, "http://192.0.2.8/d.xml")]):
            headers = await async_locate_device(held, interfaces=LOOPBACK if way == "SSDP" else [])
        assert headers["_udn"] == udn
        if way == "HTTP":
            assert (headers["location"], headers["bootid.upnp.org"]) == (ELSEWHERE, "7")
            assert "location" not in held.ssdp_headers
        else:
            assert (headers["location"], headers["st"]) == ("http://192.0.2.8/d.xml", udn)

    run(main())


# ---- nothing found


def test_what_is_not_there_is_not_found_in_time() -> None:
    async def main() -> None:
        begin = virtual_loop().time()
        table = ReplyTable()
        with pytest.raises(UpnpNotFoundError, match=r"uuid:a not found in 10 s; last, nothing at GET http"):
            await async_locate("uuid:a", LocateHints(location=ELSEWHERE), requester=table, interfaces=[])
        assert virtual_loop().time() - begin == pytest.approx(10.0, abs=0.1)
        assert 3 <= len(table.requests) <= 6

    run(main())


def test_nothing_to_begin_with_is_no_error_of_its_own() -> None:
    async def main() -> None:
        for hints in (LocateHints(), LocateHints(location="no URL"), LocateHints(host="fe80::1%nowhere")):
            with pytest.raises(UpnpNotFoundError):
                await async_locate("uuid:a", hints, interfaces=[], timeout=1)

    run(main())


def test_searching_for_long_burdens_nobody() -> None:
    udn = new_udn()

    async def main() -> list[str]:
        async with device(lambda _st: []) as (answering, _):
            with pytest.raises(UpnpNotFoundError):
                await async_locate(udn, interfaces=LOOPBACK, timeout=60)
            return answering.asked

    asked = run(main())
    rounds = asked.count(udn) / 3  # each is sent three times
    assert 3 <= rounds <= 6


def test_cancelling_it_leaves_nothing() -> None:
    udn = new_udn()

    class Silent(UpnpRequester):
        async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
            await asyncio.Event().wait()  # for ever
            raise UpnpConnectionError

    async def main() -> None:
        async with device(lambda _st: []) as (answering, _):
            hints = LocateHints(location=ELSEWHERE)
            looking = asyncio.create_task(
                async_locate(udn, hints, requester=Silent(), interfaces=LOOPBACK, timeout=3600)
            )
            async with asyncio.timeout(60):
                while udn not in answering.asked:  # noqa: ASYNC110 - it keeps what it heard, and tells nobody
                    await asyncio.sleep(0)
            looking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await looking

    run(main())


def test_its_host_may_be_known_by_name() -> None:
    udn = new_udn()

    async def main(_loop: object) -> Located:
        async with device(lambda st: [response(udn, st)], in_group=False) as (_, socket):
            hints = LocateHints(location="http://renderer:80/d.xml", search_port=socket.address[1])
            return await async_locate(udn, hints, requester=ReplyTable(), interfaces=[])

    assert run_with_names({"renderer": [["127.0.0.1"]]}, main).by is LocatedBy.UNICAST
