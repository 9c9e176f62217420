"""Two communities with the same people, channels and words: nothing that is said in one ever shows up in the other."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.app.app import App
from bot.chat.events import Complete, Home, Invocation, Message, Place, Submit, Upload
from bot.chat.replies import File, Reply
from bot.commands.context import Library
from bot.operating.bootstrap import services as services_on
from knowledge.store.sql.store import SqlStore
from tests.conftest import NOW
from tests.people import ADMIN, DANGER, MEMBER, MODERATOR, PLATFORM, chosen, done, moderated, sent

SECOND = replace(MODERATOR, id="test:user/9")
# A word that only this community's people ever say.
WORDS = {"test:community/1": "zebrafish", "test:community/2": "walrusburg"}


class Life:
    """One community, whose people do one thing after another and keep all that they are shown."""

    def __init__(self, app: App, community: str) -> None:
        self.app = app
        self.word = WORDS[community]
        self.place = Place("test:channel/1", community, platform=PLATFORM)
        self.shown: list[str] = []

    def see(self, reply: Reply) -> Reply:
        files = [block.content.decode() for block in reply.blocks if isinstance(block, File)]
        typed = [str(field) for field in reply.form.fields] if reply.form else []
        self.shown += [reply.plain, *files, *typed, *(str(choice) for choice in reply.choices)]
        return reply

    async def mod(self, command: str, **given: str | bool) -> Reply:
        return self.see(await moderated(self.app, command, place=self.place, **given))

    async def press(self, reply: Reply, label: str) -> Reply | None:
        if not any(choice.label.startswith(label) for choice in reply.choices):
            return None
        return self.see(await chosen(self.app, reply, label, place=self.place))

    async def ask(self) -> None:
        for words in (f"when does the {self.word} club meet", "when does the club meet", "club meeting"):
            self.see(await done(self.app, Message(MEMBER, self.place, words, addressed=True)))

    async def add(self) -> None:
        typed = {
            "question": f"When does the {self.word} club meet?",
            "phrasings": f"{self.word} meeting\nwhen does the club meet",
            "answer": f"On {self.word} Mondays.",
            "topic": "about",
            "source": f"{self.word} handbook\n2026",
        }
        preview = self.see(await sent(self.app, await self.mod("add", text=self.word), place=self.place, **typed))
        await self.press(preview, "Save")

    async def edit(self) -> None:
        opened = await self.mod("edit", entry="prevention")
        if opened.form is not None:
            await self.press(self.see(await sent(self.app, opened, place=self.place, answer=f"{self.word}!")), "Save")

    async def remove(self) -> None:
        await self.press(await self.mod("remove", entry="prevention"), "Remove it")

    async def alias(self) -> None:
        reply = await self.mod("alias", phrasing=f"{self.word} town", entry="evidence-cebu")
        await self.press(reply, "Save")

    async def suggest(self) -> None:
        self.see(await done(self.app, Invocation(MEMBER, self.place, "suggest", {"question": f"{self.word} gala"})))

    async def review(self) -> None:
        item = await self.press(await self.mod("review"), "Begin")
        if item is not None:
            await self.press(item, "Next")

    async def look(self) -> None:
        for command in ("history", "restore", "settings", "review"):
            reply = await self.mod(command)
            if reply.menu and reply.menu.rows:
                self.see(await chosen(self.app, reply, reply.menu.rows[0].label, place=self.place))
        await self.mod("why", question="when does the club meet")
        await self.mod("export", format="json", all=True)
        for option in ("entry", "changed"):
            command = "edit" if option == "entry" else "history"
            typed = Complete(MODERATOR, self.place, command, "entry", "", "ijm-mod")
            self.shown += [str(pair) for pair in await self.app.complete(typed)]
        for name in ("topics", "fact", "help"):
            self.see(await done(self.app, Invocation(MEMBER, self.place, name)))
        self.see(await done(self.app, Home(MEMBER, self.place)))

    async def help_line(self) -> None:
        await self.mod("settings", helpline=f"{self.word} line, 555-010-0199")
        second = await moderated(self.app, "settings", SECOND, self.place)
        await chosen(self.app, second, "Confirm", SECOND, self.place)
        self.see(await done(self.app, Message(MEMBER, self.place, DANGER, addressed=True)))

    async def bring_in(self) -> None:
        rows = f"question,answer,topic,source,year\n{self.word} file?,From a {self.word} file.,about,{self.word},2026\n"
        opened = await self.mod("import")
        assert opened.form is not None
        files = {"file": Upload("rows.csv", rows.encode())}
        dry = self.see(await done(self.app, Submit(MODERATOR, self.place, opened.form.id, {}, files)))
        await self.press(dry, "Import")

    async def forget(self) -> None:
        sure = await moderated(self.app, "forget", ADMIN, self.place, everything=True)
        self.see(await chosen(self.app, sure, "Delete everything", ADMIN, self.place))


ACTS: dict[str, Callable[[Life], Awaitable[None]]] = {
    "ask": Life.ask, "add": Life.add, "edit": Life.edit, "remove": Life.remove, "alias": Life.alias,
    "suggest": Life.suggest, "review": Life.review, "look": Life.look, "help line": Life.help_line,
    "import": Life.bring_in, "forget": Life.forget,
}  # fmt: skip
steps = st.tuples(st.sampled_from(sorted(WORDS)), st.sampled_from(sorted(ACTS)))


@pytest.mark.slow
@settings(
    max_examples=3,
    deadline=None,
    # A life takes a second; to make a failing one shorter would take minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(taken=st.lists(steps, min_size=4, max_size=10))
async def test_nothing_of_one_community_ever_shows_up_in_another(
    library: Library, taken: list[tuple[str, str]]
) -> None:
    store = SqlStore("sqlite://")
    await store.migrate()
    try:
        app = App(replace(services_on(library, store), now=lambda: NOW))
        lives = {community: Life(app, community) for community in WORDS}
        for community, act in taken:
            await ACTS[act](lives[community])
        for life in lives.values():
            await life.ask()
            await life.look()
        for community, life in lives.items():
            for other, word in WORDS.items():
                if other != community:
                    assert not [shown for shown in life.shown if word in shown]
    finally:
        await store.close()


@pytest.mark.slow
async def test_the_same_acts_do_show_in_the_community_itself(library: Library) -> None:
    """The test above would pass if nothing ever showed anywhere."""
    store = SqlStore("sqlite://")
    await store.migrate()
    try:
        life = Life(App(replace(services_on(library, store), now=lambda: NOW)), "test:community/1")
        for name, act in ACTS.items():
            if name != "forget":
                life.shown.clear()
                await act(life)
                if name in {"add", "edit", "suggest", "review", "help line", "import"}:
                    assert any(life.word in shown for shown in life.shown), name
    finally:
        await store.close()
