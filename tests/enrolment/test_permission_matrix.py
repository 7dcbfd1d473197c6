"""The page “Who can do what” is made by asking the rules: it says what they answer."""

import pytest

from lessons import permissions
from lessons.enrolment.permission_matrix import permission_rows

pytestmark = pytest.mark.django_db

VISITOR, SIGNED_IN, LEARNER, ASSISTANT, INSTRUCTOR, ADMINISTRATOR = range(6)


def cells(name):
    return next(row.cells for row in permission_rows() if row.name == name)


def kinds(name):
    return [cell.kind for cell in cells(name)]


def test_every_rule_has_a_row_with_a_text():
    rules = [name for name in dir(permissions) if name.startswith("can_")]
    assert len(permission_rows()) == len(rules) > 20
    assert [row.name for row in permission_rows() if len(row.text) < 10] == []


def test_it_needs_no_queries(django_assert_num_queries):
    with django_assert_num_queries(0):
        permission_rows()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Edit course", ["no", "no", "no", "no", "yes", "yes"]),
        ("Moderate", ["no", "no", "no", "yes", "yes", "yes"]),
        ("Manage members", ["no", "no", "no", "no", "yes", "yes"]),
        ("Administer site", ["no", "no", "no", "no", "no", "yes"]),
        ("Discuss", ["no", "no", "yes", "yes", "yes", "yes"]),
    ],
)
def test_it_says_what_the_rules_say(name, expected):
    assert kinds(name) == expected


def test_exceptions_are_named():
    assert cells("Read")[VISITOR].exceptions == ["public", "unlisted"]
    assert "by others, to the same group" in cells("Read thread")[LEARNER].exceptions
    assert "by others, to another group" not in cells("Read thread")[LEARNER].exceptions
    assert cells("Read thread")[ASSISTANT] == ("most", ["by others, private"], "Assistant")


def test_a_new_rule_shows_on_the_page(monkeypatch, sign_in, outsider):
    def can_sing(user, course) -> bool:
        """Sing aloud in the reading room."""
        return permissions.is_member(user, course)

    can_sing.__module__ = permissions.__name__
    monkeypatch.setattr(permissions, "can_sing", can_sing, raising=False)
    assert kinds("Sing") == ["no", "no", "yes", "yes", "yes", "no"]
    assert "Sing aloud in the reading room" in sign_in(outsider).get("/permissions/").content.decode()
