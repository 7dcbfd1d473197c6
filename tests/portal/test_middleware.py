from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.middleware import CleanTextMiddleware


class Unread(BytesIO):
    def read(self, *args):
        raise AssertionError("the body was read")


@pytest.mark.parametrize(
    ("route", "length", "limit"),
    [("account_login", 12_000_001, "12 MB"), ("admin:import_article", 55_000_001, "55 MB")],
)
def test_a_body_over_the_limit_is_refused_by_its_header_alone(client, db, route, length, limit):
    reply = client.post(
        reverse(route),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(length),
        **{"wsgi.input": Unread()},
    )
    assert reply.status_code == 413
    page = reply.content.decode()
    assert limit in page
    assert "Go to the library" in page
    assert page.count("Sign in") == 1


@pytest.mark.parametrize(("length", "status"), [("²", 200), ("٣", 200), ("-1", 200), ("9" * 5000, 413)])
def test_an_invalid_content_length_is_no_server_error(client, db, length, status):
    assert client.get(reverse("account_login"), CONTENT_LENGTH=length).status_code == status


@pytest.mark.parametrize("address", ["/tags/law/?course=%00", "/admin/lessons/lesson/?state__exact=%00", "/?%00"])
def test_nul_in_a_query_is_refused_with_a_page(client, db, address):
    reply = client.get(address)
    assert reply.status_code == 400
    assert "Bad request" in reply.content.decode()


def test_control_characters_are_removed_from_every_form_and_query_but_not_from_passwords(rf):
    upload = SimpleUploadedFile("ti\x0cdes.txt", b"x")
    form = {"title": ["Ebb\x0c\x1b", "flow"], "password1": "a\x1fb", "file": upload}
    for request in (rf.post("/?q=a%0cb", form), rf.put("/?q=a%0cb", '{"a": "\\u000c"}', "application/json")):
        CleanTextMiddleware(None).process_view(request, None, (), {})
        assert request.GET.dict() == {"q": "a b"}
    request = rf.post("/", form)
    CleanTextMiddleware(None).process_view(request, None, (), {})
    assert dict(request.POST.lists()) == {"title": ["Ebb ", "flow"], "password1": ["a\x1fb"]}
    assert request.FILES["file"].name == "tides.txt"
