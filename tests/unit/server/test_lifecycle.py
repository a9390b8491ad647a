"""What a server needs before it is there; that it comes and goes is in `journeys/test_server.py`."""

from pathlib import Path
from typing import Any

import pytest

from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpServerOSError
from async_upnp_client.server.lifecycle import BOOT_IDS, UpnpServer, async_base_uri, listen, next_boot_id
from tests.support.light import Light


@pytest.mark.uda("D-028")
def test_starts_are_counted_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "boot-id"
    assert [next_boot_id(path) for _ in range(3)] == [1, 2, 3]
    assert [one.name for one in tmp_path.iterdir()] == ["boot-id"]


@pytest.mark.uda("D-028")
def test_without_a_file_the_time_counts() -> None:
    first = next_boot_id(None)
    assert 1_700_000_000 < first <= next_boot_id(None) < BOOT_IDS


def test_a_file_that_cannot_be_read_is_told_and_does_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "boot-id"
    path.write_text("many")
    assert next_boot_id(path) > 1_700_000_000
    assert "Cannot count starts" in caplog.text


@pytest.mark.uda("V-004")
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (("192.168.1.10", 0), "http://192.168.1.10:8000"),
        (("fe80::1", 0, 0, 2), "http://[fe80::1]:8000"),
        (("fd00::1", 0, 0, 0), "http://[fd00::1]:8000"),
    ],
)
async def test_the_url_of_an_address(source: AddressTupleVXType, expected: str) -> None:
    assert await async_base_uri(source, 8000) == expected


async def test_any_address_is_not_announced() -> None:
    assert "0.0.0.0" not in await async_base_uri(("0.0.0.0", 0), 8000)


def test_a_port_is_had_once() -> None:
    with listen(("127.0.0.1", 0), 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(UpnpServerOSError, match=str(port)) as refused:
            listen(("127.0.0.1", 0), port)
    assert refused.value.errno


async def test_there_is_no_device_before_the_start() -> None:
    server = UpnpServer(Light, ("127.0.0.1", 0))
    with pytest.raises(AssertionError, match="has not started"):
        _ = server.device
    await server.async_stop()


@pytest.mark.uda("D-037", "V-001")
@pytest.mark.parametrize(
    ("target", "source", "expected"),
    [
        (("239.255.255.250", 1901), ("192.168.1.10", 0), ("239.255.255.250", 1901)),
        (("239.255.255.250", 1901), ("fe80::1", 0, 0, 3), ("FF02::C", 1901, 0, 3)),
        (("ff05::c", 1901, 0, 2), ("fe80::1", 0, 0, 3), ("ff05::c", 1901, 0, 3)),
        (None, ("192.168.1.10", 0), None),
    ],
)
def test_further_addresses_speak_to_the_same_group(
    target: AddressTupleVXType | None, source: AddressTupleVXType, expected: AddressTupleVXType | None
) -> None:
    assert UpnpServer(Light, ("127.0.0.1", 0), target)._target_at(source) == expected


@pytest.mark.parametrize("max_age", [0, -1, 1800.0, "1800"])
def test_an_age_that_cannot_be_announced_is_refused_before_anything_is_opened(max_age: Any) -> None:
    with pytest.raises(ValueError, match="max_age"):
        UpnpServer(Light, ("127.0.0.1", 0), max_age=max_age)
