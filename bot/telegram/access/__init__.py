"""Who may do what, and which language and settings apply to a message; the menus of commands.

A command's handler takes an `Incoming`, inside the guards `rate_limited` and, for admins' commands, `for_admins`.
"""

from bot.telegram.access.guards import for_admins, rate_limited, require_admin, within_rate_limit
from bot.telegram.access.incoming import Incoming, interface_language, read_incoming, settings_at, writer_language
from bot.telegram.access.rights import is_admin, writes_as_group, written_by_admin

__all__ = [
    "Incoming",
    "for_admins",
    "interface_language",
    "is_admin",
    "rate_limited",
    "read_incoming",
    "require_admin",
    "settings_at",
    "within_rate_limit",
    "writer_language",
    "writes_as_group",
    "written_by_admin",
]
