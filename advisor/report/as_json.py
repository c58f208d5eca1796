"""A decision as plain data for JSON, under the documented keys (``"schema": 1``)."""

from __future__ import annotations

from typing import Any

from advisor import link
from advisor.compare import Comparison, Figures, Side
from advisor.decision import Decision
from advisor.economics import Future
from advisor.options import OperatingPoint, Option
from advisor.pricing import Price
from advisor.report.quality_option import quality_as_dict
from advisor.report.words import verdict_sentence

SCHEMA = 1


def decision_as_dict(decision: Decision) -> dict[str, Any]:
    """Everything the decision holds, numbers unrounded; what is not known is None."""
    verdict = decision.verdict
    even = decision.break_even
    return {
        "schema": SCHEMA,
        "verdict": {
            "code": verdict.code,
            "pilot_first": verdict.pilot_first,
            "sentence": verdict_sentence(decision),
            "confidence": verdict.confidence,
            "reasons": list(verdict.reasons),
            "doubts": list(verdict.doubts),
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
        "futures": [_future(future) for future in decision.futures],
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
        "demand": {
            "mean_tok_s": decision.load.mean_tok_s,
            "peak_tok_s": decision.load.peak_tok_s,
            "output_share": decision.load.output_share,
            "origin": decision.load.origin,
        },
        "catalog": _catalog(decision),
        "scenario": decision.scenario.model_dump(mode="json", by_alias=True),
        "link": f"?s={link.encode(decision)}",
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
        "fleet": _pick_known(
            option.fleet, "gpus", "replicas", "replica_gpus", "servers", "utilization_fraction", "needed_gpus"
        ),
        "cost": _pick_known(option.cost, "usd_per_month", "usd_per_mtok_total", "usd_per_mtok_output"),
        "energy": _pick_known(option.energy, "kw", "kw_per_gpu", "tok_s_per_mw", "joules_per_token", "book"),
        "quality": quality_as_dict(option.quality),
        "break_even": _pick_known(even, "price_ratio", "price_ratio_today"),
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
        "range": list(point.range),
        "sources": list(point.sources),
        "run_dates": list(point.run_dates),
    }


def _price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {
        "usd_per_gpu_hour": price.usd_per_gpu_hour,
        "provider": price.provider,
        "basis": price.basis,
        "as_of": price.as_of,
        "source": ", ".join(price.source) if price.source else "input",
        "rule": price.rule,
        "low": price.low,
        "high": price.high,
        "offers": [
            {"id": offer.id, "provider": offer.provider, "usd_per_gpu_hour": offer.usd_per_gpu_hour, "as_of": offer.as_of}
            for offer in price.offers
        ],
    }


def _future(future: Future) -> dict[str, Any]:
    return {
        "name": future.name,
        "one_off_usd": future.one_off,
        "npv_cost_usd": future.npv_cost,
        "total_cost_usd": future.total_cost,
        "payback_month": future.payback_month,
        "usd_by_month": list(future.flows),
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
