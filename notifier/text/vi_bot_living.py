"""The sentences of daily life in Vietnamese: quiet, duty, following, digests."""

SENTENCES = {
    # Quiet
    "living.no_sound_until": "🔕 Tin đến đây không kêu đến {at}. Tin khẩn cấp vẫn kêu.",
    "living.no_sound_hours": "🌙 Tin đến đây không kêu từ {hours} hằng ngày. Tin khẩn cấp vẫn kêu.",
    "living.no_sound": "🔕 Tin đến đây không kêu nữa, trừ tin khẩn cấp. Gõ /dnd off để bật lại.",
    "living.sound": "🔔 Tin đến đây kêu bình thường.",
    # Duty
    "living.called": "Gọi người trực:",
    "living.remind": "Nhắc: {who} đã nhận từ {at} mà chưa xong",
    "living.duty": "📣 Đang trực: {who}",
    "living.duty_until": "{name} (đến {at})",
    "living.duty_nobody": "📣 Chưa có ai trực.",
    "living.duty_here": "Cho nhóm này.",
    "living.duty_everywhere": "Cho mọi nhóm chưa có người trực riêng.",
    "living.duty_unknown": "Không biết {who}. Người trực phải là người đã được cấp quyền dùng bot.",
    # Following
    "living.follows": "👁 Nơi này theo dõi thêm: {what}",
    "living.follows_hotlines": "Hotline: {hotlines}",
    "living.follows_least": "Từ mức: {severity}",
    "living.follows_nothing": "Không theo dõi gì thêm ngoài các kênh trong tệp cấu hình.",
    "living.no_hotline": "Nơi này không được xem hotline {hotline}.",
    "living.interest.missed": "cuộc nhỡ",
    "living.interest.long": "cuộc gọi khác",
    "living.interest.many": "nhiều cuộc cùng lúc",
    "living.interest.quiet": "không có cuộc gọi",
    "living.interest.report": "báo cáo",
    "living.all_hotlines": "tất cả",
    # Daily digests
    "living.daily": "🗞 Bản tin lúc {at}, {days}.",
    "living.daily_morning": "Gồm khách chưa được gọi lại và tổng kết hôm qua.",
    "living.daily_evening": "Gồm khách chưa được gọi lại và tổng kết trong ngày.",
    "living.daily_none": "Chưa đặt bản tin hằng ngày.",
    "living.every_day": "mỗi ngày",
    "living.daily_title": "Bản tin cuộc gọi",
    # The file
    "living.reloaded": "✅ Đã đọc lại tệp cấu hình, các quy tắc mới đang có hiệu lực.",
    "living.not_reloaded": "⚠️ Chưa nhận tệp cấu hình mới, các quy tắc cũ vẫn chạy:",
    # Who may
    "living.admins_only": "Trong nhóm, chỉ quản lý được đổi điều này.",
    "living.usage": "Không hiểu “{word}”. Cách dùng: {usage}. Ví dụ: {example}",
    # The notifier about itself
    "watch.chat_parked": "Có nhóm hoặc người không nhận tin của bot",
    "advice.chat_parked": "Mời lại bot vào nhóm, hoặc nhờ người đó bỏ chặn bot. Tin chưa gửi được giữ lại đến lúc đó.",
    "recovered.chat_parked": "Nhóm hoặc người đó đã nhận tin trở lại",
    "watch.topic_gone": "Chủ đề của nhóm không còn",
    "advice.topic_gone": "Tin được gửi vào nhóm chung. Mở lại chủ đề, hoặc sửa “topic” trong tệp cấu hình.",
    "recovered.topic_gone": "Chủ đề đã dùng lại được",
    # Too many at once
    "title.storm": "Cảnh báo dồn dập",
    "digest.storm": "Dồn dập: {n} cảnh báo từ {at}",
}
"""By name; names and facts are the same in every language."""
