"""What spreadsheets do to texts: guards that exports add, yes and no, errors, broken letters, markup."""

import re

# A spreadsheet reads a cell that begins with these as a formula (owasp.org: CSV injection); an apostrophe prevents
# that.
_FORMULA = re.compile(r"(?<!')'*+[=+\-@\t\r\n＝＋－＠]")
_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"", "no", "n", "false", "0"})
_ERRORS = re.compile(r"#(?:NAME\?|REF!|VALUE!|N/A|DIV/0!|NULL!|NUM!)")
# UTF-8 that was read as Windows-1252: the first byte of a sign outside ASCII and one of those that follow it.
_MOJIBAKE = re.compile("â€|Ã[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]|Â[\u00a0-\u00bf]|ï»¿")
_HTML = re.compile(r"</?(?:p|br|div|span|a|b|i|u|ul|ol|li|strong|em|h[1-6])\b|&(?:nbsp|amp|quot|lt|gt|#\d{2,5});", re.I)
# From this many pieces on, one phrasing is really several.
_PIECES = 3


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet reads as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text of a cell that `guarded` wrote; any other apostrophe stays."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def yes_or_no(cell: str) -> bool | None:
    """Return whether a cell says yes; None if it says neither yes nor no. An empty cell means no."""
    word = cell.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def warnings_of(column: str, text: str) -> list[str]:
    """Return warnings about likely mistakes in a cell."""
    found: list[str] = []
    if error := _ERRORS.search(text):
        found.append(f"{column}: “{error.group()}” is an error of the spreadsheet")
    if broken := _MOJIBAKE.search(text):
        found.append(f"{column}: “{broken.group()}” looks like a letter that was broken when the file was saved")
    if _HTML.search(text):
        found.append(f"{column}: HTML is shown as it is; write Markdown")
    if text.lstrip().startswith("="):
        found.append(f"{column}: this is a formula; paste its value")
    if column == "phrasings" and any(_several(line) for line in lines(text)):
        found.append("phrasings: this looks like several in one line; write one a line")
    return found


def lines(text: str) -> list[str]:
    """Return the lines of a cell that are not empty, with any kind of line end."""
    return [line for line in re.split(r"\r\n|\r|\n", text) if line.strip()]


def _several(line: str) -> bool:
    return any(len([part for part in line.split(sign) if part.strip()]) >= _PIECES for sign in (";", "|", "? "))
