"""Names of OpenHome's state variables, service by service, and what some of them may be.

Every mixin takes its words from here; ``names`` has those of services and actions.
"""

from enum import StrEnum


class CredentialsState(StrEnum):
    """State variables of the service Credentials."""

    IDS = "Ids"
    PUBLIC_KEY = "PublicKey"
    SEQUENCE_NUMBER = "SequenceNumber"


class InfoState(StrEnum):
    """State variables of the service Info."""

    BIT_DEPTH = "BitDepth"
    BIT_RATE = "BitRate"
    CODEC_NAME = "CodecName"
    DETAILS_COUNT = "DetailsCount"
    DURATION = "Duration"
    LOSSLESS = "Lossless"
    METADATA = "Metadata"
    METATEXT = "Metatext"
    METATEXT_COUNT = "MetatextCount"
    SAMPLE_RATE = "SampleRate"
    TRACK_COUNT = "TrackCount"
    URI = "Uri"


class PinsState(StrEnum):
    """State variables of the service Pins."""

    ACCOUNT_MAX = "AccountMax"
    CLOUD_CONNECTED = "CloudConnected"
    DEVICE_MAX = "DeviceMax"
    ID_ARRAY = "IdArray"
    MODES = "Modes"


class PlaylistState(StrEnum):
    """State variables of the service Playlist."""

    ID = "Id"
    ID_ARRAY = "IdArray"
    PROTOCOL_INFO = "ProtocolInfo"
    REPEAT = "Repeat"
    SHUFFLE = "Shuffle"
    TRACKS_MAX = "TracksMax"
    TRANSPORT_STATE = "TransportState"


class PlaylistStateAllowedValues(StrEnum):
    """What Playlist, Radio and Receiver say of their transport."""

    BUFFERING = "Buffering"
    PAUSED = "Paused"
    PLAYING = "Playing"
    STOPPED = "Stopped"


class ProductState(StrEnum):
    """State variables of the service Product."""

    ATTRIBUTES = "Attributes"
    MANUFACTURER_IMAGE_URI = "ManufacturerImageUri"
    MANUFACTURER_INFO = "ManufacturerInfo"
    MANUFACTURER_NAME = "ManufacturerName"
    MANUFACTURER_URL = "ManufacturerUrl"
    MODEL_IMAGE_URI = "ModelImageUri"
    MODEL_INFO = "ModelInfo"
    MODEL_NAME = "ModelName"
    MODEL_URL = "ModelUrl"
    PRODUCT_IMAGE_HIRES_URI = "ProductImageHiresUri"
    PRODUCT_IMAGE_URI = "ProductImageUri"
    PRODUCT_INFO = "ProductInfo"
    PRODUCT_NAME = "ProductName"
    PRODUCT_ROOM = "ProductRoom"
    PRODUCT_URL = "ProductUrl"
    SOURCE_COUNT = "SourceCount"
    SOURCE_INDEX = "SourceIndex"
    SOURCE_NAME = "A_ARG_TYPE_Source_Name"
    SOURCE_SYSTEM_NAME = "A_ARG_TYPE_Source_SystemName"
    SOURCE_TYPE = "A_ARG_TYPE_Source_Type"
    SOURCE_VISIBLE = "A_ARG_TYPE_Source_Visible"
    SOURCE_XML = "SourceXml"
    SOURCE_XML_CHANGE_COUNT_VALUE = "A_ARG_TYPE_SourceXmlChangeCount_Value"
    STANDBY = "Standby"
    STANDBY_TRANSITIONING = "StandbyTransitioning"


class RadioState(StrEnum):
    """State variables of the service Radio."""

    CHANNELS_MAX = "ChannelsMax"
    ID = "Id"
    ID_ARRAY = "IdArray"
    PROTOCOL_INFO = "ProtocolInfo"
    METADATA = "Metadata"
    URI = "Uri"
    TRANSPORT_STATE = "TransportState"


class ReceiverState(StrEnum):
    """State variables of the service Receiver."""

    PROTOCOL_INFO = "ProtocolInfo"
    METADATA = "Receiver_Metadata"
    URI = "Receiver_Uri"
    TRANSPORT_STATE = "TransportState"


class SenderState(StrEnum):
    """State variables of the service Sender."""

    ATTRIBUTES = "Attributes"
    AUDIO = "Audio"
    ENABLED = "Enabled"
    PRESENTATION_URL = "PresentationUrl"
    METADATA = "Metadata"
    STATUS = "Status"
    STATUS2 = "Status2"


class TimeState(StrEnum):
    """State variables of the service Time."""

    DURATION = "Duration"
    SECONDS = "Seconds"
    TRACK_COUNT = "TrackCount"


class TransportState(StrEnum):
    """State variables of the service Transport."""

    CAN_PAUSE = "CanPause"
    CAN_REPEAT = "CanRepeat"
    CAN_SEEK = "CanSeek"
    CAN_SHUFFLE = "CanShuffle"
    CAN_SKIP_NEXT = "CanSkipNext"
    CAN_SKIP_PREVIOUS = "CanSkipPrevious"
    MODES = "Modes"
    REPEAT = "Repeat"
    SHUFFLE = "Shuffle"
    STREAM_ID = "StreamId"
    TRANSPORT_STATE = "TransportState"


class TransportStateAllowedValues(StrEnum):
    """What Transport says of itself."""

    BUFFERING = "Buffering"
    PAUSED = "Paused"
    PLAYING = "Playing"
    STOPPED = "Stopped"
    WAITING = "Waiting"


class UpdateState(StrEnum):
    """State variables of the service Update."""

    EXECUTOR_STATUS = "ExecutorStatus"
    JOB_STATUS = "JobStatus"
    RECOVER_SUPPORTED = "RecoverSupported"
    SOFTWARE_STATUS = "SoftwareStatus"


class VolumeState(StrEnum):
    """State variables of the service Volume."""

    BALANCE = "Balance"
    BALANCE_MAX = "BalanceMax"
    FADE = "Fade"
    FADE_MAX = "FadeMax"
    MUTE = "Mute"
    TRIM = "A_ARG_TYPE_Trim_TrimBinaryMilliDb"
    UNITY_GAIN = "UnityGain"
    VOLUME = "Volume"
    VOLUME_LIMIT = "VolumeLimit"
    VOLUME_MAX = "VolumeMax"
    VOLUME_MILLI_DB_PER_STEP = "VolumeMilliDbPerStep"
    VOLUME_OFFSET = "A_ARG_TYPE_VolumeOffset_VolumeOffsetBinaryMilliDb"
    VOLUME_STEPS = "VolumeSteps"
    VOLUME_UNITY = "VolumeUnity"
