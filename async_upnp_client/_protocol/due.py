"""UDA chapter 1: which device to look at next, for the tracker.

A heap in which every device knows its place. One that leaves, or whose time changes, so costs as much as
there are levels, and leaves nothing behind: the tracker's memory and the cost of a message do not depend on
what was sent.
"""

from async_upnp_client._protocol.ssdp_device import SsdpDevice

ABSENT = -1


class DueHeap:
    """Devices, the one with the lowest `next_check` first. `heap` is for reading."""

    def __init__(self) -> None:
        self.heap: list[SsdpDevice] = []

    @property
    def next_check(self) -> float:
        """When the first is due (POSIX time); infinite where there is none."""
        return self.heap[0].next_check if self.heap else float("inf")

    def put(self, device: SsdpDevice, due: float) -> None:
        """Take in a device, or move the one that is in."""
        place, before = device.place, device.next_check
        device.next_check = due
        if place == ABSENT:
            place = len(self.heap)
            self.heap.append(device)
            self._rise(place, device)
        elif due < before:
            self._rise(place, device)
        else:
            self._sink(place, device)

    def remove(self, device: SsdpDevice) -> None:
        """Let a device go, if it is in."""
        place = device.place
        if place == ABSENT:
            return
        device.place = ABSENT
        last = self.heap.pop()
        if last is device:
            return
        if last.next_check < device.next_check:
            self._rise(place, last)
        else:
            self._sink(place, last)

    def _rise(self, place: int, device: SsdpDevice) -> None:
        """Put a device in at a place, or further up."""
        heap, due = self.heap, device.next_check
        while place:
            above = (place - 1) >> 1
            parent = heap[above]
            if parent.next_check <= due:
                break
            heap[place] = parent
            parent.place = place
            place = above
        heap[place] = device
        device.place = place

    def _sink(self, place: int, device: SsdpDevice) -> None:
        """Put a device in at a place, or further down."""
        heap, due = self.heap, device.next_check
        end = len(heap)
        while (below := 2 * place + 1) < end:
            child = heap[below]
            if below + 1 < end and heap[below + 1].next_check < child.next_check:
                below += 1
                child = heap[below]
            if due <= child.next_check:
                break
            heap[place] = child
            child.place = place
            place = below
        heap[place] = device
        device.place = place
