from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypedDict

import pytest

from async_upnp_client.exceptions import UpnpError, UpnpValueError
from async_upnp_client.server.annotations import (
    Variable,
    data_type_of,
    declared_variables,
    definition_of,
    require_annotations,
)
from async_upnp_client.server.device import NopRequester, create_service_info
from async_upnp_client.server.service import UpnpServerService, callable_action, create_state_var

if TYPE_CHECKING:
    from collections.abc import Mapping

    from async_upnp_client.const import StateVariableTypeInfo

    Unseen = Mapping[str, object]


class Given(TypedDict):
    """What an action gives."""

    Level: Annotated[int, "Level", "ui1"]
    Text: str


class Service(UpnpServerService):
    """Written the short way, with annotations that are texts."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:S:1")

    level = Variable(
        int, "Level", data_type="ui1", default=3, minimum=0, maximum=9, evented=True, max_rate=0.5
    )
    mode = Variable(str, default="a", allowed=["a", "b"])

    @callable_action("Do")
    async def do(self, Level: Annotated[int, "Level"], Channel: Literal["L", "R"], Flag: bool) -> Given:  # noqa: N803
        """Take all kinds of arguments."""
        return {"Level": Level, "Text": f"{Channel}{Flag}"}

    @callable_action("Nothing")
    async def nothing(self) -> None:
        """Take and give nothing."""


def test_variables_are_declared_and_are_values() -> None:
    assert list(declared_variables(Service)) == ["Level", "mode"]
    service = Service(NopRequester())
    assert (service.level, service.mode) == (3, "a")
    service.level = 4
    assert service.state_variable("Level").value == 4
    with pytest.raises(UpnpValueError):
        service.level = 10
    with pytest.raises(UpnpValueError):
        service.mode = "c"
    assert isinstance(Service.level, Variable)
    level = service.state_variable("Level")
    assert (level.data_type, level.send_events, level.min_value, level.max_value) == ("ui1", True, 0, 9)


def test_arguments_are_read() -> None:
    service = Service(NopRequester())
    action = service.action("Do")
    found = [(one.name, one.direction, one.related_state_variable.name) for one in action.arguments]
    assert found == [
        ("Level", "in", "Level"),
        ("Channel", "in", "A_ARG_TYPE_Channel"),
        ("Flag", "in", "A_ARG_TYPE_Flag"),
        ("Level", "out", "Level"),
        ("Text", "out", "A_ARG_TYPE_Text"),
    ]
    assert service.state_variable("A_ARG_TYPE_Channel").allowed_values == {"L", "R"}
    assert service.state_variable("A_ARG_TYPE_Flag").data_type == "boolean"
    assert service.action("Nothing").arguments == []


async def test_it_is_called_as_it_is_written() -> None:
    service = Service(NopRequester())
    assert await service.async_handle_action("Do", Level=1, Channel="L", Flag=True) == {
        "Level": 1,
        "Text": "LTrue",
    }


class Wrong:
    """What says too little."""

    async def untyped(self, a): ...

    async def returning(self) -> int:
        return 1

    async def unknown(self, a: list[int]) -> None: ...

    async def unseen(self, a: Unseen) -> None: ...

    async def numbers(self, a: Literal[1, 2]) -> None: ...

    async def text(self, Level: str) -> None: ...  # noqa: N803


def test_what_only_type_checkers_see_may_be_returned_where_arguments_are_named() -> None:
    class Former(UpnpServerService):
        """As written for 0.49.0."""

        SERVICE_DEFINITION = Service.SERVICE_DEFINITION
        STATE_VARIABLE_DEFINITIONS: ClassVar[Mapping[str, StateVariableTypeInfo]] = {
            "Level": create_state_var("ui1")
        }

        @callable_action("Get", {"Level": "Level"}, {"Level": "Level"})
        async def get(self, Level: int) -> Unseen:  # noqa: N803
            return {"Level": Level}

    assert list(Former(NopRequester()).actions) == ["Get"]
    with pytest.raises(UpnpError, match="'Unseen'"):
        definition_of(Former.get)
    with pytest.raises(AssertionError, match="'Unseen'"):
        require_annotations(Wrong.unseen, {"a": Former(NopRequester()).state_variable("Level")})


@pytest.mark.parametrize("method", [Wrong.untyped, Wrong.returning, Wrong.unknown, Wrong.numbers])
def test_what_says_too_little_is_refused(method: object) -> None:
    with pytest.raises(UpnpError):
        definition_of(method)


def test_a_type_that_is_not_the_variables_is_refused() -> None:
    variables = {"Level": Service(NopRequester()).state_variable("Level")}
    require_annotations(Service.do, variables)
    with pytest.raises(AssertionError, match="Level"):
        require_annotations(Wrong.text, variables)


@pytest.mark.parametrize(("kind", "name"), [(bool, "boolean"), (int, "i4"), (str, "string"), (float, "r8")])
def test_a_type_has_its_data_type(kind: type, name: str) -> None:
    assert data_type_of(kind) == name
