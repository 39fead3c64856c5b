"""The first contact: what the API really does on this account, as findings for people.

Nothing is changed on the account, some twenty requests are made, and no customer's number stands in
what is found.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from notifier.core.directory import Directory, Hotline, merge
from notifier.core.errors import SourceError, SourceRefused, SourceRejected
from notifier.core.findings import LISTS, Finding, Report, Verdict
from notifier.core.pages import EVERY_CALL, PAGE_LIMIT
from notifier.core.phones import Mask, shown
from notifier.pbx import wire
from notifier.pbx.client import LIST_CALLS, Clock, PbxClient
from notifier.pbx.directory import EXTENSIONS, USERS, USERS_OF, fetch_directory, hotlines_method
from notifier.pbx.questions import QUESTIONS, Sight
from notifier.pbx.samples import SAMPLES

KEY = "key accepted"
"""Name of the finding about the key."""

_LONG_NUMBER = re.compile(r"\+?\d{8,}")

_KEY_ADVICE = (
    "source.api_key: <shop id>:<secret> goes with a shop.* service, "
    "shop<shop id>:<secret> with a partner.* one"
)
_SOURCE_ADVICE = "source: {base_url: https://api.sencloud.vn, service: shop.Sencloud, api_key: …}"


class Anything(msgspec.Struct):
    """An answer of which only its being an object matters."""


async def probe(client: PbxClient, clock: Clock, hotlines: Sequence[Hotline] = ()) -> Report:
    """Return what the PBX does; a SourceError is an answer too, and never raised.

    `hotlines` are those of the file; those that the PBX lists are asked about as well. Where calls
    cannot be listed, the questions about them are not asked.
    """
    at = clock.now()
    sight, listed = await _look(client)
    findings = [await _key(client, listed), listed]
    if sight is not None:
        known = await _hotlines(client, hotlines)
        findings.extend(sample(sight) for sample in SAMPLES)
        for name, question in QUESTIONS.items():
            try:
                findings.append(await question(replace(sight, hotlines=known)))
            except SourceError as fault:
                findings.append(Finding(name, Verdict.UNKNOWN, masked(fault)))
        findings.extend([await _neighbour(client, *one) for one in _neighbours(client)])
    return Report(at, client.source, tuple(findings))


def masked(fault: SourceError) -> str:
    """Return what `fault` says; it may quote the PBX, and the PBX a customer's number."""
    return _LONG_NUMBER.sub(lambda number: shown(number[0], Mask.LAST3), str(fault))


async def _look(client: PbxClient) -> tuple[Sight | None, Finding]:
    try:
        page = await client.page()
        asked = wire.list_request(EVERY_CALL, wire.Paging(limit=PAGE_LIMIT))
        body = await client.send(LIST_CALLS, asked)
    except SourceRefused as refused:
        return None, Finding(LISTS, Verdict.NO, masked(refused), _KEY_ADVICE)
    except SourceRejected as rejected:
        return None, Finding(LISTS, Verdict.NO, masked(rejected), _SOURCE_ADVICE)
    except SourceError as fault:
        return None, Finding(LISTS, Verdict.NO, masked(fault))
    found = Finding(LISTS, Verdict.OK, f"{page.size} records on the newest page")
    return Sight(client, page, body), found


async def _key(client: PbxClient, listed: Finding) -> Finding:
    try:
        await client.ask("CurrentAccount", Anything, of="Misc")
    except SourceRefused as refused:
        if listed.verdict is Verdict.OK:
            what = f"calls are listed with it, but {masked(refused)}"
            return Finding(KEY, Verdict.WARNING, what)
        return Finding(KEY, Verdict.NO, masked(refused), _KEY_ADVICE)
    except SourceError as fault:
        if listed.verdict is Verdict.OK:
            return Finding(KEY, Verdict.OK, "calls are listed with it; CurrentAccount is no use")
        return Finding(KEY, Verdict.UNKNOWN, masked(fault))
    return Finding(KEY, Verdict.OK, "CurrentAccount answered")


async def _hotlines(client: PbxClient, written: Sequence[Hotline]) -> tuple[Hotline, ...]:
    configured = Directory(tuple(written))
    try:
        return merge(configured, await fetch_directory(client)).hotlines
    except SourceError:
        return configured.hotlines


_ByHand = tuple[str, str, str]
"""Method, service beside ours or "", and what to write by hand where it is not offered."""


def _neighbours(client: PbxClient) -> tuple[_ByHand, ...]:
    return (
        (hotlines_method(client), "", "directory.hotlines: number, name and, if known, id of each"),
        (EXTENSIONS, "", 'directory.extensions: {"101": Lan, …}'),
        (USERS, USERS_OF, 'directory.extensions: {"101": Lan, …}'),
        ("ListContacts", "Contact", ""),
        ("GetWebhooks", "Webhook", ""),
    )


async def _neighbour(client: PbxClient, method: str, of: str, by_hand: str) -> Finding:
    name = f"{method} offered"
    body = msgspec.json.encode({"paging": wire.paging_words(wire.Paging(limit=PAGE_LIMIT))})
    try:
        await client.ask(method, Anything, body, of=of)
    except (SourceRejected, SourceRefused) as refused:
        return Finding(name, Verdict.NO, masked(refused), by_hand)
    except SourceError as fault:
        return Finding(name, Verdict.UNKNOWN, masked(fault), by_hand)
    return Finding(name, Verdict.OK, "it answered")
