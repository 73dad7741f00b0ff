"""Requests to Telegram: the HTTP client, sending and editing, retries and flood waits, splitting, the outage log.

Whatever talks to the Bot API goes through here; nothing here knows what a message says.
"""
