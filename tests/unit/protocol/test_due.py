"""Which device to look at next, against a plain dict."""

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.due import SPARE, DueHeap

NEVER = float("inf")
steps = st.lists(st.tuples(st.integers(0, 11), st.one_of(st.none(), st.integers(0, 20))), max_size=60)


class Known(dict[str, float]):
    """Those that are known, as the tracker has them."""

    def next_check(self, udn: str) -> float | None:
        """Return when one is due."""
        return self.get(udn)


def drained(heap: DueHeap, known: Known) -> list[float]:
    """Take out all, and return when those that count were due."""
    left = []
    while len(heap):
        due, udn = heap.next_check, heap.pop()
        if udn is not None:
            assert known.pop(udn) == due
            left.append(due)
    return left


def test_nothing_is_due_where_nothing_is_in():
    heap = DueHeap(Known())
    assert (heap.next_check, len(heap), heap.at(5)) == (NEVER, 0, None)
    heap.settle()


@given(steps)
def test_the_first_is_the_first_whatever_comes_moves_and_leaves(steps):
    known = Known()
    heap = DueHeap(known)
    for number, due in steps:
        udn = f"uuid:{number}"
        if due is None:
            known.pop(udn, None)
            heap.settle()
        else:
            known[udn] = float(due)
            heap.put(udn, float(due))
        assert heap.next_check <= min(known.values(), default=NEVER)
        assert {heap.at(place) for place in range(len(heap))} - {None} == known.keys()
    expected = sorted(known.values())
    assert drained(heap, known) == expected
    assert not known


def test_what_counts_no_longer_is_found_out():
    known = Known(a=1.0, b=2.0)
    heap = DueHeap(known)
    heap.put("a", 1.0)
    heap.put("b", 2.0)
    assert heap.first() == "a"
    del known["a"]
    assert heap.next_check == 1.0
    heap.settle()
    assert (heap.next_check, heap.first(), heap.pop()) == (2.0, "b", "b")


def test_what_counts_no_longer_is_left_behind():
    known = Known({str(number): 1e6 for number in range(100)})
    heap = DueHeap(known)
    for udn in known:
        heap.put(udn, 1e6)
    for turn in range(20_000):  # each sooner than before, so that none comes up
        udn, due = str(turn % 100), 1e6 - turn
        known[udn] = due
        heap.put(udn, due)
        assert len(heap) <= 4 * len(known) + 2 * SPARE
        assert heap.next_check == due
    expected = sorted(known.values())
    assert drained(heap, known) == expected
