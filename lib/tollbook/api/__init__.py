"""The HTTP API: what programs ask, with a token, of the same server that shows people the portal."""
