"""The files of a bundle, by name, for those who carry it without reading it."""

import json
from typing import Final

MODEL_FILE: Final = "model.onnx"
MANIFEST_FILE: Final = "manifest.json"
GOLDEN_FILE: Final = "golden.json"
FILES: Final = (MODEL_FILE, MANIFEST_FILE, GOLDEN_FILE)
TREES_FILE: Final = "trees.ubj"
"""Only in the bundles whose manifest has ``trees_sha256``; nothing that serves needs it."""


def files_of(manifest: bytes) -> tuple[str, ...]:
    """The files of the bundle that a manifest describes; those of every bundle if it is damaged."""
    try:
        found = json.loads(manifest).get("trees_sha256")
    except (ValueError, AttributeError):
        return FILES
    return (*FILES, TREES_FILE) if found else FILES
