"""The columns of Sizing: one formula each, over the cells of the row in braces; ``{key*}`` are those of all workloads."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.report.workbook.book import CEILING, FACTOR, MONEY, MONEY_FINE, NUMBER, SHARE, TEXT, WHOLE
from advisor.report.workbook.steffen import KNOTS, STEPS


@dataclass(frozen=True)
class Col:
    """One column: key, header, unit, format, and either a formula over keys in braces or a record's value.

    A column of the fleet stands in the row of the option's first workload only.
    """

    key: str
    header: str
    unit: str
    number_format: str
    formula: str = ""
    is_formula: bool = True
    is_fleet: bool = False


COLS: tuple[Col, ...] = (
    Col("label", "Option", "", TEXT, is_formula=False),
    Col("id", "Id", "", TEXT, is_formula=False),
    Col("number", "Workload", "number", WHOLE, is_formula=False),
    Col("row_a", "Curve", "row of Operating points", WHOLE, is_formula=False),
    Col("row_b", "Curve beyond own points", "row of Operating points", WHOLE, is_formula=False),
    Col("tail", "TPOT at the percentile over median", "ratio, at delivery", FACTOR, is_formula=False),
    Col("target", "Target at the median", "tok/s/user", NUMBER, "=INDEX({asked},{number})*{tail}"),
    Col("count_a", "Knots", "knots", WHOLE, "=COUNT(INDEX({region},{row_a},0))"),
    Col("fastest_a", "Fastest knot", "tok/s/user", NUMBER, "=INDEX({region},{row_a},{count_a})"),
    Col(
        "row",
        "Curve read",
        "row of Operating points",
        WHOLE,
        "=IF({row_a}={row_b},{row_a},IF(IF({count_a}>1,{target}<={fastest_a},OR({target}={fastest_a},"
        "AND({target}<{fastest_a},{fastest_a}<=INDEX({region},{row_b},1)))),{row_a},{row_b}))",
    ),
    Col("kind", "Evidence", "", TEXT, "=INDEX({kinds},{row})"),
    Col("count", "Knots of it", "knots", WHOLE, "=COUNT(INDEX({region},{row},0))"),
    Col("slowest", "Slowest", "tok/s/user", NUMBER, "=INDEX({region},{row},1)"),
    Col("fastest", "Fastest", "tok/s/user", NUMBER, "=INDEX({region},{row},{count})"),
    Col("reach", "Within reach", "1 yes, 0 no", WHOLE, '=IF(AND({kind}<>"none",{target}<={fastest}),1,0)'),
    Col("at", "Runs at", "tok/s/user", NUMBER, "=IF({reach}=1,MAX({target},{slowest}),{slowest})"),
    Col(
        "left",
        "Knot before",
        "number",
        WHOLE,
        "=MAX(1,MIN(SUMPRODUCT((INDEX({region},{row},0)<={at})*(INDEX({region},{row},0)>0)),{count}-1))",
    ),
    *(
        Col(f"x{end}", f"x {words}", "tok/s/user", NUMBER, f"=INDEX({{region}},{{row}},{knot})")
        for end, words, knot in KNOTS
    ),
    *(
        Col(f"y{end}", f"y {words}", "tok/s/GPU", NUMBER, f"=INDEX({{region}},{{row}}+{{Y}},{knot})")
        for end, words, knot in KNOTS
    ),
    Col("step", "Step", "share of the gap", FACTOR, "=IF({x1}>{x0},({at}-{x0})/({x1}-{x0}),0)"),
    *(Col(step.key, step.label, step.unit, step.number_format, step.formula) for step in STEPS),
    Col(
        "knot",
        "Measured knot before",
        "number",
        WHOLE,
        "=MAX(1,SUMPRODUCT((INDEX({region},{row}+{KNOT_X},0)<={at})*(INDEX({region},{row}+{KNOT_X},0)>0)))",
    ),
    Col(
        "exact",
        "On a measured knot",
        "1 yes, 0 no",
        WHOLE,
        "=IF(AND(INDEX({region},{row}+{KNOT_X},{knot})={at},INDEX({region},{row}+{KNOT_Y},{knot})>0),"
        "IF(ABS({read}/INDEX({region},{row}+{KNOT_Y},{knot})-1)<=cat_exact,1,0),0)",
    ),
    Col(
        "replica",
        "Replica",
        "GPUs",
        WHOLE,
        "=IF(INDEX({region},{row}+{KNOT_X},{knot})={at},INDEX({region},{row}+{REPLICA},{knot}),"
        "MAX(INDEX({region},{row}+{REPLICA},{knot}),INDEX({region},{row}+{REPLICA},{knot}+1)))",
    ),
    Col(
        "engine",
        "Engine of the nearer knot",
        "",
        TEXT,
        "=IF(AND(INDEX({region},{row}+{KNOT_X},{knot}+1)>0,INDEX({region},{row}+{KNOT_X},{knot}+1)-{at}<"
        "{at}-INDEX({region},{row}+{KNOT_X},{knot})),INDEX({region},{row}+{ENGINE},{knot}+1),"
        "INDEX({region},{row}+{ENGINE},{knot}))",
    ),
    Col("own", "Today's own setup", "1 yes, 0 no", WHOLE, is_formula=False),
    Col("fixed_engine", "Readiness: an engine nobody documents", "months", "0.0", is_formula=False),
    Col(
        "engine_months",
        "Readiness: engine",
        "months",
        "0.0",
        '={fixed_engine}+IF(AND({own}=0,out_today_engine<>"none",{engine}<>"none",{engine}<>out_today_engine),'
        "cat_readiness_engine_change_months,0)",
    ),
    Col("prefix", "Prefix-cache factor", "ratio, at delivery", FACTOR, is_formula=False),
    Col("spot", "Spot price", "1 yes, 0 no", WHOLE, is_formula=False),
    Col("quoted", "Own quote", "1 yes, 0 no", WHOLE, "=IF(ISNUMBER({quote}),1,0)"),
    Col(
        "tok_s",
        "Throughput that serves",
        "tok/s/GPU; 0: not known",
        NUMBER,
        '=IF({kind}="none",0,{read}*{prefix}*IF(AND({spot}=1,{quoted}=0),1-in_spot_overhead,1))',
    ),
    Col("length", "Tokens over today's", "ratio, own results", FACTOR, is_formula=False),
    Col("ratio", "Answer length over today's", "ratio, own results", FACTOR, is_formula=False),
    Col("mean", "Demand, mean", "tok/s", NUMBER, "=INDEX({means},{number})*{length}"),
    Col("mean_out", "of it output", "tok/s", NUMBER, "=INDEX({means},{number})*INDEX({output_shares},{number})*{ratio}"),
    Col(
        "needed",
        "GPUs needed",
        "unrounded, with headroom",
        NUMBER,
        "=IF({tok_s}>0,INDEX({peaks},{number})*{length}/({tok_s}*(1-in_headroom)),0)",
    ),
    Col("per_replica", "Replicas needed", "unrounded", NUMBER, "=IF({replica}>0,{needed}/{replica},0)"),
    Col("replicas", "Replicas", "replicas", WHOLE, "=" + CEILING.format("{per_replica}") + "+in_spare_replicas"),
    Col("busy_gpus", "GPUs busy", "mean demand / throughput", NUMBER, "=IF({tok_s}>0,{mean}/{tok_s},0)"),
    Col("margin", "Room above the interactivity asked", "fraction", FACTOR, "=1-INDEX({asked},{number})/{fastest}"),
    Col(
        "evidence",
        "Score: evidence",
        "",
        FACTOR,
        '=IF({kind}="user-measured",1,IF({kind}="transferred",cat_score_evidence_transferred,IF({kind}="modelled",'
        "cat_score_evidence_modelled,IF(AND({exact}=1,{prefix}=1),1,cat_score_evidence_interpolated))))",
    ),
    Col("machine", "Server", "GPUs", WHOLE, is_formula=False, is_fleet=True),
    Col("unit", "Billed machine", "GPUs", WHOLE, '=IF({billing}="server",{machine},1)', is_fleet=True),
    Col(
        "serves",
        "Every workload within reach",
        "1 yes, 0 no",
        WHOLE,
        "=IF(SUMPRODUCT(({reach*}=1)*({replica*}>0))=cat_workloads,1,0)",
        is_fleet=True,
    ),
    Col("kind_worst", "Weakest evidence", "", TEXT, "=INDEX({kind*},MATCH(MIN({evidence*}),{evidence*},0))", is_fleet=True),
    Col("evidence_worst", "Score: evidence, weakest", "", FACTOR, "=MIN({evidence*})", is_fleet=True),
    Col("margin_least", "Least room above the interactivity", "fraction", FACTOR, "=MIN({margin*})", is_fleet=True),
    Col(
        "estimate",
        "Nobody measured it",
        "1 yes, 0 no",
        WHOLE,
        '=IF(SUMPRODUCT(({kind*}="transferred")+({kind*}="modelled"))>0,1,0)',
        is_fleet=True,
    ),
    Col("fixed_months", "Readiness: checkpoint, vendor", "months", "0.0", is_formula=False, is_fleet=True),
    Col("months", "Readiness in all", "months", "0.0", "={fixed_months}+MAX({engine_months*})", is_fleet=True),
    Col("needed_all", "GPUs needed in all", "unrounded, with headroom", NUMBER, "=SUM({needed*})", is_fleet=True),
    Col("replicas_all", "Replicas in all", "replicas", WHOLE, "=SUM({replicas*})", is_fleet=True),
    Col(
        "machines",
        "Machines",
        "machines",
        WHOLE,
        "=" + CEILING.format("SUMPRODUCT({replicas*}*{replica*})/{unit}"),
        is_fleet=True,
    ),
    Col("gpus", "GPUs", "GPUs", WHOLE, "={machines}*{unit}", is_fleet=True),
    Col("busy", "Utilization", "mean demand / capacity", SHARE, "=IF({gpus}>0,SUM({busy_gpus*})/{gpus},0)", is_fleet=True),
    Col("price_row", "Its price", "row of Prices", WHOLE, is_formula=False, is_fleet=True),
    Col("price", "Price (EffectiveCost per GPU-hour)", "USD/GPU-hour", MONEY_FINE, "={price_ref}", is_fleet=True),
    Col("cash", "Paid a month", "USD/GPU-month", MONEY, "={cash_ref}", is_fleet=True),
    Col("month", "Cost", "USD/month", MONEY, "={gpus}*{price}*cat_hours_per_month", is_fleet=True),
    Col(
        "per_mtok",
        "Per million tokens",
        "USD, input and output",
        MONEY_FINE,
        "={month}/(SUM({mean*})*cat_hours_per_month*cat_seconds_per_hour/cat_tokens_per_mtok)",
        is_fleet=True,
    ),
    Col(
        "per_mtok_out",
        "Per million output tokens",
        "USD",
        MONEY_FINE,
        "={month}/(SUM({mean_out*})*cat_hours_per_month*cat_seconds_per_hour/cat_tokens_per_mtok)",
        is_fleet=True,
    ),
)
INDEX = {col.key: number for number, col in enumerate(COLS)}
