"""Locations of one device, against a plain dict."""

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.locations import Locations
from async_upnp_client.limits import Limits

MOST = 3
LIMITS = Limits(locations_per_device=MOST)
names = st.sampled_from("abcdef")
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), names, st.integers(0, 9).map(float)),
        st.tuples(st.just("purge"), st.just(""), st.integers(0, 9).map(float)),
        st.tuples(st.just("look"), st.just(""), st.just(0.0)),
    ),
    max_size=20,
)


@given(steps)
def test_one_two_or_none(steps):
    locations, expected = Locations(), dict[str, float]()
    for step, name, time in steps:
        if step == "put":
            locations.put(name, time, LIMITS)
            if name in expected or len(expected) < MOST:
                expected[name] = time
        elif step == "purge":
            locations.purge(time)
            expected = {known: until for known, until in expected.items() if until >= time}
        else:
            assert locations.names() == expected.keys()
        assert {name: locations.until(name) for name in "abcdef"} == {
            name: expected.get(name) for name in "abcdef"
        }
        assert [name in locations for name in "abcdef"] == [name in expected for name in "abcdef"]
        alone = next(iter(expected.items())) if len(expected) == 1 else None
        assert locations.only() in (None, alone)
        assert locations.first() == min(expected, default=None)
        assert locations.earliest(5.0) == min(5.0, *expected.values(), 5.0)


def test_the_only_location_is_told():
    locations = Locations()
    assert locations.only() is None
    locations.put("a", 1.0, LIMITS)
    assert locations.only() == ("a", 1.0)
    locations.put("b", 2.0, LIMITS)
    assert locations.only() is None


def test_the_view_is_live():
    locations = Locations()
    locations.put("a", 1.0, LIMITS)
    view = locations.names()
    locations.put("b", 2.0, LIMITS)
    assert set(view) == {"a", "b"}
    locations.purge(1.5)
    assert set(view) == {"b"}


def test_long_locations_are_fewer():
    locations, limits = Locations(), Limits(location_characters=100)
    for name in "abc":
        locations.put(name * 45, 1.0, limits)
    assert set(locations.names()) == {"a" * 45, "b" * 45}
    locations.put("c" * 10, 1.0, limits)
    assert "c" * 10 in locations


def test_the_only_location_may_be_long():
    locations = Locations()
    locations.put("a" * 200, 1.0, Limits(location_characters=100))
    assert locations.first() == "a" * 200
