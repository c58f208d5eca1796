"""A decision as plain data for JSON, under the documented keys (``"schema": 1``)."""

from __future__ import annotations

import dataclasses
from dataclasses import fields
from typing import Any

from advisor import link
from advisor.compare import Comparison, Figures, Side
from advisor.decision import CashBand, Decision, TornadoRow
from advisor.evidence.load import LoadView
from advisor.money.futures import Future, MonthRow
from advisor.options import CRITERIA, OperatingPoint, Option, Outlook
from advisor.own_evidence import OwnMeasurement
from advisor.pricing import Price
from advisor.report.quality_option import quality_as_dict
from advisor.report.words import verdict_sentence

SCHEMA = 1
FLEET = (
    "gpus",
    "replicas",
    "replica_gpus",
    "servers",
    "utilization_fraction",
    "needed_gpus",
    "spare_fraction",
)
OUTLOOK = tuple(field.name for field in fields(Outlook))
TORNADO = (*(field.name for field in fields(TornadoRow)), "swing_usd")
BAND = tuple(field.name for field in fields(CashBand))
MONTH = tuple(field.name for field in fields(MonthRow))


def decision_as_dict(decision: Decision) -> dict[str, Any]:
    """Everything the decision holds, numbers unrounded; what is not known is None."""
    verdict = decision.verdict
    token = link.encode(decision)
    even = decision.break_even
    return {
        "schema": SCHEMA,
        "verdict": {
            "code": verdict.code,
            "pilot_first": verdict.pilot_first,
            "sentence": verdict_sentence(decision),
            "confidence": verdict.confidence,
            "confidence_reason": verdict.confidence_reason or None,
            "reasons": list(verdict.reasons),
            "doubts": list(verdict.doubts),
            "pilot": [_pick(test, "kind", "what", "settles", "gpu_hours", "usd") for test in verdict.pilot],
            "flips": [_pick(flip, "driver", "now", "at", "unit", "sentence") for flip in decision.flips],
        },
        "baseline": _option(decision.baseline),
        "options": [_option(option) for option in decision.options],
        "break_even": None
        if even is None
        else {
            "price_ratio": even.price_ratio,
            "price_ratio_today": even.price_ratio_today,
            "per_token_ratio": even.per_token_ratio,
            "usd_per_gpu_hour": even.price_b_usd_per_gpu_hour,
        },
        "break_evens": _break_evens(decision),
        "adopted_future": decision.adopted.name if decision.adopted else None,
        "futures": [_future(future) for future in decision.futures],
        "buy_tokens": _tokens(decision),
        "uncertainty": _uncertainty(decision),
        "price_warnings": [_pick(warning, "hardware", "code", "message") for warning in decision.price_warnings],
        "other_price_bases": [
            {
                "price_book": basis.book,
                "title": basis.title,
                "basis": basis.basis,
                "price_ratio": basis.price_ratio,
                "saving_fraction": basis.saving_fraction,
                "saving_per_token_fraction": basis.saving_per_token_fraction,
            }
            for basis in decision.other_bases
        ],
        "own_measurements": [_own(item) for item in decision.own],
        "load_view": {"baseline": _load(decision.load_view.baseline), "chosen": _load(decision.load_view.chosen)},
        "demand": {
            "mean_tok_s": decision.load.mean_tok_s,
            "peak_tok_s": decision.load.peak_tok_s,
            "output_share": decision.load.output_share,
            "origin": decision.load.origin,
            "workloads": [_pick(load, "mean_tok_s", "peak_tok_s", "output_share", "origin") for load in decision.loads],
        },
        "catalog": _catalog(decision),
        "scenario": decision.scenario.model_dump(mode="json", by_alias=True),
        "link": f"?s={token}",
        "link_note": link.left_out_words(link.left_out(token)) or None,
    }


def _option(option: Option) -> dict[str, Any]:
    point, even = option.operating_point, option.break_even
    return {
        "id": option.key.id,
        **_pick(option.key, "hardware", "precision", "format", "decoding"),
        "engine": (point.engine or None) if point else None,
        **_pick(option, "rank", "feasible"),
        "price": _price(option.price),
        **_pick(option, "saving_fraction", "saving_per_token_fraction"),
        "gates": [_pick(gate, "name", "passed", "reason") for gate in option.gates],
        "operating_point": None if point is None else _operating_point(point),
        "fleet": _pick_known(option.fleet, *FLEET),
        "cost": _pick_known(option.cost, "usd_per_month", "usd_per_mtok_total", "usd_per_mtok_output"),
        "cost_used": _cost_used(option),
        "energy": _pick_known(option.energy, "kw", "kw_per_gpu", "tok_s_per_mw", "joules_per_token", "book"),
        "quality": quality_as_dict(option.quality),
        "break_even": _pick_known(even, "price_ratio", "price_ratio_today"),
        "readiness": {
            "added_months": option.readiness.added_months,
            "risks": [
                {**_pick(risk, "name", "reason", "added_months", "blocks"), "sources": list(risk.sources)}
                for risk in option.readiness.risks
            ],
        },
        "standing": _standing(option),
        "outlook": _pick_known(option.outlook, *OUTLOOK),
        "workloads": [_part(part) for part in option.parts],
    }


def _uncertainty(decision: Decision) -> dict[str, Any]:
    return {
        "draws": decision.stability.draws,
        "seed": decision.stability.seed,
        "advised": _pick_known(decision.outlook, *OUTLOOK),
        "tornado": [_pick(row, *TORNADO) for row in decision.tornado],
        "weight_share_fraction": dict(decision.stability.weight_shares),
        "draw_share_fraction": dict(decision.stability.draw_shares),
        "cash_by_month": [_pick(band, *BAND) for band in decision.bands],
    }


def _part(part: Option) -> dict[str, Any]:
    """One workload's share of an option: its operating point and replicas, before packing."""
    return {
        "format": part.key.format,
        "operating_point": None if part.operating_point is None else _operating_point(part.operating_point),
        "fleet": _pick_known(part.fleet, "replicas", "replica_gpus", "needed_gpus"),
    }


def _cost_used(option: Option) -> dict[str, Any] | None:
    """Per million tokens by the GPU-hours that served them; ``cost`` is reserved: the whole fleet, used or not."""
    if option.cost is None or option.fleet is None:
        return None
    busy = option.fleet.utilization_fraction
    return {
        "usd_per_mtok_total": option.cost.usd_per_mtok_total * busy,
        "usd_per_mtok_output": option.cost.usd_per_mtok_output * busy,
    }


def _standing(option: Option) -> dict[str, Any] | None:
    standing = option.standing
    if standing is None:
        return None
    return {
        "score": standing.score,
        "criteria": dict(zip(CRITERIA, standing.criteria, strict=True)),
        "future": standing.future.name,
        "npv_cost_usd": standing.future.npv_cost,
        "npv_saving_usd": standing.future.npv_saving,
        "dominated_by": standing.dominated_by,
        "weight_share_fraction": standing.weight_share_fraction,
        "why_not": standing.why_not or None,
    }


def _break_evens(decision: Decision) -> dict[str, Any] | None:
    """Break-evens of the challenger; those but the price ratio on the unrounded fleet."""
    evens = decision.break_evens
    if evens is None or decision.challenger is None:
        return None
    plain = ("utilization_fraction", "utilization_today_fraction", "throughput_ratio", "throughput_ratio_today")
    more = ("months_of_demand", "npv_price_usd_per_gpu_hour", "npv_current_price_usd_per_gpu_hour")
    return {"option": decision.challenger.key.id, **_pick(evens, *plain, *more)}


def _tokens(decision: Decision) -> dict[str, Any]:
    line = decision.tokens
    plain = ("provider", "usd_per_month", "usd_per_mtok_total", "as_of")
    return {
        **_pick(line, "usd_per_month", "usd_per_mtok_total"),
        "reason": line.reason or None,
        "offers": [
            {**_pick(offer, *plain), "offered_as": list(offer.offered_as), "sources": list(offer.sources)}
            for offer in line.offers
        ],
    }


def _own(item: OwnMeasurement) -> dict[str, Any]:
    like, best = item.like_with_like, item.against_best
    return {
        **_pick(item, "hardware", "format", "points"),
        "like_with_like": None
        if like is None
        else {
            **_pick(like, "engine", "replica_gpus", "concurrency", "own_tok_s_per_gpu", "others_tok_s_per_gpu"),
            **_pick(like, "own_tpot_ms", "others_tpot_ms", "runs", "throughput_change_fraction", "tpot_change_fraction"),
            "sources": list(like.sources),
        },
        "against_best": _pick_known(best, "at", "own_tok_s_per_gpu", "best_tok_s_per_gpu", "engine", "change_fraction"),
        "words": list(item.words),
    }


def _pick(record: object, *names: str) -> dict[str, Any]:
    """Some attributes of a record under their own names."""
    return {name: getattr(record, name) for name in names}


def _pick_known(record: object | None, *names: str) -> dict[str, Any] | None:
    """The same, or None for what is not known."""
    return None if record is None else _pick(record, *names)


def _operating_point(point: OperatingPoint) -> dict[str, Any]:
    plain = ("interactivity_tok_s_per_user", "tok_s_per_gpu", "low", "high", "grade", "concurrency", "replica_gpus")
    return {
        **_pick(point, *plain, "users_per_gpu", "note"),
        **_pick(point, "ttft_ms", "ttft_low_ms", "ttft_high_ms", "ttft_grade", "tail_ratio", "tail_grade"),
        "range": list(point.range),
        "sources": list(point.sources),
        "run_dates": list(point.run_dates),
        "software": point.software,
    }


def _load(view: LoadView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    return {**dataclasses.asdict(view), "requests_in_flight_mean": None if view.overloaded else view.requests_in_flight_mean}


def _price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {
        "usd_per_gpu_hour": price.usd_per_gpu_hour,
        "provider": price.provider,
        "basis": price.basis,
        "as_of": price.as_of,
        "source": ", ".join(price.source) if price.source else price.own[0].origin if price.own else "input",
        "rule": price.rule,
        "low": price.low,
        "high": price.high,
        "offers": [
            {"id": offer.id, "provider": offer.provider, "usd_per_gpu_hour": offer.usd_per_gpu_hour, "as_of": offer.as_of}
            for offer in price.offers
        ],
        "own_offers": [offer.model_dump() for offer in price.own],
    }


def _future(future: Future) -> dict[str, Any]:
    return {
        "name": future.name,
        "option": future.option_id,
        "one_off_usd": future.one_off,
        "npv_saving_usd": future.npv_saving,
        "unavoidable_usd": future.unavoidable_usd,
        "write_off_usd": future.write_off_usd,
        "npv_cost_usd": future.npv_cost,
        "total_cost_usd": future.total_cost,
        "payback_month": future.payback_month,
        "usd_by_month": list(future.flows),
        "months": [_pick(row, *MONTH) for row in future.rows],
    }


def _catalog(decision: Decision) -> dict[str, Any]:
    catalog = decision.catalog
    return {
        "version": catalog.version,
        "as_of": catalog.as_of,
        "digest": catalog.digest,
        "overlays": [
            {
                "folder": overlay.folder,
                "added": [f"{table}/{identifier}" for table, identifier in overlay.added],
                "replaced": [f"{table}/{identifier}" for table, identifier in overlay.replaced],
            }
            for overlay in catalog.overlays
        ],
    }


def comparison_as_dict(comparison: Comparison) -> dict[str, Any]:
    """A comparison under its documented keys."""
    question = comparison.a.question
    return {
        "schema": SCHEMA,
        "model": question.model,
        "isl": question.isl,
        "osl": question.osl,
        "deployment": question.deployment,
        "price_book": comparison.price_book.id if comparison.price_book else None,
        "power_book": comparison.power_book.id,
        "range": list(comparison.overlap) if comparison.overlap else None,
        "a": _side(comparison.a),
        "b": _side(comparison.b),
        "rows": [
            {"at": row.at, "a": _figures(row.a), "b": _figures(row.b), "saving_fraction": row.saving_fraction}
            for row in comparison.rows
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "id": side.id,
        "hardware": side.question.hardware,
        "format": side.question.precision,
        "decoding": side.question.decoding,
        "price": _price(side.price),
        "kw_per_gpu": side.kw_per_gpu,
        "range": list(side.measured_range) if side.measured_range else None,
    }


def _figures(figures: Figures) -> dict[str, Any]:
    reading, page = figures.reading, figures.published
    return {
        "tok_s_per_gpu": reading.tok_s_per_gpu,
        "low": reading.low,
        "high": reading.high,
        "grade": reading.grade,
        "reason": reading.reason,
        "usd_per_mtok_total": figures.usd_per_mtok_total,
        "tok_s_per_mw": figures.tok_s_per_mw,
        "joules_per_token": figures.joules_per_token,
        "users_per_gpu": figures.users_per_gpu,
        "concurrency": figures.concurrency,
        "concurrency_gpus": figures.concurrency_gpus,
        "sources": list(reading.sources),
        "published": None
        if page is None
        else {
            "tok_s_per_gpu": page.tok_s_per_gpu,
            "usd_per_mtok_total": page.usd_per_mtok_total,
            "tok_s_per_mw": page.tok_s_per_mw,
            "concurrency": page.concurrency,
            "as_of": page.as_of,
            "source": page.source,
        },
    }
