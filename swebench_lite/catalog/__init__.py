"""The catalog: tasks that are folders of plain files. A task becomes an instance whose tree is its workspace.

    read_catalog(bundled("tasks"))   ->   Catalog(tasks, problems)
    to_instance(task, base_commit=..., dataset="tasks")   ->   Instance

docs/tasks.md shows the folder, every key of ``metadata.json``, and how to write a good task.
"""

from __future__ import annotations

from swebench_lite.catalog.index import entry, index_text
from swebench_lite.catalog.instances import reader_of, repo_name, to_instance
from swebench_lite.catalog.nouns import DATASET, LANGUAGES, CatalogTask, Metadata
from swebench_lite.catalog.reading import Catalog, is_catalog, read_answer_files, read_catalog, read_task

__all__ = [
    "DATASET", "LANGUAGES", "Catalog", "CatalogTask", "Metadata", "entry", "index_text",
    "is_catalog", "read_answer_files", "read_catalog", "read_task", "reader_of", "repo_name",
    "to_instance",
]  # fmt: skip
