"""What the bot does, Telegram-free: use-cases by journey, and the pure rules, rendering and words they share."""
