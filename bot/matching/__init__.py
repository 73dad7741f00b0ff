"""From a typed question to a decision, as pure functions over a snapshot."""
