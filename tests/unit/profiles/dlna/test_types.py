import pytest

from async_upnp_client.profiles.dlna import DlnaOrgFlags, PlayMode, TransportState


@pytest.mark.uda("A-008")
def test_states_are_the_texts_of_the_wire() -> None:
    assert TransportState("PAUSED_PLAYBACK") is TransportState.PAUSED_PLAYBACK
    assert PlayMode.REPEAT_ALL == "REPEAT_ALL"


@pytest.mark.uda("A-031")
def test_flags_are_bits_from_31_down() -> None:
    assert f"{DlnaOrgFlags(0x01700000)!r}".count("|") == 3
    assert [flag.bit_length() - 1 for flag in DlnaOrgFlags] == list(range(31, 19, -1))
