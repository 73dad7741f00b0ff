"""What is remembered about chats for a limited time: sent answers, rate limits, the admins of groups, recent actions.

All of it is in memory, bounded in number and time; sent answers and rate limits are also stored, for other replicas.
"""

from bot.telegram.chats.group_admins import GroupAdmins
from bot.telegram.chats.rate_limits import Bucket, RateLimits, limited_by
from bot.telegram.chats.recent_set import MAX_ENTRIES, RecentSet
from bot.telegram.chats.sent_answers import SentAnswers

__all__ = ["MAX_ENTRIES", "Bucket", "GroupAdmins", "RateLimits", "RecentSet", "SentAnswers", "limited_by"]
