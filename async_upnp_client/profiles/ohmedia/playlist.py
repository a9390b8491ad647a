"""OpenHome Playlist: the queue.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Playlist, Service
from async_upnp_client.profiles.ohmedia.variables import PlaylistState


class PlaylistCalls(OpenHomeCaller):
    """The service Playlist."""

    playlist_transport_state = Evented[str](Service.PLAYLIST, PlaylistState.TRANSPORT_STATE)
    shuffle = Evented[bool](Service.PLAYLIST, PlaylistState.SHUFFLE)
    repeat = Evented[str](Service.PLAYLIST, PlaylistState.REPEAT)

    async def async_playlist_play(self) -> None:
        """Call Play."""
        await self._async_call_action(Service.PLAYLIST, Playlist.PLAY)

    async def async_playlist_pause(self) -> None:
        """Call Pause."""
        await self._async_call_action(Service.PLAYLIST, Playlist.PAUSE)

    async def async_playlist_stop(self) -> None:
        """Call Stop."""
        await self._async_call_action(Service.PLAYLIST, Playlist.STOP)

    async def async_playlist_next(self) -> None:
        """Call Next."""
        await self._async_call_action(Service.PLAYLIST, Playlist.NEXT)

    async def async_playlist_previous(self) -> None:
        """Call Previous."""
        await self._async_call_action(Service.PLAYLIST, Playlist.PREVIOUS)

    async def async_playlist_set_repeat(self, value: bool) -> None:
        """Call SetRepeat."""
        await self._async_call_action(Service.PLAYLIST, Playlist.SET_REPEAT, Value=value)

    async def async_playlist_repeat(self) -> Mapping[str, bool]:
        """Call Repeat; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.REPEAT)

    async def async_playlist_set_shuffle(self, value: bool) -> None:
        """Call SetShuffle."""
        await self._async_call_action(Service.PLAYLIST, Playlist.SET_SHUFFLE, Value=value)

    async def async_playlist_shuffle(self) -> Mapping[str, bool]:
        """Call Shuffle; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.SHUFFLE)

    async def async_playlist_seek_second_absolute(self, value: int) -> None:
        """Call SeekSecondAbsolute."""
        await self._async_call_action(Service.PLAYLIST, Playlist.SEEK_SECOND_ABSOLUTE, Value=value)

    async def async_playlist_seek_second_relative(self, value: int) -> None:
        """Call SeekSecondRelative."""
        await self._async_call_action(Service.PLAYLIST, Playlist.SEEK_SECOND_RELATIVE, Value=value)

    async def async_playlist_seek_id(self, value: int) -> None:
        """Call SeekId."""
        await self._async_call_action(Service.PLAYLIST, Playlist.SEEK_ID, Value=value)

    async def async_playlist_seek_index(self, value: int) -> None:
        """Call SeekIndex."""
        await self._async_call_action(Service.PLAYLIST, Playlist.SEEK_INDEX, Value=value)

    async def async_playlist_transport_state(self) -> Mapping[str, str]:
        """Call TransportState; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.TRANSPORT_STATE)

    async def async_playlist_id(self) -> Mapping[str, int]:
        """Call Id; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.ID)

    async def async_playlist_read(self, ident: int) -> Mapping[str, str]:
        """Call Read; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.READ, Id=ident)

    async def async_playlist_read_list(self, idlist: str) -> Mapping[str, str]:
        """Call ReadList; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.READ_LIST, IdList=idlist)

    async def async_playlist_insert(self, afterid: int, uri: str, metadata: str) -> Mapping[str, int]:
        """Call Insert; return what it tells."""
        return await self._async_call_action(
            Service.PLAYLIST, Playlist.INSERT, AfterId=afterid, Uri=uri, Metadata=metadata
        )

    async def async_playlist_delete_id(self, value: int) -> None:
        """Call DeleteId."""
        await self._async_call_action(Service.PLAYLIST, Playlist.DELETE_ID, Value=value)

    async def async_playlist_delete_all(self) -> None:
        """Call DeleteAll."""
        await self._async_call_action(Service.PLAYLIST, Playlist.DELETE_ALL)

    async def async_playlist_tracks_max(self) -> Mapping[str, int]:
        """Call TracksMax; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.TRACKS_MAX)

    async def async_playlist_id_array(self) -> Mapping[str, str]:
        """Call IdArray; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.ID_ARRAY)

    async def async_playlist_id_array_changed(self, token: int) -> Mapping[str, bool]:
        """Call IdArrayChanged; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.ID_ARRAY_CHANGED, Token=token)

    async def async_playlist_protocol_info(self) -> Mapping[str, str]:
        """Call ProtocolInfo; return what it tells."""
        return await self._async_call_action(Service.PLAYLIST, Playlist.PROTOCOL_INFO)
