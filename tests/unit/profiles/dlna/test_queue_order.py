from collections.abc import MutableSequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.dlna.queue_order import QueueItem, QueueOrder, Repeat


def item(name: str) -> QueueItem:
    return QueueItem(f"http://192.0.2.1/{name}", name)


def backwards(items: MutableSequence[QueueItem]) -> None:
    items.reverse()


def queue(names: str, current: int | None = None) -> QueueOrder:
    order = QueueOrder(map(item, names), shuffle=backwards)
    order.current = None if current is None else order.items[current]
    return order


def title(found: QueueItem | None) -> str | None:
    return None if found is None else found.title


@pytest.mark.parametrize(
    ("current", "repeat", "by_itself", "by_hand", "before"),
    [
        (None, Repeat.OFF, "a", "a", None),
        (0, Repeat.OFF, "b", "b", None),
        (2, Repeat.OFF, None, None, "b"),
        (2, Repeat.ALL, "a", "a", "b"),
        (0, Repeat.ALL, "b", "b", "c"),
        (1, Repeat.ONE, "b", "c", "a"),
        (None, Repeat.ONE, "a", "a", None),
    ],
)
def test_what_follows(
    current: int | None, repeat: Repeat, by_itself: str | None, by_hand: str | None, before: str | None
) -> None:
    order = queue("abc", current)
    order.repeat = repeat
    assert title(order.following()) == by_itself
    assert title(order.following(by_hand=True)) == by_hand
    assert title(order.preceding()) == before


def test_an_empty_queue_has_nothing() -> None:
    order = queue("")
    order.repeat = Repeat.ALL
    assert (order.following(), order.preceding()) == (None, None)


def test_shuffled_it_begins_with_what_plays() -> None:
    order = queue("abcd", 1)
    order.set_shuffled(True)
    assert [one.title for one in order.order] == ["b", "d", "c", "a"]
    assert [one.title for one in order.items] == ["a", "b", "c", "d"]
    order.set_shuffled(False)
    assert title(order.following()) == "c"


def test_another_round_has_another_order() -> None:
    order = queue("abcd", 0)
    order.repeat = Repeat.ALL
    order.set_shuffled(True)
    assert [one.title for one in order.order] == ["a", "d", "c", "b"]
    order.go_to(order.order[3])
    order.go_to(order.order[0])
    assert [one.title for one in order.order] == ["a", "b", "c", "d"]


def test_what_is_put_in_comes_later() -> None:
    order = queue("abc", 1)
    order.set_shuffled(True)
    order.insert(item("x"), 0)
    assert [one.title for one in order.items] == ["x", "a", "b", "c"]
    assert order.order.index(order.items[0]) > 0


def test_after_what_is_taken_out_comes_what_came_after() -> None:
    order = queue("abc", 1)
    order.remove(order.items[1])
    assert title(order.following()) == "c"
    assert order.current is None
    assert [one.title for one in order.upcoming] == ["c"]
    order.repeat = Repeat.ONE
    assert (title(order.following()), title(order.preceding())) == ("c", "a")
    order.repeat = Repeat.OFF
    order.remove(order.items[0])
    assert (title(order.following()), order.current) == ("c", None)
    with pytest.raises(ValueError, match="not in list"):
        order.remove(item("c"))
    order.clear()
    assert order.following() is None


def test_one_track_twice() -> None:
    order = queue("aa", 0)
    assert order.following() is order.items[1]
    assert order.items[0] != order.items[1]


@given(st.lists(st.sampled_from(["insert", "remove", "next", "shuffle", "plain"]), max_size=40))
def test_nothing_is_lost(steps: list[str]) -> None:
    order = QueueOrder([item("a"), item("b")])
    order.repeat = Repeat.ALL
    for step in steps:
        following = order.following()
        if step == "insert":
            order.insert(item("x"), 0)
        elif step == "remove" and order.items:
            order.remove(order.items[len(order.items) // 2])
        elif step == "next" and following is not None:
            order.go_to(following)
        elif step in ("shuffle", "plain"):
            order.set_shuffled(step == "shuffle")
        assert sorted(map(id, order.order)) == sorted(map(id, order.items))
        assert order.current is None or order.current in order.items
