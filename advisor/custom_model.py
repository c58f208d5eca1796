"""A model the catalog does not hold, as the architecture its memory and speed follow from."""

from __future__ import annotations

from advisor.catalog.records import Architecture
from advisor.scenario import CustomModel

CUSTOM_ID = "custom-model"


def architecture_of(custom: CustomModel) -> Architecture:
    """The architecture of a custom model.

    Fewer active than total parameters make it a mixture of experts. How many experts it has is not asked: a token is
    taken to pick one of total / active equal parts, which is what decides how much of the weights a batch touches.
    """
    moe = custom.active_params_b < custom.total_params_b
    return Architecture(
        id=CUSTOM_ID,
        name="custom model",
        total_params_b=custom.total_params_b,
        active_params_b=custom.active_params_b,
        moe=moe,
        layers=custom.layers,
        kv_values_per_token=custom.kv_values_per_token,
        experts_total=max(2, round(custom.total_params_b / custom.active_params_b)) if moe else 0,
        experts_active=1 if moe else 0,
        native_precision=custom.native_precision,
        mtp_layers=0,
    )
