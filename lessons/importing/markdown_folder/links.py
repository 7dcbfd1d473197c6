"""Links between texts: as files lead to each other, and as lessons do.

A file leads to another of its course by a relative address: `02-silt.md#sec-where`, `../mud/module.md`,
`../course.md`, and `glossary.yaml` or `timeline.yaml` for the pages of the course. A whole address leads to any other
page of this site: on another site it leads to this one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from posixpath import join, normpath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse

from lessons.courses.models import Course
from lessons.importing.markdown_folder import names
from lessons.models import Lesson, Module

HREF = re.compile(r'(?<=\shref=")[^"]*(?=")')
PAGES = {"reading:glossary": names.GLOSSARY, "reading:timeline": names.TIMELINE}
FILE = re.compile(r"(?:\.\./)*(?:[^/:?#]+/)?[^/:?#]+\.(?:md|yaml)(?:#[^#]*)?")


@dataclass(slots=True)
class CourseFiles:
    """Where the files of a course are: folders by modules, and the module and the file's name by lessons."""

    course: Course
    folders: dict[int, str] = field(default_factory=dict)
    lessons: dict[int, tuple[int, str]] = field(default_factory=dict)


def course_files(course: Course) -> CourseFiles:
    """Return where the files of the course are. Two queries."""
    files = CourseFiles(course, dict(course.modules.values_list("pk", "slug")))
    rows: dict[int, list[Lesson]] = {pk: [] for pk in files.folders}
    lessons = Lesson.objects.filter(module__course=course).order_by("position", "pk")
    for lesson in lessons.only("pk", "slug", "title", "module"):
        rows.setdefault(lesson.module_id, []).append(lesson)
    for module, of_module in rows.items():
        for pk, name in names.lesson_files(names.lesson_slugs(of_module)).items():
            files.lessons[pk] = (module, name)
    return files


class ExportedLinks:
    """The addresses of links as the files of a module have them."""

    def __init__(self, module: Module, files: CourseFiles):
        self._module, self._files = module, files

    def name_of(self, lesson: int) -> str:
        return self._files.lessons[lesson][1]

    def address(self, href: str) -> str:
        """Return what a file has in the place of an address: a file's name, or the whole address of another page."""
        local = without_site(href)
        if not local.startswith("/") or local.startswith("//"):
            return href
        return self._file(local) or (f"{_site()}{local}" if _site() else href)

    def _file(self, address: str) -> str:
        parts = urlsplit(address)
        if parts.query:
            return ""
        try:
            match = resolve(unquote(parts.path))
        except Resolver404:
            return ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        view, kwargs = match.view_name, match.kwargs
        if view == "reading:lesson" and kwargs["pk"] in self._files.lessons:
            module, name = self._files.lessons[kwargs["pk"]]
            return f"{self._folder(module)}{name}{fragment}"
        slug = self._files.course.slug
        if view == "reading:module" and kwargs["course_slug"] == slug:
            target = next((pk for pk, folder in self._files.folders.items() if folder == kwargs["slug"]), None)
            return f"{self._folder(target)}{names.MODULE}{fragment}" if target else ""
        if kwargs.get("slug") != slug or fragment:
            return ""
        return f"../{names.COURSE}" if view == "reading:course" else PAGES.get(view, "")

    def _folder(self, module: int) -> str:
        return "" if module == self._module.pk else f"../{self._files.folders[module]}/"


def _site() -> str:
    return settings.SITE_URL.rstrip("/")


def without_site(href: str) -> str:
    """Return the address from the root of this site, if it leads to a page of it."""
    site = _site()
    return href.removeprefix(site) if site and href.startswith(f"{site}/") else href


def file_links(html: str) -> set[str]:
    """Return the addresses in sanitised HTML that lead to files."""
    return {href for href in map(unescape, HREF.findall(html)) if FILE.fullmatch(href)}


def with_addresses(html: str, address: Callable[[str], str | None]) -> str:
    """Return sanitised HTML with other addresses for links to files; a link that has none is its text.

    Whole addresses of this site begin at its root.
    """
    dead: set[str] = set()

    def replaced(found: re.Match[str]) -> str:
        href = unescape(found[0])
        if not FILE.fullmatch(href):
            local = without_site(href)
            return found[0] if local == href else escape(local)
        new = address(href)
        if new is None:
            dead.add(found[0])
        return found[0] if new is None else escape(new)

    html = HREF.sub(replaced, html)
    for href in dead:
        html = re.sub(
            rf'<a(?: [a-z]+="[^"]*")*? href="{re.escape(href)}"[^>]*>(.*?)</a>', r"\1", html, flags=re.DOTALL
        )
    return html


class ImportedLinks:
    """What links between files lead to once the lessons exist.

    lessons: by the path of their files. modules: by their folders. A file that is not imported leads to the lesson of
    the course that would have it.
    """

    def __init__(self, course: Course, lessons: Mapping[str, Lesson], modules: Mapping[str, Module]):
        self._course, self._lessons, self._modules = course, lessons, modules
        self._known: CourseFiles | None = None

    def address(self, folder: str, href: str) -> str | None:
        """Return the address for a link in a file of the folder, None if it leads nowhere."""
        name, _hash, fragment = href.partition("#")
        path = normpath(join(folder, unquote(name)))
        target = self._target(path)
        return f"{target}{_hash}{fragment}" if target else None

    def _target(self, path: str) -> str | None:
        folder, _slash, name = path.rpartition("/")
        if path in self._lessons:
            return self._lessons[path].get_absolute_url()
        if name == names.COURSE:
            return self._course.get_absolute_url()
        if name in PAGES.values():
            view = next(view for view, page in PAGES.items() if page == name)
            return reverse(view, args=[self._course.slug])
        if name == names.MODULE and folder in self._modules:
            return self._modules[folder].get_absolute_url()
        return self._elsewhere(folder.rpartition("/")[2], name)

    def _elsewhere(self, slug: str, name: str) -> str | None:
        """Return the address of a module of the course that is not imported, or of a lesson in it."""
        module = self._course.modules.filter(slug=slug).first() if slug else None
        if module is None:
            return None
        if name == names.MODULE:
            return module.get_absolute_url()
        match = names.LESSON_FILE.fullmatch(name)
        lesson = module.lessons.filter(slug=match["slug"]).order_by("position", "pk").first() if match else None
        return lesson.get_absolute_url() if lesson else None
