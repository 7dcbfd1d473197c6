"""Rosters: the formats they come in, the preview, and the import."""

import csv
from io import StringIO

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, Membership
from lessons.courses.roster_csv import MAX_LINES, InvalidRoster, read_roster
from lessons.courses.services.bulk_enrol import bulk_enrol, plan_roster
from lessons.markup.csv_text import escape_formula
from tests import factories

pytestmark = pytest.mark.django_db

ROSTER = "email,name,role,group\nada@example.org,Ada Lind,assistant,Group A\nleila@example.org,Leïla,,\n"


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


@pytest.fixture
def url(course):
    return reverse("enrolment:roster", args=[course.slug])


def confirm(client, url, text):
    """Press “Apply” on the preview."""
    digest = client.post(url, {"text": text}).context["plan"].digest
    return client.post(url, {"text": text, "confirm": "true", "digest": digest})


def upload(client, url, data):
    return client.post(url, {"file": SimpleUploadedFile("roster.csv", data, content_type="text/csv")})


@pytest.mark.parametrize(
    "text",
    [
        ROSTER,
        ROSTER.replace(",", ";"),
        ROSTER.replace(",", "\t"),
        "\ufeff" + ROSTER,
        "sep=;\n" + ROSTER.replace(",", ";"),
        ROSTER.replace("\n", "\r\n"),
        ROSTER.partition("\n")[2],
        "Name,E-Mail,Section,Role\nAda Lind,ADA@example.org,Group A,TA\nLeïla,leila@example.org,,\n\n , \n",
        "first name,surname,email,role,group,id\nAda,Lind,ada@example.org,TA,Group A,7\nLeïla,,leila@example.org\n",
    ],
)
def test_a_roster_is_read_from_any_spreadsheet(text):
    lines = [line._replace(number=0) for line in read_roster(text).lines]
    assert [tuple(line[1:]) for line in lines] == [
        ("ada@example.org", "Ada Lind", "assistant", "Group A", ""),
        ("leila@example.org", "Leïla", "", "", ""),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_characters_are_right_in_each_encoding(client, url, encoding):
    page = upload(client, url, ROSTER.encode(encoding)).content.decode()
    assert "Leïla" in page


@pytest.mark.parametrize(("encoding", "is_guessed"), [("utf-8", False), ("utf-16", False), ("cp1250", True)])
def test_a_guessed_encoding_is_named(client, url, encoding, is_guessed):
    page = upload(client, url, "email,name\nl@example.org,Łukasz Żółć\n".encode(encoding)).content.decode()
    assert ("read as Central European (Windows-1250)" in page) == is_guessed
    assert "Łukasz Żółć" in page


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04" + b"\x00" * 50, b"email\n\xc3\x28\xa0\xa1caf\xc3\xa9\xff\xfe\n" * 3, bytes(range(256)) * 4]
)
def test_binary_files_are_refused_with_what_to_do(client, url, data):
    answer = upload(client, url, data)
    assert answer.status_code == 400
    assert "CSV UTF-8" in answer.content.decode()


@pytest.mark.parametrize(
    "text", ["", " \n \n", "name,role\nAda,learner", "email,name\n", 'email\n"ada@example.org', "x" * 200_000]
)
def test_text_that_is_not_a_roster_is_refused_with_a_reason(client, url, text):
    answer = client.post(url, {"text": text})
    assert answer.status_code == 400
    assert answer.context["form"].non_field_errors()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("E‑Mail;Rolle;Gruppen\na@b.org;Tutor/in;Rot", ("a@b.org", "", "assistant", "Rot")),
        ("Vorname;Name;E-Mail-Adresse\nAda;Lind;a@b.org", ("a@b.org", "Ada Lind", "", "")),
        ("Prénom,Nom,Courriel,Rôle\nAda,Lind,a@b.org,Étudiant·e", ("a@b.org", "Ada Lind", "learner", "")),
        ("Name,Surname,e_mail,GROUPS\nAda,Lind,a@b.org,Red", ("a@b.org", "Ada Lind", "", "Red")),
        ("sep=|\nemail|name\na@b.org|Lind, Ada", ("a@b.org", "Lind, Ada", "", "")),
        ('email;"Name, first name last"\na@b.org;x', ("a@b.org", "", "", "")),
        ("email|name\na@b.org|A;B,C", ("a@b.org", "A;B,C", "", "")),
        ("a@b.org;Lind, Ada;TA", ("a@b.org", "Lind, Ada", "assistant", "")),
        ("email,name\nAda Lind <A@B.org>,", ("a@b.org", "Ada Lind", "", "")),
        ("email,name,,\na@b.org,Ada,,", ("a@b.org", "Ada", "", "")),
    ],
)
def test_headings_of_many_systems_are_understood(text, line):
    assert read_roster(text).lines[0][1:] == (*line, "")


@pytest.mark.parametrize(
    ("role", "written"),
    [
        (
            "learner",
            ["STUDENT", "Students", "Student(in)", "Student:in", "Étudiante", "StudentEnrollment", "Lernende/r"],
        ),
        (
            "assistant",
            ["TA", "T.A.", "Teaching  Assistant", "Tutor", "Non-editing teacher", "Assistent*in", "Tutrice"],
        ),
        (
            "instructor",
            ["Teacher", "Editing-Teacher", "Professor", "Lehrkraft", "Dozent/-in", "Enseignant(e)", "ＰＲＯＦ"],
        ),
        ("", ["observer", "guest", "student, teacher", "?", "admin"]),
    ],
)
def test_other_names_of_roles_are_understood_or_an_error_but_never_become_learner(role, written):
    roster = read_roster("email,role\n" + "".join(f'{n}@b.org,"{name}"\n' for n, name in enumerate(written)))
    for line, name in zip(roster.lines, written, strict=True):
        assert ("isn’t a role" in line.error) if role == "" else (line.role, line.error) == (role, ""), name


def test_a_line_with_more_cells_than_the_first_is_an_error():
    text = "email,name,group\na@b.org,Lind, Ada,Red\nb@b.org,Ben,Red,,\n"
    assert [bool(line.error) for line in read_roster(text).lines] == [True, False]
    assert "more cells" in read_roster("a@b.org,Ada,TA,Red,extra").lines[0].error


def test_ignored_columns_are_named_and_can_be_mapped(client, url, course):
    text = "email,Phone,Kind,Section,Team,,Empty\nada@example.org,0123,teacher,Red,Blue,x,\n"
    page = client.post(url, {"text": text})
    assert [(column.heading, column.example) for column, _name in page.context["columns"]] == [
        ("Phone", "0123"),
        ("Kind", "teacher"),
        ("Team", "Blue"),
        ("Column 6, without a heading", "x"),
    ]
    assert "These columns are ignored unless you choose what they contain." in page.content.decode()
    assert page.context["plan"].new[0].line[2:5] == ("", "", "Red")
    chosen = {"text": text, "column-2": "role", "column-4": "group", "column-1": "", "column-99": "name"}
    page = client.post(url, chosen)
    assert page.context["plan"].new[0].line[2:5] == ("", "instructor", "Blue")
    assert [column.heading for column, _name in page.context["columns"]] == [
        *["Phone", "Kind", "Section", "Team", "Column 6, without a heading"]
    ]
    unseen = client.post(url, {"text": text, "confirm": "true", "digest": page.context["plan"].digest})
    assert unseen.status_code == 409  # the columns were not those of the preview
    assert client.post(url, chosen | {"confirm": "true", "digest": page.context["plan"].digest}).status_code == 302
    membership = course.memberships.get(user__email="ada@example.org")
    assert (membership.role, membership.group.name) == ("instructor", "Blue")


def test_the_column_of_addresses_can_be_mapped(client, url):
    text = "Login,Name\nada@example.org,Ada\n"
    page = client.post(url, {"text": text})
    assert (page.status_code, len(page.context["plan"].invalid)) == (200, 1)
    assert len(client.post(url, {"text": text, "column-0": "email"}).context["plan"].new) == 1


def test_line_numbers_are_those_of_the_file():
    text = "sep=;\nemail;name\nada@example.org;Ada\nnobody;Nobody\n"
    assert [line.number for line in read_roster(text).lines] == [3, 4]
    with pytest.raises(InvalidRoster, match="Line 3 "):
        read_roster('sep=;\nemail;name\n"ada@example.org;Ada')


def test_a_roster_of_headings_only_has_no_people():
    with pytest.raises(InvalidRoster, match="no people"):
        read_roster("email,name,role,group\n")


def test_too_many_lines_are_refused():
    with pytest.raises(InvalidRoster):
        read_roster("\n".join(f"p{n}@example.org" for n in range(MAX_LINES + 1)))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nobody", "is not an e-mail address"),
        (",Nobody", "e-mail address is missing"),
        ("x@example.org,X,king", "isn’t a role"),
        ("ADA@example.org,Again", "is already on line 2"),
        ("x@example.org,\u202eevil", "changes the text direction"),
        ("x@example.org," + "a" * 10_000, "at most 80 characters"),
        ("x@example.org,\u200d\u200d", "no visible characters"),
        ("x@example.org,X,,\u202eevil", "changes the text direction"),
        ("x@example.org,X,," + "g" * 81, "longer than 80"),
        ("=HYPERLINK(1)@example,X", "is not an e-mail address"),
    ],
)
def test_an_invalid_line_says_why_and_the_others_are_imported(client, url, course, line, reason):
    text = f"email,name,role,group\nada@example.org,Ada\n{line}\n"
    page = client.post(url, {"text": text})
    assert [row.line.number for row in page.context["plan"].invalid] == [3]
    assert reason in page.context["plan"].invalid[0].message
    confirm(client, url, text)
    assert course.memberships.filter(user__email="ada@example.org").exists()
    assert not User.objects.filter(email="x@example.org").exists()


def test_groups_are_those_that_the_preview_names(client, url, course, group_a):
    text = "email,group\nx@example.org,group a\ny@example.org,Group 07\nz@example.org,GROUP 7\n"
    preview = client.post(url, {"text": text}).context["plan"]
    assert preview.groups == ["Group 07"]
    assert [row.line.group for row in preview.new] == ["Group A", "Group 07", "Group 07"]
    confirm(client, url, text)
    memberships = course.memberships.filter(group__isnull=False).values_list("user__email", "group__name")
    assert dict(memberships) == {
        "x@example.org": "Group A",
        "y@example.org": "Group 07",
        "z@example.org": "Group 07",
    }


def test_the_preview_changes_nothing(client, url, course, learner):
    text = f"email,role,group\n{learner.email},assistant,Group B\nnew@example.org,,\n"
    before = (course.memberships.count(), User.objects.count(), course.groups.count())
    page = client.post(url, {"text": text})
    plan = page.context["plan"]
    assert [row.message for row in plan.changed] == ["Learner becomes Assistant; moves from Group A to Group B"]
    assert [row.name for row in plan.new] == ["New"]
    assert plan.groups == ["Group B"]
    assert (course.memberships.count(), User.objects.count(), course.groups.count()) == before


def test_the_import_does_what_the_preview_showed(client, url, course, learner, instructor):
    text = f"email,role,group\n{learner.email},assistant,Group B\nnew@example.org,,\n"
    assert confirm(client, url, text).url == reverse("enrolment:members", args=["tides"])
    membership = Membership.objects.get(user=learner)
    assert (membership.role, membership.group.name) == ("assistant", "Group B")
    assert AuditEntry.objects.get(verb="import roster").detail == {"new": 1, "changed": 1, "invalid": 0}
    assert AuditEntry.objects.get(verb="change role").affected_user.display_name == "Lea Learner"


def test_an_outdated_preview_is_shown_again_and_not_imported(client, url, course, learner):
    text = f"email,role\n{learner.email},assistant\nnew@example.org,\n"
    digest = client.post(url, {"text": text}).context["plan"].digest
    course.memberships.filter(user=learner).update(state="removed")
    answer = client.post(url, {"text": text, "confirm": "true", "digest": digest})
    assert answer.status_code == 409
    assert "Members or columns have changed since" in answer.content.decode()
    assert "is re-enrolled" in answer.context["plan"].changed[0].message
    assert Membership.objects.get(user=learner).state == "removed"
    assert not User.objects.filter(email="new@example.org").exists()
    again = {"text": text, "confirm": "true", "digest": answer.context["plan"].digest}
    assert client.post(url, again).status_code == 302


def test_importing_twice_changes_nothing_more(course, instructor):
    bulk_enrol(course=course, lines=read_roster(ROSTER).lines, by=instructor)
    again = plan_roster(course, read_roster(ROSTER).lines)
    assert (len(again.same), len(again.new), len(again.changed)) == (2, 0, 0)


def test_new_members_get_an_email_and_no_password(course, instructor):
    bulk_enrol(course=course, lines=read_roster(ROSTER).lines, by=instructor)
    assert not User.objects.get(email="ada@example.org").has_usable_password()
    call_command("run_scheduled", site="https://course.example", verbosity=0)
    assert sorted(m.to[0] for m in mail.outbox) == ["ada@example.org", "leila@example.org"]
    assert "https://course.example/accounts/password/reset/key/" in mail.outbox[0].body
    call_command("run_scheduled", site="https://course.example", verbosity=0)
    assert len(mail.outbox) == 2


def test_an_account_is_neither_renamed_nor_revealed_before_it_is_enrolled(client, url, outsider):
    page = client.post(url, {"text": f"{outsider.email},Made Up\n"}).content.decode()
    assert "Made Up" in page
    assert "Olga" not in page
    confirm(client, url, f"{outsider.email},Made Up\n")
    assert User.objects.get(pk=outsider.pk).display_name == "Olga Outsider"


def test_the_last_instructor_is_not_demoted_by_a_roster(course, instructor):
    demoting = read_roster(f"email,role\n{instructor.email},learner\n").lines
    assert "no instructor" in bulk_enrol(course=course, lines=demoting, by=instructor).invalid[0].message
    assert Membership.objects.get(user=instructor).role == "instructor"
    relieved = read_roster(f"email,role\n{instructor.email},learner\nnew@example.org,instructor\n").lines
    assert not bulk_enrol(course=course, lines=relieved, by=instructor).invalid
    assert Membership.objects.get(user=instructor).role == "learner"


def test_a_former_member_gets_the_old_membership_back(course, learner, instructor, group_a):
    old = Membership.objects.get(user=learner)
    Membership.objects.filter(pk=old.pk).update(state="left")
    bulk_enrol(course=course, lines=read_roster(learner.email).lines, by=instructor)
    new = Membership.objects.get(user=learner)
    assert (new.pk, new.handle, new.group, new.state) == (old.pk, old.handle, group_a, "active")


def test_everything_is_imported_or_nothing(course, instructor, monkeypatch):
    monkeypatch.setattr("lessons.courses.services.bulk_enrol.record", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bulk_enrol(course=course, lines=read_roster(ROSTER).lines, by=instructor)
    assert not User.objects.filter(email="ada@example.org").exists()
    assert not course.groups.exists()


def test_people_with_the_same_name_get_different_handles(course, instructor):
    text = "".join(f"p{n}@example.org,Ada Lind\n" for n in range(30))
    bulk_enrol(course=course, lines=read_roster(text).lines, by=instructor)
    handles = course.memberships.filter(handle__startswith="ada-lind").values_list("handle", flat=True)
    assert sorted(handles) == sorted(["ada-lind", *(f"ada-lind-{n}" for n in range(2, 31))])


def test_the_queries_grow_by_batches_only(course, instructor, django_assert_max_num_queries):
    text = "email,name,role,group\n" + "".join(f"p{n}@example.org,P {n},,Group {n % 9}\n" for n in range(400))
    with django_assert_max_num_queries(32):
        bulk_enrol(course=course, lines=read_roster(text).lines, by=instructor)
    assert course.memberships.count() == 401


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_begins_like_a_formula(cell):
    assert escape_formula(cell) == f"'{cell}"


def test_the_export_disarms_formulas_and_can_be_imported_again(client, course, instructor):
    person = factories.make_member(course, name='=HYPERLINK("http://evil")', email="f@example.org")
    answer = client.get(reverse("enrolment:export", args=["tides"]))
    text = answer.content.decode()
    cells = [cell for row in csv.reader(StringIO(text.removeprefix("\ufeff"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    lines = read_roster(text).lines
    assert person.display_name in [line.name for line in lines]
    assert len(plan_roster(course, lines).same) == len(lines) == 2
