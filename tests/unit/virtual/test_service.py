import asyncio

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import EventSubscriber, NopRequester, UpnpServerAction
from async_upnp_client.virtual.connection_manager import ConnectionManager
from async_upnp_client.virtual.service import Call


async def call(service: ConnectionManager, name: str = "GetCurrentConnectionIDs") -> dict[str, str]:
    action = service.actions[name]
    assert isinstance(action, UpnpServerAction)
    return dict(await action.async_answer([], 10.0))


async def test_calls_are_noted() -> None:
    service = ConnectionManager(NopRequester())
    await call(service)
    await service.async_handle_action("GetCurrentConnectionInfo", ConnectionID=0)
    assert list(service.calls) == [
        Call("GetCurrentConnectionIDs", {}, None),
        Call("GetCurrentConnectionInfo", {"ConnectionID": 0}, None),
    ]


async def test_it_refuses() -> None:
    service = ConnectionManager(NopRequester())
    service.faults.refuse["GetCurrentConnectionIDs"] = 799
    with pytest.raises(UpnpActionError) as refused:
        await call(service)
    assert refused.value.error_code == 799
    assert (await call(service, "GetProtocolInfo"))["Sink"] == ""
    service.faults.refuse.clear()
    assert await call(service) == {"ConnectionIDs": "0"}


async def test_it_says_other_things_than_are_true() -> None:
    service = ConnectionManager(NopRequester())
    service.faults.answer["GetCurrentConnectionIDs"] = {"ConnectionIDs": "nonsense", "NoSuch": "1"}
    assert await call(service) == {"ConnectionIDs": "nonsense"}
    assert service.state_variable("CurrentConnectionIDs").value == "0"


async def test_it_takes_its_time_or_never_answers() -> None:
    service = ConnectionManager(NopRequester())
    service.faults.seconds = 0.001
    assert await call(service) == {"ConnectionIDs": "0"}
    service.faults.lose_answer.add("GetCurrentConnectionIDs")
    service.calls.clear()
    waiting = asyncio.ensure_future(call(service))
    while not service.calls:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_events_are_lost_or_nonsense() -> None:
    service = ConnectionManager(NopRequester())
    subscriber = EventSubscriber("http://192.0.2.1/", 300)
    service.add_subscriber(subscriber)
    service.faults.lose_events.add("ConnectionManager")
    service.state_variable("SinkProtocolInfo").value = "lost"
    await service.async_send(SinkProtocolInfo="<nonsense>")
    service.faults.lose_events.clear()
    service.state_variable("SinkProtocolInfo").value = "told"
    told = service.state_variable("SinkProtocolInfo")
    assert told.value == "told"
    assert subscriber.get_next_seq() == 1, "one event was sent, and the next waits for its turn"
    await service.async_stop()
