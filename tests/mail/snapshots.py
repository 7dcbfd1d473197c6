"""Compare e-mails with the files in `snapshots/`, which are read like a page: what changes there is seen in a review.

UPDATE_SNAPSHOTS=1 pytest tests/mail tests/discussions/notifications
"""

import os
import re
from pathlib import Path

from django.core.mail import EmailMultiAlternatives

from lessons.mail.parts.tree import Element, parse, text_of

SNAPSHOTS = Path(__file__).parent / "snapshots"


def assert_unchanged(name: str, content: str) -> None:
    file = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    assert content == file.read_text(), f"{file} differs: if the e-mail is right, update the snapshot."


def text_with_headers(email: EmailMultiAlternatives) -> str:
    headers = "".join(f"{name}: {value}\n" for name, value in email.extra_headers.items())
    return f"Subject: {email.subject}\n{headers}\n{email.body}"


def html_of(email: EmailMultiAlternatives) -> str:
    ((html, kind),) = email.alternatives
    assert kind == "text/html"
    return str(html)


def words_of_text(email: EmailMultiAlternatives) -> list[str]:
    """Return the words of the text part, without addresses and the numbers of lists, which the other part implies."""
    text = re.sub(r"\(?https?://\S+", "", email.body)
    text = re.sub(r"(?m)^[ >]*\d+\. ", "", text)
    return [word for word in re.findall(r"\w+", text) if word.strip("_")]


def words_of_html(email: EmailMultiAlternatives) -> list[str]:
    """Return the words that somebody sees of the HTML part."""
    body = html_of(email).partition("<body")[2]
    body = re.sub(r'<div style="display:none[^>]*>.*?</div>', "", body)
    body = re.sub(r"(</?(?:p|h\d|li|td|th|tr|div|table|blockquote|pre|br|ul|ol)\b)", r" \1", body)
    return re.findall(r"\w+", text_of(parse("<body" + body)))


def links_of_html(email: EmailMultiAlternatives) -> set[str]:
    found: set[str] = set()

    def walk(element: Element) -> None:
        if element.tag == "a":
            found.add(element.attribute("href"))
        for child in element.elements():
            walk(child)

    walk(parse(html_of(email)))
    return found


def assert_parts_say_the_same(email: EmailMultiAlternatives) -> None:
    assert words_of_html(email) == words_of_text(email)
    assert links_of_html(email) == set(re.findall(r"https?://[^\s)]+", email.body))
