"""The controls of the Compare page. They speak for a request and nothing else; the address follows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from advisor.catalog import Catalog
from advisor.questions import DECODINGS, DEPLOYMENTS
from advisor.ui.comparing.request import COLUMNS, Request, SideChoice, formats_on, has_runs, sizes_of, with_default_targets
from advisor.ui.mount import key

DECODING_WORDS = {"any": "any decoding", "none": "plain decoding", "mtp": "MTP (speculative)"}
DEPLOYMENT_WORDS = {"any": "any (as public dashboards do)", "single-node": "one server, aggregated"}
OFFERS = "offers"


def ask(catalog: Catalog, request: Request) -> Request:
    """Draw the controls at a request; the request they stand at now."""
    one, two, three, four = st.columns([3, 2, 3, 2])
    with one:
        names = {m: catalog.models[m].name for m in catalog.workloads_by_model}
        names.setdefault(request.model, catalog.models[request.model].name)
        model = _choose("model", "Model (type to search)", names, request.model)
    with two:
        sizes = {size: f"{size[0]:,} in / {size[1]:,} out" for size in sizes_of(catalog, model)}
        asked = (request.isl, request.osl)
        if model == request.model or not sizes:
            sizes.setdefault(asked, f"{asked[0]:,} in / {asked[1]:,} out")
        isl, osl = _choose("size", "Request size (tokens)", sizes, asked)
    with three:
        books = {OFFERS: "Median of dated offers", **{book.id: book.title for book in catalog.price_books.values()}}
        book = _choose("book", "Prices", books, request.book or OFFERS)
    with four:
        words = {name: DEPLOYMENT_WORDS[name] for name in DEPLOYMENTS}
        deployment = _choose("deployment", "Deployment", words, request.deployment)
    base = replace(request, model=model, isl=isl, osl=osl, book=None if book == OFFERS else book, deployment=deployment)
    left, right = st.columns(2)
    with left:
        a = _ask_side(catalog, base, "a", request.a)
    with right:
        b = _ask_side(catalog, base, "b", request.b)
    asked_anew = replace(base, a=a, b=b)
    cell = (asked_anew.workload, asked_anew.a, asked_anew.b)
    if cell != (request.workload, request.a, request.b):
        asked_anew = with_default_targets(catalog, replace(asked_anew, targets=()))
        _forget_targets()
    return asked_anew


def _ask_side(catalog: Catalog, base: Request, side: str, chosen: SideChoice) -> SideChoice:
    name = side.upper()
    one, two, three = st.columns(3)
    with one:
        gpus = {gpu.id: gpu.name for gpu in catalog.hardware.values()}
        hardware = _choose(f"{side}.hardware", f"{name}: GPU", gpus, chosen.hardware)
    with two:
        formats = {}
        for precision in formats_on(catalog, hardware, base.model):
            mark = "" if has_runs(catalog, base, hardware, precision) else " (no runs here)"
            formats[precision] = catalog.precisions[precision].name + mark
        precision = _choose(f"{side}.precision", f"{name}: precision", formats, chosen.precision)
    with three:
        decoding = _choose(
            f"{side}.decoding", f"{name}: decoding", {name: DECODING_WORDS[name] for name in DECODINGS}, chosen.decoding
        )
    return SideChoice(hardware, precision, decoding)


def ask_target(place: int, value: float | None) -> float | None:
    """One editable target column; empty gives None."""
    name = key(f"compare.target.{place}")
    if name not in st.session_state:
        st.session_state[name] = value
    shown: float | None = st.number_input(
        f"Target {place + 1} (tok/s per user)", key=name, step=1.0, format="%.10g", placeholder="none", value=None
    )
    return shown


def put(request: Request) -> None:
    """Set every control to a request that came from elsewhere (an address, a preset)."""
    values: dict[str, Any] = {
        "model": request.model,
        "size": (request.isl, request.osl),
        "book": request.book or OFFERS,
        "deployment": request.deployment,
    }
    for side, choice in (("a", request.a), ("b", request.b)):
        values |= {
            f"{side}.hardware": choice.hardware,
            f"{side}.precision": choice.precision,
            f"{side}.decoding": choice.decoding,
        }
    for name, value in values.items():
        st.session_state[key(f"compare.{name}")] = value
    put_targets(request.targets)


def put_targets(targets: tuple[float, ...]) -> None:
    """Set the target columns."""
    for place in range(COLUMNS):
        value = targets[place] if place < len(targets) else None
        st.session_state[key(f"compare.target.{place}")] = value


def _forget_targets() -> None:
    for place in range(COLUMNS):
        st.session_state.pop(key(f"compare.target.{place}"), None)


def _choose(name: str, label: str, options: dict[Any, str], value: Any) -> Any:
    """A select box that keeps to its options: a value no longer among them gives way to the first."""
    place = key(f"compare.{name}")
    if st.session_state.get(place, value) not in options:
        st.session_state[place] = next(iter(options))
    elif place not in st.session_state:
        st.session_state[place] = value
    return st.selectbox(label, list(options), key=place, format_func=lambda option: options[option])
