"""Header maps: one entry per name whatever its case, in the order and spelling that it came in."""

import copy
import pickle
from types import MappingProxyType
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict, lowerstr, shown

PACKET = {"HOST": "239.255.255.250:1900", "Location": "http://192.0.2.1/", "nts": "ssdp:alive"}


def packet() -> CaseInsensitiveDict:
    return CaseInsensitiveDict(PACKET)


@pytest.mark.parametrize("name", ["location", "Location", "LOCATION", lowerstr("location")])
def test_finds_a_name_in_any_case(name: str):
    headers = packet()
    assert headers[name] == "http://192.0.2.1/"
    assert headers.get(name) == "http://192.0.2.1/"
    assert name in headers


def test_keeps_order_and_spelling():
    headers = packet()
    assert list(headers) == list(PACKET)
    assert list(headers.keys()) == list(PACKET)
    assert list(headers.values()) == list(PACKET.values())
    assert list(headers.items()) == list(PACKET.items())
    assert headers.as_dict() == dict(headers) == PACKET
    assert repr(headers) == str(headers) == repr(PACKET)
    assert len(headers) == 3


def test_keyword_arguments_come_after_the_data():
    headers = CaseInsensitiveDict(PACKET, _source="search")
    assert list(headers) == [*PACKET, "_source"]
    assert CaseInsensitiveDict(_udn="x") == {"_udn": "x"}
    assert CaseInsensitiveDict(packet(), NTS="ssdp:byebye").as_dict() == {
        "HOST": PACKET["HOST"],
        "Location": PACKET["Location"],
        "NTS": "ssdp:byebye",
    }


@pytest.mark.parametrize("missing", [None, {}, CaseInsensitiveDict()])
def test_is_empty_without_data(missing: Any):
    headers = CaseInsensitiveDict(missing)
    assert not headers
    assert headers.as_dict() == {}


def test_missing_name():
    headers = packet()
    with pytest.raises(KeyError, match=r"^'server'$"):
        headers["SERVER"]
    with pytest.raises(KeyError, match=r"^'server'$"):
        del headers["SERVER"]
    assert headers.get("SERVER") is None
    assert headers.get("SERVER", "x") == "x"
    assert "SERVER" not in headers


def test_a_name_that_is_no_text_is_a_mistake():
    headers = packet()
    number: Any = 1
    for use in (headers.__getitem__, headers.__contains__, headers.get, headers.__delitem__):
        with pytest.raises(AttributeError):
            use(number)
    with pytest.raises(AttributeError):
        CaseInsensitiveDict({number: "x"})


def test_same_spelling_is_set_in_place():
    headers = packet()
    headers["HOST"] = "x"
    headers["nts"] = "y"
    assert list(headers.items()) == [("HOST", "x"), ("Location", PACKET["Location"]), ("nts", "y")]


@pytest.mark.parametrize(("name", "shown_as"), [("host", "host"), ("Host", "Host")])
def test_another_spelling_takes_the_last_place(name: str, shown_as: str):
    headers = packet()
    headers[name] = "x"
    assert list(headers.items()) == [
        ("Location", PACKET["Location"]),
        ("nts", "ssdp:alive"),
        (shown_as, "x"),
    ]


def test_deletes_in_any_case_and_forgets_the_spelling():
    headers = packet()
    del headers["location"]
    headers.del_lower("host")
    assert headers.as_dict() == {"nts": "ssdp:alive"}
    headers["host"] = "x"
    assert list(headers) == ["nts", "host"]
    with pytest.raises(KeyError):
        headers.del_lower("HOST")


def test_the_mutable_mapping_of_python_works():
    headers = packet()
    assert headers.pop("LOCATION") == PACKET["Location"]
    assert headers.pop("LOCATION", None) is None
    assert headers.setdefault("Host", "x") == PACKET["HOST"]
    headers.update({"NTS": "ssdp:update"})
    assert headers.as_dict() == {"HOST": PACKET["HOST"], "NTS": "ssdp:update"}
    headers.clear()
    assert not headers


def test_data_in_two_spellings_is_one_entry():
    headers = CaseInsensitiveDict({"LOCATION": "a", "nt": "b", "location": "c"})
    assert list(headers.items()) == [("nt", "b"), ("location", "c")]
    headers = CaseInsensitiveDict({"location": "a", "LOCATION": "b", "Location": "c"})
    assert list(headers.items()) == [("Location", "c")]


def test_dicts_that_it_gives_are_the_callers_own():
    headers = packet()
    for given in (headers.as_dict(), headers.as_lower_dict(), headers.case_map()):
        given.clear()
    assert headers.as_dict() == PACKET
    assert headers.case_map() == {"host": "HOST", "location": "Location", "nts": "nts"}
    assert headers.as_lower_dict() == {name.lower(): value for name, value in PACKET.items()}


def test_names_that_are_lower_case_already():
    headers = packet()
    assert headers.get_lower("location") == PACKET["Location"]
    assert headers.get_lower("Location") is None
    assert headers.get_lower("server", "x") == "x"
    assert headers.lower_values_true(("location", "nts"))
    assert not headers.lower_values_true(("location", "server"))
    headers["nts"] = ""
    assert not headers.lower_values_true(("location", "nts"))
    assert headers.lower_values_true(())


def test_combine_takes_the_values_of_the_other_and_keeps_the_spelling():
    headers = packet()
    other = CaseInsensitiveDict({"LOCATION": "x", "Nts": "y", "USN": "z", "_host": "h"})
    both = headers.combine(other)
    assert list(both.items()) == [
        ("HOST", PACKET["HOST"]),
        ("Location", "x"),
        ("nts", "y"),
        ("USN", "z"),
        ("_host", "h"),
    ]
    assert headers.as_dict() == PACKET
    assert len(other) == 4


def test_combine_lower_dict_takes_the_values_and_keeps_the_spelling():
    headers = packet()
    both = headers.combine_lower_dict({lowerstr("location"): "x", lowerstr("_host"): "h"})
    assert list(both.items()) == [
        ("HOST", PACKET["HOST"]),
        ("Location", "x"),
        ("nts", "ssdp:alive"),
        ("_host", "h"),
    ]
    assert headers.as_dict() == PACKET


@pytest.mark.parametrize(
    "again",
    [
        lambda headers: headers.copy(),
        copy.copy,
        copy.deepcopy,
        CaseInsensitiveDict,
        lambda headers: pickle.loads(pickle.dumps(headers)),
    ],
)
def test_copies_are_independent(again: Any):
    headers = packet()
    other = again(headers)
    assert type(other) is CaseInsensitiveDict
    assert other == headers
    assert list(other) == list(headers)
    other["LOCATION"] = "x"
    del other["host"]
    assert headers.as_dict() == PACKET
    headers["NTS"] = "y"
    assert other["nts"] == "ssdp:alive"


@pytest.mark.parametrize("new", [{"USN": "x"}, CaseInsensitiveDict({"USN": "x"})])
def test_replace_takes_a_copy(new: Any):
    headers = packet()
    headers.replace(new)
    assert headers.as_dict() == {"USN": "x"}
    headers["USN"] = "y"
    headers["nt"] = "z"
    assert dict(new) == {"USN": "x"}


def test_decoded_spelling_is_shared_and_never_changed():
    spelling = {"host": "HOST", "nt": "NT"}
    first = CaseInsensitiveDict.from_decoded({"host": "a", "nt": "b"}, spelling)
    second = CaseInsensitiveDict.from_decoded({"host": "c", "nt": "d"}, spelling)
    first["Host"] = "x"
    del first["nt"]
    first["USN"] = "u"
    assert spelling == {"host": "HOST", "nt": "NT"}
    assert second.as_dict() == {"HOST": "c", "NT": "d"}
    assert first.as_dict() == {"Host": "x", "USN": "u"}


def test_decoded_spelling_is_not_changed_by_deleting():
    spelling = {"host": "HOST", "nt": "NT"}
    headers = CaseInsensitiveDict.from_decoded({"host": "a", "nt": "b"}, spelling)
    del headers["nt"]
    assert spelling == {"host": "HOST", "nt": "NT"}
    assert headers.as_dict() == {"HOST": "a"}


@pytest.mark.parametrize(
    ("other", "equal"),
    [
        (CaseInsensitiveDict({k.upper(): v for k, v in PACKET.items()}), True),
        ({k.lower(): v for k, v in PACKET.items()}, True),
        (dict(reversed(PACKET.items())), True),
        (MappingProxyType(PACKET), True),
        ({**PACKET, "HOST": "x"}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_equality_ignores_case_and_order(other: Any, equal: bool):
    assert (packet() == other) is equal
    assert (packet() != other) is not equal


def test_equals_a_subclass():
    class Headers(CaseInsensitiveDict):
        pass

    assert packet() == Headers(PACKET)
    assert Headers(PACKET) == packet()
    assert CaseInsensitiveDict(Headers(PACKET)).as_dict() == PACKET


def test_equal_maps_are_one_in_a_set():
    assert len({packet(), CaseInsensitiveDict({k.upper(): v for k, v in reversed(PACKET.items())})}) == 1
    with pytest.raises(TypeError):
        hash(CaseInsensitiveDict(a=[]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("Grüße 日本", "Grüße 日本"),
        ("a\r\nb\x1b[2J\0", "a\\r\\nb\\x1b[2J\\x00"),
        ("\u202eevil", "\\u202eevil"),
        ("\udc80", "\\udc80"),
        (b"bytes", "b'bytes'"),
        (None, "None"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "…"),
    ],
)
def test_shown_is_harmless_and_short(text: object, expected: str):
    assert shown(text) == expected


def test_shown_cuts_where_it_is_told():
    assert shown("abcdef", 3) == "abc…"


def test_a_value_is_set_by_a_name_in_lower_case():
    headers = packet()
    headers.set_lower("nts", "x")
    headers.set_lower("_source", "y")
    assert list(headers.items()) == [
        ("HOST", PACKET["HOST"]),
        ("Location", PACKET["Location"]),
        ("nts", "x"),
        ("_source", "y"),
    ]


def test_the_spelling_is_told():
    assert packet().spelling == {"host": "HOST", "location": "Location"}


def test_values_by_lower_case_names_are_looked_at_without_a_copy():
    headers = CaseInsensitiveDict({"Server": "a"})
    seen = headers.peek_lower()
    headers["SERVER"] = "b"
    assert seen == {"server": "b"}
