"""Commands for looking around: /start, /help, /topics with its buttons, /random, /quote."""
