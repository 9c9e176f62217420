"""Cards and charts, looked at pixel by pixel."""

import asyncio
import io
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from uniseg.graphemecluster import grapheme_clusters

from bot.commands.context import Library
from bot.pictures import typefaces
from bot.pictures.chart import PART_GAP
from bot.pictures.chart import layout_of as chart_of
from bot.pictures.fact_picture import layout_of
from bot.pictures.layout import Layout, drawn, png
from bot.pictures.palette import AMBER, MIST, NIGHT, PAPER, ROSE, SKY
from bot.pictures.paragraphs import cleaned, fitted
from bot.pictures.renderer import Bar, Chart, FactPicture, Shape, TooLong
from bot.pictures.shaping import shaped
from bot.pictures.studio import KEPT_LIMIT, Studio
from bot.pictures.typefaces import Weight, clusters, drawable, typefaces_of
from knowledge.pack.lint import SOURCE_LIMIT
from knowledge.pack.model import FACT_LIMIT
from tests.pictures import HARD, NAME_LIMIT, contrast, faults, full_of, pictures_of

shapes = pytest.mark.parametrize("shape", Shape)


@shapes
@pytest.mark.parametrize("hard", HARD.values(), ids=HARD)
def test_the_hardest_pictures_are_whole_and_legible(hard: FactPicture, shape: Shape) -> None:
    layout = layout_of(hard, shape)
    assert faults(layout) == []
    shown = " ".join(placed.paragraph.text for placed in layout.paragraphs)
    for part in (hard.text, hard.document, hard.community, str(hard.year)):
        assert cleaned(part) in shown


@shapes
def test_every_fact_that_ships_is_large_in_its_picture(library: Library, shape: Shape) -> None:
    for picture in pictures_of(library.pack):
        layout = layout_of(picture, shape)
        assert (layout.width, layout.height) == shape.size
        (fact,) = (placed for placed in layout.paragraphs if placed.paragraph.text == cleaned(picture.text))
        assert fact.paragraph.size >= 40
        source = next(placed for placed in layout.paragraphs if placed.paragraph.text.startswith("Source: "))
        assert source.paragraph.text == cleaned(picture.source)


@shapes
def test_the_shortest_and_the_longest_fact_that_ships_are_whole(library: Library, shape: Shape) -> None:
    pictures = pictures_of(library.pack)
    for picture in (pictures[0], pictures[-1]):
        assert faults(layout_of(picture, shape)) == []


SIGNS = st.characters(exclude_categories=["Cs"])


@settings(deadline=None, max_examples=60)
@given(st.text(SIGNS, max_size=FACT_LIMIT), st.text(SIGNS, max_size=SOURCE_LIMIT), st.text(SIGNS, max_size=NAME_LIMIT))
def test_a_picture_of_anything_at_all_is_whole_or_not_made(text: str, source: str, name: str) -> None:
    try:
        layout = layout_of(FactPicture(text, 2012, source, "", name), Shape.SQUARE)
    except TooLong:
        return
    assert faults(layout) == []


@shapes
@pytest.mark.parametrize("text", ["a" + "\u0301" * (FACT_LIMIT - 1), "\ufdfd" * FACT_LIMIT], ids=["tower", "phrases"])
def test_what_cannot_be_legible_is_not_made(text: str, shape: Shape) -> None:
    with pytest.raises(TooLong):
        layout_of(FactPicture(text, 2012, "Report", "", ""), shape)


@shapes
def test_a_name_that_fills_the_picture_is_left_out(shape: Shape) -> None:
    tower = "a" + "\u0301" * (NAME_LIMIT - 1)
    layout = layout_of(FactPicture("A fact.", 2012, "Report", "", tower), shape)
    assert [placed.paragraph.text for placed in layout.paragraphs] == ["A fact.", "2012", "Source: Report"]


def test_a_name_is_left_out_before_a_fact_is() -> None:
    absurd = full_of("🕊")
    assert len(layout_of(absurd, Shape.SQUARE).paragraphs) == 4
    shown = [placed.paragraph.text for placed in layout_of(absurd, Shape.WIDE).paragraphs]
    assert shown == [absurd.text, "2012", f"Source: {absurd.document}"]


def test_the_colors_of_a_picture_as_it_is_sent_have_contrast() -> None:
    picture = FactPicture("In 2012, 132 convictions.", 2012, "Report", "", "Chapter")
    image = Image.open(io.BytesIO(png(layout_of(picture, Shape.SQUARE)))).convert("RGB")
    found = {color: count for count, color in image.getcolors(maxcolors=1 << 16) or []}
    background = max(found, key=lambda color: found[color])
    assert background == NIGHT
    for written in (PAPER, MIST, AMBER):
        real = min(found, key=lambda color: sum(abs(a - b) for a, b in zip(color, written, strict=True)))
        assert max(abs(a - b) for a, b in zip(real, written, strict=True)) <= 2
        assert contrast(real, background) >= 7
    for bar in (SKY, ROSE, AMBER):
        assert contrast(bar, NIGHT) >= 3
    # The middle part lies between the two others, which differ in hue.
    assert min(contrast(ROSE, SKY), contrast(ROSE, AMBER)) >= 2


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_figures_stand_out_but_not_the_year() -> None:
    text = "In 2012, IJM saw 132 convictions, 79% of $1,200.50."
    layout = layout_of(FactPicture(text, 2012, "Report", "", ""), Shape.WIDE)
    fact = next(placed for placed in layout.paragraphs if placed.accents)
    assert "".join(text[place] for place in sorted(fact.accents)) == "13279%$1,200.50"
    colors = {color for _, color in drawn(Layout(1200, 675, 0, NIGHT, paragraphs=(fact,))).getcolors(1 << 16) or []}
    assert {AMBER, PAPER} <= colors


@pytest.mark.parametrize(
    "name",
    [
        "Justicia sin Fronteras ¡ñ!",
        "Δικαιοσύνη",
        "Справедливость",
        "الإنصاف",
        "צדק",
        "न्याय",
        "ন্যায়বিচার",
        "நீதி",
        "న్యాయం",
        "ความยุติธรรม",
        "យុត្តិធម៌",
        "ຄວາມຍຸຕິທຳ",
        "တရားမျှတမှု",
        "ፍትሕ",
        "სამართლიანობა",
        "Արդարություն",
        "正義",
        "正义",
        "정의",
        "せいぎ",
        "🕊️ Chapter ☆",
        "👨‍👩‍👧‍👦",
    ],
)
def test_names_in_any_script_have_a_shape_for_each_sign(name: str) -> None:
    assert drawable(name) == name
    assert all(glyph.number for glyph in shaped(cleaned(name), Weight.SEMIBOLD).glyphs)


def test_fancy_letters_become_plain_and_what_has_no_shape_goes() -> None:
    assert drawable("𝕴𝕵𝕸 \U0001cc00 Chapter") == "IJM  Chapter"


def test_han_signs_are_drawn_as_the_rest_of_the_text_suggests() -> None:
    faces = {text: dict(typefaces_of(text))["正"] for text in ("正義の会", "정의 正", "正义会")}
    assert len(set(map(id, faces.values()))) == 3


def test_a_text_that_runs_leftwards_begins_at_the_right() -> None:
    line = shaped("أب 12 ج", Weight.REGULAR, leftwards=True)
    places = {glyph.at: glyph.x for glyph in line.glyphs}
    assert places[0] > places[3]
    assert places[3] < places[4], "a number runs rightwards all the same"
    assert places[6] == min(places.values())
    layout = layout_of(HARD["Arabic"], Shape.SQUARE)
    fact = next(placed for placed in layout.paragraphs if placed.paragraph.text == HARD["Arabic"].text)
    assert fact.left + fact.paragraph.width == layout.width - layout.margin


def test_a_letter_keeps_its_marks_when_a_line_breaks() -> None:
    paragraph = fitted("e\u0301\u0323" * 80, Weight.REGULAR, 300, 1_000, range(28, 29))
    assert len(paragraph.lines) > 1
    assert all(line.shape.text.startswith("e") for line in paragraph.lines)


def test_a_number_is_not_parted_when_a_word_is() -> None:
    paragraph = fitted("ในปี2,012มี" * 12, Weight.REGULAR, 300, 1_000, range(28, 29))
    assert len(paragraph.lines) > 3
    assert sum(line.shape.text.count("2,012") for line in paragraph.lines) == 12
    assert fitted("7" * 90, Weight.REGULAR, 300, 1_000, range(28, 29)).lines[0].shape.text == "7" * 18


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_signs_that_stand_alone_are_told_apart_as_unicode_does(text: str) -> None:
    assert clusters(text) == tuple(grapheme_clusters(text))
    for sign in text:
        assert clusters(f"a{sign}a") == tuple(grapheme_clusters(f"a{sign}a"))


def test_direction_and_control_signs_are_not_set() -> None:
    assert cleaned("IJM\u202e retpahC\u2066\x1b[2J\n at\u00ad  home") == "IJM retpahC [2J at home"


MANY = tuple(Bar(f"{day} Sep", (day, day % 3, day % 5)) for day in range(17, 29))


@pytest.mark.parametrize(
    "bars",
    [
        MANY,
        tuple(Bar("22 Sep", (0, 0, 0)) for _ in range(12)),
        (*(Bar("22 Sep", (0, 0, 0)) for _ in range(11)), Bar("29 Sep", (1, 0, 0))),
        tuple(Bar("22 Sep", (9_999, 0, 1)) for _ in range(12)),
        tuple(Bar("22 Sep", (900_000_000, 5, 5)) for _ in range(12)),
    ],
    ids=["many", "none", "the first", "thousands", "millions"],
)
@pytest.mark.parametrize("name", ["", "IJM at Baylor", "W" * NAME_LIMIT, "الإنصاف"])
def test_a_chart_is_whole_and_legible(bars: tuple[Bar, ...], name: str) -> None:
    parts = ("answered", "with a choice", "unanswered")
    layout = chart_of(Chart("Questions by week, to 28 Sep 2026", name, parts, bars))
    assert faults(layout) == []


def test_the_heights_of_bars_are_as_their_counts() -> None:
    bars = (Bar("21 Sep", (30, 0, 10)), Bar("28 Sep", (60, 20, 0)))
    layout = chart_of(Chart("Questions", "", ("answered", "with a choice", "unanswered"), bars))
    heights = [(area.color, area.bottom - area.top) for area in layout.areas[3:-1]]
    unit = dict(heights[2:])[SKY] / 60
    assert [color for color, _ in heights] == [SKY, AMBER, SKY, ROSE]
    for (_, height), count in zip(heights, (30, 10, 60, 20), strict=True):
        assert height == pytest.approx(count * unit, abs=PART_GAP + 1)


async def test_a_picture_is_made_once_and_not_on_the_event_loop() -> None:
    studio, made = Studio(), []

    def making(number: int) -> Callable[[], bytes]:
        def make() -> bytes:
            made.append((number, threading.current_thread()))
            return b"picture"

        return make

    for _ in range(2):
        assert await studio.picture(0, making(0)) == b"picture"
    assert [number for number, _ in made] == [0]
    assert made[0][1] is not threading.main_thread()
    for number in range(1, KEPT_LIMIT + 1):
        await studio.picture(number, making(number))
    await studio.picture(0, making(0))
    assert [number for number, _ in made] == [*range(KEPT_LIMIT + 1), 0], "the one used longest ago is forgotten"


async def test_what_two_people_ask_for_at_once_is_made_once() -> None:
    studio = Studio()
    one, other = await asyncio.gather(
        *(studio.picture("picture", lambda: png(layout_of(HARD["Hindi"], Shape.WIDE))) for _ in range(2))
    )
    assert one is other
    assert one.startswith(b"\x89PNG")


async def test_what_could_not_be_made_is_tried_again_and_holds_up_nobody() -> None:
    studio = Studio()

    def fail() -> bytes:
        raise TooLong("too long")

    for _ in range(2):
        with pytest.raises(TooLong):
            await studio.picture("picture", fail)
    assert await studio.picture("picture", lambda: b"picture") == b"picture"


def test_without_a_face_for_them_chinese_signs_are_left_out_and_the_rest_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typefaces, "find_spec", lambda _: None)
    monkeypatch.setattr(typefaces, "_CJK_FILES", ())
    for remembered in (typefaces.cjk_file, typefaces._typeface_of):
        remembered.cache_clear()
    try:
        assert typefaces.cjk_file() is None
        assert typefaces.drawable("Kim 学生会 தமிழ் 🙂") == "Kim  தமிழ் 🙂"
    finally:
        monkeypatch.undo()
        for remembered in (typefaces.cjk_file, typefaces._typeface_of):
            remembered.cache_clear()
    assert typefaces.drawable("学生会") == "学生会"
