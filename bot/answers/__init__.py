"""Answers to questions: `assistant` takes a question and returns a reply; the other modules render replies.

Renderings: Telegram HTML (`html`), plain text (`plain`) and JSON (`as_json`).

Questions and replies are exported here. The assistant is imported from its module, as it brings all of matching along.
"""

from bot.answers.reply import Decision, Question, RepliedAnswer, Reply, Scored

__all__ = ["Decision", "Question", "RepliedAnswer", "Reply", "Scored"]
