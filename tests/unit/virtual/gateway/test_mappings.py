"""Port mappings of a gateway: who may open what, until when, and which error says no."""

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.virtual.gateway.faults import GatewayFaults
from async_upnp_client.virtual.gateway.mappings import WEEK, Mapping, PortMappings
from tests.support.clock import Clock

OURS, OTHERS = "10.0.0.5", "10.0.0.6"


class Book(PortMappings):
    """A book with its clock and faults, which counts what it tells."""

    def __init__(self, version=1):
        self.clock, self.faults, self.told = Clock(), GatewayFaults(), 0
        super().__init__(lambda: self.clock.monotonic, self.faults, version, self.tell)

    def tell(self):
        self.told += 1


def mapping(port=8080, *, client=OURS, protocol="TCP", host="", internal=None):
    return Mapping(host, port, protocol, port if internal is None else internal, client)


@pytest.fixture
def book():
    return Book()


def code(call, *arguments, **options):
    with pytest.raises(UpnpActionError) as refused:
        call(*arguments, **options)
    return refused.value.error_code


def test_a_mapping_ends_with_its_lease(book):
    book.add(mapping(), 60)
    book.add(mapping(9000), 0)
    assert (len(book), book.told, book.next_end) == (2, 2, 60)
    book.clock.advance(59)
    assert book.find("", 8080, "TCP").seconds_left(book.clock.monotonic) == 1
    book.clock.advance(1)
    assert [one.external_port for one in book.all()] == [9000]
    assert (book.told, book.changes, book.next_end) == (3, 3, None)
    assert book.find("", 9000, "TCP").seconds_left(book.clock.monotonic) == 0


@pytest.mark.uda("G-004")
def test_the_same_client_overwrites_and_another_does_not(book):
    book.add(mapping(internal=80), 60)
    book.add(mapping(internal=81), 60)
    assert [one.internal_port for one in book.all()] == [81]
    assert code(book.add, mapping(client=OTHERS), 60) == 718
    book.add(mapping(client=OTHERS, protocol="UDP"), 60)
    book.add(mapping(client=OTHERS, host="192.0.2.9"), 60)
    assert len(book) == 3


@pytest.mark.uda("G-008")
@pytest.mark.parametrize(
    ("version", "faults", "wanted", "lease", "expected"),
    [
        (1, {}, mapping(client="a-host"), 0, 402),
        (1, {}, mapping(client=""), 0, 402),
        (1, {}, mapping(host="a-host"), 0, 402),
        (1, {}, mapping(internal=0), 0, 402),
        (2, {}, mapping(internal=0), 0, 732),
        (1, {}, mapping(0, internal=80), 0, 716),
        (1, {"only_external_port_0": True}, mapping(), 0, 727),
        (1, {"no_remote_host": True}, mapping(host="192.0.2.9"), 0, 726),
        (1, {"needs_remote_host": True}, mapping(), 0, 715),
        (1, {"same_ports": True}, mapping(internal=80), 0, 724),
        (1, {"lease_refusal": 725}, mapping(), 60, 725),
        (1, {"lease_refusal": 402}, mapping(), 60, 402),
        (1, {"most_mappings": 0}, mapping(), 60, 501),
        (2, {"most_mappings": 0}, mapping(), 60, 728),
        (1, {"reserved_ports": {8080}}, mapping(), 60, 501),
        (2, {"reserved_ports": {8080}}, mapping(), 60, 729),
        (2, {"only_for_caller": True}, mapping(), 60, 606),
        (2, {"only_for_caller": True}, mapping(client=OTHERS, internal=80), 60, 606),
        (2, {"only_for_caller": True}, mapping(443, client=OTHERS, internal=8080), 60, 606),
    ],
)
def test_what_a_gateway_does_not_do(version, faults, wanted, lease, expected):
    book = Book(version)
    vars(book.faults).update(faults)
    assert code(book.add, wanted, lease, OTHERS) == expected
    assert len(book) == 0


def test_what_faults_still_allow(book):
    book.faults.lease_refusal = 725
    book.add(mapping(), 0)
    book.faults.only_for_caller = True
    book.add(mapping(8081), 0, OURS)
    book.faults.only_external_port_0 = True
    book.add(mapping(0, internal=8080), 0, OURS)
    book.faults.no_overwriting = True
    assert code(book.add, mapping(0, internal=8080), 0, OURS) == 718


@pytest.mark.uda("G-006")
def test_version_2_has_leases_of_a_week_at_most():
    book = Book(2)
    assert book.add(mapping(), 0).expires == WEEK
    assert book.add(mapping(), WEEK + 1).expires == WEEK


@pytest.mark.uda("G-011")
def test_the_next_free_port():
    book = Book(2)
    book.faults.reserved_ports = {65535}
    book.add(mapping(65534, client=OTHERS), 60)
    assert book.add_any(mapping(65534), 60).external_port == 1024
    assert book.add_any(mapping(9000), 60).external_port == 9000
    assert book.add_any(mapping(9000), 60).external_port == 9000, "one's own is taken again"
    assert book.add_any(mapping(0, internal=80), 60).external_port == 1024
    book.faults.reserved_ports = set(range(65536))
    assert code(book.add_any, mapping(9001), 60) == 728


def test_closing(book):
    book.add(mapping(), 60)
    assert code(book.delete, "", 8080, "UDP") == 714
    book.faults.only_for_caller = True
    assert code(book.delete, "", 8080, "TCP", OTHERS) == 606
    assert book.delete("", 8080, "TCP", OURS).internal_client == OURS
    assert (len(book), book.told) == (0, 2)


def test_ranges():
    book = Book(2)
    for port, client in ((8080, OURS), (8081, OTHERS), (9000, OURS)):
        book.add(mapping(port, client=client), 60)

    def ports(**options):
        return [one.external_port for one in book.within(8000, 8999, "TCP", **options)]

    assert ports(manage=False, caller=OURS) == [8080]
    assert ports(manage=True, caller=OURS) == ports(manage=False, caller=None) == [8080, 8081]
    assert code(book.within, 2, 1, "TCP", manage=False, caller=None) == 733
    assert code(book.within, 1, 2, "TCP", manage=False, caller=None) == 730
    book.faults.only_for_caller = True
    assert code(book.within, 1, 2, "TCP", manage=True, caller=OURS) == 606


@pytest.mark.uda("G-009")
def test_the_list_and_its_ends(book):
    assert code(book.at, 0) == 713
    book.faults.list_repeats = True
    assert code(book.at, 0) == 713, "nothing to repeat"
    book.add(mapping(), 60)
    book.add(mapping(9000), 60)
    assert [book.at(index).external_port for index in range(4)] == [8080, 9000, 8080, 9000]
    book.faults.list_repeats = False
    book.faults.list_end = 501
    assert code(book.at, 2) == 501
    book.faults.list_unreadable = {1}
    assert [book.at(index).internal_client for index in range(2)] == [OURS, "some-host.lan"]


def test_a_restart_forgets_them(book):
    book.add(mapping(), 60)
    book.forget()
    assert (len(book), book.told) == (0, 2)
