"""Answers to questions: `Assistant` takes a question and returns a reply; the other modules render replies.

Renderings: Telegram HTML (`html`), plain text (`plain`) and JSON (`as_json`).
"""
