"""The inventory and the tests belong together: no requirement without a test, no test without a requirement."""

import ast
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from suites import inventory
from suites.__main__ import main

SUITES = Path(inventory.__file__).parent


def _marked():
    for file in SUITES.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = [
                    mark.args[0].value
                    for mark in node.decorator_list
                    if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "requirement"
                ]
                yield f"{file.name}::{node.name}", marks


def test_every_test_proves_exactly_one_requirement():
    assert not [name for name, marks in _marked() if len(marks) != 1]


def test_every_requirement_has_a_test_and_every_test_a_requirement():
    tested = Counter(mark for _, marks in _marked() for mark in marks)
    assert tested.keys() == inventory.load().requirements.keys()


def test_money_unknown_outcomes_idempotency_signatures_and_secrets_are_never_waivable():
    listed = inventory.load().requirements
    never = {"MON", "IDM", "RES"}
    assert not [row.id for row in listed.values() if row.id[:3] in never and row.waivable]
    for identity in ("STA-004", "STA-005", "ERR-009", "ERR-010", "WEB-002", "WEB-005", "WEB-015", "SEC-001", "SEC-004"):
        assert not listed[identity].waivable


PAGE = "python -m suites requirements > suites/REQUIREMENTS.md"


def test_the_page_of_the_inventory_is_current():
    written = (SUITES / "REQUIREMENTS.md").read_text(encoding="utf-8")
    assert written == inventory.page(inventory.load()), f"run: {PAGE}"


def test_the_command_prints_the_page():
    printed = CliRunner().invoke(main, ["requirements"]).output
    assert printed == inventory.page(inventory.load())


def test_the_page_says_everything_of_a_requirement():
    row = inventory.load().requirements["MON-003"]
    line = next(line for line in inventory.page(inventory.load()).splitlines() if line.startswith("| MON-003 |"))
    for told in (row.title, f"| {row.state} |", "| never |", f"| {row.since} |", *row.lanes, *row.guards):
        assert told in line


def test_a_candidate_is_told_on_the_page():
    listed = inventory.load()
    rows = {**listed.requirements, "MON-003": replace(listed.requirements["MON-003"], candidate=True)}
    assert "exactly what was asked (candidate) |" in inventory.page(replace(listed, requirements=rows))


@pytest.mark.parametrize("identity", ["MON-001", "CAP-006", "WEB-009"])
def test_the_tests_of_a_requirement_are_those_that_are_marked_with_it(identity):
    named = {test.rpartition("/")[2] for test in inventory.tests_of(identity)}
    assert named == {name for name, marks in _marked() if marks == [identity]}
