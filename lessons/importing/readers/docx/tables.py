"""Tables, with merged cells and header rows; of a layout table, the content in order."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from lxml.etree import _Element as Element

from lessons.importing.document import Block, element
from lessons.importing.readers.docx.assemble import CONTENTS, cell_blocks
from lessons.importing.readers.docx.content import Item, LeftOut, Paragraph, TableItem
from lessons.importing.readers.docx.namespaces import W, is_on, number, value
from lessons.importing.readers.docx.paragraph import DELETED
from lessons.importing.readers.docx.selection import outermost
from lessons.importing.readers.docx.styles import Styles
from lessons.importing.readers.docx.text import text_of

MAX_SPAN = 200
LAYOUT_PARAGRAPHS = 4
FIRST_ROW = 0x0020
PLAIN_STYLES = {"normal table", "table normal", "table grid", "tablegrid", "tablenormal", ""}


@dataclass(slots=True)
class Cell:
    items: list[Item]
    column: int
    width: int = 1
    height: int = 1


@dataclass(slots=True)
class Row:
    cells: list[Cell] = field(default_factory=list)
    is_header: bool = False


@dataclass(slots=True)
class Table:
    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def read_table(node: Element, styles: Styles, read_items: Callable[[Element], list[Item]]) -> list[Item]:
    """Return a table as one item; of a layout table, the items in its cells. read_items: reads a cell."""
    table = _read_rows(node, read_items)
    if _is_layout(table):
        inside = [item for row in table.rows for cell in row.cells for item in cell.items]
        return [*table.left_out, *inside]
    _find_header(table, node, styles)
    return [_as_item(table)]


def _read_rows(node: Element, read_items: Callable[[Element], list[Item]]) -> Table:
    table = Table()
    open_cells: dict[int, Cell] = {}
    for row_node in outermost(node, W + "tr"):
        properties = row_node.find(W + "trPr")
        if properties is not None and properties.find(W + "del") is not None:
            table.left_out.append(LeftOut(text_of(row_node), DELETED))
            continue
        header = properties.find(W + "tblHeader") if properties is not None else None
        row = Row(is_header=header is not None and is_on(header))
        column = _span(value(properties, "gridBefore"), 0)
        for cell_node in outermost(row_node, W + "tc"):
            column = _read_cell(cell_node, row, column, open_cells, read_items)
        table.rows.append(row)
    table.rows = [row for row in table.rows if row.cells]
    return table


def _read_cell(
    node: Element, row: Row, column: int, open_cells: dict[int, Cell], read_items: Callable[[Element], list[Item]]
) -> int:
    """Add a cell to its row, or its content to the cell that it continues; return the next column."""
    properties = node.find(W + "tcPr")
    width = max(1, _span(value(properties, "gridSpan"), 1))
    items = read_items(node)
    merge = properties.find(W + "vMerge") if properties is not None else None
    continues = merge is not None and merge.get(W + "val") != "restart"
    above = open_cells.get(column)
    if value(properties, "hMerge") == "continue" and row.cells:
        row.cells[-1].width += width
        row.cells[-1].items += items
        return column + width
    if continues and above:
        above.height += 1
        above.items += items
        return column + width
    cell = Cell(items, column, width)
    row.cells.append(cell)
    if merge is not None:
        open_cells[column] = cell
    else:
        open_cells.pop(column, None)
    return column + width


def _span(text: str | None, default: int) -> int:
    return max(0, min(number(text, default), MAX_SPAN))


def _is_layout(table: Table) -> bool:
    if all(len(row.cells) < 2 for row in table.rows):
        return True
    cells = [cell for row in table.rows for cell in row.cells]
    paragraphs = [[item for item in cell.items if isinstance(item, Paragraph) and item.spans] for cell in cells]
    headings = sum(item.level is not None for inside in paragraphs for item in inside)
    return headings > 1 or (len(table.rows) == 1 and any(len(inside) >= LAYOUT_PARAGRAPHS for inside in paragraphs))


def _find_header(table: Table, node: Element, styles: Styles) -> None:
    """Treat the first row as a header if the table's style marks it, or if it alone is bold."""
    if any(row.is_header for row in table.rows):
        for before, row in zip(table.rows, table.rows[1:], strict=False):
            row.is_header = row.is_header and before.is_header
        return
    if len(table.rows) < 2:
        return
    properties = node.find(W + "tblPr")
    style = styles.character(value(properties, "tblStyle")).name.lower()
    is_bold = [_is_bold(row) for row in table.rows]
    marked = style not in PLAIN_STYLES and _marks_first_row(properties)
    table.rows[0].is_header = marked or (is_bold[0] and not any(is_bold[1:]))


def _marks_first_row(properties: Element | None) -> bool:
    look = properties.find(W + "tblLook") if properties is not None else None
    if look is None:
        return False
    own = look.get(W + "firstRow")
    if own is not None:
        return own in ("1", "true", "on")
    try:
        return bool(int(look.get(W + "val") or "0", 16) & FIRST_ROW)
    except ValueError:
        return False


def _is_bold(row: Row) -> bool:
    paragraphs = [item for cell in row.cells for item in cell.items if isinstance(item, Paragraph) and item.text]
    return bool(paragraphs) and all(paragraph.bold for paragraph in paragraphs)


def _as_item(table: Table) -> TableItem:
    head: list[SafeString] = []
    body: list[SafeString] = []
    lines: list[str] = []
    item = TableItem(Block("table", ""), left_out=table.left_out)
    for row in table.rows:
        texts, cells = [], []
        for cell in row.cells:
            text, html = _cell_content(cell, item)
            texts.append(text)
            cells.append(_cell_html(cell, html, "th" if row.is_header else "td"))
        (head if row.is_header else body).append(element("tr", *cells))
        if any(texts):
            lines.append(" | ".join(texts))
    parts = ([element("thead", *head)] if head else []) + ([element("tbody", *body)] if body else [])
    item.block = Block("table", "\n".join(lines), element("table", *parts))
    return item


def _cell_content(cell: Cell, item: TableItem) -> tuple[str, SafeString]:
    """Return the text and the HTML of a cell; what is left out of it, and its anchors, go to the table's item."""
    for inside in cell.items:
        if isinstance(inside, LeftOut):
            item.left_out.append(inside)
        else:
            item.left_out += inside.left_out
            item.anchors += inside.anchors
            if isinstance(inside, Paragraph) and inside.is_toc:
                item.left_out.append(LeftOut(inside.text, CONTENTS))
    items = [
        one
        for one in cell.items
        if isinstance(one, TableItem) or (isinstance(one, Paragraph) and one.spans and not one.is_toc)
    ]
    if len(items) == 1 and isinstance(items[0], Paragraph) and not items[0].marker:
        return items[0].text, items[0].html()
    blocks = cell_blocks(items)
    text = " ".join(line for block in blocks for line in block.text.split("\n"))
    return text, SafeString("".join(block.html for block in blocks))


def _cell_html(cell: Cell, html: SafeString, name: str) -> SafeString:
    spans = {"colspan": cell.width} if cell.width > 1 else {}
    spans |= {"rowspan": cell.height} if cell.height > 1 else {}
    return element(name, html, **spans)
