"""A picture as a list of placed parts, which can be checked before it is drawn; and its drawing."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import uharfbuzz as hb
from PIL import Image, ImageDraw

from bot.pictures.palette import Color
from bot.pictures.paragraphs import Paragraph
from bot.pictures.shaping import Glyph
from bot.pictures.typefaces import font


@dataclass(frozen=True, slots=True)
class PlacedParagraph:
    """A paragraph with its left upper corner, in pixels; the signs at `accents` have their own color."""

    paragraph: Paragraph
    left: int
    top: int
    color: Color
    accent: Color | None = None
    accents: frozenset[int] = frozenset()

    @property
    def bottom(self) -> int:
        """Where it ends."""
        return self.top + self.paragraph.height


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of one color, in pixels; `right` and `bottom` are outside it."""

    left: int
    top: int
    right: int
    bottom: int
    color: Color


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture laid out. Nothing in it comes nearer to its edges than the `margin`, in pixels."""

    width: int
    height: int
    margin: int
    background: Color
    areas: Sequence[Area] = ()
    paragraphs: Sequence[PlacedParagraph] = ()


def png(layout: Layout) -> bytes:
    """Return the picture as a PNG file."""
    image = drawn(layout)
    out = io.BytesIO()
    # Flat colors and the shades between them: a palette is a third of the size, and looks the same.
    image.quantize(colors=256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def drawn(layout: Layout) -> Image.Image:
    """Return the picture in red, green and blue."""
    image = Image.new("RGB", (layout.width, layout.height), layout.background)
    draw = ImageDraw.Draw(image)
    for area in layout.areas:
        draw.rectangle((area.left, area.top, area.right - 1, area.bottom - 1), fill=area.color)
    for placed in layout.paragraphs:
        _write(image, placed)
    return image


def _write(image: Image.Image, placed: PlacedParagraph) -> None:
    paragraph = placed.paragraph
    for line in paragraph.lines:
        shape = line.shape
        left = placed.left - min(0.0, shape.left) * paragraph.size
        if paragraph.leftwards:
            left += paragraph.width - shape.width * paragraph.size
        baseline = placed.top + line.baseline
        accented = [glyph for glyph in shape.glyphs if line.start + glyph.at in placed.accents]
        rest = [glyph for glyph in shape.glyphs if line.start + glyph.at not in placed.accents]
        _ink(image, rest, left, baseline, paragraph.size, placed.color)
        if placed.accent is not None:
            _ink(image, accented, left, baseline, paragraph.size, placed.accent)


def _ink(image: Image.Image, glyphs: Sequence[Glyph], left: float, baseline: int, size: int, color: Color) -> None:
    """Draw glyphs that have one color."""
    raster = hb.RasterDraw()
    for glyph in glyphs:
        scale = size / glyph.typeface.em
        raster.transform = (scale, 0, 0, scale, left + glyph.x * size, glyph.y * size)
        raster.draw_glyph(font(glyph.typeface, glyph.weight), glyph.number)
    shade = raster.render()
    box = shade.extents
    if box is None or not box.width or not box.height:
        return
    # HarfBuzz has the lowest row first.
    mask = Image.frombytes("L", (box.width, box.height), shade.buffer, "raw", "L", box.stride, -1)
    image.paste(color, (box.x_origin, baseline - box.y_origin - box.height), mask)
