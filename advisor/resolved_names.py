"""Field types whose text is a name of the catalog: resolved to an id when a catalog is the validation context.

An unknown name is a finding like any other, with near names in its message; without a catalog a name passes as typed.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from advisor.catalog import Catalog
from advisor.catalog.names import NameTable, normalized


def _resolve(name: str, info: ValidationInfo, table: str) -> str:
    catalog: Catalog | None = (info.context or {}).get("catalog")
    if catalog is None:
        return name
    names: NameTable = getattr(catalog, table)
    found = names.find(name)
    if found is not None:
        return found
    if normalized(name) in catalog.without_record:
        message = f"{name!r} is known by name only: the catalog has no {names.kind} record for it"
    else:
        message = names.unknown_message(name)
    raise PydanticCustomError("unknown_name", "{message}", {"message": message})


def _hardware(name: str, info: ValidationInfo) -> str:
    return _resolve(name, info, "hardware_names")


def _model(name: str, info: ValidationInfo) -> str:
    return _resolve(name, info, "model_names")


def _engine(name: str, info: ValidationInfo) -> str:
    return _resolve(name, info, "engine_names")


def _precision(name: str, info: ValidationInfo) -> str:
    catalog: Catalog | None = (info.context or {}).get("catalog")
    known = [*catalog.precisions, *catalog.precisions_by_family] if catalog else [name]
    if name.lower() not in known:
        message = f"unknown precision {name!r}; known: {', '.join(sorted(known))}"
        raise PydanticCustomError("unknown_name", "{message}", {"message": message})
    return name.lower()


def _price_book(name: str, info: ValidationInfo) -> str:
    catalog: Catalog | None = (info.context or {}).get("catalog")
    if catalog is not None and name not in catalog.price_books:
        message = f"unknown price book {name!r}; known: {', '.join(catalog.price_books)}"
        raise PydanticCustomError("unknown_name", "{message}", {"message": message})
    return name


HardwareName = Annotated[str, AfterValidator(_hardware)]
ModelName = Annotated[str, AfterValidator(_model)]
EngineName = Annotated[str, AfterValidator(_engine)]
PrecisionName = Annotated[str, AfterValidator(_precision)]
PriceBookName = Annotated[str, AfterValidator(_price_book)]
