"""Transitions: a step that is not in the table changes nothing, and says from where it would be allowed."""

from enum import Enum

import pytest

from mock_gateways.core.transitions import IllegalTransition, leading, move, require


class Step(Enum):
    OPEN = "be opened"
    KNOCK = "be knocked at"


DOOR = {**leading(("shut", "ajar"), Step.OPEN, "open"), **leading(("shut",), Step.KNOCK)}


def test_a_step_leads_where_the_table_says():
    assert require(DOOR, "ajar", Step.OPEN) == "open"
    assert require(DOOR, "shut", Step.KNOCK) == "shut"


def test_an_illegal_step_changes_nothing_and_names_the_states_that_allow_it():
    door = {"status": "open"}
    with pytest.raises(IllegalTransition) as raised:
        move(DOOR, door, Step.OPEN)
    assert door == {"status": "open"}
    assert (raised.value.state, raised.value.allowed) == ("open", ["shut", "ajar"])
    assert str(raised.value) == "open cannot be opened"


def test_a_legal_step_is_taken():
    door = {"status": "shut"}
    move(DOOR, door, Step.OPEN)
    assert door == {"status": "open"}
