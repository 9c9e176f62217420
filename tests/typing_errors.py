"""Typing errors as people make them: letters that are swapped, dropped, doubled or hit beside the right key."""

import re
from random import Random

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Shorter words are hardly ever misspelt.
SHORTEST = 3
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},}}")
# So rarely the first letter is wrong.
_FIRST = 0.1


def misspelt(text: str, share: float, random: Random) -> str:
    """The text with one error in about that share of its words of at least SHORTEST letters."""
    return _WORD.sub(lambda found: _wrong(found[0], random) if random.random() < share else found[0], text)


def _wrong(word: str, random: Random) -> str:
    at = 0 if random.random() < _FIRST else random.randrange(1, len(word))
    before, letter, after = word[:at], word[at], word[at + 1 :]
    if at == len(word) - 1:
        return random.choice((before, before + 2 * letter, before + _beside(letter, random)))
    swapped = after[0] + letter + after[1:] if after[0] != letter else after
    return before + random.choice((swapped, after, 2 * letter + after, _beside(letter, random) + after))


def _beside(letter: str, random: Random) -> str:
    """A key that touches the one of a letter."""
    for number, row in enumerate(_ROWS):
        at = row.find(letter.lower())
        if at >= 0:
            near = "".join(keys[max(at - 1, 0) : at + 2] for keys in _ROWS[max(number - 1, 0) : number + 2])
            return random.choice(near.replace(letter.lower(), ""))
    return letter
