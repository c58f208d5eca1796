"""The columns of Options: gates, plans, scores and ranks, one formula each over the cells of the row in braces."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.report.workbook.book import FACTOR, MONEY, MONEY_FINE, NUMBER, SHARE, TEXT, WHOLE


@dataclass(frozen=True)
class Col:
    """One column of Options: a formula over keys in braces, or a record."""

    key: str
    header: str
    unit: str
    number_format: str
    formula: str = ""
    is_formula: bool = True


def _within_budget(budget: str, value: str) -> str:
    return f"=IF(AND(ISNUMBER({budget}),ISNUMBER({value})),IF({value}<={budget},1,0),1)"


NOTHING = "–"
YES_NO = "1 yes, 0 no"
COLS: tuple[Col, ...] = (
    Col("label", "Option", "", TEXT, is_formula=False),
    Col("id", "Id", "", TEXT, is_formula=False),
    Col(
        "rank",
        "Rank",
        "live; 0: a gate fails",
        WHOLE,
        "=IF({passes}=1,1+SUMPRODUCT(([passes]=1)*(([estimate]<{estimate})+([estimate]={estimate})*(([score]>{score})"
        "+([score]={score})*(([npv]<{npv})+([npv]={npv})*(ROW([npv])<ROW({npv})))))),0)",
    ),
    Col("gpus", "GPUs", "GPUs", WHOLE, "={S:gpus}"),
    Col("price", "Price (EffectiveCost per GPU-hour)", "USD/GPU-hour", MONEY_FINE, "={S:price}"),
    Col("month", "Cost", "USD/month", MONEY, "={S:month}"),
    Col("saving_month", "Saving a month", "1 - cost / today's", SHARE, "=1-{month}/{T:month}"),
    Col(
        "plan",
        "Cheapest plan",
        "live",
        TEXT,
        '=IF({plans}=1,"tune_in_place",CHOOSE({best},"move_now","move_at_contract_end","phased"))',
    ),
    Col("npv", "NPV of its cost", "USD", MONEY, "=MIN({npv1},{npv2},{npv3})"),
    Col("saving", "NPV saved", "USD", MONEY, "=out_stay_npv-{npv}"),
    Col("saving_share", "NPV saved", "share of staying", SHARE, "=IF(out_stay_npv=0,0,{saving}/out_stay_npv)"),
    Col("payback", "Payback", "month", "0", "=INDEX({plan_column},CHOOSE({best},{block1},{block2},{block3})+1)"),
    Col("per_mtok", "Per million tokens", "USD, input and output", MONEY_FINE, "={S:per_mtok}"),
    Col("busy", "Utilization", "mean demand / capacity", SHARE, "={S:busy}"),
    Col("status", "Quality", "worst class", TEXT, "=INDEX({statuses},{severity}+1)"),
    Col("kind", "Evidence", "weakest workload", TEXT, "={S:kind_worst}"),
    Col("fixed", "Format, vendor, memory, TTFT", "1 passes, at delivery", WHOLE, is_formula=False),
    Col("reach", "Interactivity", YES_NO, WHOLE, "=IF(AND({S:serves}=1,{price}>0),1,0)"),
    Col("kw_gpu", "All-in power", "kW/GPU", NUMBER, is_formula=False),
    Col("kw", "Power", "kW", NUMBER, '=IF(ISNUMBER({kw_gpu}),{gpus}*{kw_gpu},"unknown")'),
    Col("power", "Power limit", YES_NO, WHOLE, _within_budget("in_max_kw", "{kw}")),
    Col(
        "severity", "Quality, severity", "worst class", WHOLE, "=SUMPRODUCT(MAX(({quality_ids}={id})*{quality_severities}))"
    ),
    Col("quality", "Quality", YES_NO, WHOLE, '=IF({status}="fails",0,1)'),
    Col("budget", "Budget a month", YES_NO, WHOLE, _within_budget("in_max_usd_per_month", "{month}")),
    Col("once", "One-offs", "USD", MONEY, "=IF(AND({own}=1,{plans}=1),0,out_one_off)"),
    Col("once_ok", "Budget for moving", YES_NO, WHOLE, _within_budget("in_max_one_off", "{once}")),
    Col(
        "serves",
        "Serves everything after",
        "months",
        NUMBER,
        "=IF({plans}=1,IF({own}=1,0,{S:months}+in_ramp_months),in_lead_months+{S:months}+in_ramp_months)",
    ),
    Col("date", "Must serve within", YES_NO, WHOLE, _within_budget("in_serve_within", "{serves}")),
    Col("passes", "Passes every gate", YES_NO, WHOLE, "={fixed}*{reach}*{power}*{quality}*{budget}*{once_ok}*{date}"),
    Col("own", "Today's own setup", YES_NO, WHOLE, is_formula=False),
    Col("plans", "Plans", "1: in place", WHOLE, is_formula=False),
    Col("block1", "First plan", "row of Plans", WHOLE, is_formula=False),
    Col("block2", "Second plan", "row of Plans", WHOLE, is_formula=False),
    Col("block3", "Third plan", "row of Plans", WHOLE, is_formula=False),
    Col("npv1", "NPV: tune or move now", "USD", MONEY, "=INDEX({plan_column},{block1})"),
    Col(
        "npv2",
        "NPV: move at contract end",
        "USD; – not open",
        MONEY,
        '=IF(AND({plans}>1,out_committed_gpus>0),INDEX({plan_column},{block2}),"–")',
    ),
    Col(
        "npv3",
        "NPV: move in two tranches",
        "USD; – not open",
        MONEY,
        '=IF(AND({plans}>1,out_committed_gpus>0,OR(out_committed_gpus<in_gpus,{grows})),INDEX({plan_column},{block3}),"–")',
    ),
    Col("best", "Cheapest plan", "number", WHOLE, "=IF({npv1}={npv},1,IF({npv2}={npv},1+1,1+1+1))"),
    Col("cost", "Score: cost", "", FACTOR, "={saving}/(cat_score_full_saving_fraction*out_bill_npv)"),
    Col("latency", "Score: latency", "", FACTOR, "=MAX(0,{S:margin_least})"),
    Col("quality_score", "Score: quality", "", FACTOR, "=INDEX({status_scores},{severity}+1)"),
    Col("evidence", "Score: evidence", "", FACTOR, "={S:evidence_worst}"),
    Col("readiness", "Score: readiness", "", FACTOR, "=MAX(0,1-{serves}/cat_score_readiness_months)"),
    Col("kw_passing", "Power, if it passes", "kW", NUMBER, '=IF(AND({passes}=1,ISNUMBER({kw})),{kw},"–")'),
    Col(
        "energy",
        "Score: energy",
        "",
        FACTOR,
        "=IF(AND(ISNUMBER({kw}),COUNT([kw_passing])>0),IF({kw}>0,MIN([kw_passing])/{kw},0),0)",
    ),
    Col(
        "score",
        "Score",
        "weighted",
        "0.0000",
        "=ROUND(({cost}*in_weight_cost+{latency}*in_weight_latency+{quality_score}*in_weight_quality+{evidence}"
        "*in_weight_evidence+{readiness}*in_weight_readiness+{energy}*in_weight_energy)/(in_weight_cost+in_weight_latency"
        "+in_weight_quality+in_weight_evidence+in_weight_readiness+in_weight_energy),cat_score_digits)",
    ),
    Col("estimate", "Nobody measured it", YES_NO, WHOLE, "={S:estimate}"),
    Col("unrounded", "Cost if machines could be split", "USD/hour", MONEY_FINE, "={S:needed_all}*{price}"),
    Col(
        "challenge",
        "Order as challenger",
        "– if none: elsewhere first",
        WHOLE,
        "=IF(AND({passes}=1,{own}=0),1+SUMPRODUCT(([passes]=1)*([own]=0)*(([plans]>{plans})+([plans]={plans})*"
        "(([estimate]<{estimate})+([estimate]={estimate})*(([npv]<{npv})+([npv]={npv})*(([unrounded]<{unrounded})"
        '+([unrounded]={unrounded})*(ROW([npv])<ROW({npv}))))))),"–")',
    ),
    Col("worth", "Worth a change", YES_NO, WHOLE, "=IF(AND({saving}>0,{saving}>=in_minimum_saving*out_bill_npv),1,0)"),
    Col(
        "eligible",
        "Rank, if it may be advised",
        "– if not",
        WHOLE,
        '=IF(AND({passes}=1,OR(out_today_can_stay=0,AND({worth}=1,{rank}<=out_own_rank))),{rank},"–")',
    ),
)
INDEX = {col.key: number for number, col in enumerate(COLS)}
