from datetime import datetime

from async_upnp_client.profiles.igd import types
from async_upnp_client.profiles.igd.types import IgdState, IgdStateItem, PortMappingEntry


def test_a_state_is_built_by_keyword_with_all_fields() -> None:
    values: dict[str, object] = dict.fromkeys(IgdState._fields)
    values["timestamp"] = datetime(2026, 1, 1, 12, 0, 0)
    state = IgdState(**values)  # type: ignore[arg-type]  # the values do not matter here
    assert state._replace(uptime=5).uptime == 5


def test_items_keep_their_numbers() -> None:
    assert [item.value for item in IgdStateItem] == [*range(1, 10), *range(11, 19)]


def test_an_item_names_the_field_that_it_asks_for() -> None:
    assert {item.name.lower() for item in IgdStateItem} == set(IgdState._fields) - {"timestamp"}


def test_a_mapping_is_a_tuple_of_eight() -> None:
    assert len(PortMappingEntry._fields) == 8
    assert types.KIBIBYTES_PER_SEC_RECEIVED == "kibytes_sec_received"
