"""Whatever is deleted, its id is never another's: the code is searched for the tables from which rows go."""

import ast
from collections.abc import Iterator

from models.audit import AuditEntry
from models.base import Base
from models.post import Process
from services import retention
from tests.source import Module, dotted, modules

MODELS = {mapper.class_.__name__: mapper.class_ for mapper in Base.registry.mappers}
# Where the table isn't named at the place itself.
NAMED_ELSEWHERE = {
    ("models/queries/retention.py", "remove"): {rule.table for rule in retention.RULES if rule.table},
    ("models/queries/processes.py", "bury_the_dead"): {Process},
}
# Never deleted, and no id reused all the same.
OUTLIVES_ALL = {AuditEntry}


def test_a_deleted_rows_id_is_never_given_to_another() -> None:
    deleted = {model for module in modules("models", "services", "handlers", "bot") for model in deleted_by(module)}
    with_ids = {model for model in deleted if "id" in model.__table__.columns}
    assert with_ids == never_reused() - OUTLIVES_ALL


def never_reused() -> set[type[Base]]:
    return {model for model in MODELS.values() if model.__table__.dialect_options["sqlite"].get("autoincrement")}


def deleted_by(module: Module) -> Iterator[type[Base]]:
    loops = {
        dotted(node.target): [dotted(one) for one in node.iter.elts]
        for _, node in module.walk()
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple)
    }
    for inside, node in module.walk():
        if not (isinstance(node, ast.Call) and dotted(node.func) in ("delete", "session.delete")):
            continue
        if (module.name, inside) in NAMED_ELSEWHERE:
            yield from NAMED_ELSEWHERE[module.name, inside]
            continue
        name = dotted(node.args[0])
        for found in loops.get(name, [name]):
            assert found in MODELS, f"{module.name}, {inside}: from which table does it delete?"
            yield MODELS[found]
