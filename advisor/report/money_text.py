"""The money of a decision as text: odds, futures, flips, tornado, tokens, pilot, and why not the others."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.decision import Decision
from advisor.phrases import percent, usd
from advisor.report.tables import section, table
from advisor.report.words import option_name, outlook_sentence

FUTURE_NAMES = {
    "stay": "stay",
    "tune_in_place": "tune in place",
    "move_now": "move now",
    "move_at_contract_end": "move at contract end",
    "phased": "phased move",
    "buy_tokens": "buy tokens",
}
SHOWN_DRIVERS = 6


def odds(decision: Decision) -> list[str]:
    """What the advice saves, its range, and how stable the order of options is."""
    sentence = outlook_sentence(decision)
    lines = [sentence] if sentence else []
    chosen = decision.chosen
    if chosen is not None and chosen.standing is not None and chosen.outlook is not None:
        lines.append(
            f"It scores best in {percent(chosen.standing.weight_share_fraction)} of all weightings of the criteria and in "
            f"{percent(chosen.outlook.win_fraction)} of the draws."
        )
    return lines


def pilot(decision: Decision) -> list[str]:
    """The experiments that come first, the cheapest one first."""
    return section("Pilot first, the cheapest test first", pilot_lines(decision))


def pilot_lines(decision: Decision) -> tuple[str, ...]:
    """One line an experiment: what, how long, for how much, and what it settles."""
    lines = []
    for test in decision.verdict.pilot:
        cost = "" if test.usd is None else f", about {usd(test.usd)}"
        hours = f" ({test.gpu_hours:,.0f} GPU-hours{cost})" if test.gpu_hours else ""
        lines.append(f"{test.what}{hours}: settles {test.settles}")
    return tuple(lines)


def futures(decision: Decision) -> list[str]:
    """Courses of action side by side, the contract's unavoidable spend in each."""
    rows = []
    for future in decision.futures:
        option = next((o for o in decision.options if o.key.id == future.option_id), None)
        mark = "*" if decision.adopted is not None and future.name == decision.adopted.name else ""
        rows.append(
            (
                f"  {FUTURE_NAMES[future.name]}{mark}",
                option_name(decision, option) if option else "-",
                usd(future.one_off),
                usd(future.total_cost),
                usd(future.npv_cost),
                usd(future.npv_saving),
                "-" if future.payback_month is None or future.name == "stay" else str(future.payback_month),
            )
        )
    months = decision.scenario.finance.horizon_months
    header = ("  future", "to", "one-off", "total", "NPV", "NPV saved", "payback month")
    title = f"Futures over {months} months (* advised; contract spend of {usd(decision.futures[0].unavoidable_usd)} in each)"
    return [title, *table(header, rows, frozenset({0, 1})), ""]


def flips(decision: Decision) -> list[str]:
    """What would turn the advice."""
    return section("What would flip it", [flip.sentence for flip in decision.flips])


def _figure(value: float) -> str:
    """Four significant digits, thousands whole: never a power of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def tornado(decision: Decision) -> list[str]:
    """The drivers with the widest swing."""
    rows = [
        (
            f"  {row.driver}",
            f"{_figure(row.low)} to {_figure(row.high)} {row.unit}",
            usd(row.saving_at_low_usd),
            usd(row.saving_at_high_usd),
        )
        for row in decision.tornado[:SHOWN_DRIVERS]
    ]
    if not rows:
        return []
    header = ("  driver", "from ... to", "NPV saved at low", "at high")
    return ["What moves the saving most (one at a time)", *table(header, rows, frozenset({0, 1})), ""]


def tokens(decision: Decision) -> list[str]:
    """Bought tokens against the fleet's cost, reserved and used."""
    line = decision.tokens
    if line.usd_per_mtok_total is None or decision.baseline.cost is None:
        return [f"Buying tokens: {line.reason}.", ""]
    cheapest, dearest = line.lowest, line.highest
    rows = [
        ("  today's fleet, reserved", f"{decision.baseline.cost.usd_per_mtok_total:.3f}"),
        *_used(decision),
        ("  tokens, median of providers", f"{line.usd_per_mtok_total:.3f}"),
        (f"  tokens, {cheapest.provider} (lowest)", f"{cheapest.usd_per_mtok_total:.3f}"),
        (f"  tokens, {dearest.provider} (highest)", f"{dearest.usd_per_mtok_total:.3f}"),
    ]
    return ["USD per million tokens on this mix, input and output", *table(("  ", "USD/M"), rows), ""]


def _used(decision: Decision) -> list[tuple[str, str]]:
    fleet, cost = decision.baseline.fleet, decision.baseline.cost
    if fleet is None or cost is None:
        return []
    used = cost.usd_per_mtok_total * fleet.utilization_fraction
    return [(f"  the same, only the {percent(fleet.utilization_fraction)} used", f"{used:.3f}")]


def why_not(decision: Decision, feasible_only: Sequence[str]) -> list[str]:
    """One sentence for every option that passes and is not advised."""
    return section("Why not the others", [text for key, text in decision.losing if key in feasible_only])


def readiness(decision: Decision) -> list[str]:
    """What stands between the advised option and serving."""
    return section("Readiness", readiness_lines(decision))


def readiness_lines(decision: Decision) -> tuple[str, ...]:
    """One line a risk of the advised option, with the months it adds."""
    chosen = decision.chosen
    if chosen is None:
        return ()
    lines = []
    for risk in chosen.readiness.risks:
        added = f" (+{risk.added_months:g} months)" if risk.added_months else ""
        lines.append(f"{risk.name}: {risk.reason}{added}")
    return tuple(lines)
