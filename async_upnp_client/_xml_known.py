"""What readers need who know the markup of a document from another one: events, calls and their answers.

A device writes the same markup again and again, with other texts in it. What a parser makes of a markup can
be remembered, and the next texts put in their places without it. What only a parser can judge is left to it.
"""

from typing import Final

# What stands for a text in a markup; XML cannot have it.
PLACE: Final = "\0"
# For readers to remember. One markup for each action and service that is used and each model of device: some
# dozens in most programs.
MARKUPS_REMEMBERED: Final = 128
# Characters; real ones have 300 to 1500. With the number above, this bounds the memory: to some 100 KB as a
# rule, and to 5 MB where a peer is out for it, as a place takes more than its characters.
MARKUP_LENGTH: Final = 2048
# Characters of a document beyond which a parser is as fast; of one that begins with many references, and of
# any other.
ESCAPED_LENGTH: Final = 2048
KNOWN_LENGTH: Final = 8192
MANY_REFERENCES: Final = 32
BEGINNING: Final = 1024
# Bytes of the characters that XML can have, in UTF-8, and of `PLACE`; but for U+FFFE and U+FFFF.
LEGAL_IN_ATTRIBUTES: Final = bytes([*PLACE.encode(), *range(0x20, 0x100)])  # others become blanks there
LEGAL: Final = LEGAL_IN_ATTRIBUTES + b"\t\n\r"


def may_be_known(text: str) -> bool:
    """Whether it is worth while to take a document apart."""
    if PLACE in text:
        return False
    return len(text) <= ESCAPED_LENGTH or (
        len(text) <= KNOWN_LENGTH and text.count("&", 0, BEGINNING) < MANY_REFERENCES
    )


def is_bare(markup: str) -> bool:
    """Whether what looks like a tag is one: not in a comment, a section or an instruction."""
    return "<!" not in markup and "<?" not in markup[1:]


def numbered(markup: str, start: str = "") -> str:
    """Return a document with the numbers of its places, after `start`, as texts."""
    first, *others = markup.split(PLACE)
    return first + "".join([f"{start}{number}{part}" for number, part in enumerate(others)])


def placed(parts: list[str], cut: str) -> str | None:
    """Return the markup of parts between which texts were taken out, `cut` for each; None if it is long."""
    markup = cut.join(parts)
    return markup if len(markup) <= MARKUP_LENGTH else None


def unescaped(texts: list[str], legal: bytes = LEGAL) -> list[str] | None:
    """Return what a parser makes of the texts of a document; None for what it refuses, or we cannot tell."""
    whole = PLACE.join(texts)
    try:
        has_illegal = whole.encode().translate(None, legal)
    except UnicodeEncodeError:
        return None
    if has_illegal or "<" in whole or "\ufffe" in whole or "\uffff" in whole:
        return None
    if "&" not in whole:
        return texts
    whole = whole.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    if whole.count("&") != whole.count("&amp;"):
        return None
    return whole.replace("&amp;", "&").split(PLACE)
