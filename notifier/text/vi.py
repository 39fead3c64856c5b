"""The sentences in Vietnamese."""

from notifier.text.vi_alerts import SENTENCES as ALERTS
from notifier.text.vi_bot_acting import SENTENCES as BOT_ACTING
from notifier.text.vi_bot_asking import SENTENCES as ASKING
from notifier.text.vi_bot_front import SENTENCES as FRONT
from notifier.text.vi_bot_living import SENTENCES as LIVING
from notifier.text.vi_bot_people import SENTENCES as PEOPLE
from notifier.text.vi_reasons import SENTENCES as REASONS
from notifier.text.vi_reports import SENTENCES as REPORTS
from notifier.text.vi_rules import SENTENCES as RULES

SENTENCES = {
    # What a call was, or what an alert is about
    "title.missed": "Cuộc gọi nhỡ",
    "title.abandoned": "Khách cúp máy trong lúc chờ kết nối",
    "title.unreached": "Khách không nghe máy",
    "title.incoming": "Cuộc gọi đến",
    "title.outgoing": "Cuộc gọi đi",
    "title.internal": "Cuộc gọi nội bộ",
    "title.limit": "Các cảnh báo khác",
    "title.stale": "Trong lúc mất kết nối",
    "watch.poll_stale": "Đã lâu chưa đọc được nhật ký cuộc gọi",
    "watch.source_errors": "Tổng đài trả lời lỗi nhiều lần liên tiếp",
    "watch.source_refused": "Tổng đài từ chối khóa API",
    "watch.send_failed": "Có tin không gửi được",
    "watch.config_refused": "Cấu hình vừa sửa chưa được áp dụng",
    "watch.other": "Bộ thông báo gặp sự cố",
    "watch.since": "Bắt đầu lúc {at}",
    # What to do about it
    "advice.poll_stale": "Kiểm tra mạng của máy chủ và trạng thái tổng đài. Cuộc gọi trong lúc này sẽ được đọc bù khi có lại kết nối.",
    "advice.source_errors": "Thường tự hết; nếu kéo dài, hãy báo nhà cung cấp tổng đài kèm nội dung lỗi ở trên.",
    "advice.source_refused": "Kiểm tra khóa API trong cấu hình (còn hạn, đúng tài khoản), sửa rồi khởi động lại.",
    "advice.send_failed": "Kiểm tra kênh nhận (bot bị chặn, nhóm đã xóa, địa chỉ sai). Xem “notifier outbox dead” để biết lý do.",
    "advice.config_refused": "Các quy tắc cũ vẫn chạy như trước. Hãy sửa lại tệp, hệ thống sẽ tự đọc lại. Chạy “notifier check” để xem hết các lỗi.",
    "advice.other": "Xem nhật ký của bộ thông báo để biết chi tiết.",
    "recovered.poll_stale": "Đã đọc lại được nhật ký cuộc gọi",
    "recovered.source_errors": "Tổng đài đã trả lời bình thường trở lại",
    "recovered.source_refused": "Tổng đài đã chấp nhận khóa API",
    "recovered.send_failed": "Kênh nhận đã gửi được trở lại",
    "recovered.config_refused": "Cấu hình đã đúng và đang được áp dụng",
    "recovered.other": "Sự cố đã hết",
    # What alerts about several calls, or about none, say besides
    **ALERTS,
    # Lines of a card
    "card.ring": "đổ chuông {ring}",
    "card.waited": "khách chờ {wait}",
    "card.talked": "đàm thoại {talk}",
    "card.ongoing": "đang diễn ra",
    "card.nobody": "{path}, {why}",
    "card.answered": "{who} nghe máy",
    "card.path_answered": "{path} → {who} nghe máy",
    "card.called_by": "{who} gọi đi",
    "card.between": "{caller} → {callee}",
    "card.others": "và {n} máy khác",
    "card.recording": "Có ghi âm",
    "card.suppressed": "+{n} cuộc khác đã được gộp vào cảnh báo này",
    "card.deadline": "Hạn: {at}",
    "card.reported": "Trước đó báo: {title}",
    "card.withheld": "Số ẩn",
    "card.unknown_hotline": "Không rõ hotline",
    "card.again": "(gửi lại)",
    # States of a card
    "state.open": "Chưa xử lý",
    "state.acknowledged": "Đang xử lý",
    "state.resolved": "Đã xong",
    "state.closed": "Đã đóng",
    "state.revised": "Đã đính chính",
    "state.withdrawn": "Đã rút lại",
    "revised.answered_by": "Đính chính: {who} đã nghe máy",
    "revised.answered": "Đính chính: đã có người nghe máy",
    "revised.reached": "Đính chính: khách đã nghe máy",
    "revised.missed": "Đính chính: thật ra là cuộc gọi nhỡ",
    "revised.unreached": "Đính chính: thật ra khách không nghe máy",
    "revised.untrue": "Đính chính: cảnh báo này không còn đúng",
    "revised.true": "Đính chính: cảnh báo này vẫn đúng",
    # Several in one message
    "digest.limit": "+{n} cảnh báo khác",
    "digest.limit_within": "+{n} cảnh báo khác trong {span}",
    "digest.stale": "Trong lúc mất kết nối: {n} cảnh báo",
    "digest.stale_missed": "Trong lúc mất kết nối: {n} cuộc nhỡ",
    "digest.stale_mixed": "Trong lúc mất kết nối: {missed} cuộc nhỡ, {others} cuộc khác",
    "digest.period": "Từ {first} đến {last}",
    "digest.more": "… và {n} cuộc nữa",
    # Buttons
    "button.take": "✅ Nhận xử lý",
    "button.called": "☎️ Đã gọi lại",
    "button.copy": "📋 Sao chép số",
    # Why a call was missed
    "miss.no_answer": "không ai nhấc máy",
    "miss.busy": "máy bận",
    "miss.caller_hung_up": "khách cúp máy trước",
    "miss.nobody_rung": "không máy nào đổ chuông",
    "miss.abandoned": "khách cúp máy trong lúc chờ kết nối",
    "miss.failed": "không nối được máy nào",
    # How loud
    "severity.info": "thông tin",
    "severity.warning": "cảnh báo",
    "severity.critical": "khẩn cấp",
    # Why a delivery failed
    "failure.unreachable": "không kết nối được",
    "failure.timed_out": "quá thời gian chờ",
    "failure.refused": "bên nhận từ chối",
    "failure.rate_limited": "bị giới hạn tốc độ",
    "failure.gone": "nơi nhận không còn tồn tại",
    "failure.bad_answer": "trả lời không hợp lệ",
    "failure.forbidden_address": "địa chỉ không được phép",
    "failure.too_large": "nội dung quá lớn",
    "failure.uncertain": "không rõ đã tới chưa",
    "failure.expired": "quá hạn gửi",
    # Days and spans
    "time.on_day": "{time} {day}",
    "day.yesterday": "hôm qua",
    "day.date": "{day}/{month}",
    "day.full": "{day}/{month}/{year}",
    "month.1": "1",
    "month.2": "2",
    "month.3": "3",
    "month.4": "4",
    "month.5": "5",
    "month.6": "6",
    "month.7": "7",
    "month.8": "8",
    "month.9": "9",
    "month.10": "10",
    "month.11": "11",
    "month.12": "12",
    "span.days": "{n} ngày",
    "span.hours": "{n} giờ",
    "span.minutes": "{n} phút",
    "span.seconds": "{n} giây",
    # Lists and the state of the service
    "list.open": "Cảnh báo chưa xử lý: {n}",
    "list.more": "… và {n} cuộc nữa",
    "period.today": "hôm nay",
    "period.yesterday": "hôm qua",
    "period.last": "trong {span} qua",
    "period.range": "từ {first} đến {last}",
    "status.heading": "Tình trạng",
    "status.healthy": "Mọi thứ bình thường",
    "status.last_poll": "Lần đọc gần nhất: {ago} trước",
    "status.never_polled": "Chưa đọc được lần nào",
    "status.lag": "Độ trễ của tổng đài: {lag}",
    "status.queue": "Tin chờ gửi: {n}",
    "status.queue_oldest": "Tin chờ gửi: {n}, cũ nhất {age}",
    "status.dead": "Tin không gửi được: {n}",
    "status.malformed": "Bản ghi không đọc được: {n}",
    "status.calls": "Cuộc gọi đã lưu: {n}",
    # The prompt
    "command.unknown": "Không có lệnh “{command}”. Gõ /help để xem các lệnh.",
    "command.did_you_mean": "Không có lệnh “{command}”. Có phải bạn muốn gõ {suggestion}?",
    "command.usage": "Cách dùng: {usage}. Ví dụ: {example}",
    "command.help": "các lệnh",
    "command.missed": "cuộc gọi nhỡ",
    "command.calls": "các cuộc gọi",
    "command.status": "tình trạng dịch vụ",
    "command.quit": "thoát",
    # People and chats
    **PEOPLE,
    # Decisions
    **REASONS,
    # Reports
    **REPORTS,
    # Daily life
    **LIVING,
    # Questions and their answers
    **ASKING,
    # The bot itself
    **FRONT,
    # Acting on alerts
    **BOT_ACTING,
    # Rules in words
    **RULES,
}
"""By name; names and facts are the same in every language."""
