"""The page of who may do what is made of the rules: what they answer is what it says."""

import pytest

from lessons import permissions
from lessons.enrolment.permission_matrix import permission_rows

pytestmark = pytest.mark.django_db

VISITOR, SIGNED_IN, LEARNER, ASSISTANT, INSTRUCTOR, ADMINISTRATOR = range(6)


def cells(name):
    return next(rule.cells for rule in permission_rows() if rule.name == name)


def kinds(name):
    return [cell.kind for cell in cells(name)]


def test_every_rule_has_a_row_with_words():
    asked = [name for name in dir(permissions) if name.startswith("can_")]
    assert len(permission_rows()) == len(asked) > 20
    assert [rule.name for rule in permission_rows() if len(rule.words) < 10] == []


def test_it_asks_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        permission_rows()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Edit", ["no", "no", "no", "no", "yes", "yes"]),
        ("Moderate", ["no", "no", "no", "yes", "yes", "yes"]),
        ("Seat", ["no", "no", "no", "no", "yes", "yes"]),
        ("Manage people", ["no", "no", "no", "no", "no", "yes"]),
        ("Talk", ["no", "no", "yes", "yes", "yes", "yes"]),
    ],
)
def test_it_says_what_the_rules_say(name, expected):
    assert kinds(name) == expected


def test_what_is_not_the_same_for_all_is_named():
    assert cells("Read")[VISITOR].exceptions == ["public", "unlisted"]
    assert "others’ in one’s group" in cells("Read thread")[LEARNER].exceptions
    assert "others’ in another group" not in cells("Read thread")[LEARNER].exceptions
    assert cells("Read thread")[ASSISTANT] == ("most", ["others’ to themselves"])


def test_another_rule_is_another_page(monkeypatch, sign_in, outsider):
    def can_sing(user, course) -> bool:
        """Sing aloud in the reading room."""
        return permissions.is_member(user, course)

    can_sing.__module__ = permissions.__name__
    monkeypatch.setattr(permissions, "can_sing", can_sing, raising=False)
    assert kinds("Sing") == ["no", "no", "yes", "yes", "yes", "no"]
    assert "Sing aloud in the reading room" in sign_in(outsider).get("/permissions/").content.decode()
