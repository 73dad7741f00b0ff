"""Deploying: the image, the compose file and the unit, read and, where it can be done, run."""
