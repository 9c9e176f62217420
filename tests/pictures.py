"""What the tests of pictures share: the pictures that are hardest to set, and how colors are compared."""

from itertools import pairwise

from PIL import Image, ImageChops

from bot.pictures.layout import Layout, drawn
from bot.pictures.palette import Color
from bot.pictures.renderer import FactPicture
from knowledge.pack.lint import SOURCE_LIMIT
from knowledge.pack.model import FACT_LIMIT, Pack

# As long as Discord lets a server's name be (resources/guild.mdx).
NAME_LIMIT = 100


def full_of(sign: str) -> FactPicture:
    """A picture on which everything is as long as the linter lets it be, and of one sign."""
    return FactPicture(sign * FACT_LIMIT, 2012, sign * SOURCE_LIMIT, sign * SOURCE_LIMIT, sign * NAME_LIMIT)


def pictures_of(pack: Pack, community: str = "IJM Campus Chapter at Springfield") -> list[FactPicture]:
    """Every fact of a pack, the shortest first."""
    facts = sorted((fact for entry in pack.entries for fact in entry.facts), key=lambda fact: len(fact.text))
    return [FactPicture(f.text, f.year, f.source.document, f.source.section, community) for f in facts]


HARD = {
    "widest letters, no spaces": full_of("W"),
    "widest letters in words": FactPicture(
        ("WWWWWWW " * 30).strip(), 2012, ("WWWWWWW " * 25).strip(), "WWW " * 50, "W W W"
    ),
    "full-width signs": full_of("国"),
    "full-width letters": full_of("Ｗ"),
    "em dashes": full_of("—"),
    "emoji": FactPicture("🕊" * FACT_LIMIT, 2012, "🕊" * SOURCE_LIMIT, "", ""),
    "narrowest letters": full_of("l"),
    "one letter": FactPicture("a", 2012, "b", "", ""),
    "combining marks": FactPicture(
        "e\u0301\u0323 " * 80, 2012, "o\u0308\u0304" * 66, "n\u0303" * 100, "Z\u0301\u0302algo"
    ),
    "Vietnamese": FactPicture("Ằ" * FACT_LIMIT, 2012, "Ổ" * SOURCE_LIMIT, "", "Việt Nam"),
    "Arabic": FactPicture(
        "في عام 2012، ساعد المحامون في تحقيق 132 إدانة (ضد المجرمين).", 2012, "تقرير", "", "طلاب من أجل العدالة"
    ),
    "Hebrew with English": FactPicture("בשנת 2012 עזרו עורכי הדין של IJM להשיג 132 הרשעות.", 2012, "Report", "", "צדק"),
    "Hindi": FactPicture("सन् 2012 में 132 अपराधियों को सज़ा मिली। " * 5, 2012, "रिपोर्ट", "", "न्याय के लिए छात्र"),
    "Thai, no spaces": FactPicture("ในปี2012มีผู้กระทำผิดถูกตัดสินลงโทษ" * 6, 2012, "รายงาน", "", "นักศึกษาเพื่อความยุติธรรม"),
}


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colors, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink(layout: Layout) -> tuple[int, int, int, int]:
    """The box of all that is drawn, by its pixels: left, top, right and bottom, the last two outside it."""
    return _ink(drawn(layout), layout.background)


def _ink(image: Image.Image, background: Color) -> tuple[int, int, int, int]:
    box = ImageChops.difference(image, Image.new("RGB", image.size, background)).getbbox()
    assert box is not None, "nothing is drawn"
    return box


def faults(layout: Layout) -> list[str]:
    """What is wrong with a layout: ink in the margins, type that is too small, paragraphs or lines over each other."""
    found: list[str] = []
    left, top, right, bottom = ink(layout)
    margin = layout.margin
    if min(left, top, layout.width - right, layout.height - bottom) < margin - 1:
        found.append(f"ink at {left}, {top}, {right}, {bottom} is in the margin of {margin}")
    smallest = min(placed.paragraph.size for placed in layout.paragraphs)
    if smallest < 28:
        found.append(f"type of {smallest} pixels")
    boxes = []
    for placed in (each for each in layout.paragraphs if each.paragraph.lines):
        alone = Layout(layout.width, layout.height, margin, layout.background, paragraphs=(placed,))
        box = ink(alone)
        boxes.append((box, placed.paragraph.text))
        set_in_lines = "".join(line.shape.text for line in placed.paragraph.lines)
        if placed.paragraph.text.replace(" ", "") != set_in_lines.replace(" ", ""):
            found.append(f"a part of {placed.paragraph.text!r} is missing")
        for above, below in pairwise(placed.paragraph.lines):
            size = placed.paragraph.size
            if above.baseline - above.shape.bottom * size > below.baseline - below.shape.top * size + 1:
                found.append(f"lines of {placed.paragraph.text!r} touch")
    for place, ((l1, t1, r1, b1), one) in enumerate(boxes):
        for (l2, t2, r2, b2), other in boxes[place + 1 :]:
            if l1 < r2 and l2 < r1 and t1 < b2 and t2 < b1:
                found.append(f"{one!r} and {other!r} overlap")
    return found
