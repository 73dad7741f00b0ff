"""What every handler is called with: the library's application and callback context, with our services typed."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from telegram import CallbackQuery, MaybeInaccessibleMessage, User
from telegram.ext import Application, CallbackContext

from bot.answers.assistant import Assistant
from bot.errors import StorageError
from bot.telegram.client import BotClient
from bot.telegram.services import Services
from bot.telegram.ui import Button
from bot.telegram.updates import ChatOrder, InboxQueue
from bot.text import Texts

_ButtonT_contra = TypeVar("_ButtonT_contra", bound=Button, contravariant=True)


class Context(CallbackContext[BotClient, dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """The library's callback context with typed access to our services."""

    def __init__(self, application: App, chat_id: int | None = None, user_id: int | None = None) -> None:
        """Make the context of an update; the library calls this."""
        super().__init__(application, chat_id, user_id)
        self.services = application.services
        """Everything that the handlers work with."""
        self._inbox = application.inbox

    @property
    def assistant(self) -> Assistant:
        """Return what answers questions."""
        return self.services.assistant

    @property
    def texts(self) -> Texts:
        """Return the bot's wording."""
        return self.services.texts

    @property
    def me(self) -> User:
        """Return the bot itself, as Telegram knows it."""
        return self.bot.bot

    @property
    def database_failure(self) -> StorageError | None:
        """Return why the database can't be used now; None while it can."""
        return self._inbox.worker.health.failure


class App(Application[BotClient, Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]):
    """The library's application with our services, inbox and update processor typed."""

    def __init__(
        self, *, services: Services, update_queue: InboxQueue, update_processor: ChatOrder, **settings: Any
    ) -> None:
        """Make the application; the library's builder calls this with its `settings`."""
        super().__init__(update_queue=update_queue, update_processor=update_processor, **settings)
        self.services = services
        """Everything that the handlers work with."""
        self.inbox = update_queue
        """Where updates wait to be handled; the database behind it keeps them until they are done."""
        self.chat_order = update_processor
        """Handles the updates of a chat one after another, and chats side by side."""


class CallbackHandler(Protocol[_ButtonT_contra]):
    """Handles taps on buttons of one kind, or of several."""

    async def __call__(
        self, context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: _ButtonT_contra, /
    ) -> None:
        """Answer the tap `query` on a `button` below `message`."""
