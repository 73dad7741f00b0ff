"""What the features' buttons are made with: callback data, labels, short stable ids, and entries to offer.

Pure functions. The buttons themselves are in the features that answer them.
"""
