"""`browse`: what a media server has, as results."""

import io
import json
from typing import Any

import pytest

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.commands import COMMANDS
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.exceptions import UpnpActionError
from tests.support.device_server import served
from tests.support.library import HEAD, Library, Thing, tracks
from tests.support.soap_device import SoapDevice

FOLDERS = [Thing("a", [Thing("b", tracks(1))]), *tracks(2, 1)]


async def run(device: SoapDevice, *arguments: str, complaints: io.StringIO | None = None) -> list[Any]:
    """Run the command; its results."""
    results = io.StringIO()
    async with served(device) as url:
        before = ["--diagnostics"] if complaints is not None else []
        args = parse_arguments([*before, "browse", url, *arguments])
        await COMMANDS["browse"](args, Output(results, complaints, pprint=False, iso8601=False))
    return [json.loads(line) for line in results.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ((), ["a", "t1", "t2"]),
        (("a",), ["b"]),
        (("--depth", "2"), ["a", "b", "t1", "t2"]),
        (("--depth", "0"), ["a", "b", "t0", "t1", "t2"]),
        (("0", "--search", "*"), ["t1", "t2"]),
    ],
)
async def test_one_result_for_each_object(arguments, ids):
    assert [record["id"] for record in await run(Library(FOLDERS).device, *arguments)] == ids


async def test_what_a_result_has():
    library = Library()
    resource = '<res protocolInfo="http-get:*:audio/mpeg:*" size="3" duration="0:01:00">/a.mp3</res><res/>'
    text = Thing("t").didl("0").replace("</item>", f"<dc:creator>C</dc:creator>{resource}</item>")
    text += Thing("f", []).didl("0").replace("object.container", "object.container.vendor")
    library.service.answers["Browse"] = {
        "Result": f"{HEAD}{text}</DIDL-Lite>",
        "NumberReturned": "2",
        "TotalMatches": "2",
    }
    item, container = await run(library.device)
    url = item["resources"][0].pop("url")
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/a.mp3")
    assert item == {
        "id": "t",
        "parent_id": "0",
        "kind": "item",
        "title": "Title of t",
        "class": "object.item.audioItem.musicTrack",
        "creator": "C",
        "resources": [
            {"protocol_info": "http-get:*:audio/mpeg:*", "size": "3", "duration": "0:01:00"},
            {"url": None, "protocol_info": None, "size": None, "duration": None},
        ],
    }
    assert container == {
        "id": "f",
        "parent_id": "0",
        "kind": "container",
        "title": "Title of f",
        "class": "object.container.vendor",
        "child_count": "0",
        "resources": [],
    }


async def test_sorted():
    library = Library(FOLDERS)
    await run(library.device, "--sort=-dc:title")
    assert library.device.calls[-1][1]["SortCriteria"] == "-dc:title"


async def test_what_is_wrong_is_shown():
    complaints = io.StringIO()
    library = Library(FOLDERS, missing=frozenset({"a"}))
    await run(library.device, "--depth", "0", complaints=complaints)
    assert json.loads(complaints.getvalue())["code"] == "container-unreadable"


async def test_a_refusal_and_a_device_of_another_kind():
    with pytest.raises(UpnpActionError):
        await run(Library().device, "nothing")
    with pytest.raises(CommandError) as raised:
        await run(SoapDevice("urn:schemas-upnp-org:device:Basic:1", []))
    assert raised.value.exit_code is ExitCode.MISMATCH


@pytest.mark.parametrize("depth", ["-1", "x"])
def test_a_depth_that_is_none(depth, capsys):
    with pytest.raises(SystemExit):
        parse_arguments(["browse", "http://x/", "--depth", depth])
    assert "--depth" in capsys.readouterr().err
