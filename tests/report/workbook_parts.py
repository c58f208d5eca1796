"""The parts random scenarios are put together from: workloads, candidates, own hardware, own measurements."""

from __future__ import annotations

from random import Random

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
OTHER_SIZES = ((1024, 1024), (8192, 1024), (2048, 512), (4096, 256))
TASKS = ({"class": "conversation"}, {"class": "code"}, {"class": "summarization"})


def random_workloads(random: Random, count: int) -> tuple[dict, ...]:
    """One workload, or several: of other models, or of the same at other sizes; the first is of a measured cell."""
    cells = [random.choice(CELLS)]
    while len(cells) < count:
        model, _, _, precision, speed = cells[0]
        other = (model, *random.choice(OTHER_SIZES), precision, speed)
        cells.append(other if random.random() < 0.5 else random.choice(CELLS))
    return tuple(_workload(random, cell, len(cells)) for cell in cells)


def _workload(random: Random, cell: tuple, count: int) -> dict:
    model, isl, osl, _, speed = cell
    shares = ({"class": "conversation", "share_fraction": 0.6}, {"class": "code", "share_fraction": 0.4})
    return {
        "model": model,
        "input_tokens": isl,
        "output_tokens": osl,
        "demand": random_demand(random, isl + osl, 1 / count),
        "growth_per_year_fraction": random.choice((0.0, 0.3, -0.1)),
        "prefix_cache_hit_fraction": random.choice((0.0, 0.0, 0.4)),
        "targets": {
            "interactivity_tok_s_per_user": round(speed * random.uniform(0.5, 1.6 if count == 1 else 1.2), 1),
            "percentile": random.choice((50, 50, 90, 95, 99)),
            **({"ttft_ms": random.choice((800.0, 4000.0))} if random.random() < 0.25 else {}),
        },
        "tasks": shares if count == 1 or random.random() < 0.6 else (random.choice(TASKS),),
    }


def random_precision(random: Random, models: list[str]) -> str:
    """The format today's fleet serves: the models' own; of models that differ the first one's, or FP8 for all."""
    native = {model: precision for model, _, _, precision, _ in CELLS}
    if len({native[model] for model in models}) == 1:
        return native[models[0]]
    return random.choice((native[models[0]], "fp8"))


def random_demand(random: Random, tokens: int, share: float) -> dict[str, float]:
    """A demand in any of its units: of one of several workloads a share."""
    rps = round(random.uniform(1, 8) * share, 2)
    given = {
        "requests_per_second_mean": {"requests_per_second_mean": rps},
        "tokens_per_day": {"tokens_per_day": float(round(rps * 86400 * tokens))},
        "active_users": {"active_users": round(rps * 60, 1), "requests_per_user_minute": 1.0},
    }[random.choice(DEMANDS)]
    return given | {"peak_to_mean_ratio": round(random.uniform(1.2, 3), 2)}


def random_candidates(random: Random, hardware: str, owned: dict) -> dict:
    """What may replace the fleet: prices by offers, spot, a book or quotes; limits; GPUs named or not."""
    quoted = random.random() < 0.5 and list(owned) != ["b200"]  # a quote stands above own hardware
    price: dict = {"overrides": {"b200": round(random.uniform(3, 7), 2)} if quoted else {}}
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
        **({"hardware": tuple(dict.fromkeys((hardware, "b200", "mi355x", *owned)))} if random.random() < 0.5 else {}),
        **({"owned": owned} if owned else {}),
        **{name: value for name, value in limits.items() if random.random() < 0.2},
    }


def random_owned_today(random: Random) -> dict:
    """Today's GPUs on the own books: of any age, dear or cheap to run, worth more or less than the books say."""
    capex = float(random.randrange(22_000, 42_000, 500))
    return {
        "capex_usd_per_gpu": capex,
        "life_months": random.choice((36, 48, 60, 84)),
        "age_months": random.choice((0, 9, 24, 40, 70)),
        "residual_fraction": random.choice((0.0, 0.1, 0.3)),
        **({"resale_usd_per_gpu": round(capex * random.choice((0.0, 0.4, 0.9)))} if random.random() < 0.6 else {}),
        **({"kw_per_gpu": random.choice((0.9, 1.2))} if random.random() < 0.5 else {}),
        "hosting_usd_per_gpu_month": random.choice((0.0, 150.0, 900.0, 2200.0)),
    }


def random_owned_candidates(random: Random, today: str) -> dict[str, dict]:
    """One or two kinds of GPU that would be bought, sometimes today's kind among them."""
    kinds = {"b200"} if random.random() < 0.65 else {random.choice(("mi355x", "b300", today))}
    if random.random() < 0.35:
        kinds.add(random.choice(("b200", "mi355x", today)))
    return {
        gpu: {
            "capex_usd_per_gpu": float(random.randrange(18_000, 60_000, 1000)),
            "life_months": random.choice((36, 60, 72)),
            **({"age_months": 12} if random.random() < 0.2 else {}),
            "residual_fraction": random.choice((0.0, 0.2, 0.35)),
            **({"resale_usd_per_gpu": 20_000.0} if random.random() < 0.3 else {}),
            **({"kw_per_gpu": random.choice((1.1, 1.5))} if random.random() < 0.5 else {}),
            "hosting_usd_per_gpu_month": random.choice((0.0, 90.0, 300.0)),
        }
        for gpu in sorted(kinds)
    }


def random_points(random: Random, data: dict) -> tuple[dict, ...]:
    """Own operating points of one workload, on today's setup or on a candidate: one, or a sweep."""
    workload, current = random.choice(data["workloads"]), data["current"]
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
