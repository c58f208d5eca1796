"""Own price files in the Money step: read, ask what they leave open, take the prices into the scenario."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

import streamlit as st

from advisor import link
from advisor.errors import ScenarioError
from advisor.importers import Document, Imported, ImportRefusedError, Question, import_documents
from advisor.importers.prices.own import OwnPrices, own_prices, with_prices
from advisor.importers.records import Found
from advisor.own_price import KIND_WORDS, OwnOffer
from advisor.pricing import has_own_quote, own_price
from advisor.scenario import Scenario
from advisor.ui import state
from advisor.ui.mount import catalog, key
from advisor.ui.steps.bill import BASES, offer_bill
from advisor.ui.text import bullets, escape, folded, table

KINDS = ["csv", "xlsx"]
STEP = "money"
BASIS = "candidates.price.basis"
LATER = "as_asked"
MOST_NAMES = 12


def ask_prices(scenario: Scenario) -> None:
    """Draw the fold: what stands in the scenario, the upload, questions, what was read, and the button that takes it."""
    held = scenario.candidates.price.offers
    if held:
        st.caption(escape(f"Prices of your own files in the scenario: {len(held)}. Quotes typed above win over them."))
    with folded("I have a price file or a bill", key("money.prices")) as is_open:
        if not is_open:
            return
        _held(scenario)
        st.caption(
            "A quote sheet of your own (CSV, XLSX: a GPU column and a price column such as USD/GPU-hour), a SkyPilot or "
            "gpuhunt catalog, or a FOCUS billing export. Files stay in this session; their names stay out of links."
        )
        files = st.file_uploader("Price files", KINDS, accept_multiple_files=True, key=key("money.files"))
        read = [_read(file.name, file.getvalue(), place) for place, file in enumerate(files or ())]
        if read:
            _offer(scenario, read)


def _held(scenario: Scenario) -> None:
    held = scenario.candidates.price.offers
    if not held:
        return
    table([{**_row(offer), "counts": _counts(scenario, offer)} for offer in held], "Own prices in the scenario")
    missing = link.left_out_words(link.left_out(state.token_of(state.session().scenario)))
    if missing:
        st.warning(escape(f"{missing}."))
    if st.button("Remove these prices", key=key("money.forget")):
        _take(state.session().scenario, (), None, clear=True)


def _counts(scenario: Scenario, offer: OwnOffer) -> str:
    """Whether a price is one the advice uses, and why not."""
    wanted = scenario.candidates.price
    found = own_price(offer.hardware, wanted)
    if offer.hardware in wanted.overrides:
        return "no: a typed quote stands above it"
    if offer.hardware == scenario.current.hardware and not has_own_quote(offer.hardware, wanted):
        return "no: today's GPUs cost what you pay"
    if offer.basis != wanted.basis:
        return "no: on another basis"
    if found is None or offer not in found.own:
        return "no: another row of it, a quote or the provider asked for stands above it"
    if offer.kind == "quote":
        return "yes" if offer == found.own[0] else "no: a lower quote stands above it"
    return "yes" if len(found.own) == 1 else f"yes: the median of {len(found.own)}"


def _row(offer: OwnOffer) -> dict[str, Any]:
    return {
        "GPU": catalog().hardware[offer.hardware].name,
        "USD/GPU-hour": f"{offer.usd_per_gpu_hour:,.2f}",
        "basis": BASES[offer.basis],
        "provider": offer.provider,
        "as of": offer.as_of,
        "from": f"{KIND_WORDS[offer.kind]} {offer.file or ''}".strip(),
        "machine, region": offer.detail,
    }


def _read(name: str, raw: bytes, place: int) -> Imported:
    """One file with the user's answers to what it leaves open; what is wrong with it is said."""
    try:
        document = Document(name, raw)
    except ImportRefusedError as error:
        st.error(escape(str(error)))
        return Imported(name, None, Found(), refusal=str(error))
    (item,) = import_documents([document])
    if item.refusal is not None:
        st.error(escape(f"{item.file}: {item.refusal}"))
        return item
    if not item.found.offers and item.found.bill is None:
        st.info(escape(f"{item.file}: read as {item.tool}, which holds no prices: upload it on the Today step."))
        return item
    st.caption(escape(f"{item.file}: read as {item.tool}."))
    answers = _ask(item, place) if item.found.offers else {}
    bullets(dict.fromkeys(item.found.warnings))
    return import_documents([document], answers)[0] if answers else item


def _ask(item: Imported, place: int) -> dict[str, Any]:
    """A field a question, at its suggestion where the file hints at one; the hint is said."""
    answers: dict[str, Any] = {}
    columns = st.columns(2) if item.questions else ()
    for number, question in enumerate(item.questions):
        with columns[number % 2]:
            answers[question.field] = _field(question, f"money.ask.{place}.{item.file}.{question.field}")
            if question.because:
                st.caption(escape(f"Suggested: {question.because}."))
    return {name: value for name, value in answers.items() if value}


def _field(question: Question, place: str) -> str | None:
    if question.field == "as_of":
        label = "On which day were these prices read? The file does not say"
        day: datetime.date | None = st.date_input(label, None, key=key(place), format="YYYY-MM-DD")
        return day.isoformat() if day else None
    start = question.suggestion or ""
    return st.text_input(escape(question.text), start, key=key(place), max_chars=80, placeholder="not given").strip() or None


def _offer(scenario: Scenario, read: list[Imported]) -> None:
    for item in read:
        offer_bill(scenario, item, STEP)
    found = own_prices(catalog(), read)
    still = {question.field for item in read for question in item.questions}
    if still:
        st.info("Please answer the questions above: the files do not say it.")
    for problem in () if still else found.problems:
        st.error(escape(str(problem)))
    if found.unknown:
        names = ", ".join(found.unknown[:MOST_NAMES]) + (" …" if len(found.unknown) > MOST_NAMES else "")
        st.caption(escape(f"Left out, because the catalog has no such GPU: {names}."))
    if not found.offers or still or found.problems:
        return
    if set(found.offers) <= set(scenario.candidates.price.offers):
        st.caption("The prices of these files are in the scenario.")
        return
    table([_row(offer) for offer in found.offers], "Prices read from the files: of a provider the cheapest row")
    basis = _ask_basis(scenario, found)
    _today(scenario, found)
    if st.button("Take these prices", key=key("money.take"), type="primary"):
        _take(state.session().scenario, found.offers, basis)


def _ask_basis(scenario: Scenario, found: OwnPrices) -> str | None:
    """Prices count on the basis the scenario asks for; where none of them is on it, which one is asked."""
    wanted = scenario.candidates.price.basis
    counted: Counter[str] = Counter(offer.basis for offer in found.offers)
    if wanted in counted:
        return None
    if not scenario.candidates.allow.spot:
        counted.pop("spot", None)
    names = {name: f"{BASES[name]}, for every GPU" for name, _ in counted.most_common()}
    names[LATER] = f"Keep {BASES.get(wanted, wanted)}: these prices do not count yet"
    label = f"None of them is {BASES.get(wanted, wanted).lower()}, which the scenario asks for. Compare on which basis?"
    chosen = st.selectbox(escape(label), list(names), key=key("money.ask.basis"), format_func=lambda name: names[name])
    return None if chosen == LATER else chosen


def _today(scenario: Scenario, found: OwnPrices) -> None:
    """What a price for today's own GPU does, since it is easily misread."""
    own = [offer for offer in found.offers if offer.hardware == scenario.current.hardware]
    if not own:
        return
    name = catalog().hardware[scenario.current.hardware].name
    if any(offer.kind == "quote" for offer in own):
        st.caption(escape(f"A quote for {name} prices what would replace today's fleet; today's bill stays as it is."))
    else:
        st.caption(escape(f"{name} is today's GPU: it costs what you pay, whatever a price list says."))


def _take(scenario: Scenario, offers: tuple[OwnOffer, ...], basis: str | None, *, clear: bool = False) -> None:
    """Put prices into the scenario and stay on the step; what is typed stays in its draft, the basis as taken."""
    if clear:
        price = scenario.candidates.price.model_copy(update={"offers": ()})
        scenario = scenario.model_copy(update={"candidates": scenario.candidates.model_copy(update={"price": price})})
    known = state.session()
    try:
        scenario = with_prices(scenario, offers, basis)
    except ScenarioError as error:
        st.error(escape(str(error)))
        return
    if basis is not None:
        known.drafts.get(STEP, {}).pop(BASIS, None)
        known.generation += 1
    state.commit(scenario, STEP)
