"""A quiz as a QTI 2.1 package: a zip of one item for each question, a test that holds them all, and a manifest."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from painrules.knowledge import KnowledgeBase
from painrules.surfaces import html
from painrules.surfaces.quiz_moodle import body, explanation, name_of, short_id
from painrules.surfaces.quiz_words import Written

ITEMS = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
DAY = (1980, 1, 1, 0, 0, 0)
"""The time of every file inside: the same quiz gives the same bytes."""


def package(knowledge: KnowledgeBase, quiz: Sequence[Written]) -> bytes:
    """The whole file."""
    files = {"imsmanifest.xml": _manifest(quiz), "test.xml": _test(knowledge, quiz)}
    files |= {f"{short_id(one.id)}.xml": _item(knowledge, number, one) for number, one in enumerate(quiz, 1)}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, DAY), f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())
    return made.getvalue()


def _item(knowledge: KnowledgeBase, number: int, one: Written) -> str:
    choices = "\n".join(
        f'<simpleChoice identifier="choice{place}">{html.text(choice)}</simpleChoice>'
        for place, choice in enumerate(one.choices, 1)
    )
    return f"""\
<assessmentItem xmlns="{ITEMS}" identifier="{short_id(one.id)}" title="{html.text(name_of(number, one))}" \
adaptive="false" timeDependent="false" toolName="painrules">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
<correctResponse><value>choice{one.right + 1}</value></correctResponse>
</responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">
<defaultValue><value>0</value></defaultValue>
</outcomeDeclaration>
<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>
<itemBody>
{body(knowledge, one)}
<choiceInteraction responseIdentifier="RESPONSE" shuffle="{"false" if one.scale else "true"}" maxChoices="1">
{choices}
</choiceInteraction>
</itemBody>
<responseProcessing>
<responseCondition>
<responseIf>
<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
</responseIf>
</responseCondition>
<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">explained</baseValue></setOutcomeValue>
</responseProcessing>
<modalFeedback outcomeIdentifier="FEEDBACK" identifier="explained" showHide="show">
{explanation(one)}
</modalFeedback>
</assessmentItem>
"""


def _test(knowledge: KnowledgeBase, quiz: Sequence[Written]) -> str:
    title = html.text(knowledge.wording["quiz.title"])
    items = "\n".join(
        f'<assessmentItemRef identifier="{short_id(one.id)}" href="{short_id(one.id)}.xml"/>' for one in quiz
    )
    return f"""\
<assessmentTest xmlns="{ITEMS}" identifier="painrules-quiz" title="{title}" toolName="painrules">
<testPart identifier="part" navigationMode="nonlinear" submissionMode="individual">
<itemSessionControl maxAttempts="1" showFeedback="true"/>
<assessmentSection identifier="section" title="{title}" visible="true">
{items}
</assessmentSection>
</testPart>
</assessmentTest>
"""


def _manifest(quiz: Sequence[Written]) -> str:
    ids = [short_id(one.id) for one in quiz]
    needs = "".join(f'<dependency identifierref="{id}"/>' for id in ids)
    items = "\n".join(
        f'<resource identifier="{id}" type="imsqti_item_xmlv2p1" href="{id}.xml"><file href="{id}.xml"/></resource>'
        for id in ids
    )
    return f"""\
<manifest xmlns="{PACKAGE}" identifier="painrules-package">
<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>
<organizations/>
<resources>
<resource identifier="painrules-quiz" type="imsqti_test_xmlv2p1" href="test.xml">
<file href="test.xml"/>{needs}
</resource>
{items}
</resources>
</manifest>
"""
