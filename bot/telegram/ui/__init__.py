"""What the features make their buttons, pages and error messages with; pure functions.

Callback data (`callback_data`), labels (`keyboards`), lists shown a page at a time (`paging`), ids that are short and
outlive a reload (`short_ids`), what to offer to somebody who hasn't asked anything (`popular`), and failures in the
users' languages (`error_text`). The buttons themselves are defined in the features that handle them.
"""

from bot.telegram.ui.callback_data import (
    NONE,
    Button,
    ChatId,
    ExchangeId,
    FieldFormat,
    OptionalLanguage,
    PageNumber,
    ShortId,
    decode_button,
    encode_button,
    one_of,
)
from bot.telegram.ui.error_text import error_text
from bot.telegram.ui.keyboards import make_button
from bot.telegram.ui.paging import ListPage, Page, list_page
from bot.telegram.ui.popular import memorable_quotes, popular
from bot.telegram.ui.short_ids import (
    decode_exchange_id,
    encode_exchange_id,
    find_entry,
    find_interview,
    find_section,
    short_id,
)

__all__ = [
    "NONE",
    "Button",
    "ChatId",
    "ExchangeId",
    "FieldFormat",
    "ListPage",
    "OptionalLanguage",
    "Page",
    "PageNumber",
    "ShortId",
    "decode_button",
    "decode_exchange_id",
    "encode_button",
    "encode_exchange_id",
    "error_text",
    "find_entry",
    "find_interview",
    "find_section",
    "list_page",
    "make_button",
    "memorable_quotes",
    "one_of",
    "popular",
    "short_id",
]
