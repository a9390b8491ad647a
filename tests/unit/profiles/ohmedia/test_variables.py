from async_upnp_client.profiles.ohmedia.variables import (
    PlaylistStateAllowedValues,
    ReceiverState,
    TransportStateAllowedValues,
)


def test_names_are_texts() -> None:
    assert str(ReceiverState.METADATA) == "Receiver_Metadata"


def test_transport_says_what_the_playlist_says_and_more() -> None:
    assert set(TransportStateAllowedValues) - set(PlaylistStateAllowedValues) == {"Waiting"}
