"""Who may do what, and which language and settings apply: guards around handlers, rights, menus."""
