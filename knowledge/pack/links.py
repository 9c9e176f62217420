"""The links in an entry's answer."""

from knowledge.plain.addresses import has_control_characters
from knowledge.plain.markdown import links


def answer_links(answer: str) -> tuple[str, ...]:
    """List the addresses that an answer links to, as written, whether Markdown accepts them or not."""
    found: list[str] = []
    for piece in answer.split("](")[1:]:
        url, closed, _ = piece.partition(")")
        if closed and len(url.split()) <= 1:
            found.append(url)
    return tuple(found)


def label_faults(answer: str) -> tuple[str, ...]:
    """Report each link in an answer whose label reverses or hides its text."""
    return tuple(
        f"the label of the link to {url} holds characters that cannot be seen; type it anew"
        for label, url in links(answer)
        if has_control_characters(label)
    )
