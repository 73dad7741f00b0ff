"""A watch over the knowledge: what is saved is verified and served, and the admins get a report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from watchfiles import Change

from bot.answers.assistant import Assistant
from bot.telegram.context import App
from bot.telegram.curation.watch import is_saved_in
from bot.text import Texts
from tests.botapi import ADA, BotApi
from tests.botapi.people import private
from tests.telegram.knowledge import NUCLEAR
from tests.telegram.serving import MakeServices, serving_with
from tests.telegram.test_reload import change_point

pytestmark = pytest.mark.slow


@pytest.fixture
async def watching(
    api: BotApi, make_services: MakeServices, own: Assistant, own_folder: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[App]:
    """Run a bot that watches, once it does."""
    caplog.set_level("INFO")
    api.world.add_chat(private(ADA))
    async with serving_with(api, make_services(own, watched_folder=own_folder)) as application:
        await api.wait_for(lambda: "is watched" in caplog.text, "the watch")
        yield application


@pytest.mark.usefixtures("watching")
async def test_what_is_saved_is_served_and_the_admins_get_a_report(
    api: BotApi, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    await touched(api, own_folder, lambda: change_point(own_folder, "核能比以前更重要。"))

    (reply,) = await api.sent(1)
    assert reply.chat == ADA.id
    assert texts("en", "admin.reloaded", version=own.knowledge.version) in reply.text
    assert "• energy-talk/nuclear-view" in reply.text
    assert "• 核能比以前更重要。" in (await api.answer(ADA, NUCLEAR)).text


@pytest.mark.usefixtures("watching")
async def test_what_is_faulty_is_reported_and_the_old_knowledge_serves_on(
    api: BotApi, own_folder: Path, texts: Texts
) -> None:
    await touched(api, own_folder, lambda: (own_folder / "lexicon.yaml").write_text("terms: 1\n", encoding="utf-8"))

    (reply,) = await api.sent(1)
    assert texts("en", "admin.problems", count=1) in reply.text
    assert "lexicon.yaml:1" in reply.text
    assert (await api.answer(ADA, NUCLEAR)).text.startswith(f"❓ {NUCLEAR}")


async def test_an_admin_who_cannot_be_reached_is_no_failure(
    api: BotApi, watching: App, own: Assistant, own_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    api.block(private(ADA))
    before = own.knowledge.version

    change_point(own_folder, "核能比以前更重要。")
    for _ in range(10):
        try:
            await api.wait_for(lambda: "An admin got no report" in caplog.text, "the failure to be noted", 3)
        except AssertionError:
            path = own_folder / "lexicon.yaml"
            path.write_bytes(path.read_bytes() + b"\n")
        else:
            break

    assert own.knowledge.version != before
    assert watching.running


async def touched(api: BotApi, folder: Path, change: Callable[[], object]) -> None:
    """Change files until the bot has noticed: the watch may begin a moment after it says so."""
    change()
    for _ in range(10):
        try:
            await api.wait_for(lambda: api.world.sent, "the report", 3)
        except AssertionError:
            path = folder / "lexicon.yaml"
            path.write_bytes(path.read_bytes())
        else:
            return


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("lexicon.yaml", True),
        ("tea/01-tea.yaml", True),
        ("tea/01-tea.phrasings.txt", True),
        ("tea/transcript.txt", True),
        ("tea/notes.md", False),
        ("tea/.01-tea.yaml.swp", False),
        ("tea/.x.yaml", False),
        ("tea/._01-tea.yaml", False),
        ("tea/01-tea.yaml~", False),
        ("tea/#01-tea.yaml#", False),
        (".git/info.txt", False),
        ("@eaDir/01-tea.yaml", False),
    ],
)
@pytest.mark.parametrize("folder", ["/knowledge", "/home/ada/.bot/knowledge"])
def test_only_curated_files_count(folder: str, name: str, counts: bool) -> None:
    assert is_saved_in(Path(folder))(Change.modified, f"{folder}/{name}") is counts
