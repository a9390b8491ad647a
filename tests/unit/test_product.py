"""Who we are: three tokens, whatever the system says of itself."""

import platform
import re

import pytest

from async_upnp_client import __version__
from async_upnp_client._product import PRODUCT, user_agent


@pytest.fixture(autouse=True)
def not_remembered():
    user_agent.cache_clear()
    yield
    user_agent.cache_clear()


@pytest.mark.uda("S-003")
def test_user_agent_has_the_form_of_the_uda():
    token = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
    assert re.fullmatch(rf"{token}/\S+ UPnP/2\.0 {PRODUCT}/{re.escape(__version__)}", user_agent())


@pytest.mark.parametrize(
    ("system", "release", "text"),
    [
        ("Linux", "6.1.0-28-amd64", "Linux/6.1.0-28-amd64"),
        ("Haiku OS", "R1 beta", "Haiku_OS/R1_beta"),
        ("", "", "unknown/unknown"),  # what Python says where it cannot tell
    ],
)
def test_user_agent_has_three_tokens_on_any_system(monkeypatch, system, release, text):
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "release", lambda: release)
    assert user_agent().split(" ") == [text, "UPnP/2.0", f"{PRODUCT}/{__version__}"]
