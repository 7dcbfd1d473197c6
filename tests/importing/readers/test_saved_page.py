"""A web page saved with its images: in a zip file with its folder, or as a web archive."""

from base64 import b64encode

import pytest

from lessons.importing.readers import html, saved_page
from lessons.markup.sanitise import InvalidText
from tests.image_files import image_bytes
from tests.importing.archives import zipped
from tests.importing.articles import types

PNG = image_bytes()


def sources(parsed):
    return [block.html.partition('src="')[2].partition('"')[0] for block in parsed.blocks if block.type == "image"]


def test_the_images_in_the_folder_of_a_page_are_extracted():
    page = '<h1>Rain</h1><p>Wet.</p><p><img src="./Rain%20one_files/a.png" alt="A drop"></p><p>Cold.</p>'
    parsed = saved_page.read_zip(
        zipped({"Rain one.html": page, "Rain one_files/a.png": PNG, "Rain one_files/frame.html": "<p>advert</p>"})
    )
    assert parsed.title == "Rain"
    assert types(parsed.blocks) == ["paragraph", "image", "paragraph"]
    (image,) = parsed.images
    assert (image.data, image.alt, image.name) == (PNG, "A drop", "a.png")
    assert sources(parsed) == [f"/assets/{image.uid}/"]
    assert parsed.omissions == []


def test_a_page_with_several_files_beside_it_is_the_one_that_has_a_folder():
    files = {"x/other.html": "<p>Other.</p>", "x/page.htm": "<p>Page.</p>", "x/page_files/b.png": PNG}
    parsed = saved_page.read_zip(zipped(files))
    assert [block.text for block in parsed.blocks] == ["Page."]
    assert [omission.text for omission in parsed.omissions] == ["x/other.html"]


def test_an_image_twice_on_a_page_is_taken_once_and_one_that_is_not_content_not_at_all():
    page = '<p>One <img src="a.png" alt="drop"> two.</p><img src="a.png" alt="drop"><img src="b.svg" alt="drawing">'
    parsed = saved_page.read_zip(zipped({"p.html": page, "a.png": PNG, "b.svg": "<svg><script>x()</script></svg>"}))
    assert len(parsed.images) == 1
    assert parsed.blocks[0].html.count(f"/assets/{parsed.images[0].uid}/") == 1
    assert [block.text for block in parsed.blocks] == ["One two.", "drop", "[Image: drawing]"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a.txt": "text"}, "no web page"),
        ({f"{n}.png": b"" for n in range(2_001)}, "2,000"),
        ({"../up.html": "<p>Up.</p>"}, "leads outside"),
    ],
    ids=["no page", "many files", "outside"],
)
def test_a_zip_file_without_a_page_is_refused_with_a_message(files, words):
    with pytest.raises(InvalidText, match=words):
        saved_page.read_zip(zipped(files))


ARCHIVE = """Snapshot-Content-Location: {location}
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="b"

--b
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
Content-Location: {location}

{page}
--b
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://example.org/a.png

{image}
--b--
"""


def archive(page, location="https://example.org/rain/"):
    image = b64encode(PNG).decode()
    return ARCHIVE.format(page=page, location=location, image=image).replace("\n", "\r\n").encode()


def test_a_web_archive_has_its_images_and_its_address():
    image, link = '<img src=3D"../a.png" alt=3D"A drop">', '<a href=3D"fog">fog</a>'
    page = f"<h1>Rain</h1><p>S=C3=BC=C3=9F.</p><p>{image}</p><p>See {link}.</p>"
    parsed = saved_page.read_web_archive(archive(page))
    assert parsed.blocks[0].text == "Süß."
    assert parsed.images[0].data == PNG
    assert 'href="https://example.org/rain/fog"' in parsed.blocks[2].html


def test_a_web_archive_without_a_page_is_refused_with_a_message():
    with pytest.raises(InvalidText, match="no readable page"):
        saved_page.read_web_archive(b"Subject: x\r\n\r\nhello")


DATA = "data:image/png;base64," + b64encode(PNG).decode()
IMAGES = {
    "data": f'<img src="{DATA}" alt="drop">',
    "lazy": f'<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="{DATA}" alt="drop">',
    "picture": f'<picture><source srcset="/x.avif 2x"><img src="{DATA}" alt="drop"></picture>',
    "with a copy": f'<img data-src="{DATA}" alt="drop"><noscript><img src="{DATA}" alt="drop"></noscript>',
    "only without scripts": f'<noscript><img src="{DATA}" alt="drop"></noscript>',
    "linked": f'<a href="/large.png"><img src="{DATA}" alt="drop"></a>',
    "with a caption": f'<figure><img src="{DATA}" alt="drop"><figcaption>A drop of rain.</figcaption></figure>',
}


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
def test_an_image_on_a_page_is_taken_once(image):
    parsed = html.read_page(f"<h1>Rain</h1><p>Wet.</p>{image}<p>Cold.</p>")
    assert types(parsed.blocks) == ["paragraph", "image", "paragraph"]
    assert [image.data for image in parsed.images] == [PNG]
    assert f'<img src="/assets/{parsed.images[0].uid}/" alt="drop">' in parsed.blocks[1].html
    assert ("A drop of rain." in parsed.blocks[1].html) == ("figcaption" in image)


PLACEHOLDERS = {
    '<p><img src="https://example.org/a.jpg" alt="A drop"></p>': ["[Image: A drop]"],
    '<p><img src="a.jpg"> Rain falls.</p>': ["[Image]", "Rain falls."],
    '<p>Rain <img src="a.jpg" alt="& fog"> falls.</p>': ["Rain [Image: & fog] falls."],
    '<ul><li>Rain<img src="a.jpg" alt="drop"></li></ul>': ["Rain[Image: drop]"],
    '<figure><img src="a.jpg" alt="A drop"><figcaption>Rain in May.</figcaption></figure>': [
        "[Image: A drop]",
        "Rain in May.",
    ],
    '<p>Rain <img class="emoji" src="x.svg" alt="☔"> falls.</p>': ["Rain ☔ falls."],
    '<p>Rain.<img src="https://example.org/count" width="1" height="1" alt=""></p>': ["Rain."],
}


@pytest.mark.parametrize(("body", "texts"), PLACEHOLDERS.items(), ids=range(len(PLACEHOLDERS)))
def test_a_placeholder_replaces_an_image_that_is_not_available(body, texts):
    parsed = html.read_page(f"<h1>Rain</h1>{body}")
    assert [block.text for block in parsed.blocks] == texts
    assert parsed.images == []
