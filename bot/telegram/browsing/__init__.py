"""Commands for looking around: /start, /help, /topics, /random, /quote."""
