"""No page takes text for markup: every text of a world is a piece of markup, and every page of the site is asked.

Each text field holds `<mark-NUMBER "'&>`. A page on which it was not escaped has an element or an attribute of that
name. Fields that hold sanctioned HTML (a lesson's text, a post) hold it as their writers send it: what sanitises and
renders it on the way is part of what is tested.
"""

import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.signals import request_finished
from django.db import close_old_connections
from django.utils import timezone

from lessons.discussions.models import NotificationPreference
from lessons.privacy.archive import write_archive
from tests.markup_world import FIELD_BY_NUMBER, MarkupWorld

HTML_TYPES = ("text/html", "application/xhtml+xml")
WITH_MARKUP_WORLD = pytest.mark.parametrize("make_world", [MarkupWorld], ids=["markup"], indirect=True)


class MarkupFinder(HTMLParser):
    """Collects elements and attributes that were created from a text."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _value in attrs]
        if tag.startswith("mark-") or any(re.search(r"mark-\d|[\"'<&]", name) for name in names):
            self.found.append(self.get_starttag_text() or tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)


def rendered_as_markup(html: str) -> list[str]:
    finder = MarkupFinder()
    finder.feed(html)
    finder.close()
    return finder.found


def content_of(client, address: str) -> tuple[str, str]:
    """Return the type and content of a response with 200, else two empty strings. Raise server errors."""
    reply = client.get(address)
    kind = reply.headers.get("Content-Type", "").partition(";")[0]
    # Closing a file's reply ends the request once more: as the test client does, keep that from the test's connection.
    request_finished.disconnect(close_old_connections)
    reply.close()
    request_finished.connect(close_old_connections)
    is_text = reply.status_code == 200 and not reply.streaming
    return (kind, reply.content.decode()) if is_text else ("", "")


def walk(world, who: str, addresses: list[str]) -> tuple[int, set[str]]:
    """Request each URL; return the number of pages, and the fields whose text was on one."""
    pages, seen, wrong = 0, set(), []
    for address in addresses:
        kind, content = content_of(world.clients[who], address)
        if kind in HTML_TYPES:
            pages += 1
            wrong += [(address, found) for found in rendered_as_markup(content)]
            seen |= {FIELD_BY_NUMBER[number] for number in re.findall(r"mark-(\d+)", content)}
        elif kind.endswith("xml"):
            ElementTree.fromstring(content)
            wrong += [(address, found) for found in re.findall(r"<mark-[^>]*>", content)]
    assert wrong == [], who
    return pages, seen


SHOWN_TO_MEMBERS = set(
    "User.display_name User.about Course.title Course.description Module.title Module.summary Module.credit "
    "Module.source Module.tags Lesson.title Lesson.summary Lesson.tags CaseStudy.location CaseStudy.parties "
    "CaseStudy.outcome GlossaryTerm.term GlossaryTerm.definition TimelineEvent.event TimelineEvent.detail Prompt.text "
    "ReadingGroup.name Thread.title Tag.name Alias.name Post.source Report.reason Notification.message "
    "UnsentText.fields CourseLabel.name heading paragraph note note.reply quote code AuditText.target "
    "AuditText.reason check.question check.option check.feedback check.explanation".split()
)
NOT_SHOWN_TO_LEARNERS = {"code", "quote", "AuditText.target", "AuditText.reason", "Report.reason"}
NOT_SHOWN_TO_INSTRUCTORS = {"check.feedback", "check.explanation"}  # who have not answered


@WITH_MARKUP_WORLD
@pytest.mark.parametrize(
    ("who", "at_least", "not_shown"),
    [
        ("visitor", 15, SHOWN_TO_MEMBERS),
        pytest.param("learner", 50, NOT_SHOWN_TO_LEARNERS, marks=pytest.mark.thorough),
        pytest.param("instructor", 70, NOT_SHOWN_TO_INSTRUCTORS, marks=pytest.mark.thorough),
    ],
)
def test_no_page_renders_text_as_markup(world, who, at_least, not_shown):
    addresses = [address for address in world.addresses() if not address.startswith("/admin/")]
    pages, shown = walk(world, who, addresses)
    assert pages >= at_least
    assert SHOWN_TO_MEMBERS - shown - not_shown == set()


@pytest.mark.thorough
@WITH_MARKUP_WORLD
@pytest.mark.parametrize(("who", "at_least"), [("instructor", 30), ("administrator", 60)])
def test_no_page_of_the_admin_renders_text_as_markup(world, who, at_least):
    pages, shown = walk(world, who, [address for address in world.addresses() if address.startswith("/admin/")])
    assert pages >= at_least
    assert {"Revision.change_summary", "Asset.alt", "Lesson.title", "Module.title"} - shown == set()


@WITH_MARKUP_WORLD
def test_no_email_renders_text_as_markup(world):
    NotificationPreference.objects.filter(user=world.learner).update(next_email_at=timezone.now())
    call_command("send_digests", verbosity=0)
    sent = [html for message in mail.outbox for html, kind in message.alternatives if kind == "text/html"]
    assert sent
    for html in sent:
        assert len(set(re.findall(r"mark-\d+", html))) > 3
        assert rendered_as_markup(html) == []


@WITH_MARKUP_WORLD
def test_no_page_of_a_data_export_renders_text_as_markup(world):
    for person in (world.learner, world.instructor):
        target = io.BytesIO()
        write_archive(person, target)
        archive = ZipFile(target)
        pages = [name for name in archive.namelist() if name.endswith(".html")]
        html = "".join(archive.read(name).decode() for name in pages)
        assert len(set(re.findall(r"mark-\d+", html))) > 10
        assert rendered_as_markup(html) == []


@pytest.mark.parametrize(
    "html",
    [
        """<p><mark-1 "'&></p>""",
        """<p title="&lt;mark-1 "'&amp;&gt;">""",
        """<p title='&lt;mark-1 "'&amp;&gt;'>""",
        """<p title=&lt;mark-1 "'&amp;&gt;>""",
    ],
)
def test_unescaped_text_is_found(html):
    assert rendered_as_markup(html)
    assert not rendered_as_markup("""<p title="&lt;mark-1 &quot;&#x27;&amp;&gt;">&lt;mark-1 "'&amp;&gt;</p>""")
