"""What programs put on the clipboard as HTML, written by code in the way in which each of them writes it."""

from html import escape

# Word for Windows

GAP = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span>"
WORD_HEAD = (
    '<html xmlns:v="urn:schemas-microsoft-com:vml"\nxmlns:o="urn:schemas-microsoft-com:office:office"\n'
    'xmlns:w="urn:schemas-microsoft-com:office:word"\nxmlns="http://www.w3.org/TR/REC-html40">\n\n<head>\n'
    '<meta http-equiv=Content-Type content="text/html; charset=utf-8">\n<meta name=ProgId content=Word.Document>\n'
    '<meta name=Generator content="Microsoft Word 15">\n'
    '<link rel=File-List\nhref="file:///C:/Users/ada/AppData/Local/Temp/msohtmlclip1/01/clip_filelist.xml">\n'
    "<!--[if gte mso 9]><xml>\n <w:WordDocument>\n  <w:View>Normal</w:View>\n </w:WordDocument>\n</xml><![endif]-->\n"
    '<style>\n<!--\n /* Font Definitions */\n @font-face\n\t{font-family:"Cambria Math";}\n p.MsoNormal\n\t'
    "{mso-style-unhide:no;\n\tmargin:0cm;\n\tfont-size:11.0pt;}\n@page WordSection1\n\t{size:595.3pt 841.9pt;}\n-->\n"
    '</style>\n<!--[if gte mso 10]>\n<style>\n table.MsoNormalTable\n\t{mso-style-name:"Table Normal";}\n</style>\n'
    "<![endif]-->\n</head>\n\n<body lang=EN-GB style='tab-interval:36.0pt'>\n<!--StartFragment-->\n"
)
WORD_IMAGE = (
    "<!--[if gte vml 1]><v:shape id=\"Picture_x0020_1\" style='width:451pt'>\n <v:imagedata "
    'src="file:///C:/Users/ada/AppData/Local/Temp/msohtmlclip1/01/clip_image001.jpg"/>\n</v:shape><![endif]-->'
    "<![if !vml]><img width=601 height=401\n"
    'src="file:///C:/Users/ada/AppData/Local/Temp/msohtmlclip1/01/clip_image002.jpg"\n'
    'alt="A tide gauge\non a quay" v:shapes="Picture_x0020_1"><![endif]>'
)


def word(*parts):
    """Return a selection of a Word document. parts: its paragraphs as `normal` and the like return them."""
    return f"{WORD_HEAD}{''.join(parts)}<!--EndFragment-->\n</body>\n\n</html>"


def normal(text, name="MsoNormal"):
    return f"<p class={name}><span lang=EN-GB style='mso-ansi-language:EN-GB'>{text}<o:p></o:p></span></p>\n\n"


def word_item(marker, text, place, name="MsoListParagraphCxSpMiddle"):
    """Return a paragraph as Word writes an item. place: such as `l0 level1 lfo1`."""
    font = "font-family:Symbol;mso-fareast-font-family:Symbol" if marker == "·" else "mso-fareast-font-family:Calibri"
    return (
        f"<p class={name} style='margin-left:36.0pt;mso-add-space:auto;text-indent:-18.0pt;mso-list:{place}'>"
        f"<![if !supportLists]><span style='{font}'><span style='mso-list:Ignore'>{marker}{GAP}</span></span>"
        f"<![endif]><span lang=EN-GB>{text}<o:p></o:p></span></p>\n\n"
    )


def word_reference(number, kind="footnote"):
    name = {"footnote": "ftn", "endnote": "edn"}[kind]
    classes = f"Mso{kind.capitalize()}Reference"
    return (
        f'<a style=\'mso-{kind}-id:{name}{number}\' href="#_{name}{number}" name="_{name}ref{number}" title="">'
        f"<span class={classes}><span style='mso-special-character:{kind}'><![if !supportFootnotes]>"
        f"<span class={classes}><span style='font-size:11.0pt;line-height:107%'>[{number}]</span></span><![endif]>"
        "</span></span></a>"
    )


def word_notes(*texts, kind="footnote"):
    """Return the notes at the end of what was copied."""
    name = {"footnote": "ftn", "endnote": "edn"}[kind]
    notes = "".join(
        f"<div style='mso-element:{kind}' id={name}{n}>\n\n<p class=Mso{kind.capitalize()}Text>"
        f'<a style=\'mso-{kind}-id:{name}{n}\' href="#_{name}ref{n}" name="_{name}{n}" title="">'
        f"<span class=Mso{kind.capitalize()}Reference><span style='mso-special-character:{kind}'>"
        f"<![if !supportFootnotes]><span>[{n}]</span><![endif]></span></span></a>"
        f"<span lang=EN-GB> {text}<o:p></o:p></span></p>\n\n</div>\n\n"
        for n, text in enumerate(texts, 1)
    )
    rule = '<![if !supportFootnotes]><br clear=all>\n\n<hr align=left size=1 width="33%">\n\n<![endif]>'
    return f"<div style='mso-element:{kind}-list'>{rule}\n\n{notes}</div>\n\n"


def word_change(kind, text):
    """Return an insertion (`ins`) or a deletion (`del`) of a document whose changes are tracked."""
    name = {"ins": "msoIns", "del": "msoDel"}[kind]
    stamp = 'cite="mailto:Ada%20Lund" datetime="2024-03-01T09:30"'
    return f"<span class={name}><{kind} {stamp}>{text}</{kind}></span>"


def word_table(*rows):
    cells = "".join(
        "<tr style='mso-yfti-irow:0'>"
        + "".join(
            "<td width=301 valign=top style='width:225.4pt;border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt'>"
            f"\n  <p class=MsoNormal style='margin-bottom:0cm'><span lang=EN-GB>{cell}<o:p></o:p></span></p>\n  </td>"
            for cell in row
        )
        + "</tr>"
        for row in rows
    )
    return f"<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style='border:none'>{cells}</table>\n\n"


# Word for the web


def word_online(*parts):
    return f"<html><body>\n<!--StartFragment-->{''.join(parts)}<!--EndFragment-->\n</body>\n</html>"


def online_paragraph(text, level=0):
    heading = f' role="heading" aria-level="{level}"' if level else ""
    return (
        '<div class="OutlineElement Ltr SCXW71819 BCX0" style="margin: 0px; direction: ltr;">'
        f'<p class="Paragraph SCXW71819 BCX0"{heading} style="margin: 0px; font-weight: normal;">'
        f'{online_run(text)}<span class="EOP SCXW71819 BCX0" data-ccp-props="{{}}">&nbsp;</span></p></div>'
    )


def online_run(text, style=""):
    return (
        f'<span data-contrast="auto" xml:lang="EN-GB" class="TextRun SCXW71819 BCX0" style="{style}">'
        f'<span class="NormalTextRun SCXW71819 BCX0">{text}</span></span>'
    )


def online_item(text, level, list_id=3):
    return (
        '<div class="ListContainerWrapper SCXW71819 BCX0" style="position: relative;">'
        '<ul class="BulletListStyle1 SCXW71819 BCX0" role="list" style="margin: 0px; padding: 0px;">'
        f'<li data-leveltext="" data-font="Symbol" data-listid="{list_id}" data-aria-posinset="1" '
        f'data-aria-level="{level}" role="listitem" class="OutlineElement Ltr SCXW71819 BCX0" style="display: block;">'
        f'<p class="Paragraph SCXW71819 BCX0">{online_run(text)}'
        '<span class="EOP SCXW71819 BCX0">&nbsp;</span></p></li></ul></div>'
    )


# Google Docs


def google(*parts):
    return (
        "<meta charset='utf-8'><b style=\"font-weight:normal;\" "
        f'id="docs-internal-guid-5f2c1f5e-7fff-1a2b-3c4d-5e6f7a8b9c0d">{"".join(parts)}</b>'
        '<br class="Apple-interchange-newline">'
    )


def google_run(text, style=""):
    plain = {
        "font-size": "11pt",
        "font-family": "Arial,sans-serif",
        "color": "#000000",
        "background-color": "transparent",
        "font-weight": "400",
        "font-style": "normal",
        "text-decoration": "none",
        "vertical-align": "baseline",
        "white-space": "pre-wrap",
    }
    own = dict(part.split(":", 1) for part in style.split(";") if part)
    return f'<span style="{";".join(f"{k}:{v}" for k, v in {**plain, **own}.items())};">{text}</span>'


def google_paragraph(*runs, tag="p"):
    return f'<{tag} dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;">{"".join(runs)}</{tag}>'


def google_item(text, level, inner=""):
    return (
        f'<li dir="ltr" style="list-style-type:disc;font-size:11pt;white-space:pre;" aria-level="{level}">'
        f'<p dir="ltr" style="line-height:1.38;" role="presentation">{google_run(text)}</p></li>{inner}'
    )


def google_list(*items):
    return f'<ul style="margin-top:0;margin-bottom:0;padding-inline-start:48px;">{"".join(items)}</ul>'


def google_link(address, text):
    run = google_run(text, "color:#1155cc;text-decoration:underline")
    href = escape(f"https://www.google.com/url?q={address}&sa=D&source=editors&ust=17&usg=AOv")
    return f'<a href="{href}" style="text-decoration:none;">{run}</a>'


def google_table(*rows):
    cells = "".join(
        '<tr style="height:0pt">'
        + "".join(
            '<td style="border:solid #000000 1pt;vertical-align:top;padding:5pt;overflow:hidden;">'
            f"{google_paragraph(google_run(cell))}</td>"
            for cell in row
        )
        + "</tr>"
        for row in rows
    )
    return (
        '<div dir="ltr" style="margin-left:0pt;" align="left"><table style="border:none;border-collapse:collapse;">'
        f'<colgroup><col width="312" /><col width="312" /></colgroup><tbody>{cells}</tbody></table></div>'
    )


GOOGLE_IMAGE = (
    '<span style="font-size:11pt;"><span style="border:none;display:inline-block;overflow:hidden;width:624px;'
    'height:351px;"><img src="https://lh7-rt.googleusercontent.com/docsz/AD_4nXe?key=a" width="624" height="351" '
    'style="margin-left:0px;margin-top:0px;" /></span></span>'
)


# LibreOffice Writer


def libreoffice(*parts):
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n\t<meta http-equiv="content-type" content="text/html; charset=utf-8"/>\n'
        '\t<title></title>\n\t<meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/>\n'
        '\t<style type="text/css">\n\t\t@page { size: 21cm 29.7cm; margin: 2cm }\n'
        "\t\tp { line-height: 115%; margin-bottom: 0.25cm }\n\t\ta.sdfootnoteanc { font-size: 57% }\n\t</style>\n"
        f'</head>\n<body lang="en-GB" link="#000080" vlink="#800000" dir="ltr">{"".join(parts)}</body>\n</html>'
    )


def libreoffice_reference(number):
    return (
        f'<a class="sdfootnoteanc" name="sdfootnote{number}anc" href="#sdfootnote{number}sym"><sup>{number}</sup></a>'
    )


def libreoffice_note(number, text):
    return (
        f'<div id="sdfootnote{number}"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote{number}sym" '
        f'href="#sdfootnote{number}anc">{number}</a>\n\t{text}</p>\n</div>\n'
    )


# Pages and Notes


def cocoa(*parts, css=""):
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n<html>\n<head>\n'
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n<title></title>\n'
        '<meta name="Generator" content="Cocoa HTML Writer">\n<style type="text/css">\n'
        "p.p1 {margin: 0.0px 0.0px 0.0px 0.0px; font: 11.0px 'Helvetica Neue'}\n"
        f"span.s1 {{font-weight: bold}}\n{css}</style>\n</head>\n<body>\n{''.join(parts)}</body>\n</html>\n"
    )


# Excel and Google Sheets


def excel(*rows):
    cells = "".join(
        " <tr height=20 style='height:15.0pt'>\n"
        + "".join(
            f"  <td height=20 class={name} align=right width=64 style='height:15.0pt;width:48pt'>{text}</td>\n"
            for name, text in row
        )
        + " </tr>\n"
        for row in rows
    )
    return (
        '<html xmlns:v="urn:schemas-microsoft-com:vml"\nxmlns:o="urn:schemas-microsoft-com:office:office"\n'
        'xmlns:x="urn:schemas-microsoft-com:office:excel"\nxmlns="http://www.w3.org/TR/REC-html40">\n\n<head>\n'
        '<meta http-equiv=Content-Type content="text/html; charset=utf-8">\n<meta name=ProgId content=Excel.Sheet>\n'
        '<meta name=Generator content="Microsoft Excel 15">\n<style>\n'
        '<!--table\n\t{mso-displayed-decimal-separator:"\\."}\n'
        '.xl65\n\t{font-weight:700;}\n-->\n</style>\n</head>\n\n<body link="#0563C1" vlink="#954F72">\n\n'
        "<table border=0 cellpadding=0 cellspacing=0 width=128 style='border-collapse:\n collapse;width:96pt'>\n"
        f"<!--StartFragment-->\n <col width=64 span=2 style='width:48pt'>\n{cells}<!--EndFragment-->\n</table>\n\n"
        "</body>\n\n</html>"
    )


def sheets(*rows):
    cells = "".join(
        '<tr style="height:21px;">'
        + "".join(
            f'<td style="overflow:hidden;padding:2px 3px 2px 3px;vertical-align:bottom;{style}" '
            f'data-sheets-value="{{}}">{text}</td>'
            for style, text in row
        )
        + "</tr>"
        for row in rows
    )
    return (
        "<meta charset='utf-8'><google-sheets-html-origin><style type=\"text/css\"><!--td {border: 1px solid #cccccc;}"
        'br {mso-data-placement:same-cell;}--></style><table xmlns="http://www.w3.org/1999/xhtml" cellspacing="0" '
        'cellpadding="0" dir="ltr" border="1" style="table-layout:fixed;font-size:10pt;" data-sheets-root="1">'
        f'<colgroup><col width="100"/><col width="100"/></colgroup><tbody>{cells}</tbody></table>'
    )
