"""How the bot is doing, for its admins: /stats with its picture, /diag."""
