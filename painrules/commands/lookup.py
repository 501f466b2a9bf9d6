@app.command()
def conditions(format_: FormatOption = "text", plain: PlainOption = False, content: FolderOption = None) -> None:
    """List the kinds of pain, with other names people use.

    Example: painrules conditions --format json
    """
    with errors_for_people():
        knowledge = load_knowledge(content)
        rows = []
        for condition in knowledge.conditions.values():
            depth = len(list(knowledge.ancestors(condition.id)))
            rows.append(
                {
                    "id": condition.id,
                    "parent": condition.parent,
                    "name": condition.name,
                    "shown": "  " * depth + condition.name,
                    "also_called": condition.also_called,
                    "icd11": condition.icd11,
                    "options": len(statements(knowledge, [condition.id])),
                }
            )
        columns = {"shown": "kind of pain", "id": "id", "options": "options"}
        if format_ == "json":
            rows = [{key: value for key, value in row.items() if key != "shown"} for row in rows]
        print_table(format_, plain, rows, columns)


@app.command()
def modalities(
    category: Annotated[str | None, typer.Option(help="Only this category, such as medication.")] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """List the treatments, by category and class.

    Example: painrules modalities --category psychological
    """
    with errors_for_people():
        knowledge = load_knowledge(content)
        if category is not None:
            known(category, knowledge.categories, "category")
        rows = [
            {
                "id": modality.id,
                "name": modality.name,
                "class": modality.class_,
                "category": knowledge.category_of(modality.id),
                "also_called": modality.also_called,
                "medicines": [medicine.id for medicine in modality.medicines],
                "rules": len(knowledge.rules_of_modality.get(modality.id, ())),
                "explanations": {
                    aspect: [text.text for text in texts]
                    for aspect, texts in knowledge.explanations_of.get(modality.id, {}).items()
                },
            }
            for modality in knowledge.modalities.values()
            if category in (None, knowledge.category_of(modality.id))
        ]
        print_table(format_, plain, rows, {"name": "treatment", "id": "id", "class": "class", "rules": "rules"})


@app.command()
def evidence(
    modality: Annotated[str, typer.Argument(help="A treatment, such as acupuncture ('painrules modalities').")],
    condition: Annotated[str | None, typer.Option(help="Only for this kind of pain.")] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Show who says what of a treatment.

    Example: painrules evidence acupuncture --condition low_back_pain_chronic
    """
    with errors_for_people():
        knowledge = load_knowledge(content)
        known(modality, knowledge.modalities, "treatment")
        found: Iterable[Statement] | None = None
        if condition is not None:
            known(condition, knowledge.conditions, "kind of pain")
            found = statements(knowledge, [condition]).get(modality, ())
        entries = (
            [r for r in knowledge.recommendations if r.modality == modality]
            if found is None
            else [statement.recommendation for statement in found]
        )
        rows = []
        for entry in entries:
            source = knowledge.sources[entry.source]
            rows.append(
                {
                    "condition": entry.condition,
                    "direction": entry.direction,
                    "strength": entry.strength,
                    "certainty": entry.certainty,
                    "role": entry.role,
                    "purpose": entry.purpose,
                    "limits": entry.limits,
                    "source": entry.source,
                    "body": source.body,
                    "year": source.year,
                    "status": source.status,
                    "reported_by": entry.reported_by,
                }
            )
        columns = {"condition": "condition", "direction": "says", "strength": "strength", "source": "source"}
        if not rows and format_ == "text":
            typer.echo("We found no statement of a guideline on this.")
        else:
            print_table(format_, plain, rows, {**columns, "limits": "limits"})


@app.command()
def sources(format_: FormatOption = "text", plain: PlainOption = False, content: FolderOption = None) -> None:
    """List every source, with its year and where it can be found.

    Example: painrules sources --format json
    """
    with errors_for_people():
        knowledge = load_knowledge(content)
        rows = [_source_row(source) for source in knowledge.sources.values()]
        print_table(format_, plain, rows, {"id": "id", "body": "body", "year": "year", "title": "title", "status": "status"})


def _source_row(source: Source) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(source)
