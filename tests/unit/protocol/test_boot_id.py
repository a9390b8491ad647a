"""What BOOTID, NEXTBOOTID and CONFIGID of announcements tell."""

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.boot_id import (
    BOOT_ID,
    MOST_UNREPEATED,
    BootIds,
    adds,
    as_recorded,
    differ,
    has_restarted,
    is_same_boot,
)


def headers(**values: str) -> CaseInsensitiveDict:
    """Return headers; underscores are dots."""
    return CaseInsensitiveDict({f"{name.upper()}.UPNP.ORG": value for name, value in values.items()})


def seen(values: str) -> BootIds:
    """Return the judge of values that were heard."""
    boots = BootIds()
    for value in values.split():
        boots.see(headers(**({} if value == "-" else {"bootid": value})))
    return boots


@pytest.mark.uda("D-031")
@pytest.mark.parametrize(
    ("values", "meant"),
    [
        ("", True),
        ("1 1 1", True),
        ("1 2 2 2 3 3 3", True),
        ("1 01 1", True),  # the same number
        ("- - -", True),
        ("1 2 3 4", True),  # announcements may get lost
        ("1 2 3 4 5", False),  # counts its messages
        ("9 7 5 3 1", False),
        ("1 2 3 4 5 6 7", False),
        ("1 2 3 4 5 5", True),  # has been mended
        ("1 - 2 - 3 - 4 - 5", False),
    ],
)
def test_a_device_that_hardly_says_a_value_twice_means_nothing_by_it(values, meant):
    assert seen(values).are_meant is meant


def signed(nls: str | None, *, ns: str = "01", boot_id: str | None = None) -> CaseInsensitiveDict:
    """Return headers with a network location signature."""
    found = CaseInsensitiveDict({"OPT": f'"http://schemas.upnp.org/upnp/1/0/"; ns={ns}'})
    if nls is not None:
        found[f"{ns}-NLS"] = nls
    if boot_id is not None:
        found["BOOTID.UPNP.ORG"] = boot_id
    return found


@pytest.mark.uda("V-006", "D-004")
@pytest.mark.parametrize(
    ("old", "new", "restarted"),
    [
        (signed("a"), signed("a"), False),
        (signed("a"), signed("b"), True),
        (signed("a"), signed("b", ns="9"), True),
        (signed("a"), signed(None), False),
        (signed("a"), CaseInsensitiveDict({"OPT": "odd", "01-NLS": "b"}), False),
        (signed("a", boot_id="1"), signed("b", boot_id="1"), False),
        (signed("a", boot_id="1"), signed("a", boot_id="2"), True),
        (signed("a", boot_id="1"), signed("b"), False),
        (signed("a"), signed("b", boot_id="1"), False),
    ],
)
def test_without_boot_id_the_signature_tells_of_a_restart(old, new, restarted):
    assert has_restarted(old, new) is restarted


def test_a_signature_is_recorded_and_repeated():
    assert adds(CaseInsensitiveDict({}), signed("a"))
    assert not adds(signed("a"), signed("a"))
    boots = BootIds()
    for number in range(MOST_UNREPEATED + 1):
        boots.see(signed(str(number)))
    assert not boots.are_meant


def test_the_evidence_is_bounded():
    boots = seen(" ".join(map(str, range(1000))))
    assert boots._unrepeated == MOST_UNREPEATED


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ("1", "2", True),
        ("2", "1", True),
        ("1", "01", False),
        ("1", None, False),
        (None, "1", False),
        ("x", "y", True),
    ],
)
def test_whether_they_differ(old, new, result):
    before, after = (headers(**({"bootid": value} if value else {})) for value in (old, new))
    assert differ(before, after, BOOT_ID) is result


@pytest.mark.uda("D-046")
def test_what_an_update_announces_is_recorded():
    assert as_recorded(headers(bootid="1", nextbootid="2"))["bootid.upnp.org"] == "2"
    plain = headers(bootid="1", nextbootid="soon")
    assert as_recorded(plain) is plain


def test_what_has_an_id_to_record():
    assert adds(headers(), headers(bootid="1"))
    assert adds(headers(bootid="1"), headers(configid="1"))
    assert not adds(headers(bootid="1"), headers(bootid="1"))
    assert not adds(headers(bootid="1"), headers())


@pytest.mark.uda("D-032")
@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (headers(bootid="1"), headers(bootid="01"), True),
        (headers(bootid="1"), headers(bootid="2"), False),
        (headers(bootid="1"), headers(), False),
        (headers(bootid="x"), headers(bootid="x"), False),
        (headers(), headers(), False),
        (signed("a"), signed("a"), True),
        (signed("a"), signed("b"), False),
        (signed("a"), signed(None), False),
        (signed("a", boot_id="1"), signed("a", boot_id="2"), False),
    ],
)
def test_a_device_says_that_it_has_not_restarted(old, new, same):
    assert is_same_boot(old, new) is same
