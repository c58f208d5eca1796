"""Strict loading: every problem at once with file and row; own catalogs laid over the shipped one."""

import shutil

import pytest
import yaml

from advisor.catalog import load_catalog
from advisor.catalog.load import SHIPPED
from advisor.catalog.reading import parse_yaml
from advisor.errors import CatalogError

OFFER = (
    "id,provider,hardware,usd_per_gpu_hour,basis,as_of,region,gpus_per_machine,form_factor,machine_type,confidence,note,"
    "source,source_detail\n"
)


def problems_of(*folders):
    with pytest.raises(CatalogError) as caught:
        load_catalog(*folders)
    return [str(problem) for problem in caught.value.problems]


def test_version_and_digest_are_stable(catalog):
    again = load_catalog()
    assert (again.version, again.digest) == (catalog.version, catalog.digest)
    assert catalog.overlays == ()


def test_overlay_adds_and_replaces_by_id(tmp_path, catalog):
    folder = tmp_path / "acme"
    (folder / "prices").mkdir(parents=True)
    (folder / "sources.yaml").write_text(
        "- {id: acme-quote, title: Quote 17, publisher: Acme, date: 2026-11-20, licence: null, address: null}\n"
    )
    rows = "P0001,acme,a100-40gb,1.25,on_demand,2026-11-20,,,,,high,,acme-quote,\n"
    rows += "ACME1,acme,mi325x,2.10,on_demand,2026-11-20,,,,,high,,acme-quote,\n"
    (folder / "prices" / "offers.csv").write_text(OFFER + rows)
    mine = load_catalog(folder)
    assert mine.version == f"{catalog.version}+acme"
    assert mine.digest != catalog.digest
    assert len(mine.offers) == len(catalog.offers) + 1
    assert mine.overlays[0].replaced == (("offers", "P0001"),)
    assert mine.overlays[0].added == (("sources", "acme-quote"), ("offers", "ACME1"))
    assert next(offer for offer in mine.offers if offer.id == "P0001").usd_per_gpu_hour == 1.25


def test_every_problem_is_reported_with_file_and_row(tmp_path):
    folder = tmp_path / "bad"
    (folder / "prices").mkdir(parents=True)
    (folder / "prices" / "offers.csv").write_text(
        OFFER
        + "X1,acme,h2000,1.25,on_demand,2026-11-20,,,,,high,,advisor-formats,\n"
        + "X2,acme,h200,nan,on_demand,2026-11-20,,,,,high,,advisor-formats,\n"
        + "X3,acme,h200,1.0,weekly,20.11.2026,,,,,high,,nowhere,\n"
        + "X4,acme,h200\n"
    )
    (folder / "hardware.yaml").write_text("- {id: h200, id: h200}\n")
    (folder / "models.yaml").write_text("- {id: m, colour: red}\n")
    found = "\n".join(problems_of(folder))
    assert "prices/offers.csv: X1: hardware: 'h2000' is not in hardware.yaml" in found
    assert "prices/offers.csv: row 3: usd_per_gpu_hour" in found
    assert "prices/offers.csv: row 4: basis" in found
    assert "prices/offers.csv: row 4: as_of" in found
    assert "prices/offers.csv: row 5: 3 cells under 14 columns" in found
    assert "hardware.yaml: line 1: repeated key(s) id" in found
    assert "models.yaml: m: colour" in found


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000, "[" * 900 + "]" * 900])
def test_a_text_nested_too_deeply_is_refused_and_ends_nothing(text):
    with pytest.raises(yaml.YAMLError, match="nested too deeply"):
        parse_yaml(text)


def test_unknown_missing_and_repeated_columns(tmp_path):
    folder = tmp_path / "bad"
    (folder / "prices").mkdir(parents=True)
    (folder / "prices" / "offers.csv").write_text("id,id,colour\n")
    found = "\n".join(problems_of(folder))
    assert "column 'id' stands twice" in found
    assert "unknown column 'colour'" in found
    assert "column 'usd_per_gpu_hour' is missing" in found


def test_missing_overlay_folder_is_named(tmp_path):
    assert problems_of(tmp_path / "nothing")[0].endswith("no such catalog folder")


def test_a_new_gpu_must_be_placed_in_every_precision(tmp_path):
    folder = tmp_path / "gpu"
    folder.mkdir()
    text = (SHIPPED / "hardware.yaml").read_text()
    record = text[text.index("- id: h200\n") : text.index("- id: h200-nvl\n")]
    (folder / "hardware.yaml").write_text(record.replace("id: h200", "id: h300").replace("H200", "H300"))
    assert [p for p in problems_of(folder) if "'h300' is not placed" in p]


def test_incomplete_base_folder_names_the_missing_files(tmp_path):
    base = tmp_path / "base"
    shutil.copytree(SHIPPED, base)
    (base / "precisions.yaml").unlink()
    (base / "VERSION").write_text("soon\n")
    with pytest.raises(CatalogError) as caught:
        load_catalog(shipped=base)
    found = str(caught.value)
    assert "precisions.yaml: the file is missing" in found
    assert "VERSION" in found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("2026-11-22", "2026-11-22"),
        ("1e3", 1000.0),
        ("null", None),
    ],
)
def test_yaml_reads_what_stands_there(text, value):
    assert parse_yaml(f"key: {text}")["key"] == value


def test_csv_region_na_stays_a_region(tmp_path):
    folder = tmp_path / "na"
    (folder / "prices").mkdir(parents=True)
    row = "X1,acme,h200,1.25,on_demand,2026-11-20,NA,,,,high,,advisor-formats,\n"
    (folder / "prices" / "offers.csv").write_text(OFFER + row)
    assert load_catalog(folder).offers[-1].region == "NA"
