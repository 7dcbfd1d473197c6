from io import BytesIO

from django.urls import reverse


class Unread(BytesIO):
    def read(self, *args):
        raise AssertionError("the body was read")


def test_a_body_over_the_limit_is_refused_by_its_header_alone(client, db):
    reply = client.post(
        reverse("account_login"),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="2000000000",
        **{"wsgi.input": Unread()},
    )
    assert reply.status_code == 413
    assert "12 MB" in reply.content.decode()
