"""`locate`: what is known goes in, where the device is comes out."""

import io
import json

import pytest

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.commands import async_run
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from tests.support.descriptions import Device, device_description
from tests.support.raw_device import RawDevice, answer

UDN = "uuid:00000000-0000-0000-0000-000000000077"


async def locate(*argv):
    results = io.StringIO()
    output = Output(results, None, pprint=False, iso8601=False)
    args = parse_arguments(["--timeout", "1", "locate", "--bind", "127.0.0.1", *argv])
    assert await async_run(args, output) is ExitCode.DONE
    return json.loads(results.getvalue())


@pytest.mark.parametrize("udn", [UDN, UDN.removeprefix("uuid:"), UDN.upper()])
async def test_where_a_device_is(udn):
    async with RawDevice({"/d.xml": answer(device_description(Device(udn=UDN)))}) as http:
        found = await locate(udn, "--location", http.url("/d.xml"), "--device-type", "urn:a:device:b:1")
        assert found.pop("timestamp") > 0
        assert found.pop("udn").lower() == UDN
        assert found == {"location": http.url("/d.xml"), "found_by": "location", "interface": None}


async def test_what_is_nowhere_is_a_sentence():
    with pytest.raises(CommandError, match=f"{UDN} not found in 1 s") as error:
        await locate(UDN, "--host", "127.0.0.1")
    assert error.value.exit_code is ExitCode.UNREACHABLE
