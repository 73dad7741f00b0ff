"""What is remembered about chats for a while: the bot's own answers, rate limits, preferences, the admins of groups."""
