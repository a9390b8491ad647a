import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import NopRequester, UpnpServerAction
from async_upnp_client.virtual.connection_manager import ConnectionManager, protocol_infos


async def call(service: ConnectionManager, name: str, **values: str) -> dict[str, str]:
    action = service.actions[name]
    assert isinstance(action, UpnpServerAction)
    return dict(await action.async_answer(values.items(), 10.0))


def test_protocol_infos() -> None:
    assert protocol_infos(("audio/wav", "image/png")) == "http-get:*:audio/wav:*,http-get:*:image/png:*"


async def test_the_one_connection() -> None:
    service = ConnectionManager(NopRequester())
    service.state_variable("SinkProtocolInfo").value = "http-get:*:*:*"
    assert await call(service, "GetProtocolInfo") == {"Source": "", "Sink": "http-get:*:*:*"}
    assert await call(service, "GetCurrentConnectionIDs") == {"ConnectionIDs": "0"}
    assert await call(service, "GetCurrentConnectionInfo", ConnectionID="0") == {
        "RcsID": "0",
        "AVTransportID": "0",
        "ProtocolInfo": "",
        "PeerConnectionManager": "",
        "PeerConnectionID": "-1",
        "Direction": "Input",
        "Status": "OK",
    }
    with pytest.raises(UpnpActionError) as refused:
        await call(service, "GetCurrentConnectionInfo", ConnectionID="1")
    assert refused.value.error_code == 706
