"""The columns of Sizing: one formula each, over the cells of the row in braces."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.report.workbook.book import CEILING, FACTOR, MONEY, MONEY_FINE, NUMBER, SHARE, TEXT, WHOLE


@dataclass(frozen=True)
class Col:
    """One column: key, header, unit, format, and either a formula over keys in braces or a record's value."""

    key: str
    header: str
    unit: str
    number_format: str
    formula: str = ""
    is_formula: bool = True


COLS: tuple[Col, ...] = (
    Col("label", "Option", "", TEXT, is_formula=False),
    Col("id", "Id", "", TEXT, is_formula=False),
    Col("row_a", "Curve", "row of Operating points", WHOLE, is_formula=False),
    Col("row_b", "Curve beyond own points", "row of Operating points", WHOLE, is_formula=False),
    Col("tail", "TPOT at the percentile over median", "ratio, at delivery", FACTOR, is_formula=False),
    Col("target", "Target at the median", "tok/s/user", NUMBER, "=in_interactivity*{tail}"),
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
    Col("x0", "x before", "tok/s/user", NUMBER, "=INDEX({region},{row},{left})"),
    Col("x1", "x after", "tok/s/user", NUMBER, "=INDEX({region},{row},MIN({count},{left}+1))"),
    Col("y0", "y before", "tok/s/GPU", NUMBER, "=INDEX({region},{row}+{Y},{left})"),
    Col("y1", "y after", "tok/s/GPU", NUMBER, "=INDEX({region},{row}+{Y},MIN({count},{left}+1))"),
    Col("s0", "Slope before", "per tok/s/user", FACTOR, "=INDEX({region},{row}+{SLOPE},{left})"),
    Col("s1", "Slope after", "per tok/s/user", FACTOR, "=INDEX({region},{row}+{SLOPE},MIN({count},{left}+1))"),
    Col("step", "Step", "share of the gap", FACTOR, "=IF({x1}>{x0},({at}-{x0})/({x1}-{x0}),0)"),
    Col(
        "read",
        "Read (Steffen's cubic)",
        "tok/s/GPU",
        NUMBER,
        "=IF({at}={x0},{y0},IF({at}={x1},{y1},MIN(MAX("
        "((1+{step}+{step})*(1-{step})*(1-{step})*{y0}+{step}*(1-{step})*(1-{step})*({x1}-{x0})*{s0}"
        "+{step}*{step}*(1+1+1-{step}-{step})*{y1}+{step}*{step}*({step}-1)*({x1}-{x0})*{s1}),"
        "MIN({y0},{y1})),MAX({y0},{y1}))))",
    ),
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
    Col("fixed_months", "Readiness: checkpoint, vendor, estimate", "months", "0.0", is_formula=False),
    Col(
        "months",
        "Readiness in all",
        "months",
        "0.0",
        '={fixed_months}+IF(AND({own}=0,out_today_engine<>"none",{engine}<>"none",{engine}<>out_today_engine),'
        "cat_readiness_engine_change_months,0)",
    ),
    Col("prefix", "Prefix-cache factor", "ratio, at delivery", FACTOR, is_formula=False),
    Col("spot", "Spot price", "1 yes, 0 no", WHOLE, is_formula=False),
    Col("quoted", "Own quote", "1 yes, 0 no", WHOLE, "=IF(ISNUMBER({quote}),1,0)"),
    Col(
        "tok_s",
        "Throughput that serves",
        "tok/s/GPU",
        NUMBER,
        "={read}*{prefix}*IF(AND({spot}=1,{quoted}=0),1-in_spot_overhead,1)",
    ),
    Col("length", "Tokens over today's", "ratio, own results", FACTOR, is_formula=False),
    Col("ratio", "Answer length over today's", "ratio, own results", FACTOR, is_formula=False),
    Col("machine", "Server", "GPUs", WHOLE, is_formula=False),
    Col("unit", "Billed machine", "GPUs", WHOLE, '=IF({billing}="server",{machine},1)'),
    Col("needed", "GPUs needed", "unrounded, with headroom", NUMBER, "={peak}*{length}/({tok_s}*(1-in_headroom))"),
    Col("per_replica", "Replicas needed", "unrounded", NUMBER, "=IF({replica}>0,{needed}/{replica},0)"),
    Col("replicas", "Replicas", "replicas", WHOLE, "=" + CEILING.format("{per_replica}") + "+in_spare_replicas"),
    Col("machines", "Machines", "machines", WHOLE, "=" + CEILING.format("{replicas}*{replica}/{unit}")),
    Col("gpus", "GPUs", "GPUs", WHOLE, "={machines}*{unit}"),
    Col("busy", "Utilization", "mean demand / capacity", SHARE, "=IF({gpus}>0,{mean}*{length}/({gpus}*{tok_s}),0)"),
    Col("price_row", "Its price", "row of Prices", WHOLE, is_formula=False),
    Col("price", "Price (EffectiveCost per GPU-hour)", "USD/GPU-hour", MONEY_FINE, "={price_ref}"),
    Col("month", "Cost", "USD/month", MONEY, "={gpus}*{price}*cat_hours_per_month"),
    Col(
        "per_mtok",
        "Per million tokens",
        "USD, input and output",
        MONEY_FINE,
        "={month}/({mean}*{length}*cat_hours_per_month*cat_seconds_per_hour/cat_tokens_per_mtok)",
    ),
    Col(
        "per_mtok_out",
        "Per million output tokens",
        "USD",
        MONEY_FINE,
        "={per_mtok}*{length}/({ratio}*out_output_share)",
    ),
)
INDEX = {col.key: number for number, col in enumerate(COLS)}
