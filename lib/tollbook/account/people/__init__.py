"""People: who they are, what they sign in with, their sessions and tokens."""
