"""A believable small Vietnamese business: two hotlines, six people, and the customers who call."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from notifier.simulator.dice import Dice
from notifier.simulator.ids import mint
from notifier.simulator.model import Extension, Hotline

_OPENED = datetime(2025, 3, 3, 1, 30, tzinfo=UTC)
_PREFIXES = ("032", "035", "038", "039", "056", "070", "076", "079", "081", "085", "088")
_OLD_PREFIXES = ("0903", "0908", "0912", "0918", "0935", "0964", "0977", "0986")


def _id(serial: int) -> str:
    return mint(_OPENED + timedelta(minutes=serial), serial)


CSKH = Hotline("1415096549774721835", "19001000", "CSKH", "800", "trunk-viettel")
"""Customer care; its id is the one that the example configuration names."""

BAN_HANG = Hotline(_id(2), "02873001234", "Bán hàng", "801", "trunk-cmc", "other")
"""Sales."""

IVR = "8000"
"""The number that a caller who never got past the greeting has called."""

HOTLINES = (CSKH, BAN_HANG)
"""The numbers that customers dial."""

EXTENSIONS = (
    Extension(_id(11), "101", "Lan", _id(21), CSKH.id, "Nguyễn Thị Lan", "Trưởng nhóm CSKH"),
    Extension(_id(12), "102", "Minh", _id(22), CSKH.id, "Trần Quang Minh"),
    Extension(_id(13), "103", "Hoa", _id(23), CSKH.id, "Lê Thị Hoa"),
    Extension(
        _id(14), "104", "Tuấn", _id(24), BAN_HANG.id, "Phạm Anh Tuấn", "Trưởng nhóm bán hàng"
    ),
    Extension(_id(15), "105", "Ngọc", _id(25), BAN_HANG.id, "Võ Bảo Ngọc"),
    Extension(_id(16), "106", "Dũng", _id(26), BAN_HANG.id, "Đặng Tiến Dũng"),
)
"""Who works there, with the vendor's ids."""

_BY_NUMBER = {extension.number: extension for extension in EXTENSIONS}


def extension(number: str) -> Extension:
    """Return the extension of that number; KeyError for a number that nobody has."""
    return _BY_NUMBER[number]


def team(hotline: Hotline) -> tuple[str, ...]:
    """Return the extension numbers that a call to the hotline rings."""
    return tuple(one.number for one in EXTENSIONS if one.hotline_id == hotline.id)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who calls; `contact_id` is "0" for a number that is in no address book."""

    number: str
    contact_id: str


def customers(dice: Dice, count: int) -> tuple[Customer, ...]:
    """Return that many customers with Vietnamese mobile numbers, no number twice."""
    found: dict[str, Customer] = {}
    while len(found) < count:
        if dice.chance(0.5):
            number = f"{dice.pick(_PREFIXES)}{dice.whole(0, 9_999_999):07d}"
        else:
            number = f"{dice.pick(_OLD_PREFIXES)}{dice.whole(0, 999_999):06d}"
        known = dice.chance(0.3)
        found[number] = Customer(number, _id(100 + len(found)) if known else "0")
    return tuple(found.values())
