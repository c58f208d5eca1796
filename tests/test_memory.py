"""Memory by hand: Llama 70B, a sliding window, an INT4 group, a published size."""

import pytest

from advisor.memory import kv_gb_per_request, memory_need, weights_gb


def test_llama_70b_weights_and_cache(catalog):
    llama, fp8 = catalog.models["llama-3.3-70b"], catalog.precisions["fp8"]
    assert weights_gb(llama, fp8) == pytest.approx(70)
    assert weights_gb(llama, catalog.precisions["nvfp4"]) == pytest.approx(39.375)
    # 163,840 values a token x 1 byte x 9,216 tokens
    assert kv_gb_per_request(llama, fp8, 9216) == pytest.approx(163840 * 9216 / 1e9)


def test_sliding_window_counts_up_to_its_length(catalog):
    model, bf16 = catalog.models["gemma-4-31b"], catalog.precisions["bf16"]
    # 40,960 growing values a token, 409,600 a token within a window of 1,024; 2 bytes
    assert kv_gb_per_request(model, bf16, 5000) == pytest.approx((40960 * 5000 + 409600 * 1024) * 2 / 1e9)
    assert kv_gb_per_request(model, bf16, 500) == pytest.approx((40960 + 409600) * 500 * 2 / 1e9)


def test_published_size_wins_over_arithmetic(catalog):
    assert weights_gb(catalog.models["kimi-k2.5"], catalog.precisions["int4"]) == 595


def test_narrower_weights_never_need_more(catalog):
    order = [catalog.precisions[name] for name in ("nvfp4", "fp8", "bf16")]
    for model in catalog.models.values():
        sizes = [weights_gb(model, precision) for precision in order]
        assert sizes == sorted(sizes)


def test_what_fits_and_what_does_not(catalog):
    kimi, llama = catalog.models["kimi-k2.5"], catalog.models["llama-3.3-70b"]
    fp8 = catalog.precisions["fp8"]
    assert memory_need(catalog, llama, fp8, catalog.hardware["h200"], 2048).smallest_replica_gpus == 1
    assert memory_need(catalog, llama, fp8, catalog.hardware["l40s"], 2048).smallest_replica_gpus is None
    assert memory_need(catalog, kimi, fp8, catalog.hardware["h100"], 2048).smallest_replica_gpus is None
    assert memory_need(catalog, kimi, fp8, catalog.hardware["b200"], 2048).smallest_replica_gpus == 8
