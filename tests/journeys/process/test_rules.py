"""Rules in a process of their own: what waits outlives it, and orders reach it while it runs."""

import signal

from tests.journeys.process.town import CLOCK, RULES, Service, Town

NOT_CALLED_BACK = """rules:
  chua_goi_lai:
    when: missed
    key: customer
    unless: {{called_back: true, within: 1s}}
    lag: 0s
    to: quan_ly
    escalate: [{{after: 4s, to: crm}}]
"""

ABSENCE = RULES.replace("rules:\n  goi_nho: {{when: missed}}\n", NOT_CALLED_BACK)


def ids(town: Town) -> set[str]:
    return {one.id for one in town.receiver.received}


async def again(town: Town, service: Service) -> None:
    """Let the service go on for as long as an escalation takes."""
    since = CLOCK.elapsed()
    await town.until(lambda: CLOCK.elapsed() - since > 4.5, "time passes", service)


async def test_killed_between_alert_and_escalation_it_escalates_once(town: Town) -> None:
    town.write_rules(ABSENCE)
    async with town.watching() as doomed:
        call = town.miss()
        await town.until(lambda: town.cards and not town.owed, "the chat is told", doomed)
        await doomed.kill()
    before = ids(town)

    async with town.running() as heir:
        await town.until(lambda: ids(town), "it is passed on", heir)
        await again(town, heir)
        assert await heir.terminate() == 0
    async with town.running() as third:
        await again(town, third)
        assert await third.terminate() == 0

    assert before == set()
    assert len(ids(town)) == 1
    assert town.hooked == [call.id]
    assert len(town.told_in_chat) == 1


async def test_called_back_while_nobody_ran_it_is_not_passed_on(town: Town) -> None:
    town.write_rules(
        ABSENCE.replace("to: quan_ly\n", "to: quan_ly\n    resolve: {{called_back: true}}\n")
    )
    async with town.watching() as doomed:
        town.miss()
        await town.until(lambda: town.cards and not town.owed, "the chat is told", doomed)
        await doomed.kill()
    town.call_back()

    async with town.running() as heir:
        await town.until(lambda: any("✅" in card for card in town.cards), "it is over", heir)
        await again(town, heir)

    assert ids(town) == set()
    assert len(town.cards) == 1


async def test_a_mute_that_is_given_beside_it_is_heeded_and_so_is_its_end(town: Town) -> None:
    mute = ["mute", "add", "--rule", "goi_nho", "--for", "1h", "--reason", "họp", "-c"]
    async with town.watching() as service:
        given = await town.command(*mute, str(town.rules))
        identity = given.out.split()[1].removesuffix(":")
        quiet = town.miss()
        polled = town.polled()
        await town.until(lambda: town.polled() > polled + 3, "it has been judged", service)
        ended = await town.command("mute", "end", identity, "-c", str(town.rules))
        told = town.miss("0912345678")
        await town.until(lambda: town.cards and town.hooked, "the second is told", service)
        why = await town.command("why", quiet.id, "-c", str(town.rules), "--lang", "en")

        assert (given.code, ended.code) == (0, 0), (given, ended)
    assert town.hooked == [told.id]
    assert "họp" in why.out


async def test_a_hangup_has_a_broken_file_refused_and_the_mended_one_taken_up(town: Town) -> None:
    async with town.watching() as service:
        town.write_rules(RULES.replace("when: missed", "wen: missed"))
        service.process.send_signal(signal.SIGHUP)
        await town.until(lambda: any("wen" in card for card in town.cards), "it is told", service)
        call = town.miss()
        await town.until(lambda: call.id in service_calls(town), "the rules go on", service)
        town.write_rules()
        service.process.send_signal(signal.SIGHUP)
        await town.until(lambda: any("✅" in card for card in town.cards), "it is over", service)

        assert await service.terminate() == 0
    assert len(town.cards) == 2


def service_calls(town: Town) -> list[str]:
    """Return the calls of the alerts that the receiver was told of; a refused file has none."""
    events = [one.event["data"] for one in town.receiver.received]
    return [call["id"] for event in events for call in event.get("calls", ())]
