"""Random scenarios of every kind the workbook is for, and random changes to live inputs, for the proofs of the workbook."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from random import Random

from advisor.report.workbook.fields import parse_path
from tests.report.workbook_parts import (
    DEMANDS,
    random_candidates,
    random_owned_candidates,
    random_owned_today,
    random_points,
    random_precision,
    random_results,
    random_workloads,
)


@dataclass(frozen=True)
class Kind:
    """What sets a scenario apart: how many workloads, today's GPUs owned, GPUs that would be bought."""

    workloads: int = 1
    owned: bool = False
    buys: bool = False


PLAIN = Kind()


def random_kind(random: Random) -> Kind:
    """Plain in four of ten; several workloads in three, owned in two and bought in a quarter, in any combination."""
    several = random.choice((2, 2, 3)) if random.random() < 0.3 else 1
    return Kind(several, random.random() < 0.2, random.random() < 0.25)


def kind_of(data: dict) -> Kind:
    """The kind of a scenario as its data say; GPUs with a quote beside are not bought."""
    price = data["candidates"]["price"]
    buys = set(data["candidates"].get("owned", {})) - set(price.get("overrides", {}))
    return Kind(len(data["workloads"]), "owned" in data["current"], bool(buys))


def random_data(random: Random, kind: Kind | None = None) -> dict:
    """A scenario as data: of a kind, or of any, everything else at random."""
    kind = kind or random_kind(random)
    workloads = random_workloads(random, kind.workloads)
    hardware = random.choice(("h200", "h100"))
    if any(workload["model"] == "deepseek-r1" for workload in workloads):
        hardware = "h200"
    bought = random_owned_candidates(random, hardware) if kind.buys else {}
    data = {
        "schema": 1,
        "name": f"random {random.random()}",
        "workloads": workloads,
        "current": random_current(random, hardware, workloads, owned=kind.owned),
        "candidates": random_candidates(random, hardware, bought),
        "finance": {
            "horizon_months": random.choice((12, 24, 36)),
            "discount_rate_per_year": 0.1,
            "price_change_per_year": {"current": random.choice((0.0, -0.1)), "candidate": random.choice((0.0, -0.15))},
        },
        "sizing": {"headroom_fraction": 0.2, "spare_replicas": random.choice((0, 0, 1))},
        "uncertainty": {"throughput_spread_ratio": random.choice((1.0, 1.0, 0.0))},
    }
    if kind.owned or bought:
        data["finance"] |= {"usd_per_kwh": random.choice((0.06, 0.15, 0.35)), "pue": random.choice((1.1, 1.5))}
    if random.random() < 0.35:
        data["current"]["measured"] = random_points(random, data)
    if random.random() < 0.2:
        data["current"]["probes"] = ({"hardware": "b200", "probe_version": "1", "copy_gb_s": 6100.0, "bf16_tflops": 1500.0},)
    if random.random() < 0.5:
        data["quality"] = {"results": random_results(random, random.choice(workloads)["model"])}
    return data


def random_current(random: Random, hardware: str, workloads: tuple[dict, ...], *, owned: bool) -> dict:
    """Today's fleet, rented or owned, with a contract or without."""
    gpus = random.choice((16, 32, 64, 96))
    left = random.choice((0, 0, 6, 11, 20))
    models = [workload["model"] for workload in workloads]
    current = {
        "hardware": hardware,
        "gpus": gpus,
        "precision": random_precision(random, models),
        "engine": random.choice((None, "vllm")) if "deepseek-r1" not in models else None,
        "billing": random.choice(("server", "gpu")),
        "commitment": {
            "months_left": left,
            "gpus": random.choice((None, gpus // 2)) if left else None,
            "recoverable_fraction": random.choice((0.0, 0.5)),
            "exit_fee_usd": random.choice((0.0, 20000.0)),
        },
    }
    if owned:
        return current | {"owned": random_owned_today(random)}
    if random.random() < 0.3:
        return current | {"price": {"usd_per_month": round(gpus * random.uniform(1100, 3500))}}
    return current | {"price": {"usd_per_gpu_hour": round(random.uniform(1.5, 5), 2)}}


def random_changes(random: Random, data: dict) -> dict[str, float | int | str | bool]:
    """New values for seven to eleven live inputs, by field; at least two of what only its kind has, if any."""
    every = live_values(random, data)
    special = sorted(name for name in every if is_special(name))
    chosen = random.sample(special, min(len(special), random.randint(2, 4)))
    others = sorted(set(every) - set(chosen))
    chosen += random.sample(others, random.randint(7, 11) - len(chosen))
    return {name: every[name] for name in chosen}


def is_special(name: str) -> bool:
    """Whether an input is one of own hardware or of a second or third workload."""
    return (
        ".owned." in name
        or name in ("finance.usd_per_kwh", "finance.pue")
        or name.startswith(("workloads[1]", "workloads[2]"))
    )


def live_values(random: Random, data: dict) -> dict[str, float | int | str | bool]:
    """A new value for every live input this scenario has."""
    workloads = [
        item
        for number, workload in enumerate(data["workloads"])
        for item in workload_values(random, number, workload).items()
    ]
    return dict(workloads) | current_values(random, data["current"]) | common_values(random, data) | own_values(random, data)


def workload_values(random: Random, number: int, workload: dict) -> dict[str, float]:
    """New values of one workload: demand, growth, target and tolerances."""
    demand, targets, at = workload["demand"], workload["targets"], f"workloads[{number}]"
    every = {
        f"{at}.demand.{unit}": demand[unit] * random.choice((0.6, 1.37, 2.2))
        for unit in (*DEMANDS, "requests_per_user_minute")
        if unit in demand
    }
    every |= {
        f"{at}.demand.peak_to_mean_ratio": round(random.uniform(1.1, 3.3), 2),
        f"{at}.growth_per_year_fraction": random.choice((0.0, 0.15, 0.4)),
    }
    for task in range(len(workload["tasks"])):
        every[f"{at}.tasks[{task}].tolerance_points"] = random.choice((0.2, 0.5, 1.0, 2.0, 3.5, 5.0))
    if workload["prefix_cache_hit_fraction"] == 0 and "ttft_ms" not in targets:
        speed = targets["interactivity_tok_s_per_user"]
        every[f"{at}.targets.interactivity_tok_s_per_user"] = round(speed * random.uniform(0.6, 1.5), 2)
    return every


def current_values(random: Random, current: dict) -> dict[str, float | int | str]:
    """New values of today's fleet, its price and its contract."""
    gpus = current["gpus"] + random.choice((8, 40))
    every = {
        "current.gpus": gpus,
        "current.billing": random.choice(("server", "gpu")),
        "current.commitment.months_left": random.choice((0, 4, 13)),
        "current.commitment.recoverable_fraction": random.choice((0.0, 0.25)),
        "current.commitment.exit_fee_usd": random.choice((0.0, 35000.0)),
    }
    if current["commitment"]["gpus"] is not None:
        every["current.commitment.gpus"] = current["commitment"]["gpus"] // 2
    price = round(random.uniform(1.2, 6), 2)
    if "usd_per_gpu_hour" in current.get("price", {}):
        every["current.price.usd_per_gpu_hour"] = price
    elif "price" in current:
        every["current.price.usd_per_month"] = price * current["gpus"] * 730
    return every


def common_values(random: Random, data: dict) -> dict[str, float | int | str | bool]:
    """New values of what every scenario has: candidates, moving, finance, sizing, uncertainty, what counts."""
    common: dict[str, float | int | str | bool] = {
        "candidates.billing": random.choice(("server", "gpu")),
        "candidates.allow.api_tokens": random.choice((True, False)),
        "candidates.spot_overhead_fraction": 0.2,
        "candidates.max_kw": random.choice((45.0, 120.0, 900.0)),
        "candidates.max_usd_per_month": random.choice((50_000.0, 180_000.0)),
        "candidates.max_one_off_usd": random.choice((20_000.0, 300_000.0)),
        "candidates.serve_within_months": random.choice((2, 5, 12)),
        "migration.engineering_weeks": random.choice((1.0, 12.0)),
        "migration.usd_per_engineering_week": random.choice((3000.0, 9000.0)),
        "migration.revalidation_usd": random.choice((0.0, 75000.0)),
        "migration.ramp_months": random.choice((0, 1, 4)),
        "migration.lead_time_months": random.choice((0, 3)),
        "migration.buy_tokens_weeks": random.choice((0.0, 20.0)),
        "migration.parallel_months": random.choice((0.0, 2.0)),
        "migration.contingency_fraction": random.choice((0.0, 0.35)),
        "finance.horizon_months": data["finance"]["horizon_months"] - random.choice((0, 5)),
        "finance.discount_rate_per_year": random.choice((0.0, 0.07, 0.2)),
        "finance.price_change_per_year.candidate": random.choice((-0.2, 0.05)),
        "finance.price_change_per_year.current": random.choice((-0.25, 0.1)),
        "sizing.headroom_fraction": random.choice((0.1, 0.33)),
        "sizing.spare_replicas": random.choice((0, 2)),
        "uncertainty.throughput_spread_ratio": random.choice((0.0, 1.0)),
        "uncertainty.price_spread_ratio": random.choice((0.0, 1.0)),
        "uncertainty.growth_spread_fraction": random.choice((0.0, 0.2)),
        "uncertainty.price_change_spread_fraction": random.choice((0.0, 0.17)),
        "uncertainty.delay_p90_months": random.choice((0.0, 3.5)),
        "preferences.minimum_saving_fraction": random.choice((0.0, 0.1)),
        "preferences.weights.cost": random.choice((0.3, 0.9)),
        "preferences.weights.latency": random.choice((0.0, 0.4)),
        "preferences.weights.quality": random.choice((0.0, 0.4)),
        "preferences.weights.evidence": random.choice((0.0, 0.4)),
        "preferences.weights.readiness": random.choice((0.0, 0.4)),
        "preferences.weights.energy": random.choice((0.0, 0.5)),
    }
    if "b200" not in data["candidates"].get("owned", {}) and data["current"]["hardware"] != "b200":
        common["prices.b200"] = round(random.uniform(2.5, 8), 2)
    return common


def own_values(random: Random, data: dict) -> dict[str, float | int]:
    """New values of own hardware, today's and candidates', and of the power it draws."""
    places = {f"candidates.owned.{gpu}": owned for gpu, owned in data["candidates"].get("owned", {}).items()}
    if "owned" in data["current"]:
        places["current.owned"] = data["current"]["owned"]
    every: dict[str, float | int] = {}
    for place, owned in places.items():
        new = {
            "capex_usd_per_gpu": round(owned["capex_usd_per_gpu"] * random.uniform(0.5, 1.6)),
            "life_months": random.choice((24, 54, 90)),
            "age_months": random.choice((3, 31, 100)),
            "residual_fraction": random.choice((0.0, 0.05, 0.5, 1.0)),
            "resale_usd_per_gpu": random.choice((0.0, 8000.0, 33000.0)),
            "kw_per_gpu": random.choice((0.7, 1.9)),
            "hosting_usd_per_gpu_month": random.choice((0.0, 200.0, 1500.0)),
        }
        always = ("age_months", "capex_usd_per_gpu")
        every |= {f"{place}.{name}": value for name, value in new.items() if name in owned or name in always}
    if places:
        every |= {"finance.usd_per_kwh": random.choice((0.04, 0.22, 0.5)), "finance.pue": random.choice((1.0, 1.25, 1.8))}
    return every


def with_changes(data: dict, changes: dict) -> dict:
    """The scenario's data with fields set by their paths."""
    new = copy.deepcopy(data)
    for name, value in changes.items():
        path = parse_path(name) if not name.startswith("prices.") else ("candidates", "price", "overrides", name[7:])
        place = new
        for part in path[:-1]:
            place = place[part] if isinstance(part, int) else place.setdefault(part, {})
        place[path[-1]] = value
    return new
