from enum import IntEnum

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.igd.errors import FirewallErrorCode, ForwardingErrorCode, WanErrorCode


@pytest.mark.uda("G-017")
@pytest.mark.parametrize(
    ("code", "name"),
    [
        (718, WanErrorCode.CONFLICT_IN_MAPPING_ENTRY),
        (725, WanErrorCode.ONLY_PERMANENT_LEASES_SUPPORTED),
        (704, FirewallErrorCode.NO_SUCH_ENTRY),
        (720, ForwardingErrorCode.INVALID_DEVICE_UUID),
    ],
)
def test_the_code_of_an_error_has_a_name(code: int, name: IntEnum) -> None:
    assert UpnpActionError(error_code=code).error_code == name


def test_one_code_means_one_thing_in_a_service() -> None:
    for codes in (WanErrorCode, FirewallErrorCode, ForwardingErrorCode):
        assert len(codes.__members__) == len(set(codes))
