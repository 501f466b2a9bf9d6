"""Load and validate a content folder: YAML files in, an immutable knowledge base out.

Validated content is kept as JSON in the person's cache folder under its digest, each section a line. The cache holds
plain data and is checked by its own digest, so a damaged file is built anew in silence and nothing in it can run. It is
neither read nor written where someone else could have written it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from painrules import __version__
from painrules import expressions as ex
from painrules.entries import (
    SECTIONS,
    ConstraintEntry,
    InvariantEntry,
    Modality,
    ModalityClass,
    RuleEntry,
    Target,
)
from painrules.knowledge import Constraint, Invariant, KnowledgeBase, Rule
from painrules.language import folded, parse_when
from painrules.later import LaterMapping, LaterSequence
from painrules.private_file import clear_left_behind, replacing
from painrules.reading import MAXIMUM_BYTES, MAXIMUM_DEPTH, ContentError, Problem, plain_files

FOLDERS = ("knowledge", "rules")
MAXIMUM_FILES = 2_000
MAXIMUM_BYTES_IN_ALL = 50_000_000
MOST_ENTRIES = 20_000
"""Files and folders to look through, of any name."""
MOST_CACHED = 8
_Reach: TypeAlias = "Callable[[Target], tuple[frozenset[str], dict[str, frozenset[str]]]]"


def content_folder() -> Path:
    """The folder with the content that belongs to this program: inside a wheel, or beside a checkout's package."""
    inside = Path(__file__).parent / "content"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def load_knowledge(folder: Path | None = None, *, language: str = "en", use_cache: bool = True) -> KnowledgeBase:
    """Load the `knowledge/` and `rules/` of a folder (default: the bundled ones), in a language it has.

    Raises ContentError with every problem of every file.
    """
    folder, ours = folder or content_folder(), content_folder()
    files = dict(_read_folder(folder))
    knowledge = knowledge_from(files, use_cache=use_cache)
    if os.path.realpath(folder) != os.path.realpath(ours):
        from painrules.wording import with_our_words

        knowledge = with_our_words(knowledge, files, ours)
    if language == "en":
        return knowledge
    from painrules.translation import translated

    return translated(knowledge, folder, language)


def knowledge_from(files: Mapping[str, bytes], *, use_cache: bool = False) -> KnowledgeBase:
    """The knowledge base of files given as name (`rules/nsaids.yaml`) and content. Raises ContentError."""
    digest = _digest(files)
    lines = _cached_lines(digest) if use_cache else None
    if lines is None:
        from painrules.validation import validated_rows  # only when the cache has nothing

        lines = {section: msgspec.json.encode(rows) for section, rows in validated_rows(files).items()}
        if use_cache:
            _keep_lines(digest, lines)
    return _assemble(digest, lines)


# --- files ---------------------------------------------------------------------------------------------------------


def _read_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    problems: list[Problem] = []
    files = [file for name in FOLDERS for file in sorted(_yaml_files(folder, name, problems), key=_parts)]
    if not files and not problems:
        problems.append(Problem(str(folder), 1, 1, "", "has no knowledge/*.yaml and rules/*.yaml."))
    if len(files) > MAXIMUM_FILES:
        problems.append(Problem(str(folder), 1, 1, "", f"holds more than {MAXIMUM_FILES:,} YAML files."))
        files = []
    size = 0
    for name, is_plain in files:
        try:
            if not (is_plain or plain_files([folder / name], folder)):
                problems.append(Problem(name, 1, 1, "", "is not a plain file inside the content folder."))
                continue
            with open(f"{folder}/{name}", "rb") as stream:  # noqa: PTH123  # a path for each file takes longer
                content = stream.read(min(os.fstat(stream.fileno()).st_size, MAXIMUM_BYTES) + 1)
            size += len(content)
            if size > MAXIMUM_BYTES_IN_ALL:
                message = f"holds more than {MAXIMUM_BYTES_IN_ALL:,} bytes of YAML."
                problems.append(Problem(str(folder), 1, 1, "", message))
                break
            yield name, content
        except OSError as error:
            problems.append(Problem(name, 1, 1, "", f"cannot be read: {error.strerror or error}."))
    if problems:
        raise ContentError(problems)


def _parts(file: tuple[str, bool]) -> list[str]:
    return file[0].split("/")


def _yaml_files(folder: Path, name: str, problems: list[Problem]) -> Iterator[tuple[str, bool]]:
    """The YAML files below a folder of the content, never those behind a link to a folder; and which are plain."""
    waiting, seen = [name], 0
    while waiting:
        where = waiting.pop()
        if not os.path.isdir(folder / where):  # noqa: PTH112  # Path raises an error for a name that is too long
            continue  # such as content without rules
        if (folder / where).is_symlink():
            problems.append(Problem(where, 1, 1, "", "is a link to a folder.", "Put the folder here."))
            continue
        if where.count("/") >= MAXIMUM_DEPTH:
            problems.append(Problem(where, 1, 1, "", f"is nested more than {MAXIMUM_DEPTH} folders deep."))
            continue
        try:
            for entry in os.scandir(folder / where):
                seen += 1
                if seen > MOST_ENTRIES:
                    message = f"holds more than {MOST_ENTRIES:,} files and folders."
                    problems.append(Problem(name, 1, 1, "", message))
                    return
                inside = f"{where}/{entry.name}"
                if entry.name.endswith((".yaml", ".yml")):
                    if not _is_text(entry.name):
                        message = "has a name that is not UTF-8."
                        problems.append(Problem(inside, 1, 1, "", message, "Rename it."))
                    else:
                        yield inside, entry.is_file(follow_symlinks=False)
                else:  # what is no folder is passed over
                    waiting.append(inside)
        except OSError as error:
            problems.append(Problem(where, 1, 1, "", f"cannot be read: {error.strerror or error}."))


def _is_text(name: str) -> bool:
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _digest(raw: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(raw.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


# --- cache ---------------------------------------------------------------------------------------------------------


def cache_folder() -> Path:
    """Where checked content is kept."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("painrules"))


def _cache_file(digest: str) -> Path:
    # The format of rows belongs to the code that wrote them, so the version is part of the name.
    return cache_folder() / f"{__version__}-{_code_digest()}-{digest[:32]}.json"


CODE = ("entries.py", "language.py", "loading.py", "reading.py", "shape.py", "validation.py")
"""What decides how rows are checked and what they look like."""


@lru_cache(maxsize=1)
def _code_digest() -> str:
    code = b"".join(Path(__file__).with_name(name).read_bytes() for name in CODE)
    return hashlib.sha256(code).hexdigest()[:12]


def _cached_lines(digest: str) -> Mapping[str, bytes] | None:
    """The rows of each section, as a line of JSON."""
    file = _cache_file(digest)
    try:
        if not (_only_mine(file.parent, stat.S_ISDIR) and _only_mine(file, stat.S_ISREG)):
            return None
        check, *lines = file.read_bytes().split(b"\n")
        if _digest_of(lines) == check:
            return dict(zip(SECTIONS, lines, strict=True))
    except (OSError, ValueError):
        pass
    return None


def _digest_of(lines: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
        digest.update(b"\n")
    return digest.hexdigest().encode()


def _only_mine(path: Path, is_kind: Callable[[int], bool]) -> bool:
    """Whether this is no link but the thing itself, and nobody else owns it or may write to it. Raises OSError."""
    found = path.lstat()
    mine = os.name == "nt" or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    return is_kind(found.st_mode) and mine


def _keep_lines(digest: str, lines: Mapping[str, bytes]) -> None:
    body = [lines[name] for name in SECTIONS]
    # A home that cannot be written to costs speed, nothing else.
    with suppress(OSError):
        file = _cache_file(digest)
        for folder in (file.parent.parent, file.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _only_mine(file.parent, stat.S_ISDIR):
            return
        clear_left_behind(file.parent)
        if file.is_symlink():
            file.unlink()
        with replacing(file) as part:
            part.write_bytes(b"\n".join((_digest_of(body), *body)))
        kept = sorted(file.parent.glob("*.json"), key=lambda path: path.lstat().st_mtime, reverse=True)
        for old in kept[MOST_CACHED:]:
            old.unlink()


# --- assembly ------------------------------------------------------------------------------------------------------


class _Written(msgspec.Struct):
    """Where an entry stands: file and line."""

    id: str
    at: str


def _assemble(digest: str, lines: Mapping[str, bytes]) -> KnowledgeBase:
    def listed(section: str) -> list[Any]:
        kind: Any = SECTIONS[section]
        found: list[Any] = msgspec.json.decode(lines[section], type=list[kind])
        return found

    def now(section: str) -> dict[str, Any]:
        return {entry.id: entry for entry in listed(section)}

    def later(section: str, make: Callable[[Any], Any] = lambda entry: entry) -> Mapping[str, Any]:
        return LaterMapping(lambda: {id: make(entry) for id, entry in now(section).items()})

    def listed_later(section: str) -> Sequence[Any]:
        return LaterSequence(lambda: listed(section))

    modalities, classes, questions = now("modalities"), now("classes"), now("questions")
    kinds = {question.id: question.kind for question in questions.values()}
    reach = cache(Catalogue.of(modalities, classes).reach)  # many rules speak of the same treatments
    rules = {id: _resolve(entry, reach, kinds) for id, entry in now("rules").items()}
    return KnowledgeBase(
        digest=digest,
        sources=_frozen(now("sources")),
        categories=_frozen(now("categories")),
        classes=_frozen(classes),
        modalities=_frozen(modalities),
        conditions=_frozen(now("conditions")),
        screens=_frozen(now("screens")),
        questions=_frozen(questions),
        findings=_frozen({entry.id: entry.name for entry in listed("findings")}),
        wording=_frozen({entry.id: entry.text for entry in listed("wording")}),
        explanations=listed_later("explanations"),
        recommendations=listed_later("recommendations"),
        frequencies=listed_later("frequencies"),
        disagreements=listed_later("disagreements"),
        words=later("words"),
        medicine_names=later("medicine_names"),
        chapters=later("chapters"),
        visit=later("visit"),
        rules=_frozen(_in_order(rules)),
        invariants=later("invariants", lambda entry: _invariant(entry, reach, kinds)),
        constraints=later("constraints", lambda entry: _constraint(entry, kinds)),
        accepted=listed_later("accepted"),
        files=LaterMapping(lambda: {w.id: w.at for w in msgspec.json.decode(lines["rules"], type=list[_Written])}),
        review=next(iter(listed("reviews")), None),
    )


def _frozen(values: dict[str, Any]) -> Mapping[str, Any]:
    return types.MappingProxyType(values)


def _resolve(entry: RuleEntry, reach: _Reach, kinds: Mapping[str, str]) -> Rule:
    when = folded(entry.when, (exemption.when for exemption in entry.unless), kinds)
    whole, partly = reach(entry.applies_to) if entry.applies_to else (frozenset[str](), {})
    return Rule(entry.id, entry.then, when, entry.finding, whole | partly.keys(), _frozen(partly), entry)


def _invariant(entry: InvariantEntry, reach: _Reach, kinds: Mapping[str, str]) -> Invariant:
    whole, partly = reach(entry.treatments)
    return Invariant(entry.id, parse_when(entry.when, kinds), whole | partly.keys(), _frozen(partly), entry)


def _constraint(entry: ConstraintEntry, kinds: Mapping[str, str]) -> Constraint:
    return Constraint(entry.id, parse_when(entry.never, kinds), entry)


class Catalogue(msgspec.Struct, frozen=True):
    """The modalities by everything that a rule can name them by."""

    by_category: Mapping[str, frozenset[str]]
    by_class: Mapping[str, frozenset[str]]
    medicines: Mapping[str, frozenset[str]]
    """The medicines of each modality that has several to tell apart."""

    @classmethod
    def of(cls, modalities: Mapping[str, Modality], classes: Mapping[str, ModalityClass]) -> Catalogue:
        """The catalogue of these modalities and classes."""
        by_category: dict[str, set[str]] = {}
        by_class: dict[str, set[str]] = {}
        for modality in modalities.values():
            by_class.setdefault(modality.class_, set()).add(modality.id)
            by_category.setdefault(classes[modality.class_].category, set()).add(modality.id)
        medicines = {m.id: frozenset(one.id for one in m.medicines) for m in modalities.values() if m.medicines}
        return cls(
            {id: frozenset(found) for id, found in by_category.items()},
            {id: frozenset(found) for id, found in by_class.items()},
            medicines,
        )

    def reach(self, target: Target) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
        """The modalities a rule speaks of as a whole, and those of which it concerns only some medicines."""
        whole = _names(target.modality)
        for named, known in ((target.category, self.by_category), (target.class_, self.by_class)):
            whole |= frozenset().union(*(known.get(id, frozenset()) for id in _names(named)))
        partly: dict[str, frozenset[str]] = {}
        if wanted := _names(target.medicine):
            for modality, own in self.medicines.items():
                if own <= wanted:
                    whole |= {modality}
                elif own & wanted:
                    partly[modality] = own & wanted
        return whole, {id: found for id, found in partly.items() if id not in whole}


def _names(value: str | tuple[str, ...]) -> frozenset[str]:
    return frozenset([value] if isinstance(value, str) else value)


def _in_order(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Rules that derive findings first, each after the rules of every finding it needs; then the others."""
    deriving: dict[str, list[Rule]] = {}
    for rule in rules.values():
        if rule.finding is not None:
            deriving.setdefault(rule.finding, []).append(rule)
    ordered: dict[str, Rule] = {}
    done: set[str] = set()

    def visit(finding: str) -> None:
        if finding in done:
            return
        done.add(finding)
        for rule in deriving.get(finding, []):
            for variable in sorted(ex.variables(rule.when)):
                if ex.question_of(variable) == "finding":
                    visit(ex.item_of(variable))
        for rule in deriving.get(finding, []):
            ordered[rule.id] = rule

    for finding in deriving:
        visit(finding)
    ordered.update((rule.id, rule) for rule in rules.values() if rule.finding is None)
    return ordered
