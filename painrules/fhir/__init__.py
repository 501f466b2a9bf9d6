"""FHIR R4: the interview as a Questionnaire, its responses as answers, and the sheet as a document."""
