"""The order of a course's modules, changed as the order of lessons is (see `test_modules`)."""

from django.urls import reverse

from tests import factories


def order(course):
    return list(course.modules.order_by("position", "pk").values_list("title", flat=True))


def test_buttons_and_dragging_change_the_order_of_the_modules(sign_in, instructor, course):
    a, b, c = (factories.make_module(course, title=title, position=n) for n, title in enumerate("ABC"))
    client, page = sign_in(instructor), reverse("admin:courses_course_order", args=[course.pk])
    client.post(page, {"up": c.pk})
    assert order(course) == ["A", "C", "B"]
    client.post(page, {"module": [b.pk, a.pk, c.pk]})
    assert order(course) == ["B", "A", "C"]
    html = client.get(reverse("admin:courses_course_change", args=[course.pk])).content.decode()
    assert "Move “A” up" in html


def test_an_order_that_somebody_else_has_changed_is_not_overwritten(sign_in, instructor, course):
    a, b, c = (factories.make_module(course, title=title, position=n) for n, title in enumerate("ABC"))
    client, page = sign_in(instructor), reverse("admin:courses_course_order", args=[course.pk])
    client.post(page, {"down": a.pk})
    stale = {"version": f"{a.pk},{b.pk},{c.pk}", "module": [c.pk, b.pk, a.pk]}
    response = client.post(page, stale)
    assert response.status_code == 409
    assert order(course) == ["B", "A", "C"]
    client.post(page, stale | {"version": f"{b.pk},{a.pk},{c.pk}"})
    assert order(course) == ["C", "B", "A"]


def test_nobody_orders_the_modules_of_a_course_that_they_do_not_teach(sign_in, learner, stranger, course):
    module = factories.make_module(course)
    page = reverse("admin:courses_course_order", args=[course.pk])
    assert sign_in(learner).post(page, {"up": module.pk}).status_code == 403
    assert sign_in(stranger).post(page, {"up": module.pk}).status_code == 404
