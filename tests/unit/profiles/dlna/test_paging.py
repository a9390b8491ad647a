"""What to ask a media server for next, whatever it says: no requester, no loop."""

from collections.abc import Callable

import pytest
from didl_lite import didl_lite
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpContentError,
    UpnpError,
    UpnpResponseError,
    UpnpXmlContentError,
)
from async_upnp_client.profiles.dlna import paging
from async_upnp_client.profiles.dlna.paging import MOST_SKIPPED, Manners, Pager, Request

Answer = tuple[list[str], int, int]


def things(ids: list[str]) -> list[didl_lite.DidlObject]:
    """Return objects with these ids."""
    return [didl_lite.Item(id=id_, parent_id="0", restricted="1", title=id_) for id_ in ids]


def run(
    pager: Pager, answer: Callable[[Request], Answer | UpnpError]
) -> tuple[list[str], list[tuple[int, int]]]:
    """Ask until the pager has enough; return what was new, and what was asked for: index and count."""
    found: list[str] = []
    asked: list[tuple[int, int]] = []
    while (request := pager.request) is not None:
        asked.append((request.start, request.count))
        assert len(asked) < 1000, "it does not end"
        result = answer(request)
        if isinstance(result, UpnpError):
            pager.fail(result)
        else:
            found += [thing.id for thing in pager.take(things(result[0]), result[1], result[2])]
    return found, asked


def ids(number: int) -> list[str]:
    """Return the ids of a container of so many objects."""
    return [f"t{n}" for n in range(number)]


def serve(number: int, total: int | None = None, cap: int = 10**9) -> Callable[[Request], Answer]:
    """Return a server that has so many objects, says so or not, and gives no more than the cap."""

    def answer(request: Request) -> Answer:
        shown = ids(number)[request.start : request.start + min(request.count, cap)]
        return shown, len(shown), number if total is None else total

    return answer


def refused(code: int | None) -> UpnpActionError:
    """Return the error of a server that refuses."""
    return UpnpActionError(error_code=code)


TRUTHFUL = {
    "nothing": (serve(0), 0, [(0, 100)]),
    "one page": (serve(5), 5, [(0, 100)]),
    "pages": (serve(250), 250, [(0, 100), (100, 100), (200, 100)]),
    "capped pages": (serve(50, cap=20), 50, [(0, 100), (20, 100), (40, 100)]),
}


@pytest.mark.uda("A-019")
@pytest.mark.parametrize(("answer", "number", "asked"), TRUTHFUL.values(), ids=TRUTHFUL)
def test_a_server_that_says_the_truth(answer, number, asked):
    found, requests = run(Pager("*", "", Manners(), page=100), answer)
    assert found == ids(number)
    assert requests == asked


LYING = {
    "a total that is too large": (serve(150, 10**9), [(0, 100), (100, 100), (150, 100)]),
    "a total that is too small": (serve(150, 100), [(0, 100), (100, 100), (150, 100)]),
    "no total": (serve(150, 0), [(0, 100), (100, 100), (150, 100)]),
    "no total, capped": (serve(150, 0, cap=80), [(0, 100), (80, 100), (150, 100)]),
}


@pytest.mark.uda("A-019")
@pytest.mark.parametrize(("answer", "asked"), LYING.values(), ids=LYING)
def test_a_server_that_lies_about_totals(answer, asked):
    found, requests = run(Pager("*", "", Manners(), page=100), answer)
    assert found == ids(150)
    assert requests == asked


def test_a_page_that_is_told_as_the_total():
    manners = Manners()

    def answer(request: Request) -> Answer:
        shown, number, _ = serve(90, cap=40)(request)
        return shown, number, number

    found, _ = run(Pager("*", "", manners, page=100), answer)
    assert found == ids(90)
    assert manners.totals_hold is False
    assert run(Pager("*", "", manners, page=100), answer)[0] == ids(90)


@pytest.mark.parametrize("end", [([], 0, 0), refused(720), refused(501), UpnpXmlContentError("x")])
def test_that_totals_hold_is_found_out_once(end):
    manners = Manners()

    def answer(request: Request) -> Answer | UpnpError:
        return end if request.start else serve(40)(request)

    assert run(Pager("*", "", manners, page=100), answer) == (ids(40), [(0, 100), (40, 100)])
    assert manners.totals_hold is True
    assert run(Pager("*", "", manners, page=100), answer) == (ids(40), [(0, 100)])


def test_a_server_that_gives_the_first_page_for_ever():
    def answer(_request: Request) -> Answer:
        return ids(10), 10, 1000

    assert run(Pager("*", "", Manners(), page=10), answer) == (ids(10), [(0, 10), (10, 10)])


def test_pages_that_overlap():
    def answer(request: Request) -> Answer:
        start = max(0, request.start - 5)
        return ids(30)[start : start + 15], 15, 30

    assert run(Pager("*", "", Manners(), page=15), answer)[0] == ids(30)


def test_objects_without_ids():
    item = didl_lite.Item(id="", parent_id="0", restricted="1", title="A", res=[didl_lite.Resource("u", "p")])
    other = didl_lite.Item(id="", parent_id="0", restricted="1", title="A")
    pager = Pager("*", "", Manners())
    assert pager.take([item, other, item, didl_lite.Descriptor("a", "b")], 4, 4) == [item, other]


def test_what_a_server_hides_is_counted():
    def answer(request: Request) -> Answer:
        shown = ids(100)[request.start : request.start + request.count]
        return [id_ for id_ in shown if int(id_[1:]) < 10 or int(id_[1:]) >= 50], len(shown), 100

    found, asked = run(Pager("*", "", Manners(), page=20), answer)
    assert len(found) == 60
    assert asked == [(n, 20) for n in range(0, 101, 20)]


def test_a_server_that_counts_only_what_it_hides():
    def answer(request: Request) -> Answer:
        return [], request.count, 10**9

    found, asked = run(Pager("*", "", Manners(), page=20), answer)
    assert not found
    assert len(asked) == MOST_SKIPPED + 1


@pytest.mark.parametrize("number", [0, 3, 10**9])
def test_a_number_returned_that_is_wrong(number):
    def answer(request: Request) -> Answer:
        shown, _, total = serve(55)(request)
        return shown, number, total

    assert run(Pager("*", "", Manners(), page=20), answer)[0] == ids(55)


@pytest.mark.uda("A-020", "A-022")
@pytest.mark.parametrize("code", [402, 501, 709, 720, 800, None])
def test_without_sorting_where_that_is_refused(code):
    manners = Manners()

    def answer(request: Request) -> Answer | UpnpError:
        return refused(code) if request.sort_criteria else serve(5)(request)

    assert run(Pager("*", "+dc:title", manners), answer)[0] == ids(5)
    assert not manners.sorts
    assert len(run(Pager("*", "+dc:title", manners), answer)[1]) == 1


@pytest.mark.uda("A-021")
@pytest.mark.parametrize("code", [402, 501, 720])
def test_without_filter_where_that_is_refused(code):
    manners = Manners()

    def answer(request: Request) -> Answer | UpnpError:
        return serve(5)(request) if request.metadata_filter == "*" else refused(code)

    assert run(Pager("dc:title", "", manners), answer)[0] == ids(5)
    assert not manners.filters
    assert manners.sorts
    assert len(run(Pager("dc:title", "", manners), answer)[1]) == 1


def test_what_was_not_the_reason_is_not_held_against_the_server():
    manners = Manners()

    def answer(request: Request) -> Answer | UpnpError:
        return serve(500)(request) if request.count < 100 else refused(501)

    assert run(Pager("dc:title", "+dc:title", manners, page=200), answer)[0] == ids(500)
    assert manners == Manners()


@pytest.mark.parametrize(
    "error",
    [refused(709), refused(501), UpnpXmlContentError("x"), UpnpResponseError(status=500)],
)
def test_fewer_where_a_page_fails(error):
    def answer(request: Request) -> Answer | UpnpError:
        return error if request.count > 30 else serve(100)(request)

    found, asked = run(Pager("*", "", Manners(), page=200), answer)
    assert found == ids(100)
    assert asked[:4] == [(0, 200), (0, 100), (0, 50), (0, 25)]


@pytest.mark.parametrize("error", [refused(501), UpnpXmlContentError("x")])
def test_one_object_that_fails_is_left_out(error):
    def answer(request: Request) -> Answer | UpnpError:
        bad = request.start <= 33 < request.start + request.count
        return error if bad else serve(100)(request)

    found, asked = run(Pager("*", "", Manners(), page=64), answer)
    assert found == [id_ for id_ in ids(100) if id_ != "t33"]
    assert len(asked) < 30


def test_the_last_object_that_fails():
    def answer(request: Request) -> Answer | UpnpError:
        return refused(501) if request.start + request.count > 99 else serve(100)(request)

    with pytest.raises(UpnpActionError):
        run(Pager("*", "", Manners(), page=64), answer)


def test_many_objects_that_fail():
    def answer(request: Request) -> Answer | UpnpError:
        return refused(501) if request.start + request.count > 20 else serve(1000)(request)

    with pytest.raises(UpnpActionError):
        run(Pager("*", "", Manners(), page=16), answer)


@pytest.mark.parametrize("code", [402, 600, 601, 720])
def test_an_index_behind_the_end_that_is_refused(code):
    def answer(request: Request) -> Answer | UpnpError:
        return serve(20, 0)(request) if request.start < 20 else refused(code)

    assert run(Pager("*", "", Manners(), page=20), answer)[0] == ids(20)


def test_a_total_that_was_too_small_and_a_refusal():
    def answer(request: Request) -> Answer | UpnpError:
        return serve(20)(request) if request.start < 20 else refused(501)

    assert run(Pager("*", "", Manners(), page=20), answer)[0] == ids(20)


def test_an_empty_container_that_is_refused():
    assert run(Pager("*", "+a", Manners(), page=2, is_empty=True), lambda _request: refused(720))[0] == []
    with pytest.raises(UpnpActionError):
        run(Pager("*", "", Manners(), page=2), lambda _request: refused(720))


@pytest.mark.parametrize("error", [refused(701), refused(710), refused(401), UpnpConnectionError("gone")])
def test_errors_that_are_final(error):
    requests: list[Request] = []

    def answer(request: Request) -> Answer | UpnpError:
        requests.append(request)
        failure: UpnpError = error
        return failure

    with pytest.raises(type(error)):
        run(Pager("a", "b", Manners()), answer)
    assert len(requests) == 1


def test_a_server_that_is_slow():
    def answer(request: Request) -> Answer | UpnpError:
        return UpnpConnectionTimeoutError("slow") if request.count > 50 else serve(100)(request)

    assert run(Pager("*", "", Manners(), page=200), answer)[0] == ids(100)
    with pytest.raises(UpnpConnectionTimeoutError):
        run(Pager("*", "", Manners(), page=400), answer)


def test_a_container_without_end(monkeypatch):
    monkeypatch.setattr(paging, "MOST_OBJECTS", 1000)
    with pytest.raises(UpnpContentError, match="more than 1000"):
        run(Pager("*", "", Manners(), page=100), serve(10**5, 0))


@pytest.mark.parametrize("page", [0, -1])
def test_pages_without_objects(page):
    with pytest.raises(ValueError, match="at least one"):
        Pager("*", "", Manners(), page=page)


def test_nothing_is_taken_that_was_not_asked_for():
    pager = Pager("*", "", Manners())
    pager.take([], 0, 0)
    with pytest.raises(RuntimeError):
        pager.take([], 0, 0)


ANSWERS = st.one_of(
    st.tuples(
        st.lists(st.sampled_from(ids(40)), max_size=20),
        st.integers(0, 50),
        st.sampled_from([0, 1, 20, 40, 10**9]),
    ),
    st.sampled_from([401, 402, 501, 701, 709, 720, None]).map(refused),
    st.sampled_from([UpnpConnectionTimeoutError, UpnpXmlContentError]).map(lambda kind: kind("x")),
    st.builds(UpnpResponseError, status=st.just(503)),
)


@given(st.data(), st.integers(1, 50), st.booleans())
def test_it_ends_whatever_is_answered(data, page, is_empty):
    pager = Pager("a", "b", Manners(), page=page, is_empty=is_empty)
    try:
        found, _ = run(pager, lambda _request: data.draw(ANSWERS))
    except UpnpError:
        return
    assert len(found) == len(set(found)) <= 40
