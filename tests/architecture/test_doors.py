"""Doors: who may open a library or a part of Python that only a few modules need."""

import pytest

from tests.architecture.house import MODULES, Module, called_names, is_in
from tests.architecture.test_floors import FLOORS, HEIGHTS, WIRE

FROM_THE_WIRE_UP = frozenset(
    name for floor, names in FLOORS.items() if HEIGHTS[floor] >= WIRE for name in names
)
XML = frozenset(
    {
        "_xml",
        "_xml_bounds",
        "_xml_flat",
        "_xml_parts",
        "_xml_repair",
        "_xml_sliced",
        "profiles.dlna.last_change",
        "profiles.dlna.last_change_handlers",
    }
)

DOORS: dict[str, frozenset[str]] = {
    "aiohttp": frozenset(
        {
            "exceptions",
            "aiohttp",
            "_http.exchange",
            "_http.peer_errors",
            "_http.session_exchange",
            "server.aiohttp_handlers",
            "server.content",
            "server.lifecycle",
            "server.pages",
            # authors of devices serve what is theirs with it
            "virtual.fetching",
            "virtual.media_server",
            "virtual.streaming",
        }
    ),
    # the device side listens before it makes the device, which is to know its port
    "socket": frozenset(
        {
            "_ssdp_intake",
            "_ssdp_sockets",
            "ssdp",
            "_local_ip",
            "_addresses",
            "server.lifecycle",
            "server.serving",
        }
    ),
    "ifaddr": frozenset({"_interfaces"}),
    "asyncio": FROM_THE_WIRE_UP,
    "voluptuous": frozenset({"_datatypes", "_protocol.values", "client.state_variable"}),
    "defusedxml": XML,
    "xml.parsers": XML,
    "xml.sax": XML,
    "xml.dom": frozenset(),
    "lxml": frozenset(),
    "didl_lite": frozenset({"profiles.dlna"}),
    "multidict": frozenset(),  # what aiohttp hands over is a Mapping
}
PARSERS = ("fromstring", "fromstringlist", "XML", "XMLID", "XMLParser", "XMLPullParser", "iterparse", "parse")
CLOCKS = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.monotonic",
    "time.perf_counter",
    "monotonic",
    "perf_counter",
    "time.localtime",
    "localtime",
    "time.gmtime",
    "gmtime",
)

every_module = pytest.mark.parametrize("module", MODULES.values(), ids=lambda m: m.full_name)


@every_module
def test_doors(module: Module) -> None:
    opened = [
        f"line {found.line}: {found.name}"
        for found in module.imports
        for door, keepers in DOORS.items()
        if (found.name == door or found.name.startswith(f"{door}.")) and not is_in(module.name, keepers)
    ]
    assert not opened, f"{module.full_name} opens {opened}"


@every_module
def test_xml_is_parsed_behind_its_door(module: Module) -> None:
    # Element types and builders are everybody's; texts from the network are read in one place.
    if module.name in XML:
        return
    elements = {"ET", "ElementTree", "xml.etree.ElementTree", "etree"}
    parsed = [
        f"line {line}: {name}"
        for name, line in called_names(module.tree)
        if name.rpartition(".")[2] in PARSERS and name.rpartition(".")[0] in elements
    ]
    assert not parsed, f"{module.full_name} parses XML by itself: {parsed}"


@every_module
def test_the_protocol_has_no_clock(module: Module) -> None:
    if not is_in(module.name, {"_protocol"}):
        return
    clocks = [f"line {line}: {name}" for name, line in called_names(module.tree) if name.endswith(CLOCKS)]
    assert not clocks, f"{module.name} looks at a clock: {clocks}; `now` is an argument"
