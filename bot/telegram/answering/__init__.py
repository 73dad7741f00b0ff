"""From a message to its answer: is the bot addressed, what is asked, in the context of which message.

Also what follows an answer: its buttons, edits of the question, votes, and answers for other chats (inline mode).
"""
