"""Where the pages stand: beside a text's form, under the address of its kind."""

from django.urls import path

from lessons.authoring.publishing import placing, views


def addresses(model_admin) -> list:
    guard, stem = model_admin.admin_site.admin_view, f"lessons_{model_admin.opts.model_name}"
    return [
        path("<int:pk>/publication/", guard(views.publication), name=f"{stem}_publication"),
        path("<int:pk>/publication/<int:note>/", guard(placing.in_draft), name=f"{stem}_place_in_draft"),
        path("<int:pk>/annotations/", guard(placing.notes), name=f"{stem}_annotations"),
        path("<int:pk>/annotations/<int:note>/", guard(placing.in_text), name=f"{stem}_place_in_published"),
    ]
