"""The guide's argument as text and as plain data."""

from __future__ import annotations

from typing import Any

from advisor.argument import Argument, ClaimedCost
from advisor.catalog import Catalog
from advisor.phrases import saves
from advisor.report.tables import table


def argument_text(argument: Argument, catalog: Catalog) -> str:
    """Both days first, then what decides, then the guide's table beside what was measured since."""
    lines = ["H200 FP8 against B200 FP4 by the guide's own throughputs (estimates), per million tokens at full use"]
    rows = [
        (
            f"  {day.book.effective_from}",
            f"{day.usd_per_mtok_today:.3f}",
            f"{day.usd_per_mtok_candidate:.3f}",
            f"{day.price_ratio:.2f}",
            "move" if day.moves else "stay",
            f"B200 {saves(day.saving_fraction)}",
        )
        for day in argument.days
    ]
    lines += table(("  prices of", "H200 USD", "B200 USD", "price ratio", "answer", ""), rows, frozenset({0, 4, 5}))
    lines.append(
        f"The move pays while a B200-hour costs less than {argument.break_even_ratio:.2f} times an H200-hour"
        + ("; between the two days the answer flips." if argument.flips else ".")
    )
    if argument.measured_ratio is not None:
        lines.append(f"Measured since, within one MLPerf round, offline: {argument.measured_ratio:.2f} times.")
    lines += [
        "",
        "The guide's table, and the best closed MLPerf offline result of the newest round (never an interactivity)",
    ]
    lines += table(
        ("  claim", "tok/s/GPU", "", "USD/M on demand", "USD/M spot", "measured since"),
        [_row(catalog, cost) for cost in argument.costs],
        frozenset({0, 2, 5}),
    )
    return "\n".join(lines)


def _row(catalog: Catalog, cost: ClaimedCost) -> tuple[str, ...]:
    claim, found = cost.claim, cost.measured
    name = f"  {catalog.hardware[claim.hardware].name} {catalog.precisions[claim.precision].name} ({claim.table})"
    return (
        name,
        f"{claim.tok_s_per_gpu:,.0f}",
        "estimate" if claim.estimated else "stated",
        "-" if cost.usd_per_mtok_on_demand is None else f"{cost.usd_per_mtok_on_demand:.3f}",
        "-" if cost.usd_per_mtok_spot is None else f"{cost.usd_per_mtok_spot:.3f}",
        "not measured" if found is None else f"{found.tok_s_per_gpu:,.0f} tok/s/GPU, {found.round}, {found.gpus} GPUs",
    )


def argument_as_dict(argument: Argument) -> dict[str, Any]:
    """The argument under its documented keys."""
    return {
        "schema": 1,
        "break_even": {"price_ratio": argument.break_even_ratio, "measured_throughput_ratio": argument.measured_ratio},
        "flips": argument.flips,
        "days": [
            {
                "price_book": day.book.id,
                "date": day.book.effective_from,
                "source": day.book.source,
                "usd_per_mtok_today": day.usd_per_mtok_today,
                "usd_per_mtok_candidate": day.usd_per_mtok_candidate,
                "price_ratio": day.price_ratio,
                "saving_fraction": day.saving_fraction,
                "answer": "move" if day.moves else "stay",
            }
            for day in argument.days
        ],
        "costs": [_cost(cost) for cost in argument.costs],
    }


def _cost(cost: ClaimedCost) -> dict[str, Any]:
    claim, found = cost.claim, cost.measured
    return {
        "table": claim.table,
        "hardware": claim.hardware,
        "precision": claim.precision,
        "tok_s_per_gpu": claim.tok_s_per_gpu,
        "estimated": claim.estimated,
        "basis": claim.basis,
        "usd_per_gpu_hour_on_demand": cost.usd_per_gpu_hour_on_demand,
        "usd_per_gpu_hour_spot": cost.usd_per_gpu_hour_spot,
        "usd_per_mtok_on_demand": cost.usd_per_mtok_on_demand,
        "usd_per_mtok_spot": cost.usd_per_mtok_spot,
        "source": claim.source,
        "measured_since": None
        if found is None
        else {
            "tok_s_per_gpu": found.tok_s_per_gpu,
            "round": found.round,
            "gpus": found.gpus,
            "submitter": found.submitter,
            "source": found.source,
        },
    }
