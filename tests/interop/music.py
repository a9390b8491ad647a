"""Songs for real devices, an MP3 and a FLAC, made by GStreamer; it imports only the standard library."""

import subprocess
from pathlib import Path

ARTIST, ALBUM = "Band", "Record"
SECONDS = 12
SONGS = {"Tune": ("mp3", 440), "Ballad": ("flac", 330), "March": ("mp3", 550)}
"""Titles, of which GStreamer takes only single words, formats and notes."""

RATE = 44100
SAMPLES = 1024  # in each buffer of a test tone
ENCODERS = {
    "mp3": ["lamemp3enc", "target=bitrate", "bitrate=128", "!", "xingmux", "!", "id3v2mux"],
    "flac": ["flacenc"],
}


def write_song(folder: Path, title: str, seconds: int = SECONDS) -> Path:
    """Write a song with its tags."""
    kind, hertz = SONGS.get(title, ("mp3", 220))
    path = folder / f"{title}.{kind}"
    tags = ",".join(
        f"{name}={text}" for name, text in (("title", title), ("artist", ARTIST), ("album", ALBUM))
    )
    source = ["audiotestsrc", f"num-buffers={seconds * RATE // SAMPLES}", f"freq={hertz}"]
    raw = f"audio/x-raw,rate={RATE},channels=2"
    pipeline = [*source, "!", raw, "!", "taginject", f"tags={tags}", "!", *ENCODERS[kind]]
    command = ["gst-launch-1.0", "-q", *pipeline, "!", "filesink", f"location={path}"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return path
