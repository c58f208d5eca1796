"""Prefix caching: what is saved when part of the prompt's arithmetic was done before.

Every request costs a replica its prompt's arithmetic once. Spread over its output tokens, that is part of each step. With a
share of the prompt in the cache this part shrinks; reading the cached keys and values does not. At the same interactivity
the time won serves more users.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from advisor.evidence.steffen import FloatArray

StepTime = Callable[[FloatArray], FloatArray]
"""Seconds per output token of one user, over users per GPU."""

UNCERTAIN_SHARE = 0.5
"""No catalog run has a prefix cache: the log of the gain is taken as uncertain by half of itself, either way."""
MOST_USERS_PER_GPU = 1e5
HALVINGS = 60


@dataclass(frozen=True)
class CacheGain:
    """Throughput with over without cached prefixes at one interactivity; ``low`` and ``high`` bound the 80 % interval."""

    ratio: float
    low: float
    high: float


def cache_gain(step: StepTime, prefill_s: float, osl: int, hit_fraction: float, interactivity: float) -> CacheGain:
    """Gain of a prefix cache at a fixed interactivity, never below 1.

    Args:
        step: the step-time model at the full prompt.
        prefill_s: arithmetic of one whole prompt on one GPU, in seconds, by the same model.
        osl: output tokens.
        hit_fraction: share of the prompt's tokens found in the cache.
        interactivity: tok/s/user both ways.
    """
    saved = prefill_s * hit_fraction / osl
    allowed = 1 / interactivity
    without = users_at(step, 0.0, allowed)
    if without is None or saved <= 0:
        return CacheGain(1.0, 1.0, 1.0)
    with_cache = users_at(step, saved, allowed)
    ratio = max(1.0, (with_cache or without) / without)
    return CacheGain(ratio, ratio ** (1 - UNCERTAIN_SHARE), ratio ** (1 + UNCERTAIN_SHARE))


def users_at(step: StepTime, saved_s_per_user: float, allowed_s: float) -> float | None:
    """Users per GPU at which a step takes the time allowed; None where even one user in a thousand is too slow."""

    def slack(log_users: float) -> float:
        users = math.exp(log_users)
        return allowed_s - (float(step(np.array([users]))[0]) - users * saved_s_per_user)

    low, high = math.log(1e-3), math.log(MOST_USERS_PER_GPU)
    if slack(low) <= 0:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slack(middle) > 0 else (low, middle)
    return math.exp(low)
