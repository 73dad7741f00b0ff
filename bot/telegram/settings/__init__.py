"""What people and groups decide for themselves.

/lang, the language of a person's answers (`personal_language`); /settings, what a group's admins set for it
(`group_settings`); /privacy and /forget (`privacy`); joining a group, and its migration to a supergroup (`membership`).
"""

from bot.telegram.settings import group_settings, personal_language
from bot.telegram.settings.group_settings import show_settings
from bot.telegram.settings.membership import follow_migration, greet_group
from bot.telegram.settings.personal_language import choose_language
from bot.telegram.settings.privacy import explain_privacy, forget_person

__all__ = [
    "CALLBACKS",
    "choose_language",
    "explain_privacy",
    "follow_migration",
    "forget_person",
    "greet_group",
    "show_settings",
]

CALLBACKS = {**group_settings.CALLBACKS, **personal_language.CALLBACKS}
"""The buttons handled in this package, each with its handler."""
