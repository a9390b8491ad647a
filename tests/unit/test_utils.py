"""The window holds what 0.49.0 had under this name, and nothing of its own."""

import inspect

import pytest

from async_upnp_client import _addresses, _datatypes, _headers, _local_ip, _xml, utils

HOMES = {
    _addresses: {"absolute_url"},
    _datatypes: {
        "COMPILED_MATCHERS",
        "TIME_RE",
        "parse_date_time",
        "require_tzinfo",
        "str_to_time",
        "time_to_str",
    },
    _headers: {"CaseInsensitiveDict", "lowerstr"},
    _local_ip: {"EXTERNAL_IP", "EXTERNAL_PORT", "async_get_local_ip", "get_local_ip"},
    _xml: {"etree_to_dict"},
}


@pytest.mark.parametrize(
    ("home", "name"), [(home, name) for home, names in HOMES.items() for name in sorted(names)]
)
def test_shows_what_lives_elsewhere(home: object, name: str):
    assert getattr(utils, name) is getattr(home, name)


def test_says_what_it_shows():
    assert set(utils.__all__) == set().union(*HOMES.values())


def test_holds_no_code():
    own = [
        name
        for name, value in vars(utils).items()
        if inspect.isroutine(value) and value.__module__ == utils.__name__
    ]
    assert own == []
