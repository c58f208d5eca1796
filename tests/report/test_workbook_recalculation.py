"""Recalculated by LibreOffice with every cached value poisoned, changed inputs give what the engine gives for them."""

import io
import time
from random import Random

import pytest
from openpyxl import load_workbook

from advisor.recommend import recommend
from advisor.report import words
from advisor.report.workbook import workbook_bytes
from advisor.report.workbook.sensitivity import NOTHING
from advisor.scenario_io import build_scenario
from tests.report.test_workbook import formulas_of
from tests.report.workbook_scenarios import PLAIN, Kind, kind_of, random_changes, random_data, with_changes
from tests.report.workbook_tools import (
    POISON,
    cells_of,
    changed,
    cover_of,
    opened,
    options_of,
    recalculator,
    tornado_of,
)

SEVERAL, THREE, OWNED, BUYS = Kind(2), Kind(3), Kind(owned=True), Kind(buys=True)
KINDS = (
    *(PLAIN,) * 12,
    *(SEVERAL, SEVERAL, SEVERAL, THREE, OWNED, OWNED, OWNED, BUYS, BUYS, BUYS),
    *(Kind(2, owned=True), Kind(2, buys=True), Kind(owned=True, buys=True), Kind(3, owned=True, buys=True)),
)
SEED = 20261124


def close(found, expected):
    return found == pytest.approx(expected, rel=1e-9, abs=1e-6)


def differences(decision, table, labels):
    """Where a recalculated workbook and a decision differ, in words; empty if nowhere."""
    wrong = []

    def same(what, found, expected, *, exact=False):
        if found != expected if exact or isinstance(expected, str) else not close(found, expected):
            wrong.append(f"{what}: workbook {found!r}, engine {expected!r}")

    verdict, adopted = decision.verdict, decision.adopted
    same("verdict code", labels["Verdict code"], verdict.code)
    if adopted is not None:
        same("NPV", labels["NPV of the cost of what is advised"], adopted.npv_cost)
        paid = "never" if adopted.payback_month is None else adopted.payback_month
        same("payback", labels["Payback"], paid)
        same("NPV saved", labels["NPV saved against staying"], adopted.npv_saving)
    tokens = decision.future("buy_tokens")
    same("NPV of buying tokens", labels["NPV of buying tokens"], tokens.npv_cost if tokens else 0.0)
    seen = 0
    for option in decision.options:
        row = table.get(option.key.id)
        if row is None:
            if option.feasible:
                wrong.append(f"{option.key.id} is missing")
            continue
        same(f"{option.key.id} quality", row["Quality|worst class"], option.quality.status)
        if option.energy is not None:
            same(f"{option.key.id} power", row["Power|kW"], option.energy.kw)
        same(f"{option.key.id} rank", row["Rank|live; 0: a gate fails"], option.rank or 0, exact=True)
        if option.fleet is not None and option.cost is not None:
            same(f"{option.key.id} GPUs", row["GPUs|GPUs"], option.fleet.gpus, exact=True)
            busy = row["Utilization|mean demand / capacity"]
            same(f"{option.key.id} utilization", busy, option.fleet.utilization_fraction)
            same(f"{option.key.id} cost", row["Cost|USD/month"], option.cost.usd_per_month)
            same(
                f"{option.key.id} per token", row["Per million tokens|USD, input and output"], option.cost.usd_per_mtok_total
            )
        if option.standing is not None:
            seen += 1
            future = option.standing.future
            same(f"{option.key.id} NPV", row["NPV of its cost|USD"], future.npv_cost)
            same(f"{option.key.id} plan", row["Cheapest plan|live"], future.name)
            same(
                f"{option.key.id} payback",
                row["Payback|month"],
                "never" if future.payback_month is None else future.payback_month,
            )
            same(f"{option.key.id} score", row["Score|weighted"], option.standing.score)
    return wrong, seen


def today_differences(decision, cover, labels):
    """Where today's figures differ: the bill, the NPV of staying, how busy the fleet is, its power, whether it can stay."""
    baseline = decision.baseline
    expected = {
        "Today's bill": baseline.cost.usd_per_month,
        "NPV of staying": decision.future("stay").npv_cost,
        "Peak over today's measured capacity": 0.0 if baseline.fleet is None else 1 - baseline.fleet.spare_fraction,
        "Power of today's fleet": 0.0 if baseline.energy is None else baseline.energy.kw,
        "No gate of today's fleet fails": float(not baseline.failures),
    }
    wrong = [f"{label} stands nowhere" for label in expected if label not in cover and label not in labels]
    for where, figures in (("Cover", cover), ("Verdict", labels)):
        for label, value in expected.items():
            if label in figures and not close(figures[label], value):
                wrong.append(f"{label} on {where}: workbook {figures[label]!r}, engine {value!r}")
    return wrong


def tornado_differences(decision, book):
    """Where the recalculated sensitivity and the engine's differ."""
    looked_at, saving, lines = tornado_of(book)
    option = words.looked_at(decision)
    if option is None or option.standing is None:
        return [] if looked_at == NOTHING and not decision.tornado else [f"sensitivity is about {looked_at!r}"]
    wrong = [] if close(saving, option.standing.future.npv_saving) else [f"sensitivity, as expected: {saving!r}"]
    if looked_at != option.key.label(decision.catalog):
        wrong.append(f"sensitivity is about {looked_at!r}, not {option.key.id}")
    found = {line[1]: line[2:9] for line in lines}
    for row in decision.tornado:
        ends = (row.low, row.base, row.high, row.saving_at_low_usd, row.saving_at_high_usd, row.swing_usd)
        if row.driver not in found or found[row.driver][0] != row.unit or not close(list(found[row.driver][1:]), list(ends)):
            wrong.append(f"{row.driver}: workbook {found.get(row.driver)!r}, engine {row!r}")
    if len(lines) != len(decision.tornado):
        wrong.append(f"drivers: workbook {sorted(found)}, engine {sorted(row.driver for row in decision.tornado)}")
    return wrong


@pytest.mark.soffice
def test_changed_inputs_equal_a_fresh_engine_run(catalog, tmp_path):
    random = Random(SEED)
    recalculate = recalculator(tmp_path)
    books, expected, codes, kinds = [], [], set(), []
    start = time.perf_counter()
    for kind in KINDS:
        data = random_data(random, kind)
        kinds.append(kind_of(data))
        changes = random_changes(random, data)
        decision = recommend(build_scenario(data, catalog), catalog)
        content = workbook_bytes(decision)
        books.append(changed(content, cells_of(content, changes)))
        expected.append((recommend(build_scenario(with_changes(data, changes), catalog), catalog), changes, decision))
    every_kind_is_there(kinds)
    seen = 0
    for content, (decision, changes, before) in zip(recalculate(books), expected, strict=True):
        book = opened(content)
        table, labels = options_of(book)
        wrong, count = differences(decision, table, labels)
        wrong += today_differences(decision, cover_of(book), labels)
        wrong += tornado_differences(decision, book)
        assert not wrong, (wrong[:8], changes, before.scenario)
        seen += count
        codes.add((before.verdict.code, decision.verdict.code))
    assert seen > 3 * len(KINDS)
    assert len({after for _, after in codes}) >= 3
    assert any(before != after for before, after in codes)
    print(
        f"{len(KINDS)} scenarios in {time.perf_counter() - start:.0f} s, {seen} options ranked, {len(codes)} pairs of codes"
    )


def every_kind_is_there(kinds):
    """The batch holds enough of every kind, whatever the seed gives."""
    assert len(kinds) >= 25
    assert kinds.count(PLAIN) >= 12
    assert sum(kind.workloads > 1 for kind in kinds) >= 6
    assert sum(kind.owned for kind in kinds) >= 5
    assert sum(kind.buys for kind in kinds) >= 5


@pytest.mark.soffice
def test_every_cached_value_is_what_the_formula_gives(catalog, tmp_path):
    """Also shows that LibreOffice does not trust cached values: all of them are poisoned, and all change back."""
    contents = [
        workbook_bytes(recommend(build_scenario(random_data(Random(1), kind) | {"uncertainty": {}}, catalog), catalog))
        for kind in (PLAIN, Kind(2, owned=True, buys=True))
    ]
    poisoned = [changed(content, {}) for content in contents]
    for content in poisoned:
        assert {row["NPV of its cost|USD"] for row in options_of(opened(content))[0].values()} == {float(POISON)}
    for content, recalculated in zip(contents, recalculator(tmp_path)(poisoned), strict=True):
        found = load_workbook(io.BytesIO(recalculated), data_only=True)
        cached = load_workbook(io.BytesIO(content), data_only=True)
        wrong, count = [], 0
        for sheet, cell in formulas_of(load_workbook(io.BytesIO(content))):
            before, after = (book[sheet.title][cell.coordinate].value for book in (cached, found))
            count += 1
            same = before == after if isinstance(before, str) or isinstance(after, str) else close(after, before)
            if not same:
                wrong.append((sheet.title, cell.coordinate, before, after, cell.value[:120]))
        assert not wrong, wrong[:5]
        assert count > 3000
