import asyncio
from typing import Any, cast

import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpError, UpnpValueError
from async_upnp_client.server.action import (
    UpnpServerAction,
    called_by,
    current_base_uri,
    current_caller,
    refusal,
)
from async_upnp_client.server.device import NopRequester
from tests.support.light import DIMMING, Dimming


def action(name: str = "SetLoadLevelTarget") -> UpnpServerAction:
    found = Dimming(NopRequester()).action(name)
    assert isinstance(found, UpnpServerAction)
    return found


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param([], 402, marks=pytest.mark.uda("C-009", "C-022"), id="too few"),
        pytest.param(
            [("newLoadlevelTarget", "1"), ("More", "1")],
            402,
            marks=pytest.mark.uda("C-009", "C-022"),
            id="too many",
        ),
        pytest.param([("newLoadlevelTarget", "1")] * 2, 402, marks=pytest.mark.uda("C-022"), id="twice"),
        pytest.param([("newLoadlevelTarget", "a")], 402, marks=pytest.mark.uda("C-022", "T-002"), id="type"),
        pytest.param(
            [("newLoadlevelTarget", "101")], 601, marks=pytest.mark.uda("C-023", "C-027"), id="range"
        ),
        pytest.param(
            [("newLoadlevelTarget", "300")], 601, marks=pytest.mark.uda("C-023", "T-002"), id="width"
        ),
    ],
)
async def test_wrong_arguments(arguments: list[tuple[str, str]], code: int) -> None:
    with pytest.raises(UpnpActionError) as refused:
        await action().async_answer(arguments, 5)
    assert refused.value.error_code == code
    assert refused.value.error_desc


async def test_a_value_not_allowed_has_the_code_that_the_author_says() -> None:
    coded = action()
    coded.codes = {"newLoadlevelTarget": 710}
    with pytest.raises(UpnpActionError) as refused:
        await coded.async_answer([("newLoadlevelTarget", "101")], 5)
    assert refused.value.error_code == 710


async def test_a_call_is_carried_out() -> None:
    assert await action().async_answer([("newLoadlevelTarget", " 7 ")], 5) == []
    assert await action("GetLoadLevelStatus").async_answer([], 5) == [
        ("retLoadlevelStatus", "0"),
        ("Name", "a & b <c>"),
    ]
    with pytest.raises(UpnpError):
        await action().async_handle()
    with pytest.raises(UpnpValueError):
        await action().async_handle(newLoadlevelTarget=101)
    await action().async_handle(newLoadlevelTarget=100)


async def raising(error: BaseException) -> Any:
    raise error


@pytest.mark.uda("C-023", "C-024", "C-025", "C-026")
@pytest.mark.parametrize(
    ("error", "code", "text", "records"),
    [
        (UpnpActionError(error_code=701, error_desc="mine"), 701, "mine", 0),
        (UpnpActionError(error_code=603), 603, "Out of Memory", 0),
        (UpnpActionError(error_code=800), 800, "", 0),
        (UpnpValueError("A", 1), 600, "Invalid value for A: 1", 0),
        (ZeroDivisionError("x"), 501, "Action Failed", 1),
        (TimeoutError("x"), 501, "Action Failed", 1),
        (asyncio.CancelledError(), 501, "Action Failed", 1),
        (UpnpActionError(error_code=cast("Any", "abc"), error_desc="no code"), 501, "no code", 0),
    ],
)
async def test_what_a_method_raises(
    error: BaseException, code: int, text: str, records: int, caplog: pytest.LogCaptureFixture
) -> None:
    one = action("Break")
    one.handler = lambda: raising(error)
    with pytest.raises(UpnpActionError) as refused:
        await one.async_answer([], 5)
    assert (refused.value.error_code, refused.value.error_desc) == (code, text)
    assert len(caplog.records) == records


@pytest.mark.uda("C-014")
async def test_a_method_that_does_not_end_is_ended(caplog: pytest.LogCaptureFixture) -> None:
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    one = action("Break")
    one.handler = wait
    with pytest.raises(UpnpActionError) as refused:
        await one.async_answer([], 0.01)
    assert refused.value.error_code == 501
    assert ended.is_set()
    assert "took longer" in caplog.text


async def test_a_call_that_is_cancelled_is_cancelled() -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        begun.set()
        await asyncio.Event().wait()

    one = action("Break")
    one.handler = wait
    call = asyncio.ensure_future(one.async_answer([], 5))
    await begun.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


@pytest.mark.parametrize(
    "result",
    [
        None,
        {},
        {"Name": "a"},
        {"Name": "a", "retLoadlevelStatus": 1, "More": 1},
        {"Name": "a", "retLoadlevelStatus": 101},
        {"Name": "a", "retLoadlevelStatus": None},
        {"Name": 1, "retLoadlevelStatus": 1},
        5,
    ],
)
async def test_a_result_that_is_none_is_the_authors_mistake(
    result: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def give() -> Any:
        return result

    one = action("GetLoadLevelStatus")
    one.handler = give
    with pytest.raises(UpnpActionError) as refused:
        await one.async_answer([], 5)
    assert refused.value.error_code == 501
    assert len(caplog.records) == 1


@pytest.mark.uda("C-024")
async def test_an_action_without_a_method_is_not_implemented() -> None:
    one = action()
    one.handler = None
    with pytest.raises(UpnpActionError) as refused:
        await one.async_answer([("newLoadlevelTarget", "1")], 5)
    assert refused.value.error_code == 602
    assert refusal(401).error_desc == "Invalid Action"
    assert DIMMING


def test_who_calls_is_known_while_the_call_is_carried_out() -> None:
    with called_by("192.0.2.1"), called_by("192.0.2.2"):
        assert current_caller() == "192.0.2.2"
    assert current_caller() is None


def test_who_carries_out_a_call_knows_where_it_came_to() -> None:
    with called_by("192.0.2.1", "http://192.0.2.9:80"):
        assert current_base_uri() == "http://192.0.2.9:80"
    assert current_base_uri() is None
