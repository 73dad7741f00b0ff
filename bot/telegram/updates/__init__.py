"""The way of updates into the bot: polling and webhook, the durable inbox queue, the order within a chat, attempts.

The HTTP server that takes webhook deliveries also serves health and metrics.
"""
