"""The sentences of daily life in English: quiet, duty, following, digests."""

SENTENCES = {
    # Quiet
    "living.no_sound_until": "🔕 Messages here make no sound until {at}. Critical ones still do.",
    "living.no_sound_hours": "🌙 Messages here make no sound from {hours} each day. Critical ones still do.",
    "living.no_sound": "🔕 Messages here make no sound any more, but for critical ones. /dnd off turns it on again.",
    "living.sound": "🔔 Messages here make their usual sound.",
    # Duty
    "living.called": "On duty:",
    "living.remind": "Reminder: {who} took this at {at} and has not finished",
    "living.duty": "📣 On duty: {who}",
    "living.duty_until": "{name} (until {at})",
    "living.duty_nobody": "📣 Nobody is on duty.",
    "living.duty_here": "In this group.",
    "living.duty_everywhere": "In every group without people on duty of its own.",
    "living.duty_unknown": "{who} is unknown. Only people who may use the bot can be on duty.",
    # Following
    "living.follows": "👁 Followed here: {what}",
    "living.follows_hotlines": "Hotlines: {hotlines}",
    "living.follows_least": "From severity: {severity}",
    "living.follows_nothing": "Nothing is followed here beyond the channels of the configuration file.",
    "living.no_hotline": "Hotline {hotline} may not be seen here.",
    "living.interest.missed": "missed calls",
    "living.interest.long": "other calls",
    "living.interest.many": "many calls at once",
    "living.interest.quiet": "absent calls",
    "living.interest.report": "reports",
    "living.all_hotlines": "all",
    # Daily digests
    "living.daily": "🗞 Digest at {at}, {days}.",
    "living.daily_morning": "Customers still waiting, and yesterday's totals.",
    "living.daily_evening": "Customers still waiting, and the day's totals.",
    "living.daily_none": "No daily digest is set.",
    "living.every_day": "every day",
    "living.daily_title": "Call digest",
    # The file
    "living.reloaded": "✅ The configuration was read again; the new rules are in force.",
    "living.not_reloaded": "⚠️ The changed configuration was not taken up; the old rules stay in force:",
    # Who may
    "living.admins_only": "In a group, only an admin may change this.",
    "living.usage": "“{word}” is not understood. Usage: {usage}. Example: {example}",
    # The notifier about itself
    "watch.chat_parked": "A group or person takes no messages of the bot",
    "advice.chat_parked": "Invite the bot into the group again, or have the person unblock it. What was not sent is kept until then.",
    "recovered.chat_parked": "The group or person takes messages again",
    "watch.topic_gone": "A topic of a group is gone",
    "advice.topic_gone": "Messages go to the group itself. Open the topic again, or change “topic” in the configuration.",
    "recovered.topic_gone": "The topic can be used again",
    # Too many at once
    "title.storm": "Alerts in quick succession",
    "digest.storm": "In quick succession: {n} {n:alert|alerts} since {at}",
}
"""By name; names and facts are the same in every language."""
