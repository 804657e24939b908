"""A blank Word document with the plan's styles: theme fonts and colours only, so that a brand recolours it.

Everything a reader may want to restyle is a style: headings, the line above them, messages, tables, notes, marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.styles.style import CharacterStyle, ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph

TEXT_WIDTH = 170
"""Millimetres between the margins."""
TABLE = "Plan Table"
_MARKS = {
    "Favourable": ("accent6", None), "Adverse": ("accent5", None), "Red": ("accent5", None),
    "Amber": ("accent4", "BF"), "Green": ("accent6", None), "Muted": ("accent2", None),
}  # fmt: skip


def blank_document() -> Document:
    """Return an A4 document with the plan's styles and no text."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)
    section.header_distance = section.footer_distance = Mm(11)
    _paragraph_styles(document)
    for name, (slot, shade) in _MARKS.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        _colour(style, slot, shade)
        style.font.bold = name != "Muted"
    document.styles.element.append(parse_xml(_table_style()))
    return document


def _paragraph_styles(document: Document) -> None:
    body = _style(document, "Normal", 10.5, after=6)
    body.paragraph_format.line_spacing = 1.15
    _style(document, "Title", 32, bold=True, colour="text2", before=110, after=6)
    _style(document, "Subtitle", 14, colour="accent2", after=4)
    _style(document, "Kicker", 9, bold=True, colour="accent1", before=22, after=2, keep=True)
    _style(document, "Contents Heading", 9, bold=True, colour="accent1", before=90, after=6, keep=True)
    _style(document, "Kicker New Page", 9, bold=True, colour="accent1", after=2, keep=True)
    document.styles["Kicker New Page"].paragraph_format.page_break_before = True
    for level, size, before in ((1, 18, 0), (2, 13, 14), (3, 11, 10)):
        _style(document, f"Heading {level}", size, bold=True, colour="text2", before=before, after=4, keep=True)
    _style(document, "Subject", 9.5, colour="accent2", after=8, keep=True)
    _style(document, "Table Text", 9, before=2, after=2)
    _style(document, "Table Number", 9, before=2, after=2, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _style(document, "Table Head", 9, bold=True, before=2, after=2, keep=True)
    _style(document, "Table Head Number", 9, bold=True, before=2, after=2, align=WD_ALIGN_PARAGRAPH.RIGHT, keep=True)
    for name in ("Table Text", "Table Number"):
        together = _style(document, f"{name} Together", 9, before=2, after=2, keep=True)
        together.base_style = document.styles[name]
    _style(document, "Note", 8.5, colour="accent2", after=4)
    _style(document, "Draft", 10, bold=True, colour="accent5", after=6)
    for level, indent in ((1, 0), (2, 5)):
        _style(document, f"toc {level}", 10.5, after=4).paragraph_format.left_indent = Mm(indent)
    for name in ("Header", "Footer"):
        _style(document, name, 8.5, colour="accent2", after=0)


def _style(
    document: Document, name: str, size: float, *, bold: bool = False, colour: str = "text1", before: float = 0,
    after: float = 0, keep: bool = False, align: WD_ALIGN_PARAGRAPH | None = None,
) -> ParagraphStyle:  # fmt: skip
    styles = document.styles
    found = next((style for style in styles if style.name == name), None)
    style = found if found is not None else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is no paragraph style")
    if found is None and name != "Normal":
        style.base_style = styles["Normal"]
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    _colour(style, colour, None)
    _theme_font(style, "major" if name in ("Title", "Heading 1", "Heading 2", "Heading 3") else "minor")
    for extra in list(style.element.iter(qn("w:pBdr"), qn("w:spacing"), qn("w:kern"))):
        extra.getparent().remove(extra)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.keep_with_next, layout.widow_control = keep, True
    if align is not None:
        layout.alignment = align
    return style


def _colour(style: ParagraphStyle | CharacterStyle, slot: str, shade: str | None) -> None:
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:color")):
        properties.remove(old)
    style.font.color.rgb = None
    node = OxmlElement("w:color")
    node.set(qn("w:val"), "1F2A33")
    node.set(qn("w:themeColor"), slot)
    if shade is not None:
        node.set(qn("w:themeShade"), shade)
    properties.append(node)
    _in_order(properties)


def _theme_font(style: ParagraphStyle, kind: str) -> None:
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for script, slot in (("ascii", "HAnsi"), ("hAnsi", "HAnsi"), ("eastAsia", "EastAsia"), ("cs", "Bidi")):
        fonts.set(qn(f"w:{'cstheme' if script == 'cs' else script + 'Theme'}"), f"{kind}{slot}")
    properties.insert(0, fonts)
    _in_order(properties)


_RUN_ORDER = ("rFonts", "b", "bCs", "i", "iCs", "caps", "color", "spacing", "kern", "sz", "szCs", "lang")


def _in_order(properties: object) -> None:
    """Put run properties into the order that the schema wants."""
    nodes = list(properties)  # type: ignore[call-overload]
    rank = {qn(f"w:{name}"): position for position, name in enumerate(_RUN_ORDER)}
    for node in sorted(nodes, key=lambda node: rank.get(node.tag, len(rank))):
        properties.remove(node)  # type: ignore[attr-defined]
        properties.append(node)  # type: ignore[attr-defined]


def _table_style() -> str:
    def border(side: str, size: int, slot: str, tint: str) -> str:
        return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="D5DADD" w:themeColor="{slot}"{tint}/>'

    light = ' w:themeShade="D9"'
    return (
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="PlanTable"><w:name w:val="{TABLE}"/>'
        '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:tblPr><w:tblBorders>'
        f"{border('top', 8, 'text1', '')}{border('bottom', 8, 'text1', '')}{border('insideH', 4, 'background1', light)}"
        '</w:tblBorders><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="142" w:type="dxa"/></w:tblCellMar>'
        '</w:tblPr><w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
        f"{border('bottom', 8, 'text1', '')}</w:tcBorders></w:tcPr></w:tblStylePr></w:style>"
    )


def add(document: Document, *texts: str, style: str = "Normal") -> Paragraph:
    """Add a paragraph in a style; each text is a run of its own, which a mark colours alone."""
    paragraph = document.add_paragraph(style=style)
    for text in texts:
        paragraph.add_run(text)
    return paragraph


def tag(document: Document, text: str) -> None:
    """Add a paragraph that holds nothing but a `{%p … %}` tag; it does not reach the document."""
    document.add_paragraph(f"{{%p {text} %}}", style="Normal")


def add_table(
    document: Document,
    columns: Sequence[tuple[str, str, float, bool]],
    loop: str,
    *,
    description: str,
    together: bool = False,
) -> Table:
    """Add a table: header row, and one row repeated by `loop`.

    `columns` are header, tag, width in mm, and whether it holds numbers. The header repeats on each page and no row
    breaks over two; `together` keeps a short table on one page, with the note below it.
    """
    table: Table = document.add_table(rows=0, cols=len(columns))
    table.style, table.autofit, table.alignment = document.styles[TABLE], False, WD_TABLE_ALIGNMENT.LEFT
    _row(table, [(head, "Table Head Number" if number else "Table Head") for head, _, _, number in columns], head=True)
    _row(table, [(f"{{%tr for {loop} %}}", "Table Text"), *[("", "Table Text")] * (len(columns) - 1)])
    kept = " Together" if together else ""
    _row(table, [(cell, ("Table Number" if number else "Table Text") + kept) for _, cell, _, number in columns])
    _row(table, [("{%tr endfor %}", "Table Text"), *[("", "Table Text")] * (len(columns) - 1)])
    _set_widths(table, [width for _, _, width, _ in columns])
    _describe(table, description)
    return table


def add_facts(document: Document, facts: Iterable[tuple[str, str]], *, description: str) -> None:
    """Add a table of label and value without header; a row without a value is left out, one of 0 stays."""
    table = document.add_table(rows=0, cols=2)
    table.style, table.autofit = document.styles[TABLE], False
    for label, value in facts:
        _row(table, [(f"{{%tr if {value}.value is not none %}}", "Table Text"), ("", "Table Text")])
        _row(table, [(label, "Table Head"), (f"{{{{ {value} }}}}", "Table Text")])
        _row(table, [("{%tr endif %}", "Table Text"), ("", "Table Text")])
    _set_widths(table, [52, TEXT_WIDTH - 52])
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstRow"), "0")
        look.set(qn("w:val"), "0480")
    _describe(table, description)


def _row(table: Table, cells: Sequence[tuple[str, str]], *, head: bool = False) -> None:
    row = table.add_row()
    for cell, (text, style) in zip(row.cells, cells, strict=True):
        cell.paragraphs[0].style = table.part.document.styles[style]  # type: ignore[attr-defined]
        cell.paragraphs[0].add_run(text)
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _set_widths(table: Table, widths: Sequence[float]) -> None:
    for grid, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        grid.set(qn("w:w"), str(Mm(width).twips))
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _describe(table: Table, description: str) -> None:
    for name, text in (("w:tblCaption", description),):
        node = OxmlElement(name)
        node.set(qn("w:val"), text)
        table._tbl.tblPr.append(node)


def add_field(paragraph: Paragraph, instruction: str) -> None:
    """Add a field such as PAGE."""
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        if kind is None:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {instruction} "
            run._r.append(code)
        else:
            node = OxmlElement("w:fldChar")
            node.set(qn("w:fldCharType"), kind)
            run._r.append(node)


def fill_money_table(
    document: Document, table: Table, heads: Sequence[str], lines: Sequence[Sequence[str]], widths: Sequence[float]
) -> None:
    """Fill a table of amounts: first column labels, the others right-aligned."""
    table.style, table.autofit = document.styles[TABLE], False
    styles = ("Table Head", *["Table Head Number"] * (len(heads) - 1))
    _row(table, list(zip(heads, styles, strict=True)), head=True)
    for line in lines:
        _row(table, list(zip(line, ("Table Text", *["Table Number"] * (len(heads) - 1)), strict=True)))
    _set_widths(table, widths)
    _describe(table, heads[0])
