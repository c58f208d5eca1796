"""Scenarios in and out of YAML and JSON, names resolved against a catalog, every problem by field."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from advisor.catalog import Catalog
from advisor.catalog.reading import parse_yaml, yaml_problem
from advisor.errors import Problem, QueryError, ScenarioError
from advisor.formats import legality, resolve_precision
from advisor.profile import profile_of_day
from advisor.scenario import Scenario
from advisor.scenario_base import Part

P = TypeVar("P", bound=Part)

MAX_FILE_BYTES = 1_000_000

MESSAGES: Mapping[str, str] = {
    "missing": "is needed",
    "extra_forbidden": "is no field of a scenario here",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "literal_error": "must be one of {expected}",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of names to numbers",
    "too_long": "holds {actual_length} entries; at most {max_length} can be used",
    "too_short": "must hold at least {min_length}",
    "model_type": "must be a mapping of fields",
    "model_attributes_type": "must be a mapping of fields",
}
"""Our words for pydantic's findings; anything else keeps pydantic's own."""

SAYS_IT_ALL = frozenset({"missing", "extra_forbidden", "unknown_name"})
"""Findings whose message already names the value, or that have none."""


def load_scenario(path: Path, catalog: Catalog) -> Scenario:
    """Read a scenario file (YAML or JSON).

    Raises:
        ScenarioError: the file cannot be read, or fields are wrong; all of them are named.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ScenarioError([Problem(path.name, f"larger than {MAX_FILE_BYTES:,} bytes: no scenario file")])
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError([Problem(str(path), f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(path.name, "is not UTF-8 text")]) from error
    return build_scenario(_with_profiles(_parse(text, path.name), path.parent), catalog, path.name)


def parse_scenario(text: str, catalog: Catalog, where: str = "scenario") -> Scenario:
    """Parse a scenario from YAML or JSON text. Raises ScenarioError."""
    return build_scenario(_parse(text, where), catalog, where)


def _parse(text: str, where: str) -> Any:
    try:
        return parse_yaml(text)
    except yaml.YAMLError as error:
        raise ScenarioError([yaml_problem(where, error)]) from error


def build_scenario(data: Any, catalog: Catalog, where: str = "scenario") -> Scenario:
    """Validate plain data into a scenario whose names are catalog ids.

    Raises:
        ScenarioError: listing every wrong field with its value and what would be accepted.
    """
    if not isinstance(data, dict):
        raise ScenarioError([Problem(where, "a mapping with workloads and current is expected")])
    problems: list[Problem] = []
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(data, context={"catalog": catalog})
    except ValidationError as error:
        problems = [_problem(item) for item in _without_union_noise(error)]
    problems += _precision_problems(data, catalog)
    if scenario is not None:
        problems += _demand_problems(scenario)
    if problems or scenario is None:
        raise ScenarioError(problems)
    return scenario


def readable(part: type[P], **fields: Any) -> P | None:
    """A part of a scenario alone, or None where a field cannot be used: for what is shown while it is typed."""
    try:
        return part.model_validate(fields)
    except ValidationError:
        return None


def resolve_scenario(scenario: Scenario, catalog: Catalog) -> Scenario:
    """The same scenario with names resolved and checked against a catalog. Raises ScenarioError."""
    return build_scenario(plain(scenario), catalog)


def plain(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data under the file's own field names, lists as tuples."""
    return scenario.model_dump(mode="python", by_alias=True)


def dump_json(scenario: Scenario) -> str:
    """A scenario as JSON."""
    return json.dumps(scenario.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2)


def dump_yaml(scenario: Scenario) -> str:
    """A scenario as YAML, in the schema's order."""
    data = scenario.model_dump(mode="json", by_alias=True)
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)
    return text


def _problem(item: Mapping[str, Any]) -> Problem:
    where = _where(item["loc"])
    template = MESSAGES.get(item["type"])
    message = template.format(**item.get("ctx", {})) if template else str(item["msg"])
    if item["type"] not in SAYS_IT_ALL and _is_scalar(item["input"]):
        message += f" (found {_shown(item['input'])})"
    return Problem(where, message)


def _where(location: tuple[str | int, ...]) -> str:
    text = ""
    for part in location:
        if part in ("function-after[_model(), str]", "CustomModelChoice", "[key]"):
            continue  # pydantic's names for the branches of a union, no field of ours
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool) or value is None


def _shown(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinity"
    return repr(value) if isinstance(value, str) else json.dumps(value)


def _without_union_noise(error: ValidationError) -> list[Any]:
    """Findings without those of the union branch that was not meant: a text is a name, a mapping is custom."""
    items = error.errors(include_url=False)
    parents = {item["loc"][:1] for item in items if len(item["loc"]) > 1}
    kept = []
    for item in items:
        if item["type"] == "too_short" and item["loc"] in parents:
            continue  # pydantic counts an entry with a wrong field as absent
        branch = item["loc"][3] if len(item["loc"]) > 3 and item["loc"][2:3] == ("model",) else None
        wrong_text = branch == "CustomModelChoice" and not isinstance(item["input"], dict) and len(item["loc"]) == 4
        wrong_mapping = isinstance(branch, str) and branch.startswith("function-after") and isinstance(item["input"], dict)
        if not (wrong_text or wrong_mapping):
            kept.append(item)
    return kept


def _precision_problems(data: Mapping[str, Any], catalog: Catalog) -> list[Problem]:
    """Whether today's GPU runs today's precision; works on raw data, so it is told along with other problems."""
    current = data.get("current")
    workloads = data.get("workloads")
    if not (isinstance(current, dict) and isinstance(workloads, tuple | list) and workloads):
        return []
    hardware_name, precision_name = current.get("hardware"), current.get("precision", "fp8")
    if not (isinstance(hardware_name, str) and isinstance(precision_name, str)):
        return []
    hardware = catalog.hardware_names.find(hardware_name)
    first = workloads[0] if isinstance(workloads[0], dict) else {}
    model_name = first.get("model")
    model_id = catalog.model_names.find(model_name) if isinstance(model_name, str) else None
    model = catalog.models[model_id] if model_id else None
    if hardware is None:
        return []
    precision = resolve_precision(catalog, precision_name.lower(), hardware, model)
    if precision is None:
        return []
    verdict = legality(catalog, hardware, precision, model)
    if verdict.legal:
        return []
    return [Problem("current.precision", f"{verdict.reason} (found {precision_name!r})")]


def _demand_problems(scenario: Scenario) -> list[Problem]:
    """A volume for every workload; a single one may follow from the utilization of today's fleet."""
    units = "requests_per_second_mean, tokens_per_day, or active_users with requests_per_user_minute"
    alone = len(scenario.workloads) == 1
    if alone and scenario.current.utilization_fraction is not None:
        return []
    rest = (
        "; or else current.utilization_fraction, from which the demand follows"
        if alone
        else "; several workloads need one each"
    )
    return [
        Problem(f"workloads[{number}].demand", f"is needed: {units}{rest}")
        for number, workload in enumerate(scenario.workloads)
        if workload.demand is None or not workload.demand.is_given
    ]


def _with_profiles(data: Any, folder: Path) -> Any:
    """The data with every ``profile_csv`` of a demand read from beside the scenario file.

    Raises:
        ScenarioError: a file that cannot be read or holds no profile of a day.
    """
    if not isinstance(data, dict) or not isinstance(data.get("workloads"), tuple | list):
        return data
    workloads, problems = [], []
    for number, workload in enumerate(data["workloads"]):
        demand = workload.get("demand") if isinstance(workload, dict) else None
        if not isinstance(demand, dict) or "profile_csv" not in demand:
            workloads.append(workload)
            continue
        where = f"workloads[{number}].demand.profile_csv"
        demand = dict(demand)
        name = demand.pop("profile_csv")
        if "profile_24h" in demand:
            problems.append(Problem(where, "give one of profile_csv and profile_24h"))
            continue
        try:
            demand["profile_24h"] = profile_of_day(_profile_text(folder, name, where), where)
        except QueryError as error:
            problems += error.problems
        workloads.append({**workload, "demand": demand})
    if problems:
        raise ScenarioError(problems)
    return {**data, "workloads": tuple(workloads)}


def _profile_text(folder: Path, name: Any, where: str) -> str:
    if not isinstance(name, str) or Path(name).is_absolute() or ".." in Path(name).parts:
        raise QueryError([Problem(where, f"a file beside the scenario is expected (found {name!r})")])
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise QueryError([Problem(where, f"{name} cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise QueryError([Problem(where, f"{name} is not UTF-8 text")]) from error
