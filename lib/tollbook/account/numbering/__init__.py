"""Number blocks and SIP extensions: who has which numbers, and what switches are told of them."""
