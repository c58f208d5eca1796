"""Non-inferiority of a candidate's score: differences with standard errors, verdicts, and the items that settle them.

The rule (docs/method.md, "Quality"): with D = candidate - baseline in points, SE its standard error and z the one-sided
quantile, PASS if D - z SE > -m, FAIL if D + z SE < -m, else INCONCLUSIVE. A difference that is not significant proves
nothing; only the interval against the tolerance m counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist
from typing import Literal

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE", "NOT COMPARABLE"]

POINTS = 100.0
"""Points per unit of a fraction: scores are shown on a 0-100 scale."""

FEW_FLIPS = 25
"""Flipped items below which the normal interval of a paired 0/1 difference is checked by Tango's score test as well."""


@dataclass(frozen=True)
class Risk:
    """One-sided error of a PASS at the margin, and the power the needed number of items is stated for."""

    alpha: float = 0.05
    power: float = 0.80

    @property
    def z(self) -> float:
        """One-sided normal quantile of the error."""
        return NormalDist().inv_cdf(1 - self.alpha)

    @property
    def size_factor(self) -> float:
        """(z_alpha + z_power)^2: 6.18 at 5 % and 80 %."""
        return (self.z + NormalDist().inv_cdf(self.power)) ** 2


@dataclass(frozen=True)
class Flips:
    """Paired 0/1 outcomes: items in all, those the candidate lost and those it gained."""

    items: int
    lost: int
    gained: int


@dataclass(frozen=True)
class Difference:
    """Candidate minus baseline, in points. ``stderr_points`` None: nothing bounds it. ``items`` None: not stated.

    ``scores`` are those of both arms where they were taken apart: near 0 or 100 points the small-sample check needs them.
    """

    delta_points: float
    stderr_points: float | None
    items: int | None
    paired: bool
    flips: Flips | None = None
    scores: tuple[float, float] | None = None


@dataclass(frozen=True)
class Judgement:
    """A difference held against a tolerance; bounds in points, needed items None where they cannot be known."""

    verdict: Verdict
    low_points: float | None
    high_points: float | None
    needed_items: int | None


def judge(difference: Difference, tolerance_points: float, risk: Risk) -> Judgement:
    """Hold a difference against a tolerance.

    Args:
        difference: what was measured.
        tolerance_points: largest loss allowed, above 0.
        risk: error and power.
    """
    delta, stderr = difference.delta_points, difference.stderr_points
    if stderr is None:
        return Judgement("INCONCLUSIVE", None, None, None)
    low, high = delta - risk.z * stderr, delta + risk.z * stderr
    verdict: Verdict = "INCONCLUSIVE"
    if low > -tolerance_points:
        verdict = "PASS"
    elif high < -tolerance_points:
        verdict = "FAIL"
    if verdict != "INCONCLUSIVE" and not _small_sample_agrees(difference, tolerance_points, risk, verdict):
        verdict = "INCONCLUSIVE"
    return Judgement(verdict, low, high, needed_items(difference, tolerance_points, risk))


def needed_items(difference: Difference, tolerance_points: float, risk: Risk) -> int | None:
    """Items for which a candidate without any loss would PASS with the stated power.

    n = (z_alpha + z_power)^2 x variance of one item / m^2: for 0/1 scores 2p(1-p) unpaired, the share of flipped items
    paired. The variance is the measured one: items x SE^2.
    """
    if difference.items is None or difference.stderr_points is None:
        return None
    variance = difference.items * difference.stderr_points**2
    if difference.flips is not None:
        flipped = max(difference.flips.lost + difference.flips.gained, 1)
        variance = POINTS**2 * flipped / difference.flips.items
    return ceil(risk.size_factor * variance / tolerance_points**2)


def needed_paired(score_points: float, flipped_fraction: float, tolerance_points: float, risk: Risk) -> int:
    """Items a paired run would need, for an assumed share of flipped items (at most that of independent answers)."""
    share = score_points / POINTS
    flipped = min(flipped_fraction, 2 * share * (1 - share)) or flipped_fraction
    return ceil(risk.size_factor * flipped * POINTS**2 / tolerance_points**2)


def needed_unpaired(score_points: float, tolerance_points: float, risk: Risk) -> int:
    """Items each arm would need without pairing, for a 0/1 score near ``score_points``."""
    share = score_points / POINTS
    return ceil(risk.size_factor * 2 * share * (1 - share) * POINTS**2 / tolerance_points**2)


def unpaired(
    baseline: float, stderr_baseline: float | None, candidate: float, stderr_candidate: float | None, items: int | None
) -> Difference:
    """Difference of two scores (points) from their own standard errors; ignores that both arms saw the same items."""
    stderr = None
    if stderr_baseline is not None and stderr_candidate is not None:
        stderr = sqrt(stderr_baseline**2 + stderr_candidate**2)
    return Difference(candidate - baseline, stderr, items, paired=False, scores=(baseline, candidate))


def bounded_stderr(score_points: float, items: int) -> float:
    """Largest standard error a mean of ``items`` scores in 0-100 can have: that of 0/1 scores, sqrt(p(1-p)/(n-1)).

    At 0 or 100 points, where that is nought, the share is moved by one item of each kind (n + 2 items in all).
    """
    share = score_points / POINTS
    if share <= 0 or share >= 1:
        share = (share * items + 1) / (items + 2)
        return POINTS * sqrt(share * (1 - share) / items)
    return POINTS * sqrt(share * (1 - share) / max(items - 1, 1))


def paired(baseline: Sequence[float], candidate: Sequence[float], clusters: Sequence[str] | None = None) -> Difference:
    """Difference of two arms item by item, scores in points, in the same order.

    0/1 scores (0 and 100 points) give flips and SE = sqrt(b + c - (b - c)^2 / n) / n. Clusters (several questions on one
    passage) give the cluster-robust error (E. Miller 2024, arXiv 2411.00640).

    Raises:
        ValueError: no items, or arms of different length.
    """
    count = len(baseline)
    if count == 0 or len(candidate) != count:
        raise ValueError("both arms need the same items, at least one")
    differences = [after - before for before, after in zip(baseline, candidate, strict=True)]
    delta = sum(differences) / count
    deviations = [value - delta for value in differences]
    flips = None
    if all(value in (0.0, POINTS) for value in (*baseline, *candidate)):
        flips = Flips(count, sum(d < 0 for d in differences), sum(d > 0 for d in differences))
    if clusters is not None and len(set(clusters)) < count:
        return Difference(delta, clustered_stderr(deviations, clusters), count, paired=True)
    if flips is not None:
        lost, gained = flips.lost, flips.gained
        stderr = POINTS * sqrt(lost + gained - (lost - gained) ** 2 / count) / count
    else:
        stderr = sqrt(sum(value**2 for value in deviations) / max(count - 1, 1) / count)
    return Difference(delta, stderr, count, paired=True, flips=flips)


def clustered_stderr(deviations: Sequence[float], clusters: Sequence[str]) -> float:
    """Cluster-robust standard error of a mean: sqrt(G/(G-1) x sum over clusters of (sum of deviations)^2) / n."""
    sums: dict[str, float] = {}
    for value, cluster in zip(deviations, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + value
    groups = len(sums)
    correction = groups / (groups - 1) if groups > 1 else 1.0
    return sqrt(correction * sum(value**2 for value in sums.values())) / len(deviations)


def mcnemar_p(flips: Flips) -> float:
    """Exact two-sided p-value that lost and gained items are equally likely: says whether there is any difference."""
    from scipy.stats import binomtest  # loaded on use: most runs of the advisor never pair items

    total = flips.lost + flips.gained
    return 1.0 if total == 0 else float(binomtest(flips.lost, total, 0.5).pvalue)


def tango_z(flips: Flips, margin_points: float) -> float:
    """Score statistic of a paired 0/1 difference against ``-margin_points`` (T. Tango 1998, Statistics in Medicine 17).

    Positive where the candidate is better than the margin. Valid for few flips too, where the normal interval is not.
    """
    margin, n = margin_points / POINTS, flips.items
    lost, gained = flips.lost, flips.gained
    b = -lost - gained + (2 * n - lost + gained) * margin
    c = -gained * margin * (1 - margin)
    gained_share = (sqrt(max(b * b - 8 * n * c, 0.0)) - b) / (4 * n)
    variance = n * (2 * gained_share + margin * (1 - margin))
    return (gained - lost + n * margin) / sqrt(variance)


def _small_sample_agrees(difference: Difference, tolerance_points: float, risk: Risk, verdict: Verdict) -> bool:
    """Whether a check that holds for few flips or few wrong answers gives the same verdict; True where none is needed."""
    flips, items = difference.flips, difference.items
    if tolerance_points >= POINTS:
        return True
    if flips is not None:
        if flips.lost + flips.gained >= FEW_FLIPS:
            return True
        z = tango_z(flips, tolerance_points)
        return z > risk.z if verdict == "PASS" else z < -risk.z
    if difference.scores is None or items is None:
        return True
    shares = [score / POINTS for score in difference.scores]
    if any(not 0 <= share <= 1 for share in shares):
        return True
    if min(items * min(share, 1 - share) for share in shares) >= FEW_FLIPS:
        return True
    delta, stderr = agresti_caffo(shares[0], shares[1], items)
    if verdict == "PASS":
        return delta - risk.z * stderr > -tolerance_points
    return delta + risk.z * stderr < -tolerance_points


def agresti_caffo(baseline: float, candidate: float, items: int) -> tuple[float, float]:
    """Difference in points and its error with one right and one wrong item added to each arm.

    A. Agresti and B. Caffo 2000, The American Statistician 54: keeps its level where few answers are wrong.
    """
    before, after = ((share * items + 1) / (items + 2) for share in (baseline, candidate))
    variance = (before * (1 - before) + after * (1 - after)) / (items + 2)
    return POINTS * (after - before), POINTS * sqrt(variance)


def mean_by_item(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Scores of several runs averaged item by item, over the items every run holds."""
    shared = set(runs[0]).intersection(*runs[1:]) if runs else set()
    return {key: sum(run[key] for run in runs) / len(runs) for key in runs[0] if key in shared} if runs else {}
