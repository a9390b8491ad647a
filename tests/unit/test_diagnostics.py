"""Diagnostics: the codes and their page, and the lists that they are kept in."""

import ast
import re

import pytest

from async_upnp_client._diagnostics import (
    NAME_LENGTH,
    OUTSIDE,
    Code,
    Diagnostics,
    Findings,
    diagnostic,
    path,
    place,
    service_step,
)
from async_upnp_client.const import Diagnostic, ServiceInfo, Severity
from async_upnp_client.exceptions import UpnpXmlContentError
from async_upnp_client.limits import Limits
from tests.architecture.house import MODULES, TOP
from tests.support.model import XML

PAGE = (TOP / "docs" / "diagnostics.rst").read_text(encoding="utf-8")
ROW = re.compile(r"^   \* - ``([a-z-]+)``\n     - (info|warning|error)$", re.MULTILINE)


def used_codes() -> set[str]:
    """Return the names of the codes that the package speaks of, other than where they are declared."""
    return {
        node.attr
        for module in MODULES.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }


def test_every_code_is_in_the_table_of_the_docs_and_the_other_way_round():
    assert dict(ROW.findall(PAGE)) == {code.text: code.severity.value for code in Code}
    assert len(ROW.findall(PAGE)) == len(Code)


def test_every_code_is_used():
    assert used_codes() == {code.name for code in Code}


@pytest.mark.parametrize("code", Code)
def test_codes_are_words(code):
    assert re.fullmatch("[a-z]+(-[a-z]+)*", code.text)
    assert code.text == code.name.lower().replace("_", "-")


def test_a_record():
    found = diagnostic(Code.ICON_WITHOUT_URL, "icon 1", "an icon\x9b without a URL")
    assert found == Diagnostic("icon-without-url", "icon 1", Severity.INFO, "an icon\\x9b without a URL")
    assert len(diagnostic(Code.ICON_WITHOUT_URL, "", "x" * 5000, Limits(diagnostic_length=50)).message) == 51
    assert Severity("warning") is Severity.WARNING


def test_places():
    assert place("variable", "Vol\nume") == "variable Vol\\nume"
    assert len(place("variable", "x" * 5000)) < NAME_LENGTH + 20
    assert path("uuid:1", "", "icon 2") == "uuid:1/icon 2"
    info = ServiceInfo("id", "type", "", "", "", XML)
    assert service_step(info) == "id"
    assert service_step(info._replace(service_id="")) == "type"
    assert service_step(info._replace(service_id="", service_type="")) == "service"


def test_values_outside_have_words():
    assert set(OUTSIDE) == {Code.VALUE_NOT_LISTED, Code.VALUE_OUT_OF_RANGE}


def test_each_code_once_for_each_place_and_the_first_stays():
    kept = Diagnostics()
    first = diagnostic(Code.VALUE_UNREADABLE, "variable V", "first")
    assert kept.add(first)
    assert not kept.add(diagnostic(Code.VALUE_UNREADABLE, "variable V", "second"))
    assert kept.has(Code.VALUE_UNREADABLE, "variable V")
    assert not kept.has(Code.VALUE_UNREADABLE, "variable W")
    assert kept.add(diagnostic(Code.VALUE_UNREADABLE, "variable W", "third"))
    assert next(iter(kept)) is first
    assert [found.where for found in kept.below("uuid:1")] == ["uuid:1/variable V", "uuid:1/variable W"]


def test_a_list_is_bounded():
    kept = Diagnostics()
    limits = Limits(diagnostics=3)
    news = [kept.add(diagnostic(Code.ARGUMENT_UNKNOWN, f"argument {n}", ""), limits) for n in range(5)]
    assert news == [True] * 3 + [False] * 2
    assert len(list(kept)) == 3


def test_a_list_takes_what_another_has():
    old, new = Diagnostics(), Diagnostics()
    old.add(diagnostic(Code.ICON_WITHOUT_URL, "icon 1", ""))
    new.add(diagnostic(Code.ICON_WITHOUT_URL, "icon 2", ""))
    old.take(new)
    new.add(diagnostic(Code.ICON_WITHOUT_URL, "icon 3", ""))
    assert [found.where for found in old] == ["icon 2"]
    old.take(Diagnostics())
    assert (list(old), old.has(Code.ICON_WITHOUT_URL, "icon 2")) == ([], False)


def test_findings_of_parts():
    findings = Findings(strict=False)
    findings.note(Code.SPEC_VERSION_ODD, "", "odd")
    findings.fault(UpnpXmlContentError("broken"), Code.STATE_TABLE_MISSING, "", "Play")
    assert [found.code for found in findings.of()] == ["spec-version-odd"]
    assert findings.of("Stop") == ()
    assert {part: [found.message for found in of] for part, of in findings.by_part().items()} == {
        "Play": ["broken"]
    }


def test_findings_raise_faults_where_they_are_strict():
    findings = Findings(strict=True)
    findings.note(Code.SPEC_VERSION_ODD, "", "odd")
    with pytest.raises(UpnpXmlContentError):
        findings.fault(UpnpXmlContentError("broken"), Code.STATE_TABLE_MISSING, "")
    assert [found.code for found in findings.of()] == ["spec-version-odd"]


def test_findings_of_all_parts_are_bounded():
    findings = Findings(strict=False, limits=Limits(diagnostics=10))
    for number in range(100):
        findings.note(Code.ARGUMENT_INCOMPLETE, "argument 1", "", f"Action{number}")
        findings.note(Code.ARGUMENT_INCOMPLETE, "argument 1", "again", f"Action{number}")
    assert sum(map(len, findings.by_part().values())) == 10
