"""Quantile trees fitted by LightGBM (``pip install lightgbm``), as the arrays advisor/evidence/boosted.py stores and reads.

G. Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NeurIPS 2017. The product needs no LightGBM.
"""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from advisor.evidence.boosted import BoostedTrees

FloatArray = NDArray[np.float64]
SETTINGS = {
    "min_data_in_leaf": 20,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


def fit_boosted(x: FloatArray, y: FloatArray, quantile: float, *, rounds: int, rate: float, leaves: int) -> BoostedTrees:
    """Boosted trees for one quantile of y; deterministic."""
    asked = {**SETTINGS, "objective": "quantile", "alpha": quantile, "learning_rate": rate, "num_leaves": leaves}
    booster = lightgbm.train(asked, lightgbm.Dataset(x, y), num_boost_round=rounds)
    trees = [_flat(info["tree_structure"]) for info in booster.dump_model()["tree_info"]]
    size = max(len(tree) for tree in trees)
    leaf = (-1, 0.0, 0.0, 0, 0)
    columns = [
        np.array([[*tree, *[leaf] * (size - len(tree))][node][part] for tree in trees for node in range(size)])
        for part in range(5)
    ]
    feature, threshold, value, left, right = (column.reshape(len(trees), size) for column in columns)
    return BoostedTrees(0.0, 1.0, feature, threshold, value, left, right)


def _flat(root: dict[str, Any]) -> list[tuple[int, float, float, int, int]]:
    """(feature or -1, threshold, value, left, right) of every node, the root first."""
    nodes: list[tuple[int, float, float, int, int]] = []

    def place(node: dict[str, Any]) -> int:
        here = len(nodes)
        nodes.append((-1, 0.0, float(node.get("leaf_value", 0.0)), 0, 0))
        if "split_feature" in node:
            left, right = place(node["left_child"]), place(node["right_child"])
            nodes[here] = (node["split_feature"], float(node["threshold"]), 0.0, left, right)
        return here

    place(root)
    return nodes
