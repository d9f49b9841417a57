"""The documents of an invoice: a record goes in, files come out, and the same record gives the same bytes."""
