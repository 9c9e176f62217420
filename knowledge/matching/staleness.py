"""What has changed since the numbers that ship were learned from it."""

from collections.abc import Iterable, Mapping

from knowledge.matching.entry_texts import DIGITS, digest_of
from knowledge.matching.learned import Learned
from knowledge.matching.out_of_scope import OutOfScope
from knowledge.matching.practice import Labelled
from knowledge.pack.model import Entry
from knowledge.plain.digests import digest


def digests(entries: Iterable[Entry], out_of_scope: OutOfScope, practice: Iterable[Labelled]) -> Mapping[str, str]:
    """Tell everything that is learned from: entries by id, and the folders of examples and of practice questions."""
    return {
        **{entry.id: digest_of(entry) for entry in entries},
        "unanswerable/": digest("\n".join(out_of_scope.texts), DIGITS),
        "practice_questions/": digest("\n".join(each.q for each in practice), DIGITS),
    }


def stale(learned: Learned, now: Mapping[str, str]) -> tuple[str, ...]:
    """Give the names of what is not what it was, is new, or is gone."""
    return tuple(name for name in {**now, **learned.digests} if now.get(name) != learned.digests.get(name))
