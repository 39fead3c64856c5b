"""The sentences of the bot itself, whatever is asked, in English."""

SENTENCES = {
    # Why something is not answered
    "bot.stranger": "You have no access to this bot. Send /start to ask for it.",
    "bot.unbound": "This group has not been connected. An admin can do it with /bind.",
    "bot.private_only": "This works only in a private chat with the bot.",
    "bot.denied": "You are not allowed to do this.",
    "bot.failed": "This did not work, and nothing may have been done. Please try again later.",
    "bot.old_button": "This button no longer works.",
    "bot.write_first": "The bot cannot write to you yet. Open a private chat with it and press Start.",
    "bot.hint": "Type /help to see what can be asked.",
    # The way to Telegram
    "status.bot": "Telegram: asked {ago} ago",
    "status.bot_down": "Telegram: not reached for {ago}",
    "status.bot_contested": "Telegram: another program uses this bot, for {ago}",
}
"""By name; names and facts are the same in every language."""
