"""What a long browse result costs: time of the processor, and how much of it a loop has to wait at once.

    python tests/benchmarks/browsing.py [PEER_PYTHON] [--items 5000]

With PEER_PYTHON, an interpreter that has another release, that is measured too, in a process of its own. The
last row is what the XML parser itself needs: pyexpat, with namespaces, joined texts, and handlers of elements
and text that do nothing, on the envelope and on the DIDL-Lite in it.
"""

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

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

URL = "http://192.0.2.1:8200/device.xml"
KIND = "urn:schemas-upnp-org:service:ContentDirectory:1"
INPUTS = ("ObjectID", "BrowseFlag", "Filter", "StartingIndex", "RequestedCount", "SortCriteria")
OUTPUTS = ("Result", "NumberReturned", "TotalMatches", "UpdateID")
NUMBERS = frozenset({"StartingIndex", "RequestedCount", *OUTPUTS[1:]})
REPEATS = 5
ROWS = ("browse", "longest wait of the loop", "the XML parser alone")


def item(number: int) -> str:
    """Return a track as media servers describe it."""
    return (
        f'<item id="64$0${number:x}" parentID="64$0" restricted="1">'
        f"<dc:title>Track {number} &amp; more</dc:title>"
        "<upnp:class>object.item.audioItem.musicTrack</upnp:class>"
        f"<dc:creator>Artist {number % 97}</dc:creator>"
        f'<upnp:artist role="Performer">Artist {number % 97}</upnp:artist><upnp:album>Album</upnp:album>'
        "<upnp:genre>Rock</upnp:genre><dc:date>2019-01-11</dc:date>"
        f"<upnp:originalTrackNumber>{number % 20}</upnp:originalTrackNumber>"
        f'<upnp:albumArtURI dlna:profileID="JPEG_TN">http://192.0.2.1:8200/art/{number}.jpg</upnp:albumArtURI>'
        f'<res size="{4000000 + number}" duration="0:03:30.000" bitrate="40000" sampleFrequency="44100"'
        ' nrAudioChannels="2" protocolInfo="http-get:*:audio/mpeg:DLNA.ORG_PN=MP3;DLNA.ORG_OP=01;'
        'DLNA.ORG_FLAGS=01700000000000000000000000000000">'
        f"http://192.0.2.1:8200/media/{number}.mp3</res></item>"
    )


def didl(items: int) -> str:
    """Return the result of a server."""
    head = (
        '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/"'
        ' xmlns:dlna="urn:schemas-dlna-org:metadata-1-0/">'
    )
    return f"{head}{''.join(map(item, range(items)))}</DIDL-Lite>"


def answer(text: str, items: int) -> str:
    """Return the answer to Browse."""
    values = {"Result": escape(text), "NumberReturned": items, "TotalMatches": items, "UpdateID": 1}
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:BrowseResponse xmlns:u="{KIND}">{inside}</u:BrowseResponse></s:Body></s:Envelope>'
    )


def documents() -> dict[str, str]:
    """Return the descriptions, by the end of their URL."""
    kinds = {f"A_{name}": "ui4" if name in NUMBERS else "string" for name in (*INPUTS, *OUTPUTS)}
    browse = Action("Browse", [(name, f"A_{name}") for name in INPUTS], [(n, f"A_{n}") for n in OUTPUTS])
    service = Service(KIND, "urn:upnp-org:serviceId:ContentDirectory")
    kind = "urn:schemas-upnp-org:device:MediaServer:1"
    return {
        "device.xml": device_description(Device(kind, services=[service])),
        "scpd.xml": service_description([Variable(name, kind) for name, kind in kinds.items()], [browse]),
    }


def best_of(work: Callable[[], Any]) -> float:
    """Return the milliseconds of processor time of the best of some runs."""
    best = float("inf")
    for _ in range(REPEATS):
        gc.collect()
        begin = time.process_time()
        kept = work()
        best = min(best, time.process_time() - begin)
        del kept
    return best * 1e3


def parse(*texts: str) -> None:
    """Do what no reader of documents can do without."""
    for text in texts:
        parser = expat.ParserCreate(None, "}")
        parser.buffer_text = True
        parser.StartElementHandler = lambda _tag, _attributes: None
        parser.EndElementHandler = lambda _tag: None
        parser.CharacterDataHandler = lambda _text: None
        parser.Parse(text, True)


async def async_measure(items: int) -> dict[str, float]:
    """Measure what this interpreter has."""
    from async_upnp_client.client import UpnpRequester
    from async_upnp_client.client_factory import UpnpFactory
    from async_upnp_client.const import HttpRequest, HttpResponse
    from async_upnp_client.profiles.dlna import DmsDevice

    text = didl(items)
    envelope, pages = answer(text, items), documents()

    class Memory(UpnpRequester):
        async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
            page = pages.get(http_request.url.rpartition("/")[2], envelope)
            return HttpResponse(200, {}, page)

    server = DmsDevice(await UpnpFactory(Memory(), non_strict=True).async_create_device(URL), None)
    best = longest = float("inf")
    for _ in range(REPEATS):
        gc.collect()
        begin = time.process_time()
        found = await server.async_browse_direct_children("64$0")
        best = min(best, time.process_time() - begin)
        assert len(found.result) == items
        del found
        browsing = asyncio.ensure_future(server.async_browse_direct_children("64$0"))
        waits, last = [0.0], time.process_time()
        while not browsing.done():
            await asyncio.sleep(0)
            now = time.process_time()
            waits.append(now - last)
            last = now
        longest = min(longest, max(waits))
    alone = best_of(lambda: parse(envelope, text))
    return dict(zip(ROWS, (best * 1e3, longest * 1e3, alone), strict=True))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", nargs="?", help="an interpreter that has another release")
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(asyncio.run(async_measure(args.items))))
        return
    ours = measured(sys.executable, __file__, "--items", args.items)
    peers = measured(args.peer, __file__, "--items", args.items) if args.peer else {}
    for row in ROWS:
        line = f"{row:26} {ours[row]:10.1f} ms"
        if peers:
            line += f"   peer {peers[row]:10.1f} ms"
        print(line)


if __name__ == "__main__":
    main()
