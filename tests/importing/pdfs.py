"""Build PDFs for the tests: lines of Helvetica at given positions."""

from dataclasses import dataclass, field

FONTS = {"regular": "Helvetica", "bold": "Helvetica-Bold", "italic": "Helvetica-Oblique", "fixed": "Courier"}
NAMES = {font: f"F{number}" for number, font in enumerate(FONTS, 1)}
WIDTH, HEIGHT = 595, 842
LEADING = 1.2
# More of the trailer, of a file with a password that nobody knows.
PROTECTION = f"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<{'ab' * 32}>/U<{'cd' * 32}>>>/ID[<00><00>]"


@dataclass
class PdfPage:
    """A page. Lines are written from the top down: `y` is the baseline of the next one, from the top."""

    content: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[bytes] = field(default_factory=list)
    rotation: int = 0
    y: float = 72

    def line(self, text, *, x=72.0, y=None, size=10.0, font="regular", rise=0.0):
        """Write one line. `x` is its left end."""
        if y is not None:
            self.y = y
        encoded = (
            text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").decode("latin-1")
        )
        place = f"1 0 0 1 {x} {HEIGHT - self.y} Tm"
        self.content.append(f"BT /{NAMES[font]} {size} Tf {place} {rise} Ts ({encoded}) Tj ET")
        self.y += LEADING * size
        return self

    def lines(self, *texts, **options):
        for text in texts:
            self.line(text, **options)
            options.pop("y", None)
        return self

    def gap(self, height=8.0):
        self.y += height
        return self

    def image(self, jpeg, *, x, y, width, height):
        """Draw a JPEG of 8 by 8 grey pixels; `y` is its top."""
        self.content.append(f"q {width} 0 0 {height} {x} {HEIGHT - y - height} cm /I{len(self.images)} Do Q")
        self.images.append(jpeg)
        return self

    def link(self, address, *, x0, x1, y):
        rect = f"{x0} {HEIGHT - y - 3} {x1} {HEIGHT - y + 10}"
        self.links.append(f"<</Type/Annot/Subtype/Link/Rect[{rect}]/A<</S/URI/URI({address})>>>>")
        return self


def pdf(*pages, title="", outline=(), language="", extra=""):
    """Return a PDF. outline: (title, index of the page) of each bookmark. extra: more of the trailer."""
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R/Lang({language})>>",
        "",
        f"<</Title({title})>>",
        "<</Type/Outlines>>",
    ]
    objects += [f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>" for name in FONTS.values()]
    fonts = "".join(f"/{NAMES[font]} {number} 0 R" for number, font in enumerate(FONTS, 5))
    kids = []
    for page in pages:
        drawn = ""
        for number, jpeg in enumerate(page.images):
            objects.append(
                "<</Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8"
                f"/Filter/DCTDecode/Length {len(jpeg)}>>stream\n{jpeg.decode('latin-1')}\nendstream"
            )
            drawn += f"/I{number} {len(objects)} 0 R"
        stream = "\n".join(page.content)
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Rotate {page.rotation}"
            f"/Annots[{''.join(page.links)}]/Resources<</Font<<{fonts}>>/XObject<<{drawn}>>>>"
            f"/Contents {len(objects)} 0 R>>"
        )
        kids.append(len(objects))
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>"
    if outline:
        first = len(objects) + 1
        objects[3] = f"<</Type/Outlines/First {first} 0 R/Last {first + len(outline) - 1} 0 R/Count {len(outline)}>>"
        for n, (name, page) in enumerate(outline):
            after = f"/Next {first + n + 1} 0 R" if n + 1 < len(outline) else ""
            objects.append(f"<</Title({name})/Parent 4 0 R/Dest[{kids[page]} 0 R/Fit]{after}>>")
    return _file(objects, extra)


def _file(objects, extra):
    data, offsets = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(data)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 3 0 R{extra}>>\nstartxref\n{start}\n%%EOF"
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")
