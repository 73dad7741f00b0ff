"""The Telegram edge, a package a concern; `app` lists the handlers, `lifecycle` starts and stops.

Imports point one way: app, lifecycle → callbacks, errors → curation → browsing, settings, monitoring → answering →
access → context → updates, chats → ui → client.
"""
