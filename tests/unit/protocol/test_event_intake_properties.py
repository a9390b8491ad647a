"""Whatever comes, and in whatever order: bounds hold, and nothing comes back twice."""

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.event_intake import (
    Backlog,
    Order,
    SequenceWatch,
    judge,
)
from async_upnp_client._protocol.eventing import MAX_SEQ
from async_upnp_client.limits import DEFAULT_LIMITS

SEQS = st.one_of(st.none(), st.integers(0, 5), st.integers(0, MAX_SEQ))
STEPS = st.tuples(
    st.booleans(),  # keep, or take
    st.sampled_from("abc"),
    st.text(max_size=3),
    st.floats(0, 40),
    st.booleans(),
)


@given(st.lists(STEPS, max_size=60))
def test_backlog(steps):
    backlog = Backlog()
    now = 0.0
    kept: dict[str, list[tuple[int, str]]] = {}
    for number, (keep, sid, body, passed, awaited) in enumerate(steps):
        now += passed
        if keep:
            if backlog.keep(sid, number, body, now, awaited=awaited):
                kept.setdefault(sid, []).append((number, body))
        else:
            taken = backlog.take(sid, now)
            known = kept.pop(sid, [])
            assert len(taken) <= DEFAULT_LIMITS.backlog_events
            assert taken == known[len(known) - len(taken) :], "the latest of those kept, in their order"
        assert len(backlog) <= DEFAULT_LIMITS.backlog_sids


@given(SEQS, SEQS)
def test_any_numbers_have_an_order(last, seq):
    assert judge(last, seq) in Order


@given(st.integers(0, MAX_SEQ), st.integers(1, 20))
def test_a_device_that_counts_by_the_letter_has_no_gaps(first, count):
    watch = SequenceWatch()
    seq = first
    for number in range(count):
        # the initial event has the number 0
        expected = Order.LATE if number == 0 and first else Order.NEXT
        assert watch.see(seq, "same body") is expected
        seq = seq + 1 if seq < MAX_SEQ else 1
