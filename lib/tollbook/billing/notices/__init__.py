"""Notifications of payments from Stripe and PayPal: verified, then booked once."""
