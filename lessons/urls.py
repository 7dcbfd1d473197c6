"""Every address of the portal: the table of contents of the product."""

from django.contrib import admin
from django.urls import include, path, register_converter

from lessons.reading.addresses import WordsConverter
from lessons.reading.pages import courses, feeds, files, lessons, modules, reference

register_converter(WordsConverter, "words")

reading = [
    # The library and its courses
    path("", courses.library, name="library"),
    path("courses/<words:slug>/", courses.course, name="course"),
    path("courses/<words:slug>/membership/", courses.membership, name="membership"),
    path("courses/<words:slug>/glossary/", reference.glossary, name="glossary"),
    path("courses/<words:slug>/timeline/", reference.timeline, name="timeline"),
    path("courses/<words:slug>/feed/", feeds.new_lessons, name="feed"),
    path("courses/<words:course_slug>/modules/<words:slug>/", modules.module, name="module"),
    path("tags/<words:slug>/", reference.tag, name="tag"),
    # A lesson or a case study
    path("lessons/<int:pk>/preview/", lessons.preview, name="preview"),
    path("lessons/<int:pk>/progress/", lessons.progress, name="progress"),
    path("lessons/<int:pk>/revisions/<int:number>/", lessons.revision, name="revision"),
    path("lessons/<int:pk>/<words:slug>/", lessons.lesson, name="lesson"),
    # Files
    path("assets/<uuid:uid>/", files.asset, name="asset"),
    path("favicon.ico", files.favicon, name="favicon"),
    # For machines
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path("health/live/", files.live, name="live"),
    path("health/ready/", files.ready, name="ready"),
]

urlpatterns = [
    path("", include((reading, "reading"))),
    # People: signing in, up and out
    path("accounts/", include("allauth.urls")),
    # Authoring
    path("admin/", admin.site.urls),
]
