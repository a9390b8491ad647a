"""Faults to be switched on, and the errors that refuse."""

import pytest

from async_upnp_client.profiles.igd.errors import (
    INVALID_ARGS,
    NOT_AUTHORISED,
    FirewallErrorCode,
    ForwardingErrorCode,
    WanErrorCode,
)
from async_upnp_client.virtual.gateway.device import VirtualGateway
from async_upnp_client.virtual.gateway.faults import GatewayFaults, refused


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (WanErrorCode.CONFLICT_IN_MAPPING_ENTRY, "ConflictInMappingEntry"),
        (FirewallErrorCode.NO_SUCH_ENTRY, "NoSuchEntry"),
        (ForwardingErrorCode.INVALID_SERVICE_ID, "InvalidServiceId"),
        (INVALID_ARGS, "Invalid Args"),
        (NOT_AUTHORISED, "Action not authorized"),
        (850, ""),
    ],
)
def test_a_refusal_has_code_and_name(code, name):
    error = refused(code)
    assert (error.error_code, error.error_desc) == (int(code), name)


def test_a_refusal_may_say_something_else():
    assert refused(501, "no").error_desc == "no"


@pytest.mark.uda("G-007", "G-008")
def test_all_is_well_at_first():
    faults = VirtualGateway(2).faults
    assert faults == GatewayFaults(only_for_caller=True)
    assert VirtualGateway(1).faults == GatewayFaults()
    assert not faults.refuse
    assert faults.list_end == 713
