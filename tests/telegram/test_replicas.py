"""Several replicas on one PostgreSQL are one bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.answers.assistant import Assistant, ExtendedMatcher, MatcherBuilder
from bot.builder import Builder
from bot.errors import SettingsError
from bot.knowledge import Knowledge
from bot.knowledge.overlay import ApprovedPhrasing
from bot.telegram.chats.rate_limits import PERSON_REQUESTS
from bot.telegram.context import App
from bot.telegram.updates import HttpServerConfig
from tests.botapi import ADA, BOB, BotApi
from tests.botapi.state import Sent
from tests.postgres import Server
from tests.replica import free_port
from tests.telegram import knowledge
from tests.telegram.knowledge import NUCLEAR, SOLAR
from tests.telegram.serving import MakeServices, serving_with

NEW = "核能比以前更重要。"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("at_info")]


@pytest.fixture
def at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")


@dataclass(frozen=True)
class Fleet:
    """Two replicas, each with a folder of its own, as on two machines."""

    api: BotApi
    apps: tuple[App, App]
    folders: tuple[Path, Path]
    broken: list[str]
    """Why the second replica can't build anything any more."""

    @property
    def ways(self) -> list[str]:
        return [
            str(app.services.options.http_server.webhook)
            for app in self.apps
            if app.services.options.http_server is not None
        ]

    def deliver_to(self, *numbers: int) -> None:
        """Let the balancer know these replicas alone."""
        self.api.deliveries.ways[:] = [self.ways[number] for number in numbers]

    async def ready(self, number: int) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.ways[number], trust_env=False) as client:
            return await client.get("/readyz")

    async def until_serving(self, number: int, version: str) -> None:
        await self.api.wait_for(
            lambda: self.apps[number].services.assistant.knowledge.version == version, "the new version", limit=5
        )


@dataclass(frozen=True)
class Breakable:
    """A builder that fails while there are problems."""

    builder: Builder
    problems: list[str]

    def read(self, folder: Path) -> Knowledge:
        if self.problems:
            raise SettingsError(self.problems[0])
        return self.builder.read(folder)

    def with_approved(self, knowledge: Knowledge, approved: Sequence[ApprovedPhrasing]) -> ExtendedMatcher:
        return self.builder.with_approved(knowledge, approved)


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.new_database()


@pytest.fixture
async def fleet(
    api: BotApi, make_services: MakeServices, matcher_builder: Builder, url: str, tmp_path: Path
) -> AsyncIterator[Fleet]:
    folders = (knowledge.write(tmp_path / "one"), knowledge.write(tmp_path / "two"))
    breakable = Breakable(matcher_builder, [])
    builders: tuple[MatcherBuilder, ...] = (matcher_builder, breakable)
    async with AsyncExitStack() as stack:
        apps = []
        for folder, builder in zip(folders, builders, strict=True):
            assistant = Assistant(builder, folder)
            port = free_port()
            services = make_services(assistant, url, _http_server_config(port))
            apps.append(await stack.enter_async_context(serving_with(api, services)))
            await _until_set(api, port)
        fleet = Fleet(api, (apps[0], apps[1]), folders, breakable.problems)
        fleet.deliver_to(0, 1)
        yield fleet


async def _until_set(api: BotApi, port: int) -> None:
    await api.wait_for(lambda: str(port) in str(api.world.webhook), "the replica to serve")


def _http_server_config(port: int) -> HttpServerConfig:
    return HttpServerConfig("127.0.0.1", port, f"http://127.0.0.1:{port}", SecretStr("s3cret-of-the-webhook"))


async def test_a_chat_is_answered_in_order_whoever_takes_its_messages(fleet: Fleet) -> None:
    api = fleet.api
    asked = [
        (await api.private_message(person, question))["message_id"]
        for question in (NUCLEAR, SOLAR) * 3
        for person in (ADA, BOB)
    ]
    sent = await api.sent(len(asked), limit=30)

    for person in (ADA, BOB):
        replies = [message.reply_to for message in sent if message.chat == person.id]
        assert replies == sorted(replies, key=lambda number: number or 0)
    assert len({(message.chat, message.reply_to) for message in sent}) == len(asked)


async def test_a_conversation_goes_on_at_another_replica(fleet: Fleet) -> None:
    fleet.deliver_to(0)
    await fleet.api.answer(ADA, NUCLEAR)
    fleet.deliver_to(1)

    follow_up = await fleet.api.answer(ADA, "那太阳能呢")

    assert follow_up.text.startswith(f"❓ {SOLAR}")


async def test_a_reply_to_an_answer_is_understood_at_another_replica(fleet: Fleet) -> None:
    api = fleet.api
    fleet.deliver_to(0)
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (older,) = await api.sent(1)
    await api.group_message(ADA, f"@interview_bot {SOLAR}")
    await api.sent(2)
    fleet.deliver_to(1)

    await api.group_message(BOB, "原话是什么？", reply_to=older)

    assert (await api.sent(3))[2].text.startswith(f"❓ {NUCLEAR}")


async def test_limits_are_those_of_the_whole_bot(fleet: Fleet) -> None:
    texts = fleet.apps[0].services.texts
    sent: list[Sent] = []
    for number in range(PERSON_REQUESTS + 1):
        fleet.deliver_to(number % 2)
        sent.append(await fleet.api.answer(BOB, NUCLEAR))

    assert [message.text == texts("en", "limits.slower") for message in sent][-1]
    assert sum(message.text == texts("en", "limits.slower") for message in sent) == 1


async def test_an_edit_changes_the_answer_that_another_replica_gave(fleet: Fleet) -> None:
    api = fleet.api
    fleet.deliver_to(0)
    asked = await api.private_message(ADA, NUCLEAR)
    (answer,) = await api.sent(1)
    await api.wait_for(lambda: asked and api.deliveries.taken, "the answer to be noted")
    fleet.deliver_to(1)

    await api.edit(asked, SOLAR)

    await api.edited(answer)
    assert answer.text.startswith(f"❓ {SOLAR}")
    assert len(api.world.sent) == 1


async def test_a_reload_reaches_every_replica(fleet: Fleet) -> None:
    fleet.deliver_to(0)
    change_point(fleet.folders[0])

    await fleet.api.answer(ADA, "/reload")

    version = fleet.apps[0].services.assistant.knowledge.version
    await fleet.until_serving(1, version)
    fleet.deliver_to(1)
    assert NEW in (await fleet.api.answer(ADA, NUCLEAR)).text
    assert (await fleet.ready(1)).json() == {"ready": True, "problems": [], "knowledge": version, "waiting": 0}


async def test_a_replica_that_cannot_follow_keeps_the_old_and_says_so(
    fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    fleet.broken.append("weights.toml: can't be read")
    other = fleet.apps[1].services
    old = other.assistant.knowledge.version
    fleet.deliver_to(0)
    change_point(fleet.folders[0])
    await fleet.api.answer(ADA, "/reload")
    new = fleet.apps[0].services.assistant.knowledge.version

    await fleet.api.wait_for(lambda: other.knowledge_sync.failure_reason, "the trouble", limit=5)

    ready = await fleet.ready(1)
    assert (ready.status_code, ready.json()["knowledge"]) == (503, old)
    assert ready.json()["problems"] == [f"version {new} of the knowledge can't be served here"]
    assert caplog.text.count("weights.toml: can't be read") == 1


async def test_one_replica_polls_and_another_takes_over(
    api: BotApi, assistant: Assistant, make_services: MakeServices, url: str
) -> None:
    async with serving_with(api, make_services(assistant, url)):
        await api.answer(ADA, NUCLEAR)
        second = serving_with(api, make_services(assistant, url))
        waiting = await second.__aenter__()
        await api.wait_for(lambda: waiting.running, "the second to start")
        await api.answer(ADA, SOLAR)
    try:
        await api.answer(ADA, NUCLEAR)
    finally:
        await second.__aexit__(None, None, None)


async def test_a_database_that_restarts_under_load_loses_nothing(
    fleet: Fleet, postgres: Server, caplog: pytest.LogCaptureFixture
) -> None:
    asked = 0
    for number in range(20):
        if number == 5:
            await asyncio.to_thread(postgres.stop)
        if number == 10:
            await asyncio.to_thread(postgres.start)
        for person in (ADA, BOB):
            await fleet.api.private_message(replace(person, id=person.id + 10 + number), NUCLEAR)
            asked += 1
        await asyncio.sleep(0.05)

    def answered() -> bool:
        return len({(message.chat, message.reply_to) for message in fleet.api.world.sent}) == asked

    await fleet.api.wait_for(answered, "all answers", limit=60)
    told = [record.getMessage() for record in caplog.records if "Nothing can be stored" in record.getMessage()]
    assert 1 <= len(told) <= 2, "one line a replica"


def change_point(folder: Path) -> None:
    path = folder / "energy-talk" / "01-energy.yaml"
    section = knowledge.read_section(path)
    section["entries"][0]["points"][0]["zh"] = NEW
    knowledge.save_section(path, section)
