"""What people and groups set: /lang, /settings, /privacy and /forget, joining and leaving groups."""
