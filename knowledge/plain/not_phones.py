"""What looks like a phone number but is not: years, dates, times, amounts, and numbers with a name."""

import re

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_HOUR = r"(?:[01]?\d|2[0-4])[:.][0-5]\d"
_FIGURES = tuple(
    re.compile(each, re.IGNORECASE)
    for each in (
        # Dates, from most to least of their parts; then times and years, also several behind each other.
        rf"(?<!\d){_YEAR}[-/.]{_MONTH}[-/.]{_DAY}(?:t{_HOUR}(?::[0-5]\d)?)?(?!\d)",
        rf"(?<!\d){_DAY}[-/.]{_DAY}[-/.]{_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}/{_DAY}/\d\d(?!\d)",
        rf"(?<![\d:.]){_HOUR}(?::[0-5]\d)?(?![\d:])(?:\s?[–-]\s?{_HOUR}(?![\d:]))?",
        rf"(?<![\d.,-]){_YEAR}(?:\s?[-/,–—]\s?(?:{_YEAR}|\d\d))*+(?![\d-]|[.,]\d)",
        # Money, shares, and figures with their thousands apart.
        r"[$€£¥₹]\s?\d[\d,.]*+",
        r"(?<![\d.,-])\d[\d,.]*+\s?(?:%|percent\b|usd\b|eur\b|dollars?\b|euros?\b|million\b|billion\b|thousand\b)",
        r"(?<![\d.,-])\d{1,3}(?:,\d{3})++(?:\.\d+)?(?:\s?[–-]\s?\d{1,3}(?:,\d{3})++)?(?![\d-]|[.,]\d)",
        r"(?<![\d.-])\d{1,3}(?:[ .]\d{3}){1,4}(?<=000)(?![\d-]|[.,]\d)",
        # The address of a computer; not of pairs of digits, as phone numbers are written in some countries.
        r"(?<![\d.])(?!\d\d\.\d\d\.\d\d\.\d\d)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}\d{1,3}(?![\d.])",
        # A decimal number, also of degrees.
        r"(?<![\d.])\d{1,3}\.\d{4,6}(?![\d-]|\.\d)",
    )
)
# The names of what is numbered; beside one, digits are no phone number, if they have not its form.
_LABEL = re.compile(
    r"(?:\b(?:isbn|issn|doi|orcid|ein|vat|iban|swift|crn|sku|upc|pmid|lccn|oclc|arxiv|zip|postcode|plz"
    r"|id|ids|i\.d|no|nos|nr|ref|reference|case|docket|order|invoice|receipt|ticket|booking|tracking|confirmation"
    r"|account|acct|serial|member|membership|student|employee|badge|card|library card|grant|award|permit|licen[cs]e"
    r"|registration|charity|company|tax|course|section|catalog|catalogue|barcode|passcode|password|pin|code|meeting"
    r"|webinar|zoom|version|build|edition|issue|patent|resolution|coordinates|lot|po box|box|p\.o|number|numbers"
    r"|population|score|scores|room|rooms|pages?|pp|line|lines)\b|#)[^\d\n]{0,20}\Z",
    re.IGNORECASE,
)
# The standard numbers of books begin so; the last digit of each is a check.
_BOOK = re.compile(r"(?<![\d-])97[89](?:[- ]?\d){10}(?![\d-])")
# Two letters of a state, or a town, before a ZIP code of nine digits.
_ZIP = re.compile(r"(?<=[A-Za-z] )\d{5}-\d{4}(?![\d-])")


def without_figures(text: str, called: re.Pattern[str]) -> str:
    """Replace years, dates, times, amounts, ISBNs and ZIP codes by letters, unless the text before says to call them
    (`called` finds that at the end of a text).
    """

    def hidden(found: re.Match[str]) -> str:
        before = text[max(0, found.start() - 40) : found.start()]
        return found.group() if called.search(before) else "x" * len(found.group())

    for pattern in (*_FIGURES, _ZIP):
        text = pattern.sub(hidden, text)
    return _BOOK.sub(lambda found: "x" * len(found.group()) if _is_book(found.group()) else found.group(), text)


def is_labelled(before: str) -> bool:
    """Return whether the end of a text names what the digits after it are."""
    return _LABEL.search(before) is not None


def _is_book(written: str) -> bool:
    digits = [int(each) for each in written if each.isdigit()]
    return sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
