"""Pinholes in the IPv6 firewall of a gateway."""

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.virtual.gateway.pinholes import Pinholes, same_host
from tests.support.clock import Clock

OURS, OTHERS = "2001:db8::5", "2001:db8::6"
FLOW = ("", 0, OURS, 8080, 6)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pinholes(clock):
    return Pinholes(lambda: clock.monotonic)


def code(call, *arguments):
    with pytest.raises(UpnpActionError) as refused:
        call(*arguments)
    return refused.value.error_code


def test_a_pinhole_ends_with_its_lease(pinholes, clock):
    number = pinholes.add(FLOW, 60, OURS)
    clock.advance(50)
    pinholes.update(number, 60, OURS)
    clock.advance(50)
    assert list(pinholes.all()) == [number]
    clock.advance(10)
    assert pinholes.all() == {}
    assert code(pinholes.update, number, 60) == 704


@pytest.mark.uda("G-015")
def test_the_same_flow_lasts_longer_and_another_is_another(pinholes, clock):
    number = pinholes.add(FLOW, 60)
    clock.advance(30)
    assert pinholes.add(FLOW, 60) == number
    assert pinholes.find(number).expires == 90
    assert pinholes.add(("", 0, OURS, 8081, 6), 60) == number + 1


@pytest.mark.parametrize(
    ("flow", "caller", "expected"),
    [
        (("", 0, OURS, 8080, 65535), OURS, 707),
        (("", 0, OURS, 8080, 1), OURS, 705),
        (("", 0, OURS, 0, 6), OURS, 706),
        (FLOW, OTHERS, 606),
    ],
)
def test_what_is_not_opened(pinholes, flow, caller, expected):
    assert code(pinholes.add, flow, 60, caller) == expected


def test_a_firewall_that_is_off_shut_or_full(pinholes):
    pinholes.is_enabled = False
    assert code(pinholes.add, FLOW, 60) == 702
    pinholes.is_enabled, pinholes.is_inbound_allowed = True, False
    assert code(pinholes.add, FLOW, 60) == 703
    pinholes.is_inbound_allowed, pinholes.most = True, 0
    assert code(pinholes.add, FLOW, 60) == 701


def test_one_that_opens_everything_for_everybody(pinholes):
    pinholes.protocols, pinholes.only_for_caller = None, False
    pinholes.add(("", 0, OURS, 8080, 65535), 60, OTHERS)


def test_packets_are_counted_and_shown_to_its_host(pinholes):
    number = pinholes.add(FLOW, 60)
    pinholes.let_through(number, 3)
    assert pinholes.find(number, OURS).packets == 3
    assert code(pinholes.find, number, OTHERS) == 606
    assert code(pinholes.delete, number, OTHERS) == 606
    pinholes.delete(number, OURS)
    assert code(pinholes.find, number) == 704


def test_a_restart_forgets_them(pinholes):
    pinholes.add(FLOW, 60)
    pinholes.forget()
    assert pinholes.all() == {}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::5", "2001:0db8:0::5", True),
        ("fe80::1", "fe80::1%eth0", True),
        ("2001:db8::5", "2001:db8::6", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "::1", False),
    ],
)
def test_hosts_are_compared_as_addresses(one, other, same):
    assert same_host(one, other) is same
