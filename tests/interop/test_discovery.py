"""UDA chapter 1 with real devices: who answers a search, who is heard to come and to go."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.interop.devices import Device
from tests.interop.lab import Lab
from tests.interop.lines import Result, done, only, results
from tests.interop.network import INTERFACE, Program

pytestmark = pytest.mark.interop
KINDS = ("server", "renderer", "light")
HEARD_SECONDS = 20.0

Found = dict[str, list[Result]]

# minidlna's socket is bound to the multicast group: nothing that is sent to its own address reaches it.
ANSWER_UNICAST = ("renderer", "light")
# minidlna has no IPv6; gmediarender joins the IPv6 group and serves HTTP there, but answers no search.
ANSWER_IPV6 = ("light",)


def device(lab: Lab, kind: str) -> Device:
    """Return a device of the lab by its name."""
    found = getattr(lab, kind)
    assert isinstance(found, Device)
    return found


def udns(lab: Lab, kinds: tuple[str, ...]) -> set[str]:
    """Return the UDNs of devices of the lab."""
    return {device(lab, kind).udn for kind in kinds}


def locations(answers: list[Result], udn: str) -> set[str]:
    """Return where a device says its description is."""
    return {answer["location"] for answer in answers if answer["_udn"] == udn}


def searches(lab: Lab) -> dict[str, tuple[str, ...]]:
    """Return the options of every search, by a name."""
    scope = lab.control.scope_id
    asked: dict[str, tuple[str, ...]] = {
        "all": (),
        "from our address": ("--bind", lab.control.ipv4),
        "ipv6": ("--target", lab.ipv6_group),
        "ipv6 from our address": ("--bind", f"{lab.control.ipv6}%{scope}"),
    }
    for kind in KINDS:
        asked[f"type of {kind}"] = ("--search_target", device(lab, kind).device_type)
        asked[f"host of {kind}"] = ("--target", device(lab, kind).host.ipv4)
        asked[f"ipv6 host of {kind}"] = ("--target", f"{device(lab, kind).host.ipv6}%{scope}")
    return asked


@pytest.fixture(scope="module")
def found(lab: Lab) -> Found:
    """The answers to every search. All are under way at once, as several programs on one host would be."""
    asked = searches(lab)
    with ThreadPoolExecutor(len(asked)) as pool:
        ended = pool.map(lambda options: lab.run_client("--timeout", "2", "search", *options), asked.values())
        return {name: done(one) for name, one in zip(asked, ended, strict=True)}


def answered(found: Found, name: str) -> set[str]:
    """Return the UDNs of the devices that answered a search."""
    return {answer["_udn"] for answer in found[name]}


def test_search_finds_every_device(lab: Lab, found: Found) -> None:
    assert answered(found, "all") == udns(lab, KINDS)
    for kind in KINDS:
        one = device(lab, kind)
        types = {answer["ST"] for answer in found["all"] if answer["_udn"] == one.udn}
        assert {"upnp:rootdevice", one.udn, one.device_type} <= types
        ipv4, *ipv6 = sorted(locations(found["all"], one.udn))
        assert ipv4.startswith(f"http://{one.host.ipv4}:{one.port}/")
        assert len(ipv6) == (kind in ANSWER_IPV6)
    assert {answer["_interface"] for answer in found["all"]} == {INTERFACE}


@pytest.mark.parametrize("kind", KINDS)
def test_search_of_a_type_finds_its_device(lab: Lab, found: Found, kind: str) -> None:
    wanted = device(lab, kind)
    answers = found[f"type of {kind}"]
    assert {(answer["_udn"], answer["ST"]) for answer in answers} == {(wanted.udn, wanted.device_type)}


def test_search_from_an_address_of_ours(lab: Lab, found: Found) -> None:
    assert answered(found, "from our address") == udns(lab, KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_search_of_one_host(lab: Lab, found: Found, kind: str) -> None:
    expected = udns(lab, (kind,)) if kind in ANSWER_UNICAST else set()
    assert answered(found, f"host of {kind}") == expected


def test_search_over_ipv6(lab: Lab, found: Found) -> None:
    assert answered(found, "ipv6") == udns(lab, ANSWER_IPV6)
    (location,) = locations(found["ipv6"], lab.light.udn)
    # The device says where it is without the scope, which only we know.
    assert location.startswith(f"http://[{lab.light.host.ipv6}%{lab.control.scope_id}]:{lab.light.port}/")


def test_search_over_ipv6_from_an_address_of_ours(lab: Lab, found: Found) -> None:
    assert answered(found, "ipv6 from our address") == udns(lab, ANSWER_IPV6)


@pytest.mark.parametrize("kind", KINDS)
def test_search_of_one_host_over_ipv6(lab: Lab, found: Found, kind: str) -> None:
    expected = udns(lab, (kind,)) if kind in ANSWER_IPV6 else set()
    assert answered(found, f"ipv6 host of {kind}") == expected


def test_where_a_device_is_found_it_is_described(lab: Lab, found: Found) -> None:
    for name in ("all", "ipv6"):
        for answer in found[name]:
            if answer["ST"] == "upnp:rootdevice":
                described = only(lab.run_library("describe", answer["location"], "strict"))
                assert described["udn"] == answer["_udn"]


def test_library_search_finds_every_device(lab: Lab) -> None:
    answers = done(lab.run_library("search", "upnp:rootdevice", "1"))
    assert {answer["udn"] for answer in answers} == udns(lab, KINDS)


def heard(listener: Program, udn: str, subtype: str) -> list[Result]:
    """Return the advertisements of a kind that were heard from a device."""
    return [line for line in results(listener.printed()) if (line["_udn"], line["NTS"]) == (udn, subtype)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_is_heard_to_come_and_to_go(lab: Lab, kind: str) -> None:
    comes = device(lab, kind)
    comes.stop()
    listener = lab.start_client("advertisements")
    lab.wait_until_listening(listener)
    hear(listener, comes)
    assert (listener.interrupt(), listener.complained()) == (0, "upnp-client: interrupted\n")


def test_a_device_is_heard_to_come_and_to_go_over_ipv6(lab: Lab) -> None:
    lab.light.stop()
    listener = lab.start_client("advertisements", "--target", lab.ipv6_group)
    lab.wait_until_listening(listener, ipv6=True)
    hear(listener, lab.light)
    assert listener.interrupt() == 0


def hear(listener: Program, comes: Device) -> None:
    """Start, stop and start a device, and wait until its coming and its going were heard."""

    def types(subtype: str) -> set[str]:
        return {line["NT"] for line in heard(listener, comes.udn, subtype)}

    comes.start()
    listener.wait_for(lambda: comes.device_type in types("ssdp:alive"), f"{comes.kind}: alive", HEARD_SECONDS)
    comes.stop()
    try:
        listener.wait_for(
            lambda: comes.device_type in types("ssdp:byebye"), f"{comes.kind}: byebye", HEARD_SECONDS
        )
    finally:
        comes.start()


def test_library_knows_who_is_there(lab: Lab) -> None:
    listener = lab.start_library("listen", lab.renderer.udn, lab.light.udn)
    present = [{"present": sorted(udns(lab, ("renderer", "light")))}]
    listener.wait_for(lambda: present[0] in results(listener.printed()), "both devices", HEARD_SECONDS)
    lab.light.stop()
    lab.renderer.stop()
    try:
        listener.wait_for(lambda: {"present": []} in results(listener.printed()), "nobody", HEARD_SECONDS)
    finally:
        lab.light.start()
        lab.renderer.start()
    assert (listener.wait_for_end(HEARD_SECONDS), listener.complained()) == (0, "")
