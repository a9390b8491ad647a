"""Ids of OpenHome: base64 of big-endian numbers, and texts of decimal ones (rows O-002, O-003).

For ``player`` and applications. Pure.
"""

import base64
import json
import logging
import struct
from collections.abc import Iterable
from typing import Final

_LOGGER = logging.getLogger(__name__)

ID_BYTES: Final = 4


def id_list_to_string(list_int: Iterable[int]) -> str:
    """Write ids for ReadList, separated by blanks; 0 and less are no ids."""
    return " ".join(str(number) for number in list_int if number > 0)


def decode_id_array(text: str | bytes) -> list[int]:
    """Read an IdArray. ValueError for what is no base64; with a part of an id at its end it is empty."""
    try:
        data = text if isinstance(text, bytes) else base64.b64decode(text, validate=True)
    except ValueError as err:
        raise ValueError(f"an id array is no base64: {err}") from err
    if len(data) % ID_BYTES:
        _LOGGER.warning("An id array has %s bytes, which is no number of ids", len(data))
        return []
    return [number for (number,) in struct.iter_unpack(">I", data)]


def encode_id_array(ids: Iterable[int]) -> str:
    """Write an IdArray, as players do."""
    return base64.b64encode(b"".join(struct.pack(">I", number) for number in ids)).decode("ascii")


def decode_pin_ids(text: str) -> list[int]:
    """Read the ids of pins, which are a JSON array (row O-002); ValueError for what is none."""
    try:
        numbers = json.loads(text or "[]")
    except (ValueError, RecursionError) as err:
        raise ValueError(f"the ids of pins are no JSON: {err}") from err
    if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
        raise ValueError("the ids of pins are no list of numbers")
    return numbers


def pin_ids_to_string(ids: Iterable[int]) -> str:
    """Write ids for ReadList of Pins, as a JSON array; 0 and less are no ids."""
    return json.dumps([number for number in ids if number > 0])
