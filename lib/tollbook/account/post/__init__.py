"""What is sent to people: mail and text messages, kept until somebody has taken them."""
