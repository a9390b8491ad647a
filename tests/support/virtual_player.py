"""An OpenHome player on our own server: Product, Playlist, Radio, Volume, Time and Pins."""

import json
from typing import Any
from xml.sax.saxutils import escape

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.ohmedia.ids import encode_id_array
from tests.support.spec_device import Model, SpecDevice, make_device, make_service

SERVICES = {
    "Product:4": (
        """
Manufacturer | | Name string, Info string, Url string, ImageUri string
Product | | Room string, Name string, Info string, Url string, ImageUri string, ImageHiresUri string
Standby | | Value boolean
SetStandby | Value boolean |
SourceCount | | Value ui4
SourceXml | | Value string
SourceIndex | | Value ui4
SetSourceIndex | Value ui4 |
SetSourceBySystemName | Value string |
Source | Index ui4 | SystemName string, Type string, Name string, Visible boolean
Attributes | | Value string
GetImageUri | Resolution string | ImageUri string
""",
        "Standby boolean, SourceIndex ui4, SourceCount ui4, SourceXml string, Attributes string",
    ),
    "Playlist:1": (
        """
Play | |
Pause | |
Stop | |
Next | |
SetRepeat | Value boolean |
Repeat | | Value boolean
SeekId | Value ui4 |
TransportState | | Value string
Id | | Value ui4
Read | Id ui4 | Uri string, Metadata string
ReadList | IdList string | TrackList string
Insert | AfterId ui4, Uri string, Metadata string | NewId ui4
DeleteId | Value ui4 |
DeleteAll | |
TracksMax | | Value ui4
IdArray | | Token ui4, Array bin.base64
IdArrayChanged | Token ui4 | Value boolean
""",
        "TransportState string, Repeat boolean, Id ui4, IdArray bin.base64, TracksMax ui4",
    ),
    "Radio:1": (
        """
Play | |
Stop | |
TransportState | | Value string
IdArray | | Token ui4, Array bin.base64
ReadList | IdList string | ChannelList string
SetId | Value ui4, Uri string |
""",
        "TransportState string, Id ui4, IdArray bin.base64",
    ),
    "Volume:1": (
        """
Characteristics | | VolumeMax ui4, VolumeUnity ui4, VolumeSteps ui4
SetVolume | Value ui4 |
VolumeInc | |
Volume | | Value ui4
SetMute | Value boolean |
Mute | | Value boolean
VolumeLimit | | Value ui4
""",
        "Volume ui4, Mute boolean, VolumeLimit ui4, VolumeMax ui4, VolumeUnity ui4, VolumeSteps ui4",
    ),
    "Time:1": (
        "Time | | TrackCount ui4, Duration ui4, Seconds ui4",
        "TrackCount ui4, Duration ui4, Seconds ui4",
    ),
    "Pins:1": (
        """
GetDeviceMax | | DeviceMax ui4
GetIdArray | | IdArray string
ReadList | Ids string | List string
InvokeId | Id ui4 |
""",
        "DeviceMax ui4, IdArray string",
    ),
}
SOURCES = (("Playlist", "Playlist", True), ("Radio", "Radio", True), ("Hidden", "Receiver", False))
STOPPED = {"TransportState": "Stopped"}
DEFAULTS = {
    "Product:4": {"SourceCount": str(len(SOURCES)), "Attributes": "Info Time Volume"},
    "Playlist:1": STOPPED | {"TracksMax": "3", "IdArray": ""},
    "Radio:1": STOPPED | {"IdArray": encode_id_array([0, 7])},
    "Volume:1": {"Volume": "20", "VolumeMax": "80", "VolumeLimit": "60", "VolumeSteps": "80"},
    "Pins:1": {"DeviceMax": "6", "IdArray": "[0, 5]"},
}
PIN = {"id": 5, "mode": "radio", "type": "tunein", "uri": "tunein://5", "title": "News", "shuffle": False}


def source_xml() -> str:
    """Write the sources as players do."""
    listed = "".join(
        f"<Source><Name>{name}</Name><Type>{kind}</Type><SystemName>{name}</SystemName>"
        f"<Visible>{str(visible).lower()}</Visible></Source>"
        for name, kind, visible in SOURCES
    )
    return f"<SourceList>{listed}</SourceList>"


class Player(Model):
    """A player; ``device_class`` is published."""

    def __init__(self) -> None:
        """Begin with an empty playlist."""
        super().__init__()
        self.tracks: dict[int, tuple[str, str]] = {}
        self.order: list[int] = []
        self.last_id = 0
        defaults = {name: dict(values) for name, values in DEFAULTS.items()}
        defaults["Product:4"]["SourceXml"] = source_xml()
        self.device_class: type[SpecDevice] = make_device(
            "urn:av-openhome-org:device:Source:1",
            self,
            [
                make_service(
                    f"urn:av-openhome-org:service:{name}",
                    f"urn:av-openhome-org:serviceId:{name.partition(':')[0]}",
                    table,
                    evented,
                    **defaults.get(name, {}),
                )
                for name, (table, evented) in SERVICES.items()
            ],
        )

    # --- Product ---

    def product_product(self) -> dict[str, Any]:
        """Tell of the product."""
        names = ("Room", "Name", "Info", "Url", "ImageUri", "ImageHiresUri")
        return {name: f"the {name}" for name in names}

    def product_manufacturer(self) -> dict[str, Any]:
        """Tell of who made it."""
        return {name: f"the {name}" for name in ("Name", "Info", "Url", "ImageUri")}

    def product_setsourceindex(self, Value: int) -> None:  # noqa: N803
        """Choose a source; 800 where there is none such."""
        if Value >= len(SOURCES):
            raise UpnpActionError(error_code=800, error_desc="Source not found")
        self.set("Product", SourceIndex=Value)

    def product_setsourcebysystemname(self, Value: str) -> None:  # noqa: N803
        """Choose a source by its name."""
        self.product_setsourceindex([name for name, _, _ in SOURCES].index(Value))

    def product_source(self, Index: int) -> dict[str, Any]:  # noqa: N803
        """Tell of a source."""
        name, kind, visible = SOURCES[Index]
        return {"SystemName": name, "Type": kind, "Name": name, "Visible": visible}

    def product_getimageuri(self, Resolution: str) -> dict[str, Any]:  # noqa: N803
        """Tell where a picture of it is."""
        return {"ImageUri": f"http://192.0.2.1/{Resolution}.png"}

    # --- Playlist ---

    def playlist_play(self) -> None:
        """Play the first track."""
        if not self.order:
            raise UpnpActionError(error_code=501, error_desc="Nothing to play")
        self.set("Playlist", TransportState="Playing", Id=self.get("Playlist", "Id") or self.order[0])

    def playlist_pause(self) -> None:
        """Pause."""
        self.set("Playlist", TransportState="Paused")

    def playlist_stop(self) -> None:
        """Stop."""
        self.set("Playlist", TransportState="Stopped")

    def playlist_next(self) -> None:
        """Go on to the next track, or stop behind the last."""
        place = self.order.index(self.get("Playlist", "Id")) + 1
        if place == len(self.order):
            self.set("Playlist", TransportState="Stopped", Id=0)
        else:
            self.set("Playlist", Id=self.order[place])

    def playlist_seekid(self, Value: int) -> None:  # noqa: N803
        """Go to a track; 800 where there is none such."""
        self.check(Value)
        self.set("Playlist", Id=Value, TransportState="Playing")

    def check(self, number: int) -> None:
        """Refuse an id that is none."""
        if number not in self.tracks:
            raise UpnpActionError(error_code=800, error_desc="Id not found")

    def playlist_insert(self, AfterId: int, Uri: str, Metadata: str) -> dict[str, Any]:  # noqa: N803
        """Insert a track; 800 where the one before is not there, 801 where there is no room."""
        if AfterId:
            self.check(AfterId)
        if len(self.order) >= self.get("Playlist", "TracksMax"):
            raise UpnpActionError(error_code=801, error_desc="Playlist full")
        self.last_id += 1
        self.tracks[self.last_id] = (Uri, Metadata)
        self.order.insert(self.order.index(AfterId) + 1 if AfterId else 0, self.last_id)
        self.tell()
        return {"NewId": self.last_id}

    def tell(self) -> None:
        """Event the tracks."""
        self.set("Playlist", IdArray=encode_id_array(self.order))

    def playlist_deleteid(self, Value: int) -> None:  # noqa: N803
        """Delete a track, if it is there."""
        if self.tracks.pop(Value, None):
            self.order.remove(Value)
            self.tell()

    def playlist_deleteall(self) -> None:
        """Delete all tracks."""
        self.tracks.clear()
        self.order.clear()
        self.tell()
        self.set("Playlist", TransportState="Stopped", Id=0)

    def playlist_read(self, Id: int) -> dict[str, Any]:  # noqa: N803
        """Tell of a track."""
        self.check(Id)
        uri, metadata = self.tracks[Id]
        return {"Uri": uri, "Metadata": metadata}

    def playlist_readlist(self, IdList: str) -> dict[str, Any]:  # noqa: N803
        """Tell of those of the tracks that there are."""
        wanted = [int(word) for word in IdList.split()]
        listed = "".join(
            f"<Entry><Id>{number}</Id><Uri>{escape(uri)}</Uri><Metadata>{escape(metadata)}</Metadata></Entry>"
            for number, (uri, metadata) in self.tracks.items()
            if number in wanted
        )
        return {"TrackList": f"<TrackList>{listed}</TrackList>"}

    def playlist_idarray(self) -> dict[str, Any]:
        """Tell the ids."""
        return {"Token": self.last_id, "Array": encode_id_array(self.order)}

    def playlist_idarraychanged(self, Token: int) -> dict[str, Any]:  # noqa: N803
        """Tell whether the ids are others than they were."""
        return {"Value": Token != self.last_id}

    # --- The others ---

    def radio_play(self) -> None:
        """Play."""
        self.set("Radio", TransportState="Playing")

    def radio_stop(self) -> None:
        """Stop."""
        self.set("Radio", TransportState="Stopped")

    def radio_idarray(self) -> dict[str, Any]:
        """Tell the presets, of which the first place is empty."""
        return {"Token": 1, "Array": encode_id_array([0, 7])}

    def radio_readlist(self, IdList: str) -> dict[str, Any]:  # noqa: N803
        """Tell of the preset."""
        entry = "<Entry><Id>7</Id><Metadata>&lt;DIDL-Lite/&gt;</Metadata></Entry>"
        return {"ChannelList": f"<ChannelList>{entry if '7' in IdList.split() else ''}</ChannelList>"}

    def radio_setid(self, Value: int, Uri: str) -> None:  # noqa: N803
        """Take a preset."""
        assert Uri, "players want it"
        self.set("Radio", Id=Value)

    def volume_volumeinc(self) -> None:
        """Be louder, as far as the limit."""
        self.volume_setvolume(self.get("Volume", "Volume") + 1)

    def volume_setvolume(self, Value: int) -> None:  # noqa: N803
        """Set the volume; 811 beyond the limit."""
        if Value > self.get("Volume", "VolumeLimit"):
            raise UpnpActionError(error_code=811, error_desc="Volume limit exceeded")
        self.set("Volume", Volume=Value)

    def pins_readlist(self, Ids: str) -> dict[str, Any]:  # noqa: N803
        """Tell of the pin."""
        return {"List": json.dumps([PIN] if 5 in json.loads(Ids) else [])}

    def pins_invokeid(self, Id: int) -> None:  # noqa: N803
        """Play a pin, on the radio."""
        assert Id == PIN["id"], "there is one"
        self.set("Product", SourceIndex=1)
        self.radio_play()
