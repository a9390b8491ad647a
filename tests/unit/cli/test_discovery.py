"""`search` and `advertisements`: addresses of the command line, and messages as results."""

import io
import socket

import pytest

from async_upnp_client._interfaces import Interface
from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.discovery import (
    Way,
    advertisements,
    judge,
    message_record,
    search,
    source_and_target,
    ways,
)
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.const import SsdpSource
from async_upnp_client.ssdp import decode_ssdp_packet

V4_GROUP, V6_GROUP = "239.255.255.250", "FF02::C"
LOOPBACK = socket.if_nametoindex("lo")


@pytest.mark.parametrize(
    ("argv", "source", "target"),
    [
        ([], ("0.0.0.0", 0), (V4_GROUP, 1900)),
        (["--bind", "192.0.2.1"], ("192.0.2.1", 0), (V4_GROUP, 1900)),
        (["--target", "192.0.2.2"], ("0.0.0.0", 0), ("192.0.2.2", 1900)),
        (["--target", "192.0.2.2", "--target_port", "99"], ("0.0.0.0", 0), ("192.0.2.2", 99)),
        (["--target_port", "99"], ("0.0.0.0", 0), (V4_GROUP, 99)),
        (["--bind", "fe80::1%4"], ("fe80::1", 0, 0, 4), (V6_GROUP, 1900, 0, 4)),
        (["--bind", "fe80::1%lo"], ("fe80::1", 0, 0, LOOPBACK), (V6_GROUP, 1900, 0, LOOPBACK)),
        (["--bind", "fe80::1%4", "--target_port", "99"], ("fe80::1", 0, 0, 4), (V6_GROUP, 99, 0, 4)),
        (["--target", "FF02::C%6"], ("::", 0, 0, 6), (V6_GROUP, 1900, 0, 6)),
        (["--bind", "fe80::1%4", "--target", "ff05::c%4"], ("fe80::1", 0, 0, 4), ("ff05::c", 1900, 0, 4)),
    ],
)
def test_what_is_left_out_follows_from_the_rest(argv, source, target):
    assert source_and_target(parse_arguments(["search", *argv])) == (source, target)
    assert source_and_target(parse_arguments(["advertisements", *argv])) == (source, target)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (
            ["--bind", "192.0.2.1", "--target", "FF02::C%6"],
            "--bind 192.0.2.1 and --target FF02::C%6 are of different address families",
        ),
        (
            ["--bind", "fe80::1%6", "--target", "192.0.2.1"],
            "--bind fe80::1%6 and --target 192.0.2.1 are of different address families",
        ),
    ],
)
def test_addresses_that_do_not_fit_are_a_sentence(argv, said):
    with pytest.raises(CommandError) as error:
        source_and_target(parse_arguments(["search", *argv]))
    assert str(error.value) == said
    assert error.value.exit_code is ExitCode.MISMATCH


ETH0 = Interface("eth0", 2, ("192.0.2.1", 0))
ETH0_IPV6 = Interface("eth0", 2, ("fe80::1", 0, 0, 2))


@pytest.mark.parametrize(
    ("argv", "port"), [([], 1900), (["--target_port", "99"], 99)], ids=["SSDP's port", "another port"]
)
def test_without_an_address_every_interface_is_used(argv, port):
    args = parse_arguments(["search", *argv])
    assert ways(args, lambda: [ETH0, ETH0_IPV6]) == [
        Way(("192.0.2.1", 0), (V4_GROUP, port), "eth0"),
        Way(("fe80::1", 0, 0, 2), (V6_GROUP, port, 0, 2), "eth0"),
    ]
    assert ways(args, list) == [Way(("0.0.0.0", 0), (V4_GROUP, port))]


@pytest.mark.parametrize("argv", [["--bind", "127.0.0.1"], ["--target", "192.0.2.7"]])
def test_an_address_is_the_only_way(argv):
    args = parse_arguments(["search", *argv])
    assert ways(args, lambda: [ETH0]) == [Way(*source_and_target(args))]


def test_interfaces_that_cannot_be_listed_are_a_sentence():
    def fail():
        raise OSError(24, "Too many open files")

    with pytest.raises(CommandError, match="the network: Too many open files"):
        ways(parse_arguments(["search"]), fail)


def test_a_way_that_fails_is_told_and_the_others_count():
    complaints = io.StringIO()
    output = Output(None, complaints, pprint=False, iso8601=False)
    args = parse_arguments(["search"])
    both = ways(args, lambda: [ETH0, ETH0_IPV6])
    judge(args, output, both, [None, OSError(99, "Cannot assign requested address")])
    assert complaints.getvalue() == "upnp-client: eth0 (fe80::1): Cannot assign requested address\n"
    with pytest.raises(CommandError, match="the network: no route"):
        judge(args, output, both, [OSError(101, "no route"), OSError(99, "no address")])
    with pytest.raises(ZeroDivisionError):
        judge(args, output, both, [None, ZeroDivisionError()])


def record_of(packet, sender=("192.0.2.1", 1900)):
    _, headers = decode_ssdp_packet(packet, ("0.0.0.0", 0), sender)
    headers["_source"] = SsdpSource.SEARCH
    return message_record(headers)


def test_a_message_has_the_keys_of_the_former_release():
    record = record_of(
        b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nLOCATION: http://192.0.2.1/d.xml\r\n"
        b"ST: upnp:rootdevice\r\nUSN: uuid:abc::upnp:rootdevice\r\nEXT:\r\n\r\n"
    )
    timestamp = record.pop("_timestamp")
    assert len(timestamp.split(" ")) == 2
    received = {
        "CACHE-CONTROL": "max-age=1800",
        "LOCATION": "http://192.0.2.1/d.xml",
        "ST": "upnp:rootdevice",
        "USN": "uuid:abc::upnp:rootdevice",
        "EXT": "",
    }
    assert list(record.items())[:5] == list(received.items())
    assert record == {
        **received,
        "_host": "192.0.2.1",
        "_udn": "uuid:abc",
        "_location_original": "http://192.0.2.1/d.xml",
        "location": "http://192.0.2.1/d.xml",
        "_remote_addr": "('192.0.2.1', 1900)",
        "_port": "1900",
        "_local_addr": "('0.0.0.0', 0)",
        "_source": "SsdpSource.SEARCH",
    }


def test_a_message_has_its_interface_where_that_is_known():
    _, headers = decode_ssdp_packet(b"NOTIFY * HTTP/1.1\r\nNT: a\r\n\r\n", None, ("192.0.2.1", 1900))
    assert message_record(headers, "eth0")["_interface"] == "eth0"
    assert "_interface" not in message_record(headers)


def test_location_as_received_stands_beside_the_one_to_use():
    packet = b"NOTIFY * HTTP/1.1\r\nLocation: http://[fe80::1]:80/d.xml\r\nNT: a\r\n\r\n"
    record = record_of(packet, ("fe80::1", 1900, 0, 4))
    assert record["Location"] == record["_location_original"] == "http://[fe80::1]:80/d.xml"
    assert record["location"] == "http://[fe80::1%4]:80/d.xml"


def test_a_lower_case_location_is_the_one_to_use():
    record = record_of(b"HTTP/1.1 200 OK\r\nlocation: http://[fe80::1]/\r\n\r\n", ("fe80::1", 1900, 0, 4))
    assert record["location"] == "http://[fe80::1%4]/"
    assert record["_location_original"] == "http://[fe80::1]/"


def test_a_message_without_location_has_none():
    record = record_of(b"NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:byebye\r\nUSN: uuid:a::b\r\n\r\n")
    assert not [name for name in record if "location" in name.lower()]


def make_output():
    return Output(None, None, pprint=False, iso8601=False)


@pytest.mark.parametrize("command", [search, advertisements])
@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["--bind", "192.0.2.99"], ExitCode.MISMATCH, "--bind 192.0.2.99: "),
        (["--bind", "fe80::1"], ExitCode.MISMATCH, "--bind fe80::1: "),
        (["--target", "ff02::c"], ExitCode.MISMATCH, "--target ff02::c: "),
    ],
)
async def test_an_address_that_no_socket_has_is_a_sentence(command, argv, code, said):
    args = parse_arguments(["search", "--timeout", "1", *argv])
    with pytest.raises(CommandError) as error:
        await command(args, make_output())
    assert str(error.value).startswith(said)
    assert error.value.exit_code is code
