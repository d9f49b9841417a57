"""The relational side: customers, carriers and decks, in SQLite or PostgreSQL."""
