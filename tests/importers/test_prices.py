"""Price files: per GPU from per instance, and what is no price is left out with its reason."""

import io

import openpyxl
import pytest

from advisor.catalog import load_catalog
from advisor.errors import ScenarioError
from advisor.importers import Document, import_documents
from advisor.importers.overlay import overlay_files
from advisor.importers.points import with_catalog_names
from advisor.importers.prices.spend import machine_gpus, spend_on, with_machine_gpus
from advisor.importers.records import ImportedOffer
from tests.importers import own_files as files


def read(text, name="prices.csv", answers=None, **given):
    raw = text.encode() if isinstance(text, str) else text
    (imported,) = import_documents([Document(name, raw, given)], answers)
    return imported


def test_skypilot_traps():
    imported = read(files.SKYPILOT_CSV)
    offers = {(o.machine_type, o.basis): (o.usd_per_gpu_hour, o.rows) for o in imported.found.offers}
    assert offers == {("big.8", "on_demand"): (4.0, 2), ("big.8", "spot"): (2.0, 2), ("spot-only.4", "spot"): (3.0, 1)}
    words = " ".join(imported.found.warnings)
    for reason in ("bid floor", "host", "without their host", "placeholder", "no price", "no accelerator"):
        assert reason in words
    assert [(q.field, q.suggestion) for q in imported.questions] == [("provider", None), ("as_of", None)]
    assert read(files.SKYPILOT_CSV, name="nebius/vms.csv").questions[0].suggestion == "nebius"


def test_skypilot_columns_in_any_order():
    lines = [line.split(",") for line in files.SKYPILOT_CSV.replace('"{""Gpus"": []}"', "").splitlines()]
    turned = "\n".join(",".join(reversed(cells)) for cells in lines)
    assert read(turned).found.offers == read(files.SKYPILOT_CSV).found.offers


def test_gpuhunt_rows_and_its_provider_in_the_name():
    imported = read(files.GPUHUNT_CSV, name="catalogs/aws.csv", as_of="2026-11-01")
    assert [(o.usd_per_gpu_hour, o.basis, o.provider, o.as_of) for o in imported.found.offers] == [
        (4.0, "on_demand", "aws", "2026-11-01"),
        (2.0, "spot", "aws", "2026-11-01"),
    ]
    assert imported.questions == ()
    assert read(files.GPUHUNT_CSV, name="my.csv").found.offers[0].provider is None


def test_quotes_per_machine():
    imported = read(files.QUOTES_CSV)
    (offer,) = imported.found.offers
    assert (offer.provider, offer.usd_per_gpu_hour, offer.basis, offer.as_of) == ("Acme", 5.5, "reserved_1y", "2026-11-02")
    words = " ".join(imported.found.warnings)
    for reason in ("without its number of GPUs", "in EUR", "'handshake' is none of"):
        assert reason in words


@pytest.mark.parametrize(("column", "price", "expected"), [("USD/GPU-hour", 2.5, 2.5), ("USD per month", 14600, 2.5)])
def test_quotes_in_a_workbook(column, price, expected):
    book = openpyxl.Workbook()
    book.active.append(["our quotes"])
    book.active.append(["GPU", column, "GPUs", "Date"])
    book.active.append(["H200", price, 8, "2026-11-02"])
    out = io.BytesIO()
    book.save(out)
    (offer,) = read(out.getvalue(), name="quotes.xlsx").found.offers
    assert offer.usd_per_gpu_hour == pytest.approx(expected)
    assert "no basis" in offer.note


SHEETS = {
    "a column a basis": (
        "GPU Type,On-Demand ($/GPU/hr),1-Year Reserved ($/GPU/hr),3-Year Reserved ($/GPU/hr),Spot ($/GPU/hr)\n"
        "NVIDIA H200 SXM 141GB,$3.50,$2.90,$2.30,n/a\nAMD Instinct MI355X,3.1,,TBD,1.5\n",
        {("h200", "on_demand", 3.5), ("h200", "reserved_1y", 2.9), ("h200", "reserved_3y", 2.3)}
        | {("mi355x", "on_demand", 3.1), ("mi355x", "spot", 1.5)},
    ),
    "semicolons and decimal commas": (
        "\ufeffProvider;GPU Model;Price per GPU hour (USD);Term\n"
        "Acme GmbH;H200 SXM;2,490;12 months\nAcme;B200;3,9;On demand\n",
        {("h200", "reserved_1y", 2.49), ("b200", "on_demand", 3.9)},
    ),
    "a node a month": (
        "Item,GPUs per node,Qty nodes,Monthly price (USD),Term (months)\n"
        'HGX H100 8-GPU,8,4,"14,600.00",12\nH200,8,4,"18,980",36\n',
        {("h100", "reserved_1y", 2.5), ("h200", "reserved_3y", 3.25)},
    ),
    "the count in the name": (
        "Instance,GPU,Hourly rate USD\nnd-h200,8x NVIDIA H200,28.00\n",
        {("h200", "on_demand", 3.5)},
    ),
    "a letter around the table, list beside net": (
        "Quote 4711 for You\nprepared by us\n\nAccelerator,List $/GPU-hr,Net $/GPU-hr,Commitment\nB200,6.00,4.10,1 year\n"
        "Total,,,\nPrices exclude tax,,,\n",
        {("b200", "reserved_1y", 4.1)},
    ),
    "tabs and run-together names": ("GpuModel\tPricePerGpuHour\tVendor\nH200\t2.5\tacme\n", {("h200", "on_demand", 2.5)}),
    "a year": ("GPU,Annual cost per GPU (USD)\nB200,26280\n", {("b200", "on_demand", 3.0)}),
    "memory that another GPU has": ("GPU,USD/GPU-hour\nH200 SXM 141GB,3\nH200 80GB,1\n", {("h200", "on_demand", 3.0)}),
}


@pytest.mark.parametrize(("sheet", "expected"), SHEETS.values(), ids=SHEETS)
def test_quote_sheets_as_people_write_them(catalog, sheet, expected):
    known, _ = with_catalog_names(catalog, read(sheet).found.offers)
    assert {(o.hardware, o.basis, round(o.usd_per_gpu_hour, 9)) for o in known} == expected


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        ("GPU,Price\nH200,2.5\n", "do not say enough"),
        ("GPU;€/GPU-h\nH200;2,49\n", "in EUR"),
        ("GPU,USD/GPU-hour\nH200,2.49 EUR\n", "in EUR"),
        ("GPU,USD per hour\nH200,20\n", "without its number of GPUs"),
        ("GPU,USD/GPU-hour,Term (months)\nH200,2,24\n", "basis '24'"),
        ("GPU,Monthly cost (USD),GPUs\nH200,14.6k,8\n", "no price above zero"),
        ("GPU,USD/GPU-hour\nH200,2.5-3.5\n", "no price above zero"),
    ],
)
def test_quote_sheets_that_say_too_little(sheet, words):
    assert words in read(sheet).refusal


@pytest.mark.parametrize(
    ("said", "expected"),
    [("02.11.2026", "2026-11-02"), ("Nov 2, 2026", "2026-11-02"), ("2 November 2026", "2026-11-02"),
     ("25/11/2026", "2026-11-25"), ("11/25/2026", "2026-11-25"), ("02/11/2026", None), ("2026-11-02T10:00", "2026-11-02"),
     ("soon", None)],
)  # fmt: skip
def test_days_as_people_write_them(said, expected):
    imported = read(f'GPU,USD/GPU-hour,Provider,Date,Valid until\nH200,3,Acme,"{said}",2027-01-01\n')
    assert imported.found.offers[0].as_of == expected
    assert [question.field for question in imported.questions] == ([] if expected else ["as_of"])


def test_quotes_on_a_later_sheet():
    book = openpyxl.Workbook()
    book.active.append(["Dear customer"])
    page = book.create_sheet("Prices")
    page.append([])
    page.append([None, "GPU", "USD/GPU-hour"])
    page.append([None, "B200", 3.25])
    out = io.BytesIO()
    book.save(out)
    (offer,) = read(out.getvalue(), name="quotes.xlsx").found.offers
    assert (offer.hardware, offer.usd_per_gpu_hour) == ("B200", 3.25)


def test_a_focus_bill():
    """8 GPUs cost 7,300 in 365 h of use and as much unused; the purchase is cash, tax and storage are neither."""
    bill = read(files.FOCUS_CSV).found.bill
    (group,) = bill.groups
    assert bill.months == pytest.approx(1.0)
    assert (group.hardware, group.effective_usd, group.billed_usd) == ("H200", 14600, 14600)
    assert (group.committed_usd, group.unused_commitment_usd) == (14600, 7300)
    assert group.gpu_hours == 8 * 365
    assert group.usd_per_gpu_hour == pytest.approx(2.5)
    assert "tax" in " ".join(read(files.FOCUS_CSV).found.warnings)


def test_a_bill_as_todays_price(catalog):
    """8 GPUs in use for half of the month and paid for all of it."""
    bill = read(files.FOCUS_CSV).found.bill
    spend = spend_on(catalog, bill, "h200")
    assert (spend.usd_per_month, spend.committed_usd_per_month, spend.unused_usd_per_month) == pytest.approx(
        (14600, 14600, 7300)
    )
    assert (spend.gpus_in_use, spend.gpus_paid) == pytest.approx((4, 8))
    assert spend.as_current("reserved_1y") == {
        "price": {"usd_per_month": 14600.0, "basis": "reserved_1y"},
        "owned": None,
        "gpus": 8,
        "commitment": {"gpus": 8},
    }
    with pytest.raises(ScenarioError, match="no spend on b200"):
        spend_on(catalog, bill, "b200")


def test_a_bill_that_counts_machines_takes_the_users_word_on_their_gpus(catalog):
    """365 h of one p5en.48xlarge at 20 USD: 8 GPUs of 2.50 USD an hour, in use for half a month."""
    text = files.FOCUS_CSV.replace('H200,"{""GpuCount"": 8}"', '"$20 per On Demand Linux p5en.48xlarge Instance Hour",')
    bill = read(text.replace("p5en.48xlarge H200", "p5en.48xlarge")).found.bill
    group = next(group for group in bill.groups if group.machine_hours)
    assert (group.hardware, group.machine, group.machine_hours) == ("p5en.48xlarge", "p5en.48xlarge", 365)
    assert group.usd_per_machine_hour == pytest.approx(20)
    assert group.gpu_hours is None
    assert machine_gpus(catalog, group) == 8  # dated offers of this machine say so
    assert spend_on(catalog, bill, "h200", ["p5en.48xlarge"]).gpus_paid is None
    spend = spend_on(catalog, with_machine_gpus(bill, {"p5en.48xlarge": 8}), "h200", ["p5en.48xlarge"])
    assert (spend.gpus_in_use, spend.gpus_paid) == pytest.approx((4, 8))


def test_a_bill_in_another_currency_is_refused():
    assert "billed in EUR" in read(files.FOCUS_CSV.replace("USD", "EUR")).refusal


def test_prices_become_a_catalog_of_ones_own(catalog, tmp_path):
    imported = read(files.SKYPILOT_CSV, answers={"provider": "acme", "as_of": "2026-11-20"})
    text, unknown = overlay_files(catalog, imported.found.offers, "vms.csv")
    assert unknown == ()
    for name, content in text.items():
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    own = [o for o in load_catalog(tmp_path / "own").offers if o.provider == "acme"]
    assert sorted((o.hardware, o.basis, o.usd_per_gpu_hour) for o in own) == [
        ("b200", "spot", 3.0),
        ("h200", "on_demand", 4.0),
        ("h200", "spot", 2.0),
    ]


def test_without_provider_and_date_there_is_no_catalog(catalog):
    with pytest.raises(ScenarioError, match=r"--provider: is needed(.|\n)*--as-of: is needed"):
        overlay_files(catalog, read(files.SKYPILOT_CSV).found.offers, "vms.csv")


@pytest.mark.parametrize(
    "name", ["H100", "H100-SXM", "H100_SXM5", "H100-80G-SXM5", "RTXPRO6000", "RTX-PRO-6000", "RTXPro6000"]
)
def test_names_providers_use(catalog, name):
    known, unknown = with_catalog_names(catalog, [ImportedOffer("p", name, 1.0, "spot", "2026-11-01")])
    assert known, unknown


def test_a_gpu_nobody_knows_is_reported(catalog):
    known, unknown = with_catalog_names(catalog, [ImportedOffer("p", "Z9000", 1.0, "spot", None)])
    assert (known, unknown) == ((), ("Z9000",))
