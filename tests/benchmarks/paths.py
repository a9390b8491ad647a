"""What the paths of a control point cost, in memory: processor time for each, and bytes for each device.

    python tests/benchmarks/paths.py [PEER_PYTHON] [--rounds 3] [--devices 1000]

With PEER_PYTHON, an interpreter that has another release, the two take turns, each in a process of its own;
the best round counts. `calibration` is work of the standard library alone: where the two differ in it by more
than some hundredths, the machine was too busy, and the other rows say little.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

# Another release has no tests beside it: these are found by where this file is. Installed ones come first.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.apart import measured
from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)

URL = "http://192.0.2.1:49152/device.xml"
KIND = "urn:schemas-upnp-org:service:RenderingControl:1"
KINDS = ("upnp:rootdevice", "", "urn:schemas-upnp-org:device:MediaRenderer:1", KIND)
CALLS = 200
DESCRIPTIONS = 20
ROWS = {
    "calibration": "us",
    "decode an announcement": "us",
    "decode a repeated one": "us",
    "track a new device's": "us",
    "track a known device's": "us",
    "track a byebye": "us",
    "memory of a device heard": "bytes",
    "describe a device": "us",
    "call an action": "us",
    "take an event": "us",
}


def best_of(work: Callable[[], Any], count: int, repeats: int = 3) -> float:
    """Return the microseconds of processor time that one of `count` takes."""
    best = float("inf")
    for _ in range(repeats):
        gc.collect()
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best / count * 1e6


def calibration() -> float:
    """Measure what does not depend on any release."""
    text = json.dumps({str(number): [number] * 20 for number in range(50)})
    return best_of(lambda: [json.loads(text) for _ in range(100)], 100)


# --- Discovery ---


def announcement(number: int, kind: str, run: int, sub_type: str = "ssdp:alive") -> bytes:
    """Return a NOTIFY of a device."""
    udn = f"uuid:{number:08x}-0000-1000-8000-{number * 2654435761 % 2**48:012x}"
    usn = f"{udn}::{kind}" if kind else udn
    return (
        "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
        f"LOCATION: http://10.0.{number // 250 % 250}.{number % 250 + 1}:49152/device.xml\r\n"
        f"DATE: Sat, 28 Nov 2026 10:00:{run:02} GMT\r\nNT: {kind or udn}\r\nNTS: {sub_type}\r\n"
        f"SERVER: Linux/6.1 UPnP/1.0 Maker/1.0\r\nUSN: {usn}\r\nBOOTID.UPNP.ORG: 1\r\n\r\n"
    ).encode()


def discovery(devices: int) -> dict[str, float]:
    """Measure decoding, and what a tracker does with what was decoded."""
    from async_upnp_client.ssdp import decode_ssdp_packet
    from async_upnp_client.ssdp_listener import SsdpDeviceTracker

    def packets(run: int, sub_type: str = "ssdp:alive") -> list[bytes]:
        return [announcement(n, kind, run, sub_type) for n in range(devices) for kind in KINDS]

    def decoded(packets: Sequence[bytes]) -> list[Any]:
        return [decode_ssdp_packet(data, None, ("10.0.0.1", 1900))[1] for data in packets]

    count = devices * len(KINDS)
    first, again, gone = packets(1), packets(2), packets(3, "ssdp:byebye")
    tracker = SsdpDeviceTracker()
    before = resident()
    for data in first:
        tracker.see_advertisement(decoded([data])[0])
    found = {"memory of a device heard": max(resident() - before, 0) / devices}
    found["decode an announcement"] = best_of(lambda: decoded(first), count)
    found["decode a repeated one"] = best_of(lambda: decoded(first[:4] * devices), count)
    tracker = SsdpDeviceTracker()
    for row, take, messages in (
        ("track a new device's", tracker.see_advertisement, first),
        ("track a known device's", tracker.see_advertisement, again),
        ("track a byebye", tracker.unsee_advertisement, gone),
    ):
        found[row] = best_of(partial(consume, take, decoded(messages)), count, 1)
    return found


def consume(take: Callable[[Any], Any], messages: Sequence[Any]) -> None:
    """Have each message taken."""
    for message in messages:
        take(message)


def resident() -> int:
    """Return the bytes of memory that the process has."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


# --- Description, control, eventing ---


def replies() -> dict[str, str]:
    """Return the documents of a device, by path, and its answer to a call."""
    services = [
        Service(f"urn:example-org:service:S{number}:1", f"urn:example-org:serviceId:S{number}", f"/{number}")
        for number in range(3)
    ]
    device = Device(services=[*services, Service(KIND, "urn:upnp-org:serviceId:RenderingControl", "/r")])
    variables = [Variable(f"V{number}", "ui4") for number in range(20)]
    actions = [Action(f"A{number}", [("In", "V1")], [("Out", "V2")]) for number in range(20)]
    scpds = {f"/{number}": service_description(variables, actions) for number in range(3)}
    volume = Variable("Volume", "ui2", "yes", minimum="0", maximum="100")
    answer = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:GetVolumeResponse xmlns:u="{KIND}"><CurrentVolume>42</CurrentVolume></u:GetVolumeResponse>'
        "</s:Body></s:Envelope>"
    )
    get_volume = Action("GetVolume", [("InstanceID", "A_ARG_TYPE_InstanceID")], [("CurrentVolume", "Volume")])
    instance = Variable("A_ARG_TYPE_InstanceID", "ui4")
    return {
        **scpds,
        "/r": service_description([volume, instance], [get_volume]),
        "/device.xml": device_description(device),
        "/control": answer,
    }


async def model() -> dict[str, float]:
    """Measure a device of the model."""
    from async_upnp_client.client import UpnpRequester
    from async_upnp_client.client_factory import UpnpFactory
    from async_upnp_client.const import HttpRequest, HttpResponse
    from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer

    texts = replies()

    class Memory(UpnpRequester):
        """Has the answers."""

        async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
            """Give one."""
            if http_request.method == "SUBSCRIBE":
                return HttpResponse(200, {"sid": "uuid:1", "timeout": "Second-1800"}, "")
            return HttpResponse(200, {}, texts["/" + http_request.url.rpartition("/")[2]])

    class Server(UpnpNotifyServer):
        """Only an address."""

        callback_url = "http://192.0.2.2:8090/notify"

    async def each(work: Callable[[int], Any], count: int) -> float:
        best = float("inf")
        for _ in range(3):
            gc.collect()
            begin = time.process_time()
            for number in range(count):
                await work(number)
            best = min(best, time.process_time() - begin)
        return best / count * 1e6

    factory = UpnpFactory(Memory())
    found = {"describe a device": await each(lambda _: factory.async_create_device(URL), DESCRIPTIONS)}
    device = await factory.async_create_device(URL)
    service = device.service(KIND)
    call = service.action("GetVolume").async_call
    found["call an action"] = await each(lambda _: call(InstanceID=0), CALLS)
    handler = UpnpEventHandler(Server(), Memory())
    await handler.async_subscribe(service)

    def notify(number: int) -> Any:
        headers = {"NT": "upnp:event", "NTS": "upnp:propchange", "SID": "uuid:1", "SEQ": str(number)}
        body = (
            '<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property>'
            f"<Volume>{number % 100}</Volume></e:property></e:propertyset>"
        )
        return handler.handle_notify(HttpRequest("NOTIFY", Server.callback_url, headers, body))

    found["take an event"] = await each(notify, CALLS)
    return found


# --- The table ---


def measure(devices: int) -> dict[str, float]:
    """Measure everything with the release that this interpreter has."""
    return {"calibration": calibration(), **discovery(devices), **asyncio.run(model())}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", nargs="?", help="an interpreter that has another release")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--devices", type=int, default=1000, help="that announce themselves")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(measure(args.devices)))
        return
    ours, peers = [], []
    for _ in range(args.rounds):
        ours.append(measured(sys.executable, __file__, "--devices", args.devices))
        if args.peer:
            peers.append(measured(args.peer, __file__, "--devices", args.devices))
    for row, unit in ROWS.items():
        mine = min(found[row] for found in ours)
        line = f"{row:26} {mine:10.1f} {unit:5}"
        if peers:
            theirs = min(found[row] for found in peers)
            line += f"   peer {theirs:10.1f}   {theirs / mine if mine else float('inf'):6.2f} times as good"
        print(line)


if __name__ == "__main__":
    main()
