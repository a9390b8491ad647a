"""The heap in which devices know their places, against a plain list."""

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.due import ABSENT, DueHeap
from async_upnp_client._protocol.ssdp_device import SsdpDevice
from tests.support.announcements import NOON

steps = st.lists(st.tuples(st.integers(0, 11), st.one_of(st.none(), st.integers(0, 20))), max_size=60)


def test_nothing_is_due_where_nothing_is_in():
    heap = DueHeap()
    assert heap.next_check == float("inf")
    heap.remove(SsdpDevice("uuid:1", NOON))


@given(steps)
def test_the_first_is_the_first_whatever_comes_moves_and_leaves(steps):
    heap = DueHeap()
    devices = [SsdpDevice(f"uuid:{number}", NOON) for number in range(12)]
    expected: dict[int, float] = {}
    for number, due in steps:
        if due is None:
            heap.remove(devices[number])
            expected.pop(number, None)
        else:
            heap.put(devices[number], float(due))
            expected[number] = float(due)
        assert heap.next_check == min(expected.values(), default=float("inf"))
        assert {device.udn for device in heap.heap} == {f"uuid:{number}" for number in expected}
        for place, device in enumerate(heap.heap):
            assert device.place == place
            assert heap.heap[(place - 1) // 2].next_check <= device.next_check or place == 0
    left = []
    while heap.heap:
        left.append(heap.next_check)
        heap.remove(heap.heap[0])
    assert left == sorted(expected.values())
    assert all(device.place == ABSENT for device in devices)
