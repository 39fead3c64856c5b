"""The sentences of the bot itself, whatever is asked, in Vietnamese."""

SENTENCES = {
    # Why something is not answered
    "bot.stranger": "Bạn chưa được cấp quyền dùng bot này. Gõ /start để gửi yêu cầu.",
    "bot.unbound": "Nhóm này chưa được kết nối. Quản trị viên gõ /bind để kết nối.",
    "bot.private_only": "Việc này chỉ làm được trong khung chat riêng với bot.",
    "bot.denied": "Bạn không có quyền làm việc này.",
    "bot.failed": "Có lỗi xảy ra, có thể chưa làm được. Vui lòng thử lại sau.",
    "bot.old_button": "Nút này không còn dùng được nữa.",
    "bot.write_first": "Bot chưa nhắn riêng được cho bạn. Hãy mở khung chat riêng với bot và bấm Start.",
    "bot.hint": "Gõ /help để xem các lệnh.",
    # The way to Telegram
    "status.bot": "Telegram: kết nối {ago} trước",
    "status.bot_down": "Telegram: mất kết nối {ago}",
    "status.bot_contested": "Telegram: một chương trình khác đang dùng bot này, đã {ago}",
}
"""By name; names and facts are the same in every language."""
