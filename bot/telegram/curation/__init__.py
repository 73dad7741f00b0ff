"""Improving the knowledge from the chat, for the bot's admins.

/gaps and the phrasings approved there, /reload, and the watch over the files.
"""
