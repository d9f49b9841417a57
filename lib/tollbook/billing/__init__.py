"""What calls cost: decks, rating, invoices."""
