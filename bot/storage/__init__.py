"""What the bot keeps: one database, which several replicas may share."""
