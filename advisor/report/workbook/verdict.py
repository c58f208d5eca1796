"""The sheet Verdict: today's fleet, the written rules down to the verdict code, and the ranking as a list."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.decision.choice import CODES
from advisor.report.workbook.axis import DISCOUNT, PARAM, Axis
from advisor.report.workbook.axis import SHEET as MONTHLY
from advisor.report.workbook.book import (
    FACTOR,
    HEADER_LINE,
    MONEY,
    NUMBER,
    SHARE,
    TEXT,
    WHOLE,
    Book,
    Line,
    Sheet,
    cell,
    fixed,
    on,
)
from advisor.report.workbook.model import Model
from advisor.report.workbook.options import Options
from advisor.report.workbook.options_columns import NOTHING
from advisor.report.workbook.page import Value
from advisor.report.workbook.plan_blocks import NEVER, NEW, SAVED, TOTAL
from advisor.report.workbook.plans import SHEET as PLANS
from advisor.report.workbook.plans import Spot
from advisor.report.workbook.sizing import Sizing, ref, span

SHEET = "Verdict"
FIRST_ROW = 4


def write_verdict(book: Book, model: Model, sizing: Sizing, table: Options, tokens: Spot | None, axis: Axis) -> int:
    """Write the steps of the verdict, named, and the ranking; the place of the option the sensitivity is about, 0: none."""
    sheet = book.sheet(SHEET)
    sheet.heading(SHEET, "The written rules of docs/method.md, step by step and live; they read Options and Plans.")
    sheet.header(FIRST_ROW - 1, ("Step", "Figure", "Unit"), height=HEADER_LINE)
    sheet.widths(52, 34, 30, 16, 20, 18, 24, 16, 10)
    sheet.repeat(FIRST_ROW - 1)
    rules = (
        *_today(model, sizing),
        *_choice(table),
        *_tokens(model, tokens, axis),
        *_adopted(model, table, tokens),
        *_subject(model, table),
    )
    for row, rule in enumerate(rules, start=FIRST_ROW):
        sheet.text(row, 0, rule.label)
        sheet.formula(row, 1, rule.formula, rule.value, rule.number_format, align="left")
        sheet.text(row, 2, rule.unit, font_color="#555555")
        book.name(rule.name, SHEET, row, 1)
    _ranking(sheet, model, table, FIRST_ROW + len(rules) + 1)
    return int(float(rules[-1].value))


def _today(model: Model, sizing: Sizing) -> list[Line]:
    row, decision = sizing.rows["today"], model.decision
    known = f"{ref('serves', row)}=1"
    fleet = decision.baseline.fleet
    load = 0.0 if fleet is None else 1 - fleet.spare_fraction
    kw_gpu = decision.catalog.default_power_book.kw_per_gpu.get(decision.baseline.key.hardware)
    power = f"=IF({known},cat_today_kw_per_gpu*in_gpus,0)"
    peak = f"=IF({known},{ref('needed_all', row)}*(1-in_headroom)/in_gpus,0)"
    kw = (kw_gpu or 0.0) * decision.scenario.current.gpus if fleet is not None else 0.0
    reach = f"SUM({span('reach', row, model.workloads)})=cat_workloads"
    stays = f"=IF(AND({reach},out_today_load<=1,OR(NOT(ISNUMBER(in_max_kw)),out_today_kw<=N(in_max_kw))),1,0)"
    bill = decision.baseline.cost.usd_per_month if decision.baseline.cost else 0.0
    bill_text = "=in_gpus*out_today_usd_per_gpu_hour*cat_hours_per_month"
    return [
        Line("out_today_usd_per_month", "Today's bill", "USD/month", MONEY, bill_text, bill),
        Line("out_today_load", "Peak over today's measured capacity", "fraction; 0: not measured", SHARE, peak, load),
        Line(
            "out_today_kw",
            "Power of today's fleet",
            "kW; 0: not known",
            NUMBER,
            power,
            kw,
        ),
        Line(
            "out_today_can_stay",
            "No gate of today's fleet fails",
            "1 yes, 0 no",
            WHOLE,
            stays,
            float(model.case.today_can_stay),
        ),
    ]


def _choice(table: Options) -> list[Line]:
    own, plans, rank, eligible = (table.area(key) for key in ("own", "plans", "rank", "eligible"))
    values = list(table.values.values())
    own_rank = sum(float(v["rank"]) for v in values if v["own"] == 1 and v["plans"] == 1)
    ranks = [float(v["eligible"]) for v in values if v["eligible"] != NOTHING]
    place = 1 + next((i for i, v in enumerate(values) if ranks and v["eligible"] == min(ranks)), -1)
    stops = f"SUMPRODUCT(({own}=1)*({plans}=1)*{rank})"
    return [
        Line(
            "out_own_rank",
            "Rank of today's own setup, which ends the search",
            "rank",
            WHOLE,
            f"=IF({stops}>0,{stops},COUNT({rank})+1)",
            own_rank or len(values) + 1,
        ),
        Line(
            "out_picked_rank",
            "Rank of the option advised",
            "0: none",
            WHOLE,
            f"=IF(COUNT({eligible})>0,MIN({eligible}),0)",
            min(ranks, default=0.0),
        ),
        Line(
            "out_picked_row",
            "Its place in the table",
            "0: none",
            WHOLE,
            f"=IF(out_picked_rank>0,MATCH(out_picked_rank,{eligible},0),0)",
            place,
        ),
    ]


def _picked(table: Options, key: str, otherwise: str) -> str:
    """A column at the option picked, else something else; MAX keeps the index legal where none is picked."""
    return f"IF(out_picked_row>0,INDEX({table.area(key)},MAX(1,out_picked_row)),{otherwise})"


def _picked_values(table: Options) -> dict[str, Value] | None:
    values = list(table.values.values())
    ranks = [float(v["eligible"]) for v in values if v["eligible"] != NOTHING]
    return next((v for v in values if ranks and v["eligible"] == min(ranks)), None)


def _tokens(model: Model, tokens: Spot | None, axis: Axis) -> list[Line]:
    line, npv, running = model.decision.tokens, 0.0, 0.0
    npv_text = running_text = "=0"
    if tokens is not None:
        npv_text = f"={on(PLANS, fixed(tokens.top + TOTAL, PARAM))}"
        running_text = f"=SUMPRODUCT({axis.whole(tokens.top + NEW, PLANS)},{axis.whole(DISCOUNT, MONTHLY)})"
        npv = tokens.rows.npv_cost
        running = float(tokens.rows.new @ model.case.ledger.factors)
    ratio = line.highest.usd_per_month / line.usd_per_month if line.offers and line.usd_per_month else 0.0
    return [
        Line("out_tokens_npv", "NPV of buying tokens", "USD; 0: no price", MONEY, npv_text, npv),
        Line("out_tokens_running", "of it the tokens", "USD", MONEY, running_text, running),
        Line(
            "out_tokens_dearest",
            "NPV at the dearest provider",
            "USD",
            MONEY,
            "=out_tokens_npv+out_tokens_running*(out_tokens_dearest_ratio-1)",
            npv + running * (ratio - 1),
        ),
    ]


@dataclass(frozen=True)
class Adopted:
    """The engine's figures of what is advised."""

    otherwise: float
    npv: float
    payback: Value
    gpus: Value
    month: Value
    label: Value


def _adopted_values(model: Model, table: Options, tokens: Spot | None) -> Adopted:
    picked, decision = _picked_values(table), model.decision
    buys = decision.verdict.code == "buy_tokens"
    otherwise = float(picked["npv"]) if picked else model.case.ledger.stay_npv
    today_month = decision.baseline.cost.usd_per_month if decision.baseline.cost else 0.0
    if buys and tokens is not None:
        result = tokens.rows
        paid: Value = NEVER if result.payback_month is None else result.payback_month
        month = decision.tokens.usd_per_month or 0.0
        return Adopted(otherwise, result.npv_cost, paid, 0.0, month, "tokens of an API provider")
    if picked is not None:
        figures = (picked["payback"], picked["gpus"], picked["month"], picked["label"])
        return Adopted(otherwise, otherwise, *figures)
    label = "today's fleet" if model.case.today_can_stay else NOTHING
    return Adopted(otherwise, otherwise, 0.0, float(decision.scenario.current.gpus), today_month, label)


def _wins(model: Model) -> Line:
    """Line 4: whether tokens are bought."""
    wins = (
        '=IF(OR(in_api_tokens="no",out_tokens_npv=0),0,IF(in_api_tokens="yes",'
        "IF(AND(out_otherwise_npv-out_tokens_npv>0,out_otherwise_npv-out_tokens_npv>=in_minimum_saving*out_bill_npv),1,0),"
        "IF(AND(out_today_can_stay=1,out_tokens_dearest<cat_api_unasked_cost_fraction*MIN(out_otherwise_npv,out_bill_npv)),1,0)))"
    )
    buys = float(model.decision.verdict.code == "buy_tokens")
    return Line("out_tokens_win", "Tokens are bought", "1 yes, 0 no", WHOLE, wins, buys)


def _adopted(model: Model, table: Options, tokens: Spot | None) -> list[Line]:
    found, code, stay = _adopted_values(model, table, tokens), model.decision.verdict.code, model.case.ledger.stay_npv
    names = "".join(f'IF({_picked(table, "plan", NAME_NONE)}="{plan}","{verdict}",' for plan, verdict in CODES.items())
    token_payback = "0" if tokens is None else on(PLANS, fixed(tokens.top + SAVED, PARAM))
    token = "out_tokens_win=1"
    stays = 'IF(out_today_can_stay=1,"stay","no_feasible_option")'
    return [
        Line(
            "out_otherwise_npv",
            "NPV of what is advised without tokens",
            "USD",
            MONEY,
            "=" + _picked(table, "npv", "out_stay_npv"),
            found.otherwise,
        ),
        _wins(model),
        Line(
            "out_verdict_code",
            "Verdict code",
            "live",
            TEXT,
            f'=IF({token},"buy_tokens",IF(out_picked_row>0,{names}"stay"{")" * len(CODES)},{stays}))',
            code,
        ),
        Line(
            "out_advised",
            "Advised",
            "live",
            TEXT,
            f'=IF({token},"tokens of an API provider",{_picked(table, "label", NAME_TODAY)})',
            found.label,
        ),
        Line(
            "out_npv",
            "NPV of the cost of what is advised",
            "USD",
            MONEY,
            f"=IF({token},out_tokens_npv,out_otherwise_npv)",
            found.npv,
        ),
        Line("out_npv_saving", "NPV saved against staying", "USD", MONEY, "=out_stay_npv-out_npv", stay - found.npv),
        Line(
            "out_payback",
            "Payback",
            "month",
            "0",
            f"=IF({token},{token_payback},{_picked(table, 'payback', '0')})",
            found.payback,
        ),
        Line("out_gpus", "GPUs after it", "GPUs", WHOLE, f"=IF({token},0,{_picked(table, 'gpus', 'in_gpus')})", found.gpus),
        Line(
            "out_usd_per_month",
            "Cost a month after it, at today's demand",
            "USD/month",
            MONEY,
            f"=IF({token},out_tokens_usd_per_month,{_picked(table, 'month', 'out_today_usd_per_month')})",
            found.month,
        ),
    ]


def _subject(model: Model, table: Options) -> list[Line]:
    """What the sensitivity is about: the advised option if it changes something, else the challenger."""
    order, plans = table.area("challenge"), table.area("plans")
    values = list(table.values.values())
    picked = _picked_values(table)
    first = next((v for v in values if v["challenge"] == 1), None)
    challenger = picked if picked is not None and float(picked["plans"]) > 1 else first
    subject = picked if picked is not None and model.decision.verdict.code != "buy_tokens" else challenger
    places = [0 if found is None else 1 + values.index(found) for found in (challenger, subject)]
    moved = f"IF(out_picked_row>0,INDEX({plans},MAX(1,out_picked_row)),0)>1"
    return [
        Line(
            "out_challenger_row",
            "The challenger's place in the table",
            "0: none",
            WHOLE,
            f"=IF({moved},out_picked_row,IF(COUNT({order})>0,MATCH(MIN({order}),{order},0),0))",
            places[0],
        ),
        Line(
            "out_subject_row",
            "Place of the option the sensitivity is about",
            "0: none",
            WHOLE,
            "=IF(AND(out_tokens_win=0,out_picked_row>0),out_picked_row,out_challenger_row)",
            places[1],
        ),
    ]


NAME_NONE = '"stay"'
NAME_TODAY = f'IF(out_today_can_stay=1,"today\'s fleet","{NOTHING}")'


def _ranking(sheet: Sheet, model: Model, table: Options, top: int) -> None:
    """Options that pass, best first, live."""
    sheet.section(top, "Ranking, live")
    heads = (
        ("Rank", "rank", WHOLE),
        ("Option", "label", TEXT),
        ("GPUs", "gpus", WHOLE),
        ("USD/month", "month", MONEY),
        ("NPV of its cost, USD", "npv", MONEY),
        ("NPV saved, USD", "saving", MONEY),
        ("Plan", "plan", TEXT),
        ("Payback, month", "payback", "0"),
        ("Score", "score", FACTOR),
    )
    right = [number for number, (_, _, fmt) in enumerate(heads) if number and fmt != TEXT]
    sheet.header(top + 1, [head for head, _, _ in heads], height=HEADER_LINE, figures=right)
    by_rank = {values["rank"]: values for values in table.values.values() if values["rank"] != 0}
    for number in range(1, len(model.rows) + 1):
        row = top + 1 + number
        if number == 1:
            sheet.number(row, 0, 1, WHOLE, align="left")
        else:
            sheet.formula(row, 0, f"={cell(row - 1, 0)}+1", number, WHOLE, align="left")
        for col, (_, key, number_format) in enumerate(heads[1:], start=1):
            found = by_rank.get(number)
            rank = cell(row, 0, fixed_col=True)
            style = {"align": "left", "indent": 1} if number_format == TEXT else {"align": "right"}
            formula = f'=IFERROR(INDEX({table.area(key)},MATCH({rank},{table.area("rank")},0)),"{NOTHING}")'
            sheet.formula(row, col, formula, NOTHING if found is None else found[key], number_format, **style)
