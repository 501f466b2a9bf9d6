"""Many people at once: the rules as operations on columns. Needs the extra `painrules[cohort]`.

From a table to results, one step a module: `column_map` (which column of a data set answers which question) ->
`columns` (its values as facts, with a report of what was not understood) -> `lowering` (every rule, for all people) ->
`results` (statuses, reasons, urgent signs) -> `summary`; `streaming` and `spark` run these steps over files.
"""
