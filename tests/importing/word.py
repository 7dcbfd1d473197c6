"""Build Word documents for the tests as Word writes them, and read them."""

from html import escape

from lessons.importing.readers import docx
from tests.importing.archives import zipped

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/>'
    f'<w:pPr><w:outlineLvl w:val="{n - 1}"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
    for n in range(1, 4)
)
PARTS = {
    "styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "endnotes": "endnotes",
    "comments": "comments", "header": "hdr", "footer": "ftr",
}  # fmt: skip
BODY = "The tide turns twice a day, and nobody on this coast has ever found it late by more than a few minutes."


def word(body, *, links=None, files=None, **parts):
    """Return the bytes of a document. parts: the content of `styles`, `numbering`, `footnotes` and so on.

    links: addresses by the ids that the body uses. files: other members by their names below `word/`.
    """
    relationships = [f'<Relationship Id="part-{name}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for name in parts]
    for key, address in (links or {}).items():
        mode = ' TargetMode="External"' if "://" in address else ""
        relationships.append(f'<Relationship Id="{key}" Type="{OFFICE}/link" Target="{escape(address)}"{mode}/>')
    members = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _relationships(
            [f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>']
        ),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relationships(relationships),
    }
    for name, content in parts.items():
        members[f"word/{name}.xml"] = f"<w:{PARTS[name]} {NAMESPACES}>{content}</w:{PARTS[name]}>"
    return zipped(members | {f"word/{name}": content for name, content in (files or {}).items()})


def _relationships(items):
    return f'<Relationships xmlns="{RELATIONSHIPS}">{"".join(items)}</Relationships>'


def run(text, properties=""):
    """Return a run. properties: `<w:b/>` and the like."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'


def p(*content, style="", properties=""):
    """Return a paragraph. content: text, or XML that begins with `<`."""
    runs = "".join(piece if piece.startswith("<") else run(piece) for piece in content)
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{runs}</w:p>"


def bold(text):
    return p(run(text, "<w:b/>"))


def item(text, list_id, level=0):
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def numbering(**levels_of_lists):
    """Return the lists of a document: `n1=[("decimal", "%1.", 1), …]`, one triple (format, text, start) a level."""
    abstract, lists = [], []
    for name, levels in levels_of_lists.items():
        key = name.removeprefix("n")
        inside = "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/>'
            f'<w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for n, (kind, text, start) in enumerate(levels)
        )
        abstract.append(f'<w:abstractNum w:abstractNumId="{key}">{inside}</w:abstractNum>')
        lists.append(f'<w:num w:numId="{key}"><w:abstractNumId w:val="{key}"/></w:num>')
    return "".join(abstract + lists)


def table(*rows, properties=""):
    """Return a table. Each cell is text, XML of a paragraph, or a pair (properties of the cell, text)."""
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{''.join(map(_row, rows))}</w:tbl>"


def _row(cells):
    written = []
    for cell in cells:
        properties, content = cell if isinstance(cell, tuple) else ("", cell)
        written.append(
            f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if content.startswith('<') else p(content)}</w:tc>"
        )
    return f"<w:tr>{''.join(written)}</w:tr>"


def note(note_id, *content, kind="footnote"):
    return f'<w:{kind} w:id="{note_id}">{p(*content)}</w:{kind}>'


def reference(note_id, kind="footnote"):
    return f'<w:r><w:{kind}Reference w:id="{note_id}"/></w:r>'


def field(instruction, *result):
    """Return a field as Word writes it: begin, instruction, separator, result, end."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    instruction = f'<w:r><w:instrText xml:space="preserve"> {escape(instruction, quote=False)} </w:instrText></w:r>'
    return mark.format("begin") + instruction + mark.format("separate") + "".join(result) + mark.format("end")


def drawing(link_id, description=""):
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="{escape(description)}"/>'
        f'<a:graphic><a:blip r:embed="{link_id}"/></a:graphic></wp:inline></w:drawing></w:r>'
    )


def read(body, **parts):
    """Return the article that the reader makes of a document."""
    return docx.read(word(body, **parts))


def blocks(body, **parts):
    """Return (type, level, text) of every block."""
    return [(block.type, block.level, block.text) for block in read(body, **parts).blocks]


def html(body, **parts):
    return "".join(block.html for block in read(body, **parts).blocks)


def left_out(body, **parts):
    return [(omission.text, str(omission.reason), omission.position) for omission in read(body, **parts).omissions]


def style(style_id, name, inside="", kind="paragraph"):
    return f'<w:style w:type="{kind}" w:styleId="{style_id}"><w:name w:val="{name}"/>{inside}</w:style>'


def based(style_id, name, base):
    return style(style_id, name, f'<w:basedOn w:val="{base}"/>')
