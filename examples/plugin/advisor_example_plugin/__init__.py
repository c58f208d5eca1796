"""An example plugin: a made-up GPU with its price book, and an importer for a made-up load generator."""

from pathlib import Path


def catalog_folder() -> Path:
    """The folder laid over the shipped catalog."""
    return Path(__file__).parent / "example_catalog"
