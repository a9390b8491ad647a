import pytest

from async_upnp_client.exceptions import UpnpActionError
from tests.support.gateway import Gateway as Router
from tests.support.virtual_gateway import published

TIMES = ["auto_disconnect_time", "idle_disconnect_time", "warn_disconnect_delay"]
TOLD = {
    "user_name": "",
    "password": "",
    "ppp_encryption_protocol": "None",
    "ppp_compression_protocol": "None",
    "ppp_authentication_protocol": "CHAP",
}


async def test_times_are_set_and_told() -> None:
    async with published() as (gateway, igd):
        for name in TIMES:
            assert await getattr(igd, f"async_get_{name}")() == 0
            await getattr(igd, f"async_set_{name}")(300)
            assert await getattr(igd, f"async_get_{name}")() == 300
        assert gateway.called[:3] == [
            "GetAutoDisconnectTime",
            "SetAutoDisconnectTime",
            "GetAutoDisconnectTime",
        ]


async def test_ppp_is_told_and_configured() -> None:
    async with published(1, ppp=True) as (_, igd):
        for name, value in TOLD.items():
            assert await getattr(igd, f"async_get_{name}")() == value
        with pytest.raises(UpnpActionError) as refused:
            await igd.async_configure_connection("us", "secret")
        assert refused.value.error_code == 703
        await igd.async_force_termination()
        await igd.async_configure_connection("us", "secret")
        assert await igd.async_get_user_name() == "us"
        assert await igd.async_get_password() == "secret"
        assert await igd.async_get_link_layer_max_bit_rates() == (10_000_000, 50_000_000)


async def test_most_gateways_have_none_of_it() -> None:
    igd = await Router().async_igd()
    for name in (*TIMES, *TOLD):
        assert await getattr(igd, f"async_get_{name}")() is None
    await igd.async_configure_connection("us", "secret")
    await igd.async_set_auto_disconnect_time(1)
