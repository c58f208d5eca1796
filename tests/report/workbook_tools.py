"""Change inputs inside a workbook's own XML, poison every cached value, recalculate with LibreOffice, read back."""

from __future__ import annotations

import copy
import io
import re
import shutil
import subprocess
import zipfile
from random import Random

from openpyxl import load_workbook

from advisor.report.workbook.fields import parse_path
from tests.conftest import need_tool

POISON = b"123.456"
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def recalculator(folder):
    """A function from workbooks to recalculated ones, all in one batch; hard recalculation whatever they carry."""
    soffice = need_tool("soffice")
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE)

    def run(books: list[bytes], to: str = "xlsx"):
        source, target = folder / "in", folder / "out"
        for place in (source, target):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
        paths = []
        for number, content in enumerate(books):
            paths.append(source / f"book{number}.xlsx")
            paths[-1].write_bytes(content)
        command = [soffice, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", to]
        subprocess.run([*command, "--outdir", str(target), *map(str, paths)], check=True, capture_output=True, timeout=300)
        return [(target / path.with_suffix(f".{to}").name).read_bytes() for path in paths]

    return run


def input_rows(content):
    """Row of every field on Inputs, and of every GPU on Prices."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    fields = {
        row[11].value: number for number, row in enumerate(book["Inputs"].iter_rows(), 1) if len(row) > 11 and row[11].value
    }
    prices = {
        row[1].value: number for number, row in enumerate(book["Prices"].iter_rows(), 1) if len(row) > 1 and row[1].value
    }
    return fields, prices


def changed(content, changes):
    """A workbook with cells set, ``{("Inputs", "B7"): 3.5}``, and every cached value of a formula poisoned."""
    source = zipfile.ZipFile(io.BytesIO(content))
    names = re.findall(r'<sheet name="([^"]+)"', source.read("xl/workbook.xml").decode())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            if found:
                title = names[int(found.group(1)) - 1]
                for (sheet, address), value in changes.items():
                    if sheet == title:
                        data = _set(data, address, value)
                data = re.sub(rb'( t="str")?(><f>[^<]*</f><v>)[^<]*(</v>)', rb"\g<2>" + POISON + rb"\g<3>", data)
            target.writestr(name, data)
    return buffer.getvalue()


def _set(data, address, value):
    pattern = rf'<c r="{address}"( s="\d+")?(?: t="s")?(?:/>|><v>[^<]*</v></c>)'.encode()
    if isinstance(value, str):
        new = rf'<c r="{address}"\g<1> t="inlineStr"><is><t>{value}</t></is></c>'.encode()
    elif value is None:
        new = rf'<c r="{address}"\g<1>/>'.encode()
    else:
        new = rf'<c r="{address}"\g<1>><v>{value!r}</v></c>'.encode()
    done, count = re.subn(pattern, new, data)
    assert count == 1, address
    return done


def options_of(content):
    """The recalculated table of options by id, and the named steps of the verdict by label."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = list(book["Options"].iter_rows(min_row=4, values_only=True))
    heads = [f"{name}|{unit or ''}" for name, unit in zip(rows[0], rows[1], strict=True)]
    table, labels = {}, {}
    for row in rows[2:]:
        if row[1] and ":" in str(row[1]) and row[0]:
            table[row[1]] = dict(zip(heads, row, strict=True))
        elif row[0] and row[1] is not None:
            labels.setdefault(row[0], row[1])
    return table, labels


def tornado_of(content):
    """The recalculated sheet Sensitivity: drivers with a range, in order, with their figures; and what it is about."""
    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True)["Sensitivity"]
    rows = list(sheet.iter_rows(min_row=3, max_col=11, values_only=True))
    looked_at, saving = rows[0][2], rows[1][2]
    lines = [row for row in rows[4:] if isinstance(row[0], int | float)]
    return looked_at, saving, [line for line in lines if line[3] != line[5]]


CELLS = (
    ("llama-3.3-70b", 8192, 1024, "fp8", 40.0),
    ("llama-3.3-70b", 1024, 1024, "fp8", 30.0),
    ("gpt-oss-120b", 1024, 1024, "mxfp4", 60.0),
    ("gpt-oss-120b", 8192, 1024, "mxfp4", 70.0),
    ("deepseek-r1", 1024, 1024, "fp8", 35.0),
    ("deepseek-r1", 8192, 1024, "fp8", 30.0),
)


def random_data(random: Random) -> dict:
    """A scenario as data: one workload, rented GPUs, everything else at random."""
    model, isl, osl, precision, speed = random.choice(CELLS)
    hardware = random.choice(("h200", "h100") if model != "deepseek-r1" else ("h200",))
    gpus = random.choice((16, 32, 64, 96))
    unit = random.choice(("rps", "day", "users"))
    rps = round(random.uniform(1, 8), 2)
    demand = {
        "rps": {"requests_per_second_mean": rps},
        "day": {"tokens_per_day": round(rps * 86400 * (isl + osl))},
        "users": {"active_users": round(rps * 60, 1), "requests_per_user_minute": 1.0},
    }[unit] | {"peak_to_mean_ratio": round(random.uniform(1.2, 3), 2)}
    left = random.choice((0, 0, 6, 11, 20))
    overrides = {"b200": round(random.uniform(3, 7), 2)} if random.random() < 0.6 else {}
    return {
        "schema": 1,
        "name": f"random {random.random()}",
        "workloads": (
            {
                "model": model,
                "input_tokens": isl,
                "output_tokens": osl,
                "demand": {k: float(v) for k, v in demand.items()},
                "growth_per_year_fraction": random.choice((0.0, 0.3, -0.1)),
                "targets": {"interactivity_tok_s_per_user": round(speed * random.uniform(0.5, 1.6), 1)},
                "tasks": ({"class": "conversation", "share_fraction": 0.6}, {"class": "code", "share_fraction": 0.4}),
            },
        ),
        "current": {
            "hardware": hardware,
            "gpus": gpus,
            "precision": precision,
            "engine": random.choice((None, "vllm")) if model != "deepseek-r1" else None,
            "price": {"usd_per_gpu_hour": round(random.uniform(1.5, 5), 2)},
            "billing": random.choice(("server", "gpu")),
            "commitment": {
                "months_left": left,
                "gpus": random.choice((None, gpus // 2)) if left else None,
                "recoverable_fraction": random.choice((0.0, 0.5)),
                "exit_fee_usd": random.choice((0.0, 20000.0)),
            },
        },
        "candidates": {
            "price": {"overrides": overrides},
            "billing": random.choice(("server", "gpu")),
            "allow": {"api_tokens": random.choice((None, False, True))},
            **({"hardware": (hardware, "b200", "mi355x")} if random.random() < 0.5 else {}),
        },
        "finance": {
            "horizon_months": random.choice((12, 24, 36)),
            "discount_rate_per_year": 0.1,
            "price_change_per_year": {"current": random.choice((0.0, -0.1)), "candidate": random.choice((0.0, -0.15))},
        },
        "sizing": {"headroom_fraction": 0.2, "spare_replicas": random.choice((0, 0, 1))},
    }


def random_changes(random: Random, data: dict) -> dict[str, float | int | str]:
    """New values for six to nine live inputs, by field."""
    demand = data["workloads"][0]["demand"]
    unit = next(name for name in ("requests_per_second_mean", "tokens_per_day", "active_users") if name in demand)
    speed = data["workloads"][0]["targets"]["interactivity_tok_s_per_user"]
    every = {
        f"workloads[0].demand.{unit}": demand[unit] * random.choice((0.6, 1.37, 2.2)),
        "workloads[0].targets.interactivity_tok_s_per_user": round(speed * random.uniform(0.6, 1.5), 2),
        "workloads[0].demand.peak_to_mean_ratio": round(random.uniform(1.1, 3.3), 2),
        "workloads[0].growth_per_year_fraction": random.choice((0.0, 0.15, 0.4)),
        "workloads[0].tasks[0].tolerance_points": random.choice((0.2, 1.0, 3.5)),
        "current.price.usd_per_gpu_hour": round(random.uniform(1.2, 6), 2),
        "current.commitment.months_left": random.choice((0, 4, 13)),
        "current.commitment.recoverable_fraction": random.choice((0.0, 0.25)),
        "migration.engineering_weeks": random.choice((1.0, 12.0)),
        "migration.revalidation_usd": random.choice((0.0, 75000.0)),
        "migration.ramp_months": random.choice((0, 1, 4)),
        "migration.lead_time_months": random.choice((0, 3)),
        "migration.parallel_months": random.choice((0.0, 2.0)),
        "finance.discount_rate_per_year": random.choice((0.0, 0.07, 0.2)),
        "finance.price_change_per_year.candidate": random.choice((-0.2, 0.05)),
        "finance.price_change_per_year.current": random.choice((-0.25, 0.1)),
        "sizing.headroom_fraction": random.choice((0.1, 0.33)),
        "sizing.spare_replicas": random.choice((0, 2)),
        "candidates.spot_overhead_fraction": 0.2,
        "preferences.minimum_saving_fraction": random.choice((0.0, 0.1)),
        "preferences.weights.cost": random.choice((0.3, 0.9)),
        "prices.b200": round(random.uniform(2.5, 8), 2),
    }
    return {name: every[name] for name in random.sample(sorted(every), random.randint(7, 10))}


def with_changes(data: dict, changes: dict) -> dict:
    """The scenario's data with fields set by their paths."""
    new = copy.deepcopy(data)
    for name, value in changes.items():
        path = parse_path(name) if not name.startswith("prices.") else ("candidates", "price", "overrides", name[7:])
        place = new
        for part in path[:-1]:
            place = place[part] if isinstance(part, int) else place.setdefault(part, {})
        place[path[-1]] = value
    return new


def cells_of(content, changes):
    """Where the changes go in a workbook."""
    fields, prices = input_rows(content)
    return {
        ("Prices", f"D{prices[name[7:]]}") if name.startswith("prices.") else ("Inputs", f"B{fields[name]}"): value
        for name, value in changes.items()
    }
