"""The checklist of UDA 2.0, row by row: which tests hold it, why it does not apply, what is missing.

`python -m tests.conformance.table` prints it, and fails where a row that has to be held has no test; `--rst`
writes it to `docs/conformance.rst`. Rows stand in `rows.json`; tests say by `@pytest.mark.uda("D-001")` which
they hold, and are read, not imported.
"""

import ast
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

HERE = Path(__file__).parent
TESTS = HERE.parent
ROWS = HERE / "rows.json"
PAGE = TESTS.parent / "docs" / "conformance.rst"
COMMAND = "python -m tests.conformance.table"

CHAPTERS = {
    "D": "Discovery",
    "V": "IPv6",
    "S": "Description",
    "T": "Data types",
    "C": "Control",
    "E": "Eventing",
    "P": "Presentation",
    "A": "Audio and video",
    "G": "Internet gateway",
    "R": "Printer",
    "O": "OpenHome",
}
# What has to be held: the chapters of the architecture and its profiles, save what one may leave out.
CHAPTERS_HELD = frozenset("DVSTCEAGRO")
ROLES_HELD = frozenset({"CP", "both", "device"})
LEVELS_HELD = frozenset({"MUST", "MUST NOT", "SHOULD"})


@dataclass(frozen=True)
class Row:
    """One row of the checklist."""

    id: str
    section: str
    role: str
    level: str
    text: str
    not_applicable: str | None = None

    @property
    def is_held(self) -> bool:
        """Whether it has to be held."""
        return (
            self.id[0] in CHAPTERS_HELD
            and self.role in ROLES_HELD
            and self.level in LEVELS_HELD
            and self.not_applicable is None
        )


@dataclass(frozen=True, order=True)
class Mark:
    """A test, or a whole class or module of tests, that says which row it holds."""

    row: str
    path: str
    name: str
    line: int
    expected_to_fail: bool = False

    def __str__(self) -> str:
        """Where it stands, as pytest names it."""
        place = f"{self.path}::{self.name}" if self.name else self.path
        return f"{place} (expected to fail)" if self.expected_to_fail else place


def read_rows(path: Path = ROWS) -> dict[str, Row]:
    """Read the checklist, by id."""
    rows = [Row(**record) for record in json.loads(path.read_text("utf-8"))]
    by_id = {row.id: row for row in rows}
    if len(by_id) != len(rows):
        raise ValueError(f"{path}: an id stands there twice")
    return by_id


def read_marks(folder: Path = TESTS) -> list[Mark]:
    """Read the marks of all tests in a folder; ValueError for one that is not written out."""
    marks: list[Mark] = []
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"), str(path))
        marks += _marks_in(tree, path.relative_to(folder).as_posix(), ())
    return sorted(set(marks))


def _marks_in(node: ast.AST, path: str, inside: tuple[str, ...]) -> Iterator[Mark]:
    """Yield the marks of what a module or class consists of, and of what is in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = (*inside, child.name)
            fails = any("mark.xfail" in ast.unparse(decorator) for decorator in child.decorator_list)
            for decorator in child.decorator_list:
                yield from _marks_of(decorator, path, name, fails=fails)
            yield from _marks_in(child, path, name)
        elif isinstance(child, ast.stmt):
            yield from _marks_of(child, path, inside, fails=False)


def _marks_of(node: ast.AST, path: str, name: tuple[str, ...], *, fails: bool) -> Iterator[Mark]:
    """Yield the marks in an expression or statement, those of single parameters included."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("mark.uda"):
            continue
        if not call.args:
            raise ValueError(f"{path}:{call.lineno}: a mark of no row")
        for argument in call.args:
            if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                raise ValueError(f"{path}:{call.lineno}: the row is not written out")  # noqa: TRY004  # of a text
            yield Mark(argument.value, path, "::".join(name), call.lineno, fails)


@dataclass(frozen=True)
class Table:
    """The checklist with the tests of each row."""

    rows: Mapping[str, Row]
    marks: Sequence[Mark]

    def tests(self, row: Row) -> list[Mark]:
        """Return what holds a row."""
        return [mark for mark in self.marks if mark.row == row.id]

    @property
    def covered(self) -> list[Row]:
        """Rows that apply and have a test."""
        return [row for row in self.rows.values() if row.not_applicable is None and self.tests(row)]

    @property
    def not_applicable(self) -> list[Row]:
        """Rows with a reason why they do not apply; those of devices may be held as far as they are read."""
        return [row for row in self.rows.values() if row.not_applicable is not None]

    @property
    def missing(self) -> list[Row]:
        """Rows that have to be held, and have no test."""
        return [row for row in self.rows.values() if row.is_held and not self.tests(row)]

    @property
    def open(self) -> list[Row]:
        """Rows that may be held, and have neither a test nor a reason."""
        rows = self.rows.values()
        return [r for r in rows if r.not_applicable is None and not r.is_held and not self.tests(r)]

    @property
    def failing(self) -> list[Row]:
        """Rows all of whose tests are expected to fail."""
        return [row for row in self.covered if all(mark.expected_to_fail for mark in self.tests(row))]

    @property
    def unknown(self) -> list[Mark]:
        """Marks of rows that there are not."""
        return [mark for mark in self.marks if mark.row not in self.rows]


def read_table() -> Table:
    """Read rows and marks."""
    return Table(read_rows(), read_marks())


def print_table(table: Table, out: TextIO) -> None:
    """Print the table for a terminal."""
    for title, rows in (
        ("COVERED", table.covered),
        ("NOT APPLICABLE", table.not_applicable),
        ("OPTIONAL, NOT COVERED", table.open),
        ("MISSING", table.missing),
    ):
        out.write(f"{title}: {len(rows)}\n")
        for row in rows:
            reason = f" [{row.not_applicable}]" if row.not_applicable else ""
            out.write(f"  {row.id} {row.role} {row.level}: {row.text}{reason}\n")
            out.writelines(f"      {place}\n" for place in dict.fromkeys(map(str, table.tests(row))))
    out.writelines(f"UNKNOWN ROW {mark.row}: {mark}, line {mark.line}\n" for mark in table.unknown)
    out.write(" ".join(summary(table)) + "\n")


def summary(table: Table) -> list[str]:
    """Count the rows, and name those that need work."""
    return [
        f"{len(table.rows)} rows: {len(table.covered)} covered{named(table.failing, 'expected to fail: ')},",
        f"{len(table.not_applicable)} not applicable, {len(table.open)} optional and not covered,",
        f"{len(table.missing)} missing{named(table.missing)}.",
    ]


def named(rows: Sequence[Row], why: str = "") -> str:
    """Name rows, in brackets; nothing for none."""
    return f" ({why}{', '.join(row.id for row in rows)})" if rows else ""


def as_rst(table: Table) -> str:
    """Write the table as a page of the documentation."""
    lines = [
        "Conformance",
        "===========",
        "",
        f".. This page is written by ``{COMMAND} --rst``.",
        "",
        "What the UPnP Device Architecture 2.0 and the practice of devices ask for, row by row, and the",
        "tests that hold it. *CP* is a control point. Tests are named from the folder ``tests``; those of a",
        "row that does not apply hold a control point's share of it.",
        "",
        *summary(table),
    ]
    for letter, chapter in CHAPTERS.items():
        rows = [row for row in table.rows.values() if row.id[0] == letter]
        lines += ["", chapter, "-" * len(chapter), ""]
        lines += [".. list-table::", "   :header-rows: 1", "   :widths: 8 14 10 34 34", ""]
        lines += ["   * - Row", "     - Section", "     - For", "     - What", "     - Held by"]
        for row in rows:
            lines += [f"   * - {row.id}", f"     - {row.section}", f"     - {row.role} {row.level}"]
            lines += [f"     - {row.text.replace('`', '``')}", *_held_by(row, table)]
    return "\n".join([*lines, ""])


def _held_by(row: Row, table: Table) -> list[str]:
    places = list(dict.fromkeys(map(str, table.tests(row))))
    parts = [f"*{row.not_applicable}*"] if row.not_applicable else []
    parts += [f"``{place}``" for place in places]
    if not parts:
        parts = ["**missing**" if row.is_held else "*optional, not covered*"]
    return [f"     - | {parts[0]}", *(f"       | {part}" for part in parts[1:])]


def main(arguments: Sequence[str]) -> int:
    """Print or write the table; 1 if a row is missing or a mark names none."""
    table = read_table()
    if arguments == ["--rst"]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(as_rst(table), "utf-8")
    elif arguments:
        sys.stderr.write(f"usage: {COMMAND} [--rst]\n")
        return 2
    else:
        print_table(table, sys.stdout)
    return 1 if table.missing or table.unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
