"""Improving the knowledge from the chat, for the bot's admins.

/gaps shows what wasn't answered well (`gap_review`, `gap_pages`, `gap_queue`), and phrasings approved there are
searched at once (`approval`). /reload, or the watch over the files, takes up what was edited (`reload`, `watch`).
"""

from bot.telegram.curation.approval import apply_approved, follow_approvals
from bot.telegram.curation.gap_review import CALLBACKS, show_gaps
from bot.telegram.curation.reload import reload_knowledge
from bot.telegram.curation.watch import watch_files

__all__ = ["CALLBACKS", "apply_approved", "follow_approvals", "reload_knowledge", "show_gaps", "watch_files"]
