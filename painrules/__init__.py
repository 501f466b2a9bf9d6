"""A rule-based explorer of treatment options for pain: educational, not prescriptive."""

__version__ = "0.1.0"
