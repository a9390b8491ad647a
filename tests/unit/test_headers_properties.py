"""Whatever is done to a header map, it is a dict by lower-case name with a spelling per name."""

import pickle
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._headers import CaseInsensitiveDict, lowerstr, shown

NAMES = st.text("aAbBßİ_-", min_size=1, max_size=3)
ENTRIES = st.lists(st.tuples(NAMES, st.integers()), max_size=8)
DATA = ENTRIES.map(dict)


def by_lower_name(*maps: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for data in maps for name, value in data.items()}


def check(headers: CaseInsensitiveDict, expected: dict[str, Any]) -> None:
    assert headers.as_lower_dict() == expected
    assert len(headers) == len(expected) == len(list(headers))
    assert {name.lower(): value for name, value in headers.items()} == expected
    assert [name.lower() for name in headers] == list(headers.as_lower_dict())
    assert list(headers.case_map().values()) == list(headers)
    assert headers == expected
    for name in headers:
        assert headers[name] == expected[name.lower()]


@given(DATA)
def test_construction(data: dict[str, Any]):
    headers = CaseInsensitiveDict(data)
    check(headers, by_lower_name(data))
    assert set(headers) <= set(data)


@given(DATA, st.lists(st.tuples(st.sampled_from(["set", "delete"]), NAMES, st.integers())))
def test_setting_and_deleting(data: dict[str, Any], steps: list[tuple[str, str, int]]):
    headers = CaseInsensitiveDict(data)
    expected = by_lower_name(data)
    before = headers.copy()
    spelled = None
    for step, name, value in steps:
        if step == "set":
            headers[name] = value
            expected[name.lower()] = value
            spelled = name
            assert spelled in headers.as_dict()
        elif name in headers:
            del headers[name]
            del expected[name.lower()]
        check(headers, expected)
    check(before, by_lower_name(data))


@given(DATA, DATA)
def test_combining(data: dict[str, Any], other: dict[str, Any]):
    one, two = CaseInsensitiveDict(data), CaseInsensitiveDict(other)
    both = one.combine(two)
    check(both, by_lower_name(data, other))
    assert list(both)[: len(one)] == list(one)
    assert set(both) <= {*one, *two}
    lower = {lowerstr(name): value for name, value in two.as_lower_dict().items()}
    check(one.combine_lower_dict(lower), by_lower_name(data, other))
    check(one, by_lower_name(data))


@given(DATA)
def test_equal_maps_have_one_hash(data: dict[str, Any]):
    headers = CaseInsensitiveDict(data)
    turned = CaseInsensitiveDict(dict(reversed(headers.as_lower_dict().items())))
    assert headers == turned
    assert hash(headers) == hash(turned)
    assert pickle.loads(pickle.dumps(headers)) == headers


@given(st.text(), st.integers(1, 50))
def test_shown_is_printable_and_bounded(text: str, limit: int):
    seen = shown(text, limit)
    assert seen.isprintable()
    assert len(seen) <= limit * len("\\U0010ffff") + 1
