"""Change inputs inside a workbook's own XML, poison every cached value, recalculate with LibreOffice, read back."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile

from openpyxl import load_workbook

from tests.conftest import need_tool

POISON = b"123.456"
OFFICES = 2
FORMULA = rb'( t="str")?(><f(?: [^>]*)?(?:/>|>[^<]*</f>)<v>)[^<]*(</v>)'
"""A formula's cell from its type on; also one that shares the formula of another cell."""
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def recalculator(folder):
    """A function from workbooks to recalculated ones, all in one batch; hard recalculation whatever they carry.

    Two LibreOffices share the batch, each with a profile of its own: the machine has two cores.
    """
    soffice = need_tool("soffice")
    profiles = [folder / f"profile{number}" for number in range(OFFICES)]
    for profile in profiles:
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(PROFILE)

    def run(books: list[bytes], to: str = "xlsx"):
        source, target = folder / "in", folder / "out"
        for place in (source, target):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
        paths = [source / f"book{number}.xlsx" for number in range(len(books))]
        for path, content in zip(paths, books, strict=True):
            path.write_bytes(content)
        shares = [(profile, paths[number::OFFICES]) for number, profile in enumerate(profiles)]
        running = [start(profile, share, target, to) for profile, share in shares if share]
        for process in running:
            _, errors = process.communicate(timeout=300)
            assert process.returncode == 0, errors.decode()
        return [(target / path.with_suffix(f".{to}").name).read_bytes() for path in paths]

    def start(profile, paths, target, to):
        command = [soffice, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", to]
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        return subprocess.Popen([*command, "--outdir", str(target), *map(str, paths)], **pipes)

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
    """A workbook with cells set, ``{("Inputs", "B7"): 3.5}``, and every cached value of a formula poisoned.

    Charts are left out: they hold no formulas, and LibreOffice would draw them.
    """
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
                data = re.sub(rb'<drawing r:id="[^"]*"/>', b"", data)
                data, poisoned = re.subn(FORMULA, rb"\g<2>" + POISON + rb"\g<3>", data)
                assert poisoned == data.count(b"<f>") + data.count(b"<f "), title
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


def opened(content):
    """A workbook's values."""
    return load_workbook(io.BytesIO(content), read_only=True, data_only=True)


def options_of(book):
    """The recalculated table of options by id, and the steps of the verdict by label."""
    rows = list(book["Options"].iter_rows(min_row=4, values_only=True))
    heads = [f"{name}|{unit or ''}" for name, unit in zip(rows[0], rows[1], strict=True)]
    table, labels = {}, {}
    for row in rows[2:]:
        if row[1] and ":" in str(row[1]) and row[0]:
            table[row[1]] = dict(zip(heads, row, strict=True))
    for label, figure in book["Verdict"].iter_rows(min_row=5, max_col=2, values_only=True):
        if label and figure is not None:
            labels.setdefault(label, figure)
    return table, labels


def cover_of(book):
    """The key figures of the Cover as they stand in the file, by label."""
    return {row[0]: row[1] for row in book["Cover"].iter_rows(min_row=4, max_row=12, max_col=2, values_only=True) if row[0]}


def tornado_of(book):
    """The recalculated sheet Sensitivity: what it is about, the saving as expected, and drivers with a range, in order."""
    rows = list(book["Sensitivity"].iter_rows(min_row=3, max_col=11, values_only=True))
    looked_at, saving = rows[0][2], rows[1][2]
    lines = [row for row in rows[4:] if isinstance(row[0], int | float)]
    return looked_at, saving, [line for line in lines if line[3] != line[5]]


def cells_of(content, changes):
    """Where the changes go in a workbook."""
    fields, prices = input_rows(content)
    return {
        ("Prices", f"D{prices[name[7:]]}") if name.startswith("prices.") else ("Inputs", f"B{fields[name]}"): as_typed(value)
        for name, value in changes.items()
    }


def as_typed(value):
    """What a person types for a value."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
