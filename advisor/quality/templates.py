"""Whether two chat templates write an evaluation's prompts alike, told from their text; nothing is ever rendered.

A re-published checkpoint often carries a newer template that differs only where tools or images come in. Text tasks send
neither, so such a difference changes no prompt; any other difference may.
"""

from __future__ import annotations

import hashlib
import re
from difflib import SequenceMatcher

BLOCK = re.compile(
    r"\{%-?\s*(?P<word>if|elif|else|endif|for|endfor|macro|endmacro|set|endset)\b(?P<rest>.*?)-?%\}", re.DOTALL
)
PIECE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
UNUSED_BY_TEXT = re.compile(r"tool|image|audio|video|vision", re.IGNORECASE)

Piece = tuple[str, bool]
"""A piece of a template without its spacing, and whether it is reached only with tools or media."""


def fits_its_hash(template: str, sha: str | None) -> bool:
    """Whether a template is the one its SHA-256 was taken of."""
    return sha is not None and hashlib.sha256(template.encode("utf-8", "surrogatepass")).hexdigest() == sha


def differ_only_in_tools_and_media(one: str, other: str) -> bool:
    """Whether every differing piece stands where a prompt of plain text never comes."""
    left, right = _pieces(one), _pieces(other)
    matcher = SequenceMatcher(None, [text for text, _ in left], [text for text, _ in right], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal" and not all(unused for _, unused in (*left[a:b], *right[c:d])):
            return False
    return True


def _pieces(template: str) -> list[Piece]:
    found: list[Piece] = []
    open_blocks: list[bool] = []
    position = 0
    for match in PIECE.finditer(template):
        _literal(found, template[position : match.start()], any(open_blocks))
        position = match.end()
        block = BLOCK.match(match.group())
        text = re.sub(r"\s+", " ", match.group().replace("{%-", "{%").replace("-%}", "%}")).strip()
        if block is None:
            found.append((text, any(open_blocks)))
            continue
        word, condition = block["word"], bool(UNUSED_BY_TEXT.search(block["rest"]))
        if word in ("endif", "endfor", "endmacro", "endset"):
            found.append((text, any(open_blocks)))
            if open_blocks:
                open_blocks.pop()
            continue
        if word in ("elif", "else") and open_blocks:
            open_blocks[-1] = condition
        elif word in ("if", "for", "macro") or (word == "set" and "=" not in block["rest"]):
            open_blocks.append(condition)
        found.append((text, any(open_blocks)))
    _literal(found, template[position:], any(open_blocks))
    return found


def _literal(found: list[Piece], text: str, unused: bool) -> None:
    stripped = text.strip()
    if stripped:
        found.append((stripped, unused))
