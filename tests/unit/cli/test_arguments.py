"""The command line's language."""

import pytest

from async_upnp_client._protocol.announcing import MAX_AGE
from async_upnp_client.cli.arguments import MAX_TIMEOUT, build_parser, parse_arguments
from async_upnp_client.cli.exit_codes import EXIT_CODES, ExitCode

URL = "http://192.0.2.1/d.xml"


def test_options_have_the_defaults_of_the_former_release():
    args = vars(parse_arguments(["search"]))
    assert args == {
        "command": "search",
        "debug": False,
        "debug_traffic": False,
        "pprint": False,
        "timeout": 4,
        "strict": False,
        "diagnostics": False,
        "iso8601": False,
        "bind": None,
        "target": None,
        "target_port": 1900,
        "search_target": "ssdp:all",
    }


FLAGS = ["debug", "debug_traffic", "pprint", "strict", "diagnostics", "iso8601"]
OPTIONS = [*(f"--{flag.replace('_', '-')}" for flag in FLAGS), "--timeout=7"]


@pytest.mark.parametrize(
    "command",
    [["search"], ["advertisements"], ["describe", URL], ["call-action", URL, "S/A"], ["subscribe", URL, "S"]],
)
def test_common_options_stand_before_or_after_the_command(command):
    before = parse_arguments([*OPTIONS, *command])
    assert [getattr(before, flag) for flag in FLAGS] == [True] * len(FLAGS)
    assert before.timeout == 7
    assert parse_arguments([command[0], *OPTIONS, *command[1:]]) == before
    assert parse_arguments([*OPTIONS[:3], command[0], *OPTIONS[3:], *command[1:]]) == before


def test_what_stands_before_the_command_is_not_overwritten_after_it():
    assert parse_arguments(["--timeout", "9", "search", "--pprint"]).timeout == 9


@pytest.mark.parametrize("spelling", ["_", "-"])
def test_options_of_several_words_have_both_spellings(spelling):
    args = parse_arguments(
        ["search", f"--target{spelling}port", "1901", f"--search{spelling}target", "upnp:rootdevice"]
    )
    assert (args.target_port, args.search_target) == (1901, "upnp:rootdevice")
    args = parse_arguments(
        ["subscribe", URL, "*", f"--callback{spelling}url", "http://h/", f"--bind{spelling}port", "8000"]
    )
    assert (args.callback_url, args.bind_port) == ("http://h/", 8000)


def test_call_action_takes_arguments():
    args = parse_arguments(["call-action", URL, "RC/SetVolume", "InstanceID=0", "DesiredVolume=-1"])
    assert (args.device, args.call, args.arguments) == (
        URL,
        "RC/SetVolume",
        ["InstanceID=0", "DesiredVolume=-1"],
    )


def test_subscribe_takes_several_services():
    args = parse_arguments(["subscribe", "--nolastchange", URL, "RC", "*"])
    assert (args.service, args.nolastchange) == (["RC", "*"], True)


def test_a_device_of_ours_counts_as_long_as_asked():
    assert parse_arguments(["serve", "renderer"]).max_age == MAX_AGE
    assert parse_arguments(["serve", "renderer", "--max-age", "60"]).max_age == 60


@pytest.mark.parametrize("address", ["192.0.2.1", "fe80::1%eth0", "FF02::C%6", "::1"])
def test_addresses_are_of_both_families(address):
    args = parse_arguments(["search", "--bind", address, "--target", address])
    assert (args.bind, args.target) == (address, address)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "COMMAND"),
        (["nonsense"], "nonsense"),
        (["search", "--bind", "localhost"], "'localhost' is no IP address"),
        (["search", "--bind", "fe80::1%"], "'fe80::1%' is no IP address"),
        (["search", "--target_port", "65536"], "65536 is no port"),
        (["search", "--target_port", "0"], "0 is no port"),
        (["search", "--target_port", "x"], "invalid port value: 'x'"),
        (["--timeout", "0", "search"], "0 is not between 1 and"),
        (["--timeout", str(MAX_TIMEOUT + 1), "search"], "is not between 1 and"),
        (["--timeout", "1.5", "search"], "invalid seconds value: '1.5'"),
        (["serve", "renderer", "--max-age", "0"], "0 is not between 1 and"),
        (["call-action", URL], "SERVICE/ACTION"),
        (["subscribe", URL], "SERVICE"),
        (["describe"], "DEVICE_URL"),
    ],
)
def test_wrong_usage_is_code_2_and_a_sentence(argv, said, capsys):
    with pytest.raises(SystemExit) as end:
        parse_arguments(argv)
    assert end.value.code == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_help_lists_every_exit_code():
    text = build_parser().format_help()
    assert set(EXIT_CODES) == set(ExitCode)
    for code, meaning in EXIT_CODES.items():
        assert f"  {code.value:<5}{meaning}\n" in text
