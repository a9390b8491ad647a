"""What to search for, and which answers fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.search_targets import fits, is_same_udn, is_version_of, ladder

UDN = "uuid:11111111-2222-3333-4444-000000000030"
RENDERER = "urn:schemas-upnp-org:device:MediaRenderer:"
ROOT = "upnp:rootdevice"


def answer(kind: str, usn: str | None = None) -> CaseInsensitiveDict:
    """Return headers of an answer, as they are spelled on the wire."""
    return CaseInsensitiveDict(ST=kind, USN=f"{UDN}::{kind}" if usn is None else usn)


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        (ladder(UDN, RENDERER + "1"), (UDN, RENDERER + "1", ROOT, "ssdp:all")),
        (ladder(UDN), (UDN, ROOT, "ssdp:all")),
        (ladder(UDN, ""), (UDN, ROOT, "ssdp:all")),
        (ladder(UDN, ROOT), (UDN, ROOT, "ssdp:all")),
    ],
)
def test_the_ladder_goes_from_one_device_to_all(rungs: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert rungs == expected


@pytest.mark.uda("D-057")
@pytest.mark.parametrize(
    ("asked", "headers"),
    [
        ("ssdp:all", answer("urn:anything")),
        (ROOT, answer(ROOT)),
        (ROOT, answer("UPNP:RootDevice")),
        (ROOT, answer(UDN, f"{UDN}::{ROOT}")),
        (UDN, answer(UDN, UDN)),
        (UDN.upper(), answer(UDN, UDN)),
        (UDN, answer(ROOT)),  # of the device that was asked for, whatever it says it is
        (RENDERER + "1", answer(RENDERER + "1")),
        (RENDERER + "1", answer(RENDERER + "3")),
        (RENDERER + "1", answer(RENDERER + "1", f"{UDN}::{RENDERER}2")),
        (RENDERER + "2", answer(RENDERER + "2", UDN)),
        ("wifi_bulb", answer("wifi_bulb", "")),
    ],
)
def test_an_answer_fits(asked: str, headers: CaseInsensitiveDict) -> None:
    assert fits(asked, headers)


@pytest.mark.parametrize(
    ("asked", "headers"),
    [
        (ROOT, answer(RENDERER + "1")),
        (UDN, answer("uuid:other", "uuid:other")),
        (UDN, CaseInsensitiveDict()),
        (RENDERER + "2", answer(RENDERER + "1")),
        (RENDERER + "1", answer("urn:schemas-upnp-org:device:MediaServer:1")),
        (RENDERER + "1", answer(RENDERER + "x")),
        (RENDERER + "1", answer(RENDERER + "9" * 40)),
        ("wifi_bulb", answer("wifi_lamp")),
    ],
)
def test_an_answer_does_not_fit(asked: str, headers: CaseInsensitiveDict) -> None:
    assert not fits(asked, headers)


@given(st.text(), st.text(), st.text())
def test_any_text_is_judged(asked: str, kind: str, usn: str) -> None:
    assert fits(asked, answer(kind, usn)) in {True, False}


@given(st.integers(0, 99), st.integers(0, 99))
def test_versions_are_numbers(wanted: int, other: int) -> None:
    assert is_version_of(f"urn:a:{wanted}", f"urn:a:{other}") == (wanted <= other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (UDN, UDN.upper(), True),
        (UDN, "uuid:b", False),
        (None, None, False),
        ("", "", False),
        (UDN, None, False),
    ],
)
def test_case_makes_no_other_udn(one: str | None, other: str | None, same: bool) -> None:
    assert is_same_udn(one, other) is same
