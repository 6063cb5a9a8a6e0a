"""The visit form as a value."""

import json
from dataclasses import replace
from datetime import date

import pytest

from services.rules.policy import Category
from services.rules.visits import Condition, VisitMethod
from services.visits.form import (
    Pane,
    Part,
    VisitForm,
    add_part,
    edit_part,
    toggle_solved,
    with_category,
    with_condition,
    with_method,
    without_content,
)

EMPTY = VisitForm(visited_on=date(2026, 3, 2), household_id=7)
TROUBLE = replace(EMPTY, condition=Condition.TROUBLE)
SPOKEN = add_part(EMPTY, Part(1, "漏雨"))


@pytest.mark.parametrize(
    "form",
    [
        EMPTY,
        VisitForm(
            visited_on=date(2026, 2, 28),
            household_id=None,
            method=VisitMethod.VIDEO,
            condition=Condition.TROUBLE,
            parts=(Part(1, "说"), Part(2, "", "photo", "f", "album")),
            companions="村医",
            location=(30.5, 110.25),
            category=Category.WATER,
            danger=True,
            pane=Pane.CATEGORY,
            visit_id=9,
        ),
    ],
)
def test_a_restart_gives_back_the_same_form(form: VisitForm) -> None:
    assert VisitForm.from_json(json.loads(json.dumps(form.to_json()))) == form


@pytest.mark.parametrize(("form", "offered"), [(EMPTY, False), (TROUBLE, True), (SPOKEN, True)])
def test_a_problem_is_offered_with_trouble_or_words(form: VisitForm, offered: bool) -> None:
    assert form.may_become_problem is offered
    assert (with_category(form, Category.WATER).category is not None) is offered
    assert toggle_solved(form).solved is offered


def test_what_is_no_longer_offered_is_taken_back() -> None:
    turned = with_category(TROUBLE, Category.WATER)
    assert with_condition(turned, Condition.STEADY).category is None
    assert with_method(turned, VisitMethod.NOT_HOME).category is None
    spoken = with_category(SPOKEN, Category.WATER)
    assert edit_part(spoken, 1, "").category is None  # type: ignore[union-attr]  # the part is known
    assert without_content(spoken).category is None


def test_solved_and_problem_exclude_each_other() -> None:
    assert not with_category(toggle_solved(TROUBLE), Category.WATER).solved
    assert toggle_solved(with_category(TROUBLE, Category.WATER)).category is None


def test_taking_the_problem_back_takes_the_danger_back() -> None:
    turned = replace(with_category(TROUBLE, Category.WATER), danger=True)
    assert not with_category(turned, None).danger


def test_an_unknown_message_edits_nothing() -> None:
    assert edit_part(SPOKEN, 2, "别的") is None


def test_choices_by_button_are_no_content_and_everything_sent_is() -> None:
    assert not replace(EMPTY, method=VisitMethod.PHONE, condition=Condition.TROUBLE).holds_content
    assert SPOKEN.holds_content
    assert replace(EMPTY, companions="村医").holds_content
    assert replace(EMPTY, location=(1.0, 2.0)).holds_content
