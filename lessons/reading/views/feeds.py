"""Pages for machines: the feed of a course's new lessons, the sitemap, and robots.txt."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.db.models import Min
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from lessons.courses.course_by_slug import get_readable_course
from lessons.courses.models import Course
from lessons.markup.atom import AtomFeed
from lessons.models import Lesson, Module, Revision
from lessons.practice.shown import texts_before_answer
from lessons.reading.links import lesson_url
from lessons.reading.views.courses import description_text

MAX_ENTRIES = 30


@login_not_required
def lesson_feed(request, slug):
    course = get_readable_course(request.user, slug)
    feed = AtomFeed(
        title=_("New lessons in %(course)s") % {"course": course.title},
        link=request.build_absolute_uri(course.get_absolute_url()),
        feed_url=request.build_absolute_uri(request.path),
        description="",
        subtitle=description_text(course.description),
        # Atom requires an author of the feed or of each entry.
        author_name=course.title,
        language=course.language,
    )
    for lesson in _newest_first(course):
        revision = lesson.current_revision
        assert revision  # noqa: S101 - published lessons have one
        feed.add_item(
            title=revision.title,
            link=request.build_absolute_uri(lesson.get_absolute_url()),
            # Stays when the slug changes.
            unique_id=request.build_absolute_uri(lesson_url(lesson.pk, "")),
            description=revision.facts.get("summary", ""),
            content=_questions(revision),
            pubdate=lesson.first_published_at,
            updateddate=revision.published_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _questions(revision: Revision) -> str:
    """Return the questions of the revision's checks with what may be chosen, as HTML."""
    published = getattr(revision, "published_checks", None)
    texts = [texts_before_answer(check) for check in published.checks] if published else []
    return format_html_join("", "<p>{}</p>{}", ((question, _list(options)) for question, *options in texts))


def _list(options: list[str]) -> str:
    items = format_html_join("", "<li>{}</li>", ((option,) for option in options))
    return format_html("<ul>{}</ul>", items) if items else items


def _newest_first(course: Course):
    """Return the course's published lessons by when each was first published, the newest first. One query."""
    lessons = Lesson.objects.published().filter(module__course=course)
    lessons = lessons.select_related("current_revision__published_checks")
    lessons = lessons.defer("body", "current_revision__html", "current_revision__text")
    lessons = lessons.annotate(first_published_at=Min("revisions__published_at"))
    return lessons.order_by("-first_published_at")[:MAX_ENTRIES]


class PublicPages(Sitemap):
    """Pages of public courses only: the addresses of unlisted ones are for people to pass on."""

    def __init__(self, pages):
        self.pages = pages

    def items(self):
        return self.pages

    def lastmod(self, page):
        revision = page.current_revision if isinstance(page, Lesson) else None
        return revision.published_at if revision else None


@login_not_required
def sitemap(request):
    public = Course.Visibility.PUBLIC
    lessons = Lesson.objects.published().filter(module__course__visibility=public).order_by("pk")
    modules = Module.objects.exclude(state=Module.State.DRAFT).filter(course__visibility=public).order_by("pk")
    sections: dict[str, Sitemap] = {
        "courses": PublicPages(Course.objects.filter(visibility=public).order_by("pk")),
        "modules": PublicPages(modules.select_related("course")),
        "lessons": PublicPages(
            lessons.select_related("current_revision").only("slug", "current_revision__published_at")
        ),
    }
    return sitemap_view(request, dict(sections))


@login_not_required
def robots(request):
    accounts = reverse("accounts:profile").removesuffix("profile/")
    rules = ["User-agent: *", *(f"Disallow: {path}" for path in (reverse("admin:index"), accounts))]
    rules.append(f"Sitemap: {request.build_absolute_uri(reverse('reading:sitemap'))}")
    return HttpResponse("\n".join(rules) + "\n", content_type="text/plain; charset=utf-8")
