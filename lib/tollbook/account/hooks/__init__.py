"""What other systems are told of invoices and payments: webhooks, from an outbox in the database."""
