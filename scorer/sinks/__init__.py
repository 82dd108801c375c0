"""Where decisions and labels become durable: the outbox, and what readers of it need."""
