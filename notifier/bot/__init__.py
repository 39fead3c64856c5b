"""The bot: what people ask and tap in a chat, and what they are answered."""
