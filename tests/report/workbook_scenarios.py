"""Random scenarios and random changes to live inputs, for the proofs of the workbook."""

from __future__ import annotations

import copy
from random import Random

from advisor.report.workbook.fields import parse_path

CELLS = (
    ("llama-3.3-70b", 8192, 1024, "fp8", 40.0),
    ("llama-3.3-70b", 1024, 1024, "fp8", 30.0),
    ("gpt-oss-120b", 1024, 1024, "mxfp4", 60.0),
    ("gpt-oss-120b", 8192, 1024, "mxfp4", 70.0),
    ("deepseek-r1", 1024, 1024, "fp8", 35.0),
    ("deepseek-r1", 8192, 1024, "fp8", 30.0),
)
FORMATS = {"llama-3.3-70b": ("fp8", "nvfp4"), "gpt-oss-120b": ("mxfp4",), "deepseek-r1": ("fp8", "nvfp4")}
DEMANDS = ("requests_per_second_mean", "tokens_per_day", "active_users")


def random_data(random: Random) -> dict:
    """A scenario as data: one workload, rented GPUs, everything else at random."""
    model, isl, osl, precision, speed = random.choice(CELLS)
    hardware = random.choice(("h200", "h100") if model != "deepseek-r1" else ("h200",))
    gpus = random.choice((16, 32, 64, 96))
    left = random.choice((0, 0, 6, 11, 20))
    data = {
        "schema": 1,
        "name": f"random {random.random()}",
        "workloads": (
            {
                "model": model,
                "input_tokens": isl,
                "output_tokens": osl,
                "demand": random_demand(random, isl + osl),
                "growth_per_year_fraction": random.choice((0.0, 0.3, -0.1)),
                "prefix_cache_hit_fraction": random.choice((0.0, 0.0, 0.4)),
                "targets": {
                    "interactivity_tok_s_per_user": round(speed * random.uniform(0.5, 1.6), 1),
                    "percentile": random.choice((50, 50, 90, 95, 99)),
                    **({"ttft_ms": random.choice((800.0, 4000.0))} if random.random() < 0.25 else {}),
                },
                "tasks": ({"class": "conversation", "share_fraction": 0.6}, {"class": "code", "share_fraction": 0.4}),
            },
        ),
        "current": {
            "hardware": hardware,
            "gpus": gpus,
            "precision": precision,
            "engine": random.choice((None, "vllm")) if model != "deepseek-r1" else None,
            "price": {"usd_per_gpu_hour": round(random.uniform(1.5, 5), 2)},
            "billing": random.choice(("server", "gpu")),
            "commitment": {
                "months_left": left,
                "gpus": random.choice((None, gpus // 2)) if left else None,
                "recoverable_fraction": random.choice((0.0, 0.5)),
                "exit_fee_usd": random.choice((0.0, 20000.0)),
            },
        },
        "candidates": random_candidates(random, hardware),
        "finance": {
            "horizon_months": random.choice((12, 24, 36)),
            "discount_rate_per_year": 0.1,
            "price_change_per_year": {"current": random.choice((0.0, -0.1)), "candidate": random.choice((0.0, -0.15))},
        },
        "sizing": {"headroom_fraction": 0.2, "spare_replicas": random.choice((0, 0, 1))},
        "uncertainty": {"throughput_spread_ratio": random.choice((1.0, 1.0, 0.0))},
    }
    if random.random() < 0.3:
        data["current"]["price"] = {"usd_per_month": round(gpus * random.uniform(1100, 3500))}
    if random.random() < 0.35:
        data["current"]["measured"] = random_points(random, data)
    if random.random() < 0.2:
        data["current"]["probes"] = ({"hardware": "b200", "probe_version": "1", "copy_gb_s": 6100.0, "bf16_tflops": 1500.0},)
    if random.random() < 0.5:
        data["quality"] = {"results": random_results(random, model)}
    return data


def random_demand(random: Random, tokens: int) -> dict[str, float]:
    """A demand in any of its units."""
    rps = round(random.uniform(1, 8), 2)
    given = {
        "requests_per_second_mean": {"requests_per_second_mean": rps},
        "tokens_per_day": {"tokens_per_day": float(round(rps * 86400 * tokens))},
        "active_users": {"active_users": round(rps * 60, 1), "requests_per_user_minute": 1.0},
    }[random.choice(DEMANDS)]
    return given | {"peak_to_mean_ratio": round(random.uniform(1.2, 3), 2)}


def random_candidates(random: Random, hardware: str) -> dict:
    """What may replace the fleet: prices by offers, spot, a book or quotes; limits; GPUs named or not."""
    price: dict = {"overrides": {"b200": round(random.uniform(3, 7), 2)} if random.random() < 0.5 else {}}
    where = random.choice(("offers", "offers", "spot", "book"))
    if where == "spot":
        price["basis"] = "spot"
    elif where == "book":
        price["book"] = "inferencex-2026-03"
    limits = {
        "max_kw": random.choice((60.0, 160.0)),
        "max_usd_per_month": random.choice((60_000.0, 250_000.0)),
        "max_one_off_usd": random.choice((30_000.0, 400_000.0)),
        "serve_within_months": random.choice((3, 9)),
    }
    return {
        "price": price,
        "billing": random.choice(("server", "gpu")),
        "allow": {"api_tokens": random.choice((None, False, True)), "spot": where == "spot"},
        **({"hardware": (hardware, "b200", "mi355x")} if random.random() < 0.5 else {}),
        **{name: value for name, value in limits.items() if random.random() < 0.2},
    }


def random_points(random: Random, data: dict) -> tuple[dict, ...]:
    """Own operating points of today's setup or of a candidate: one, or a sweep."""
    workload, current = data["workloads"][0], data["current"]
    here = random.random() < 0.6
    fastest = workload["targets"]["interactivity_tok_s_per_user"] * random.uniform(0.7, 1.8)
    best = random.uniform(500, 3000)
    return tuple(
        {
            "model": workload["model"],
            "hardware": current["hardware"] if here else "b200",
            "precision": current["precision"] if here else random.choice(FORMATS[workload["model"]]),
            "engine": "vllm",
            "replica_gpus": random.choice((1, 2, 4)) if workload["model"] != "deepseek-r1" else 8,
            "input_tokens": float(workload["input_tokens"]),
            "output_tokens": float(workload["output_tokens"]),
            "concurrency": 4.0 * 3**step,
            "interactivity_tok_s_per_user": round(fastest * 0.78**step, 3),
            "tok_s_per_gpu": round(best * 1.7**step, 2),
            "date": "2026-11-20",
        }
        for step in range(random.choice((1, 3, 4)))
    )


def random_results(random: Random, model: str) -> tuple[dict, ...]:
    """Own evaluations: paired counts or a standard error, with an answer length or without."""
    found = []
    for task_class in random.sample(("conversation", "code"), random.choice((1, 2))):
        result = {"class": task_class, "task": "own set", "format": random.choice(FORMATS[model])}
        result["delta_points"] = round(random.uniform(-2.5, 0.5), 2)
        if random.random() < 0.5:
            result |= {"stderr_points": 0.4}
        else:
            lost, gained = random.randint(10, 40), random.randint(5, 30)
            result |= {"items": 2000, "lost": lost, "gained": gained, "delta_points": (gained - lost) / 20}
        if random.random() < 0.5:
            result["output_length_ratio"] = random.choice((0.9, 1.15))
        found.append(result)
    return tuple(found)


def random_changes(random: Random, data: dict) -> dict[str, float | int | str | bool]:
    """New values for seven to eleven live inputs, by field."""
    every = live_values(random, data)
    chosen = random.sample(sorted(every), random.randint(7, 11))
    return {name: every[name] for name in chosen}


def live_values(random: Random, data: dict) -> dict[str, float | int | str | bool]:
    """A new value for every live input this scenario has."""
    workload, current = data["workloads"][0], data["current"]
    demand, targets = workload["demand"], workload["targets"]
    unit = next(name for name in DEMANDS if name in demand)
    hourly = "usd_per_gpu_hour" in current["price"]
    every = {
        f"workloads[0].demand.{unit}": demand[unit] * random.choice((0.6, 1.37, 2.2)),
        "workloads[0].demand.peak_to_mean_ratio": round(random.uniform(1.1, 3.3), 2),
        "workloads[0].growth_per_year_fraction": random.choice((0.0, 0.15, 0.4)),
        "workloads[0].tasks[0].tolerance_points": random.choice((0.2, 1.0, 3.5)),
        "workloads[0].tasks[1].tolerance_points": random.choice((0.5, 2.0, 5.0)),
        "current.gpus": current["gpus"] + random.choice((8, 40)),
        "current.price.usd_per_gpu_hour" if hourly else "current.price.usd_per_month": round(random.uniform(1.2, 6), 2)
        * (1 if hourly else current["gpus"] * 730),
        "current.billing": random.choice(("server", "gpu")),
        "current.commitment.months_left": random.choice((0, 4, 13)),
        "current.commitment.recoverable_fraction": random.choice((0.0, 0.25)),
        "current.commitment.exit_fee_usd": random.choice((0.0, 35000.0)),
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
        "preferences.weights.energy": random.choice((0.0, 0.5)),
        "prices.b200": round(random.uniform(2.5, 8), 2),
    }
    if workload["prefix_cache_hit_fraction"] == 0 and "ttft_ms" not in targets:
        speed = targets["interactivity_tok_s_per_user"]
        every["workloads[0].targets.interactivity_tok_s_per_user"] = round(speed * random.uniform(0.6, 1.5), 2)
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
