"""JSON schemas of what goes in and what comes out."""

from __future__ import annotations

from typing import Any

from advisor.scenario import SCHEMA_VERSION, Scenario

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """The schema of a scenario file: every field with its title, help, unit, bounds and default."""
    return {"$schema": DRAFT, "title": f"Scenario, schema {SCHEMA_VERSION}", **Scenario.model_json_schema(by_alias=True)}


def decision_schema() -> dict[str, Any]:
    """The schema of ``advisor recommend --json``. Unknown figures are null, never 0."""
    return {
        "$schema": DRAFT,
        "title": "Decision, schema 1",
        "type": "object",
        "required": ["schema", "verdict", "baseline", "options", "futures", "demand", "catalog", "scenario", "link"],
        "properties": {
            "schema": {"const": 1},
            "verdict": _verdict(),
            "baseline": {"$ref": "#/$defs/option"},
            "options": {"type": "array", "items": {"$ref": "#/$defs/option"}},
            "break_even": _or_null(_numbers("price_ratio price_ratio_today per_token_ratio usd_per_gpu_hour")),
            "futures": {"type": "array", "items": {"type": "object", "required": ["name", "npv_cost_usd", "usd_by_month"]}},
            "uncertainty": _uncertainty(),
            "own_measurements": {"type": "array", "items": {"$ref": "#/$defs/own"}},
            "other_price_bases": {"type": "array"},
            "demand": _object("mean_tok_s peak_tok_s output_share", {"mean_tok_s": NUMBER, "peak_tok_s": NUMBER}),
            "catalog": _object("version as_of digest", {"version": TEXT, "as_of": TEXT, "digest": TEXT}),
            "scenario": {"type": "object", "description": "The scenario as resolved: see `advisor schema scenario`."},
            "link": TEXT,
            "link_note": {"type": ["string", "null"], "description": "What the link had to leave out."},
        },
        "$defs": {"option": _option(), "own": _own()},
    }  # fmt: skip


CODES = (
    "migrate_now",
    "migrate_at_contract_end",
    "migrate_phased",
    "tune_in_place",
    "stay",
    "buy_tokens",
    "no_feasible_option",
)
GRADES = ("measured", "interpolated", "transferred", "modelled", "user-measured")
TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
NUMBER: dict[str, Any] = {"type": "number"}
MAYBE: dict[str, Any] = {"type": ["number", "null"]}


def _enum(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


def _object(required: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _numbers(names: str) -> dict[str, Any]:
    return {"type": "object", "properties": dict.fromkeys(names.split(), MAYBE)}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _verdict() -> dict[str, Any]:
    words = {"sentence": TEXT, "confidence_reason": {"type": ["string", "null"]}, "reasons": TEXTS, "doubts": TEXTS}
    levels = {"confidence": _enum("high", "medium", "low"), "pilot_first": {"type": "boolean"}}
    return _object("code confidence sentence", {"code": _enum(*CODES), **levels, **words})


def _uncertainty() -> dict[str, Any]:
    by_month = {"type": "array", "items": NUMBER, "description": "USD, discounted, months 0 to the horizon"}
    names = [f"{what}_{share}_usd" for what in ("cost", "saved") for share in ("p10", "p50", "p90")]
    band = _object(" ".join(("future", *names)), {"future": TEXT, **dict.fromkeys(names, by_month)})
    return _object(
        "draws seed cash_by_month", {"draws": NUMBER, "seed": NUMBER, "cash_by_month": {"type": "array", "items": band}}
    )


def _option() -> dict[str, Any]:
    gate = _object("name passed reason", {"name": TEXT, "passed": {"type": ["boolean", "null"]}, "reason": TEXT})
    point = {
        "interactivity_tok_s_per_user": {**NUMBER, "description": "tok/s/user"},
        "tok_s_per_gpu": {**NUMBER, "description": "input and output tokens, tok/s/GPU"},
        "low": {**MAYBE, "description": "lower end of the 80 % interval"},
        "high": {**MAYBE, "description": "upper end of the 80 % interval"},
        "grade": _enum(*GRADES),
        "note": TEXT,
    }
    return _object(
        "id hardware precision format decoding feasible gates",
        {
            "id": {**TEXT, "description": "hardware:precision:decoding"},
            "rank": {"type": ["integer", "null"]},
            "feasible": {"type": "boolean"},
            "saving_fraction": MAYBE,
            "saving_per_token_fraction": MAYBE,
            "gates": {"type": "array", "items": gate},
            "operating_point": _or_null(_object("interactivity_tok_s_per_user tok_s_per_gpu grade", point)),
            "fleet": _or_null(_numbers("gpus replicas replica_gpus servers utilization_fraction needed_gpus")),
            "cost": _or_null(_numbers("usd_per_month usd_per_mtok_total usd_per_mtok_output")),
        },
    )


def _own() -> dict[str, Any]:
    like = _numbers(
        "replica_gpus concurrency own_tok_s_per_gpu others_tok_s_per_gpu own_tpot_ms others_tpot_ms "
        "throughput_change_fraction tpot_change_fraction"
    )
    best = _numbers("at own_tok_s_per_gpu best_tok_s_per_gpu change_fraction")
    return _object(
        "hardware format points words",
        {"points": {"type": "integer"}, "like_with_like": _or_null(like), "against_best": _or_null(best), "words": TEXTS},
    )
