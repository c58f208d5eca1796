"""Fit the step-time efficiencies and the likeness of cells: ``python benchmarks/fit_relatives.py``.

Every cell, request size, GPU and model is left out whole, in closed form from one factorisation, and the error of reading
its frontier is made small. Needs PyTorch (``pip install torch``; minutes on a GPU, an hour without); the product does not.
Prints the record for catalogs/evidence/relatives.yaml. ``--dump FILE`` writes the columns, ``--columns FILE`` fits them on
a machine that has PyTorch but not this project.
"""

from __future__ import annotations

import argparse
import datetime
import math

import numpy as np

WIDTHS = (1, 2, 4, 8, 16, 32)
CATEGORIES = ("model", "family", "hardware", "precision", "plain_decoding", "mtp", "disaggregated", "single_node")
HARDWARE_LENGTHS = ("bandwidth_length", "flops_length", "memory_length")
MODEL_LENGTHS = ("active_params_length", "total_params_length", "cached_values_length", "layers_length")
STEPS, RATE, LATE_RATE = 160, 0.05, 0.02
MOST_AMPLIFIED = 9.0
"""Reading at a fixed speed multiplies an error in step time by 1 + |slope| of the frontier, at most by this."""
SCALE = 0.12
"""Errors well below this count squared, errors well above it only by their logarithm."""
GROUP_WEIGHTS = {"cell": 1.0, "size": 0.2, "hardware": 0.15, "model": 0.15}
PHYSICS_WEIGHT, PHYSICS_SPREAD = 0.002, 0.5
"""Light pull of efficiencies and exponents (logs) towards their start: they must stay what their names say."""
BEST_EFFICIENCY = 0.9
"""No GPU reaches more of its datasheet bandwidth than this (our H200's copy ceiling: 0.87 to 0.93)."""
VARIANT_WEIGHT = 0.3
"""Weight of a frontier that is part of a cell (one decoding, one node), against that of the whole cell."""


def columns_of_catalog() -> dict[str, np.ndarray]:
    """Frontier points of every measured cell with all that the physics and the likeness look at."""
    from advisor import load_catalog
    from advisor.evidence.relatives import Facts, architecture_family, replica_widths, variants
    from advisor.evidence.runs import runs_of
    from advisor.evidence.steptime import NARROWEST_KV_BITS, dense_peak_flops, expert_share
    from advisor.memory import weights_gb
    from advisor.units import BITS_PER_BYTE, BYTES_PER_GB

    catalog = load_catalog()
    facts = Facts(catalog.models, catalog.hardware, catalog.precisions)
    rows = []
    for cell, (key, points) in enumerate(sorted(catalog.points_by_cell.items())):
        for variant, (target, runs) in enumerate(variants(key, runs_of(points), facts)):
            front = runs.frontier()
            x, y = runs.interactivity[front], runs.throughput[front]
            log_users, log_speed = np.log(y * target.osl / (target.isl + target.osl) / x), np.log(x)
            slope = np.abs(np.gradient(log_users, log_speed)) if len(x) > 1 else np.array([2.0])
            model, gpu, precision = target.model, target.hardware, target.precision
            fixed = {
                "cell": cell,
                "variant": cell * 100 + variant,
                "whole": variant == 0,
                "size": target.isl * 10_000_000 + target.osl,
                "model": sorted(catalog.models).index(model.id),
                "hardware": sorted(catalog.hardware).index(gpu.id),
                "family": sum(ord(letter) * 131**place for place, letter in enumerate(architecture_family(gpu))),
                "precision": sorted({p.family or p.id for p in catalog.precisions.values()}).index(
                    precision.family or precision.id
                ),
                "plain_decoding": target.plain_decoding,
                "mtp": target.mtp,
                "disaggregated": target.disaggregated,
                "single_node": target.single_node,
                "isl": target.isl,
                "osl": target.osl,
                "bandwidth": gpu.memory_bandwidth_gb_s * BYTES_PER_GB,
                "peak": dense_peak_flops(gpu, precision),
                "bits": precision.weight_bits,
                "bf16": gpu.dense_tflops.bf16,
                "memory": gpu.memory_gb,
                "weights": weights_gb(model, precision) * BYTES_PER_GB,
                "expert_share": expert_share(model),
                "picked": model.experts_active / model.experts_total if model.experts_total else 0.0,
                "active": model.active_params_b,
                "total": model.total_params_b,
                "cached": model.kv_values_per_token,
                "layers": model.layers,
                "kv_bytes": max(precision.kv_cache_bits, NARROWEST_KV_BITS) / BITS_PER_BYTE,
                **{f"width{width}": width in replica_widths(target) for width in WIDTHS},
            }
            for load, speed, steep in zip(log_users, log_speed, slope, strict=True):
                rows.append({**fixed, "log_users": load, "log_speed": speed, "slope": steep})
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


class Problem:
    """The columns as tensors, and the loss of a set of parameters."""

    def __init__(self, columns: dict[str, np.ndarray]) -> None:
        import torch

        self.torch = torch
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.set_default_dtype(torch.float64)
        self.c = {name: torch.tensor(values, device=self.device) for name, values in columns.items()}
        self.same = {
            name: (self.c[name][:, None] == self.c[name][None, :]).double() for name in (*CATEGORIES, "cell", "variant")
        }
        logs = {name: torch.log(self.c[name]) for name in ("isl", "osl", "bandwidth", "bf16", "memory")}
        logs |= {name: torch.log(self.c[name]) for name in ("active", "total", "cached", "layers")}
        self.far = {name: (value[:, None] - value[None, :]) ** 2 for name, value in logs.items()}
        self.loads_apart = (self.c["log_users"][:, None] - self.c["log_users"][None, :]).abs()
        self.amplified = torch.clamp(1 + self.c["slope"], max=MOST_AMPLIFIED)
        self.weight = torch.where(self.c["whole"] > 0, 1.0, VARIANT_WEIGHT)
        self.groups = {
            name: [
                torch.tensor(np.flatnonzero(columns[name] == code), device=self.device) for code in np.unique(columns[name])
            ]
            for name in GROUP_WEIGHTS
        }

    def start(self) -> dict:
        """Parameters before fitting: logs of positive ones, logits of shares."""
        t = self.torch.tensor
        raw = {
            "reach": t([0.1, -0.5]),
            "rates": t([math.log(v) for v in (2.9e-5, 1.0, 6e-7)]),
            "accepted": t(math.log(0.65)),
            "exponents": t([-0.2, 0.2, -0.2, 0.2]),
            "spread": t([0.8, 0.3, 0.15]).log(),
            "shares": t(
                [
                    [-1.5, 1.0, 2.0, 0.0, 3.0, 2.5, 2.0, 3.0],
                    [-1.0, 0.0, 0.5, -0.5, 2.0, 1.5, 1.0, 2.0],
                    [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0],
                ]
            ),
            "isl": t([5.0, 2.5, 1.5]).log(),
            "osl": t([5.0, 2.5, 1.5]).log(),
            "users": t([5.0, 2.5, 1.0]).log(),
            "gpu": t([2.0, 2.0, 2.0]).log(),
            "size": t([3.0, 3.0, 3.0, 3.0]).log(),
            "offsets": t([0.24, 0.15, 0.05]).log(),
            "own": t([0.03, 0.2, 0.043, 0.9]).log(),
            "noise": t(0.03).log(),
        }
        return {name: value.to(self.device).requires_grad_(True) for name, value in raw.items()}

    def physics(self, p: dict):
        """Log interactivity by the step-time model of advisor/evidence/steptime.py."""
        torch, c = self.torch, {name: value[:, None] for name, value in self.c.items()}
        bandwidth_eff, flops_eff = BEST_EFFICIENCY * torch.sigmoid(p["reach"])
        layer, wider, schedule = torch.exp(p["rates"])
        e, bits = p["exponents"], c["bits"] / 8
        accepted = torch.where(c["mtp"] > 0, 1 + torch.exp(p["accepted"]), torch.ones_like(c["mtp"]))
        rows_per_user = 1 + c["mtp"]
        widths = torch.tensor([float(width) for width in WIDTHS], device=self.device)[None, :]
        users = torch.exp(c["log_users"])
        touched = 1 - (1 - c["picked"]) ** (users * widths * rows_per_user)
        read = c["weights"] * (1 - c["expert_share"] + c["expert_share"] * touched) / widths
        cache = users * (c["isl"] + c["osl"] / 2) * c["cached"] * c["kv_bytes"]
        work = users * 2e9 * c["active"] * (rows_per_user + c["isl"] / c["osl"] * accepted)
        bandwidth = c["bandwidth"] * bandwidth_eff * (c["bandwidth"] / 4.8e12) ** e[0] * bits ** e[1]
        peak = c["peak"] * flops_eff * (c["peak"] / 2e15) ** e[2] * bits ** e[3]
        fixed = c["layers"] * layer * (1 + wider * torch.log2(widths)) + schedule * users * widths
        step = ((read + cache) / bandwidth + work / peak + fixed) / accepted
        allowed = torch.stack([self.c[f"width{width}"] for width in WIDTHS], 1) > 0
        return torch.where(allowed, -torch.log(step), torch.full_like(step, -1e9)).max(1).values

    def kernel(self, p: dict):
        """Prior covariance, as advisor/evidence/likeness.py computes it."""
        torch = self.torch
        gpu, size, shares = torch.exp(p["gpu"]), torch.exp(p["size"]), torch.sigmoid(p["shares"])
        kin = {
            "hardware": self._near(("bandwidth", "bf16", "memory"), gpu),
            "model": self._near(("active", "total", "cached", "layers"), size),
        }
        total = 0
        for q in range(len(p["spread"])):
            lengths = torch.exp(torch.stack([p["isl"][q], p["osl"][q]]))
            term = torch.exp(2 * p["spread"][q]) * self._near(("isl", "osl"), lengths)
            term = term * matern(torch, self.loads_apart, torch.exp(p["users"][q]))
            for j, name in enumerate(CATEGORIES):
                share = shares[q, j] * kin.get(name, 1.0)
                term = term * (self.same[name] * (1 - share) + share)
            total = total + term
        model_offset, shared, option = torch.exp(2 * p["offsets"])
        cell, cell_length, variant, variant_length = torch.exp(p["own"])
        same_option = self.same["model"] * self.same["hardware"] * self.same["precision"]
        total = total + shared + model_offset * self.same["model"] + option * same_option
        total = total + cell**2 * self.same["cell"] * matern(torch, self.loads_apart, cell_length)
        total = total + variant**2 * self.same["variant"] * matern(torch, self.loads_apart, variant_length)
        return total + torch.eye(len(total), device=self.device) * torch.exp(2 * p["noise"])

    def _near(self, names, lengths):
        return self.torch.exp(-0.5 * sum(self.far[name] / lengths[i] ** 2 for i, name in enumerate(names)))

    def left_out(self, p: dict, group: str, keep=None):
        """(row, error of log interactivity, its variance) with each member of a group left out whole."""
        torch = self.torch
        inverse, solved = p["_inverse"], p["_solved"]
        found = []
        for rows in self.groups[group]:
            if keep is not None and not bool(keep[rows[0]]):
                continue
            block = inverse[rows][:, rows]
            both = torch.linalg.solve(block, torch.cat([solved[rows][:, None], torch.eye(len(rows), device=self.device)], 1))
            found.append((rows, both[:, 0], torch.diagonal(both[:, 1:])))
        return tuple(torch.cat(part) for part in zip(*found, strict=True))

    def prepare(self, p: dict) -> dict:
        """Parameters with the inverse of their kernel and the solved residuals."""
        factor = self.torch.linalg.cholesky(self.kernel(p))
        inverse = self.torch.cholesky_inverse(factor)
        return {**p, "_inverse": inverse, "_solved": inverse @ (self.c["log_speed"] - self.physics(p))}

    def loss(self, p: dict, keep=None):
        """Weighted robust error of reads over all groups, with a light pull towards calibrated variances."""
        torch, ready, total = self.torch, self.prepare(p), 0
        for group, weight in GROUP_WEIGHTS.items():
            rows, error, variance = self.left_out(ready, group, keep if group == "cell" else None)
            w = self.weight[rows] / self.weight[rows].sum()
            deviation = torch.sqrt(torch.clamp(variance, min=1e-8))
            robust = torch.log1p((error * self.amplified[rows] / SCALE) ** 2)
            calibrated = torch.log(deviation) + 2.5 * torch.log1p((error / deviation) ** 2 / 4)
            total = total + weight * (w * (robust + 0.15 * calibrated)).sum()
        start = self.start()
        for name in ("reach", "rates", "accepted", "exponents"):
            total = total + PHYSICS_WEIGHT * (((p[name] - start[name].detach()) / PHYSICS_SPREAD) ** 2).sum()
        return total

    def report(self, p: dict, keep=None, name: str = "") -> None:
        """Print the error of reads of whole cells, by group."""
        with self.torch.no_grad():
            ready = self.prepare(p)
            for group in GROUP_WEIGHTS:
                rows, error, _ = self.left_out(ready, group, keep if group == "cell" else None)
                whole = self.c["whole"][rows] > 0
                read = np.exp(-(error * self.amplified[rows])[whole].cpu().numpy()) - 1
                wrong = np.abs(read)
                print(
                    f"{name} {group}: median {np.median(wrong):.3f} P90 {np.quantile(wrong, 0.9):.3f} "
                    f"bias {np.median(read):+.3f} (n = {len(read)})",
                    flush=True,
                )


def matern(torch, distance, length):
    """Matérn 3/2."""
    scaled = math.sqrt(3) * distance / length
    return (1 + scaled) * torch.exp(-scaled)


def fit(problem: Problem, steps: int, keep=None) -> dict:
    """Adam on the loss; ``keep`` restricts the cells that are scored, for a check on the others."""
    parameters = problem.start()
    optimiser = problem.torch.optim.Adam(parameters.values(), lr=RATE)
    for step in range(steps):
        optimiser.zero_grad()
        loss = problem.loss(parameters, keep)
        loss.backward()
        problem.torch.nn.utils.clip_grad_norm_(parameters.values(), 2.0)
        optimiser.step()
        for group in optimiser.param_groups:
            group["lr"] = RATE if step < steps * 0.6 else LATE_RATE
        if step % 20 == 0:
            print(f"step {step}: {loss.item():.4f}", flush=True)
    return {name: value.detach() for name, value in parameters.items()}


def record(p: dict) -> str:
    """The fitted numbers as a YAML record, without the interval factors (benchmarks/accuracy.py prints those)."""

    def number(value: float) -> str:
        return f"{value:.5g}"

    v = {name: value.cpu().numpy() for name, value in p.items()}
    reach, rates, e = BEST_EFFICIENCY / (1 + np.exp(-v["reach"])), np.exp(v["rates"]), v["exponents"]
    step = {
        "bandwidth_efficiency": reach[0],
        "bandwidth_exponent": e[0],
        "bandwidth_bits_exponent": e[1],
        "arithmetic_efficiency": reach[1],
        "arithmetic_exponent": e[2],
        "arithmetic_bits_exponent": e[3],
        "layer_overhead_s": rates[0],
        "overhead_per_log2_gpus": rates[1],
        "mtp_tokens_per_step": 1 + np.exp(v["accepted"]),
        "scheduling_s_per_user": rates[2],
    }
    shares = 1 / (1 + np.exp(-v["shares"]))
    lines = [
        "- id: pooled-2026-11",
        f'  fitted_on: "{datetime.date.today().isoformat()}"',
        "  source: inferencex-db-2026-07-20",
    ]
    lines.append("  step: {" + ", ".join(f"{k}: {number(x)}" for k, x in step.items()) + "}")
    lines += ["  likeness:", "    components:"]
    for q in range(len(v["spread"])):
        part = {"spread": np.exp(v["spread"][q]), **dict(zip(CATEGORIES, shares[q], strict=True))}
        part |= {f"log_{name}_length": np.exp(v[name][q]) for name in ("isl", "osl", "users")}
        lines.append("      - {" + ", ".join(f"{k}: {number(x)}" for k, x in part.items()) + "}")
    rest = dict(zip(HARDWARE_LENGTHS, np.exp(v["gpu"]), strict=True)) | dict(
        zip(MODEL_LENGTHS, np.exp(v["size"]), strict=True)
    )
    rest |= dict(zip(("model_offset", "shared_offset", "option_offset"), np.exp(v["offsets"]), strict=True))
    rest |= dict(zip(("cell_spread", "cell_length", "variant_spread", "variant_length"), np.exp(v["own"]), strict=True))
    rest["noise"] = np.exp(v["noise"])
    lines += [f"    {k}: {number(float(x))}" for k, x in rest.items()]
    return "\n".join(lines)


def main() -> None:
    """Fit on one half of the cells and check on the other, then fit on all and print the record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump")
    parser.add_argument("--columns")
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    columns = dict(np.load(options.columns)) if options.columns else columns_of_catalog()
    if options.dump:
        np.savez_compressed(options.dump, **columns)
        return
    problem = Problem(columns)
    print(f"{len(columns['cell']):,} frontier points, on {problem.device}", flush=True)
    half = problem.c["cell"] % 2 == 0
    problem.report(problem.start(), name="unfitted")
    problem.report(fit(problem, options.steps, half), ~half, "fitted on the other half")
    fitted = fit(problem, options.steps)
    problem.report(fitted, name="fitted")
    print(record(fitted))


if __name__ == "__main__":
    main()
