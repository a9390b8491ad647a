"""The checklist and the marks fit each other, and the page that is made of them is of today."""

import ast
from pathlib import Path

import pytest

from tests.conformance.table import (
    CHAPTERS,
    COMMAND,
    LEVELS_HELD,
    PAGE,
    Mark,
    Row,
    Table,
    as_rst,
    main,
    read_marks,
    read_rows,
    read_table,
)

TABLE = read_table()

MODULE = """
import pytest

pytestmark = pytest.mark.uda("D-001")


@pytest.mark.uda("D-002", "D-003")
@pytest.mark.uda("D-004")
def test_function():
    pass


@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.uda("D-005")), 2])
async def test_parameter(x):
    pass


class TestClass:
    @pytest.mark.xfail(strict=True, reason="not yet")
    @pytest.mark.uda("D-006")
    def test_method(self):
        pass
"""


def test_no_mark_names_an_unknown_row():
    assert not [f"{mark.row}: {mark}" for mark in TABLE.unknown]


def test_marks_are_on_tests():
    strangers = [str(mark) for mark in TABLE.marks if not Path(mark.path).name.startswith("test_")]
    strangers += [
        str(mark)
        for mark in TABLE.marks
        if mark.name and not mark.name.rpartition("::")[2].startswith(("test_", "Test"))
    ]
    assert not strangers


def test_nothing_applicable_is_missing():
    assert not [f"{row.id} ({row.level}): {row.text}" for row in TABLE.missing]


def test_the_page_is_of_today():
    assert PAGE.exists(), f"{COMMAND} --rst writes it"
    assert PAGE.read_text("utf-8") == as_rst(TABLE), f"{COMMAND} --rst writes it anew"


def test_the_rows_are_whole():
    assert len(TABLE.rows) == 273
    for row in TABLE.rows.values():
        assert row.id[0] in CHAPTERS
        assert row.role in {"CP", "device", "both"}
        assert row.level in LEVELS_HELD | {"MAY"}
        assert row.text
        assert row.section
        assert row.not_applicable != ""


def test_rows_of_devices_are_asked_too():
    rows = TABLE.rows.values()
    assert {row.role for row in rows if row.is_held} == {"CP", "device", "both"}


def test_marks_are_read_wherever_they_stand(tmp_path):
    (tmp_path / "test_a.py").write_text(MODULE, "utf-8")
    assert [(mark.row, mark.name, mark.expected_to_fail) for mark in read_marks(tmp_path)] == [
        ("D-001", "", False),
        ("D-002", "test_function", False),
        ("D-003", "test_function", False),
        ("D-004", "test_function", False),
        ("D-005", "test_parameter", False),
        ("D-006", "TestClass::test_method", True),
    ]


@pytest.mark.parametrize(
    "mark", ['pytest.mark.uda("D-" + "001")', "pytest.mark.uda(ROW)", "pytest.mark.uda()"]
)
def test_a_mark_that_cannot_be_read_is_an_error(tmp_path, mark):
    (tmp_path / "test_a.py").write_text(f"@{mark}\ndef test_a():\n    pass\n", "utf-8")
    with pytest.raises(ValueError, match=r"test_a\.py:1"):
        read_marks(tmp_path)


def test_a_row_counts_once_in_the_table():
    held = Row("D-001", "1", "CP", "MUST", "a")
    missing = Row("D-002", "1", "both", "SHOULD", "b")
    optional = Row("D-003", "1", "CP", "MAY", "c")
    device = Row("D-004", "1", "device", "MUST", "d", "not built")
    profile = Row("X-001", "1", "CP", "MUST", "e")
    rows = {row.id: row for row in (held, missing, optional, device, profile)}
    marks = [Mark("D-001", "test_a.py", "test_a", 1), Mark("D-004", "test_a.py", "test_d", 2)]
    table = Table(rows, [*marks, Mark("Y-001", "test_a.py", "test_x", 3)])
    assert table.covered == [held]
    assert table.missing == [missing]
    assert table.open == [optional, profile]
    assert table.not_applicable == [device]
    assert [mark.row for mark in table.unknown] == ["Y-001"]
    assert not table.failing
    expected = Table(rows, [Mark("D-001", "test_a.py", "test_a", 1, expected_to_fail=True)])
    assert expected.failing == [held]
    assert "test_a.py::test_a (expected to fail)" in as_rst(expected)
    assert "**missing**" in as_rst(table)


def test_an_id_that_stands_twice_is_an_error(tmp_path):
    row = '{"id": "D-001", "section": "1", "role": "CP", "level": "MUST", "text": "a"}'
    path = tmp_path / "rows.json"
    path.write_text(f"[{row}, {row}]", "utf-8")
    with pytest.raises(ValueError, match="twice"):
        read_rows(path)


def test_the_command_prints_each_row_and_the_sum(capsys):
    code = main([])
    printed = capsys.readouterr().out
    assert all(f"  {row} " in printed for row in TABLE.rows)
    assert printed.splitlines()[-1].startswith(f"{len(TABLE.rows)} rows: {len(TABLE.covered)} covered")
    assert code == bool(TABLE.missing or TABLE.unknown)


def test_the_command_takes_no_other_arguments(capsys):
    assert main(["--html"]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_table_needs_nothing_but_python():
    tree = ast.parse((PAGE.parents[1] / "tests" / "conformance" / "table.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert imported == {"ast", "collections.abc", "dataclasses", "json", "pathlib", "sys", "typing"}
