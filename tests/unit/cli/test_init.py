"""`main`: what it returns, and what it loads."""

import subprocess
import sys

import pytest

from async_upnp_client import __version__
from async_upnp_client.cli import main

HEAVY = {
    "aiohttp",
    "logging",
    "json",
    "asyncio",
    "defusedxml",
    "voluptuous",
    "yarl",
    "multidict",
    "xml",
    "socket",
    "ssl",
    "http",
}


def test_help_is_code_0(capsys):
    assert main(["--help"]) == 0
    assert "exit codes:" in capsys.readouterr().out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"upnp-client {__version__}\n"


def test_wrong_usage_is_code_2_and_does_not_exit(capsys):
    assert main([]) == 2
    assert "usage: upnp-client" in capsys.readouterr().err


def test_a_command_that_fails_is_one_line_and_its_code(capsys):
    assert main(["describe", "no-url"]) == 3
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err == "upnp-client: 'no-url' is not the URL of a description (http://...)\n"


def run(code, *argv, **options):
    command = [sys.executable, "-W", "error", "-c", code, *argv]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


@pytest.mark.parametrize("argv", [["--help"], ["search", "--help"], ["--version"], ["nonsense"], []])
def test_help_and_wrong_usage_load_nothing_of_the_library(argv):
    code = """
import sys
from async_upnp_client.cli import main
main(sys.argv[1:])
print("LOADED", *sys.modules)
"""
    loaded = set(run(code, *argv).stdout.rpartition("LOADED")[2].split())
    assert {name for name in loaded if name.split(".")[0] in HEAVY} == set()
    assert {name for name in loaded if name.startswith("async_upnp_client")} == {
        "async_upnp_client",
        "async_upnp_client.cli",
        "async_upnp_client.cli.arguments",
        "async_upnp_client.cli.exit_codes",
    }


def test_nothing_happens_at_import():
    ended = run(
        "import async_upnp_client.cli, async_upnp_client.cli.commands, async_upnp_client.cli.__main__"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_ctrl_c_while_the_library_loads_is_a_line():
    code = """
import sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "asyncio":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
from async_upnp_client.cli import main
sys.exit(main(["search"]))
"""
    ended = run(code)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "upnp-client: interrupted\n")
