"""The one table of what each search parameter finds: `Type.code`, or `Type.code@release` where a release has its own.

Parameters that every type has are asked of Location. `PLAIN` is the same for /api/v1/trials: what finds `full`, what
finds `other`, what finds nobody.
"""

from dataclasses import replace

from app.parameters.own import STUDY_TYPE
from app.record.codes import BASE, CRITERION_SYSTEM, RECRUITMENT_SYSTEM, STUDY_STATUS_SYSTEM
from tests.search.full import BARE, CODES, FULL, ID_TYPES, IDS, MESH, OTHER, SOURCES, UCUM
from tests.search.shapes import (
    NONE,
    UNFINISHED,
    B,
    Case,
    F,
    Line,
    O,
    address,
    artifact,
    boolean,
    code,
    coding,
    concept,
    date,
    identifier,
    instant,
    number,
    reference,
    special,
    string,
    text,
    uri,
    word,
)

HL7 = "http://hl7.org/fhir"
PUBLICATION = (f"{HL7}/publication-status", f"{HL7}/ValueSet/publication-status")
LANGUAGES = "urn:ietf:bcp:47"

CONTENT = {"alpha": F, "ZETA übermoon": O, "uberMOON alpha": F, "alpha zeta": NONE, "lpha": NONE, "known": B}
PROFILE = uri("profile").plus(
    Case("", "https://example.org/Alpha/other", F),
    Case("", r"https://example.org/Zeta/other|2.0", O),
    Case("", r"https://example.org/Zeta/other|3.0", NONE),
)
NEAR = {
    "10|20": F,
    "-30|140|5|km": O,
    "0|0": NONE,
    "10|21|200": F,
    "10|21|50|km": NONE,
    "10|21|70|mi": F,
    "10|20|1,-30|140|1": F | O,
}


def _mesh(line: Line, own: str, above: str) -> Line:
    """`other` has what stands above what `full` has."""
    return line.plus(
        Case("below", f"{MESH}|{own}", F),
        Case("below", above, F | O),
        Case("below", "D999999", NONE),
        Case("above", above, O),
        Case("above", own, F | O),
        Case("", own.lower(), F),
    )


def _criteria(full: str, other: str) -> Line:
    """Codes of constraints: they have no words and stand in no value set."""
    line = word(full, other)
    cases = [one for one in line.cases if not one.value.startswith(("|", CODES))]
    cases += [Case("", f"{CRITERION_SYSTEM}|{full}", F), Case("", f"{CODES}|{full}", NONE)]
    return replace(line, cases=tuple(cases))


def _states(full: str, other: str) -> Line:
    """Of the study or of its sites: by the registry's word or R5's."""
    line = concept("", system=RECRUITMENT_SYSTEM, full="active-not-recruiting", other="terminated")
    kept = [case for case in line.cases if case.modifier != "text"]
    texts = (Case("text", full, F), Case("text", other, O), Case("text", "not", NONE))
    return replace(line, cases=(*kept, *texts))


STUDY: dict[str, Line] = {
    "identifier": identifier(),
    "title": text("title"),
    "name": text("name"),
    "description": text("description"),
    "category": concept("design"),
    "study-design": concept("design"),
    "study-type": Line(
        (
            Case("", "expanded-access", F),
            Case("", "alpha-design", NONE),
            Case("", f"{STUDY_TYPE}|interventional", O),
            Case("not", "expanded-access", O | B),
            Case("missing", "true", B),
            Case("missing", "false", F | O),
            Case("text", "Expanded", F),
            Case("text", "alpha", NONE),
            Case("in", f"{BASE}/ValueSet/study-types", F | O),
            Case("in", f"{BASE}/ValueSet/unfinished", NONE),
            Case("not-in", f"{BASE}/ValueSet/study-types", B),
            Case("not-in", f"{BASE}/ValueSet/unfinished", F | O | B),
            Case("code-text", "expand", F),
            Case("code-text", "access", NONE),
        )
    ),
    "classifier": concept("classifier"),
    "condition": _mesh(concept("condition"), "D900001", "D900002"),
    "focus": _mesh(concept("focus"), "D900003", "D900004"),
    "focus-code": _mesh(concept("focus"), "D900003", "D900004"),
    "focus-reference": reference("Medication", "focus"),
    "keyword": concept("keyword"),
    "country": concept("region"),
    "location": concept("region"),
    "region": concept("region"),
    "phase": concept("phase"),
    "date": date(),
    "start": date(),
    "completion": date(),
    "last-update": date(),
    "status-changed": date(),
    "intervention": string("Alpha lamp", "Zeta lamp").plus(Case("", "alpha light", F)),
    "has-results": boolean(),
    "stale": special({"true": F, "false": O | B}),
    "status@r4": code("closed-to-accrual", "withdrawn", STUDY_STATUS_SYSTEM, f"{BASE}/ValueSet/unfinished"),
    "status@r5": code("active", "retired", *PUBLICATION),
    "recruitment-status": _states("alpha words of state", "Zeta state"),
    "site-status": _states("active, not recruiting", "terminated"),
    "progress-status-state-actual": special(
        {
            "alpha-state$false": F,
            f"{CODES}|alpha-state$false": F,
            "alpha-state$true": NONE,
            "begun$true": F,
            "begun$false": O,
        }
    ),
    "progress-status-state-period": special(
        {"alpha-state$1999": F, "begun$1999": NONE, "zeta-state$gt1999": O, "alpha-state$gt1999": NONE}
    ),
    "progress-status-state-period-actual": special(
        {"alpha-state$1999$false": F, "alpha-state$1999$true": NONE, "zeta-state$2024$true": O}
    ),
    "objective-type": concept("objective"),
    "objective-description": text("objective"),
    "recruitment-target": number(10, 90),
    "recruitment-actual": number(11, 91),
    "eligibility": reference("EvidenceVariable", "eligibility"),
    "part-of": reference("ResearchStudy", "part"),
    "partof": reference("ResearchStudy", "part"),
    "principalinvestigator": reference("Practitioner", "investigator"),
    "protocol": reference("PlanDefinition", "protocol"),
    "site": reference("Location", "site"),
    "sponsor": reference("Organization", "sponsor").plus(Case("", "Organization/bare", NONE)),
    "near": special(NEAR),
    # `bare` states no age and no sex: it takes everybody
    "eligible-age": special(
        {
            "15": F | B,
            "20": F | B,
            "20.9": F | B,
            "21": B,
            "120||mo": F | B,
            "119||mo": B,
            "60": O | B,
            "59": B,
            f"800|{UCUM}|mo": O | B,
            "15,70": F | O | B,
            "2||wk": B,
            "3700||d": F | B,
        }
    ),
    "eligible-sex": Line(
        (
            Case("", "female", F | B),
            Case("", "male", O | B),
            Case("", "nothing,MALE", O | B),
            Case("", f"{HL7}/administrative-gender|female", F | B),
            Case("", f"{CODES}|female", NONE),
            Case("", "all", NONE),
            Case("not", "female", O),
            Case("missing", "true", NONE),
            Case("missing", "false", F | O | B),
            Case("text", "Fem", F | B),
            Case("text", "emale", NONE),
            Case("code-text", "MAL", O | B),
            Case("code-text", "ale", NONE),
            Case("in", f"{HL7}/ValueSet/administrative-gender", F | O | B),
            Case("in", UNFINISHED, NONE),
            Case("not-in", f"{HL7}/ValueSet/administrative-gender", NONE),
            Case("not-in", UNFINISHED, F | O | B),
        ),
        ascending=(BARE, FULL, OTHER),
        descending=(BARE, OTHER, FULL),
    ),
    "healthy-volunteers": boolean(),
    "criterion": special(
        {
            "alpha": F,
            "ZETA ubermoon": O,
            "over": F | O,
            "inclusion$alpha over": F,
            "exclusion$alpha": NONE,
            "exclusion$Zeta": O,
            "inclusion$zeta": NONE,
            "alpha zeta": NONE,
            "inclusion$alpha,exclusion$zeta": F | O,
            "lpha": NONE,
            "known": NONE,
        }
    ),
    "criterion-code": _criteria("hemoglobin", "platelets").plus(
        Case("", "718-7", F), Case("", "http://loinc.org|777-3", O), Case("", "alt", F)
    ),
    # what holds but with an exception is found by its code, not by its bound
    "criterion-value-quantity": special(
        {
            "hemoglobin$9": F,
            "hemoglobin$9||g/dL": F,
            f"718-7$ge9|{UCUM}|g/dL": F,
            f"{CRITERION_SYSTEM}|hemoglobin$lt10": F,
            "hemoglobin$lt9": NONE,
            "hemoglobin$9||g/L": NONE,
            "hemoglobin$le90||g/L": F,
            "platelets$80000||/uL": O,
            "platelets$9": NONE,
            "platelets$50||10*9/L": O,
            "platelets$gt70": O,
            "ast$5||{ULN}": O,
            "alt$3||{ULN}": NONE,
            "hemoglobin$9,ast$5": F | O,
        }
    ),
}

COMMON: dict[str, Line] = {
    "_id": Line(
        (
            Case("", "full", F),
            Case("", "other,nobody", O),
            Case("", "Full", NONE),
            Case("not", "full", O | B),
            Case("not", "full,bare,other", NONE),
            Case("missing", "true", NONE),
            Case("missing", "false", F | O | B),
        ),
        ascending=(BARE, FULL, OTHER),
        descending=(OTHER, FULL, BARE),
    ),
    "_lastUpdated": instant(),
    "_language": code("de", "fr", LANGUAGES),
    "_security": coding("security"),
    "_tag": coding("tag").plus(Case("", f"{SOURCES}|ctis", O)),
    "_source": uri("source"),
    "_profile": PROFILE,
    "_text": special({"alpha narrative": F, "Narrative": F | O, "nothing KNOWN": B, "lpha": NONE, "ubermoon": NONE}),
    "_content": special(CONTENT),
    "_filter": special(
        {
            "_id eq full": F,
            'name sw "alpha" and not (status eq "suspended")': F,
            'name sw "alpha" or status eq "suspended"': F | O,
            'status eq "nothing"': NONE,
        }
    ),
    "_has": Line(
        (
            Case("ResearchStudy:site:_id", "full", F),
            Case("ResearchStudy:site:title", "Zeta", O),
            Case("ResearchStudy:site:title", "Nobody", NONE),
            Case("ResearchStudy:site:_has:Provenance:target:_id", "full", F),
        )
    ),
    "_type": Line(()),
}

GROUP: dict[str, Line] = {
    "actual": replace(
        Line(
            (
                Case("", "true", F | O),
                Case("", "false", B),
                Case("not", "true", B),
                Case("not", "false", F | O),
                Case("missing", "true", NONE),
                Case("missing", "false", F | O | B),
                *(case for case in boolean().cases if case.modifier in ("in", "not-in", "text")),
            ),
            boolean().cannot,
        ),
        ascending=(BARE, OTHER, FULL),
        descending=(OTHER, FULL, BARE),
    ),
    "membership": Line(
        (
            Case("", "enumerated", F | O),
            Case("", f"{HL7}/group-membership-basis|definitional", B),
            Case("", "conceptual", NONE),
            Case("not", "enumerated", B),
            Case("not", "definitional", F | O),
            Case("missing", "true", NONE),
            Case("missing", "false", F | O | B),
            Case("code-text", "enum", F | O),
            Case("code-text", "defin", B),
            *(case for case in boolean().cases if case.modifier in ("in", "not-in", "text")),
        ),
        boolean().cannot,
        ascending=(BARE, OTHER, FULL),
        descending=(OTHER, FULL, BARE),
    ),
    "characteristic": concept("trait"),
    "characteristic-reference": reference("Location", "value"),
    "characteristic-value": special(
        {
            "alpha-trait$alpha-value": F,
            f"zeta-trait${CODES}|zeta-value": O,
            "alpha-trait$zeta-value": NONE,
            "alpha-fact$false": F,
            "alpha-trait$false": NONE,
            "zeta-fact$true": O,
        }
    ),
    "code": concept("code"),
    "exclude": boolean(),
    "identifier": identifier(),
    "managing-entity": reference("Organization", "manager"),
    "member": reference("Practitioner", "member").plus(
        Case("", "Patient/full", F), Case("Patient", "other", O), Case("Patient", "nobody", NONE)
    ),
    "name": text("name"),
    "type": code("device", "person", f"{HL7}/group-type"),
    "value": concept("value").plus(Case("", "false", F), Case("", "true", O)),
}

VARIABLE: dict[str, Line] = {
    **{name: artifact(name) for name in ("composed-of", "depends-on", "derived-from", "predecessor", "successor")},
    "context": concept("context"),
    "context-type": coding("use"),
    "context-quantity": number(10, 90, "||mg").plus(
        Case("", "10|http://unitsofmeasure.org|mg", F),
        Case("", "10|http://example.org|mg", NONE),
        Case("", "10||kg", NONE),
        Case("", "90", O),
        Case("", "gt25||a", F | O),
        Case("", "lt25||a", F),
        Case("", "sa29||a", O),
        Case("", "eb70||a", F),
        Case("", "ap75||a", O),
    ),
    "context-type-quantity": special(
        {
            "active-not-recruiting$10": F,
            "alpha-use$10": NONE,
            "alpha-age$gt25": F,
            "alpha-age$10": NONE,
            "terminated$90||mg": O,
        }
    ),
    "context-type-value": special(
        {
            "alpha-use$alpha-context": F,
            "alpha-age$alpha-context": NONE,
            f"{CODES}|zeta-use${CODES}|zeta-context": O,
        }
    ),
    "date": date(),
    "description": text("description"),
    "effective": date(),
    "identifier": identifier(),
    "jurisdiction": concept("jurisdiction"),
    "name": text("name"),
    "publisher": text("publisher"),
    "status": code("active", "retired", *PUBLICATION),
    "title": text("title"),
    "topic": concept("topic"),
    "url": uri("variable"),
    "version": word("1.0", "2.0"),
}

ADDRESS: dict[str, Line] = {
    "address": address(),
    "address-city": string("Alphaville", "Zetaville"),
    "address-country": string("Alphania", "Zetania"),
    "address-postalcode": string("Ab-10", "Zy-90"),
    "address-state": string("Alphaland", "Zetaland"),
    "address-use": code("old", "work", f"{HL7}/address-use"),
}
TELECOM: dict[str, Line] = {
    "email": word("alpha@example.org", "zeta@example.org"),
    "phone": word("+1 555 0100", "+1 555 0199"),
    "telecom": word("alpha@example.org", "zeta@example.org").plus(Case("", "+1 555 0100", F)),
}
NAMED = text("name").plus(Case("", "alpha alias", F), Case("exact", "Zeta alias over Übermoon", O))

LOCATION: dict[str, Line] = {
    **ADDRESS,
    "characteristic": concept("characteristic"),
    "endpoint": reference("Endpoint", "endpoint"),
    "identifier": identifier(),
    "name": NAMED,
    "near": special(NEAR),
    "operational-status": concept("state", system=RECRUITMENT_SYSTEM, full="active-not-recruiting", other="terminated"),
    "organization": reference("Organization", "owner"),
    "partof": reference("Location", "whole"),
    "status": code("active", "suspended", f"{HL7}/location-status"),
    "type": concept("type"),
}

ORGANIZATION: dict[str, Line] = {
    **ADDRESS,
    "active": boolean(),
    "endpoint": reference("Endpoint", "endpoint"),
    "identifier@r4": identifier(),
    "identifier@r5": identifier("identifier", "qualification"),
    "name": NAMED,
    "partof": reference("Organization", "whole"),
    "phonetic": Line((Case("", "alfa", F), Case("", "Zaeta", O), Case("", "beta", NONE), *date().cases[-2:])),
    "type": concept("type"),
}

PRACTITIONER: dict[str, Line] = {
    **ADDRESS,
    **TELECOM,
    "active": boolean(),
    "communication": concept("speech"),
    "death-date": date(),
    "deceased": Line(
        (
            Case("", "true", F | O),
            Case("", "false", B),
            Case("not", "false", F | O),
            Case("not", "true", B),
            Case("missing", "true", NONE),
            Case("missing", "false", F | O | B),
            Case("code-text", "tru", F | O),
            Case("code-text", "fals", B),
            *(case for case in boolean().cases if case.modifier in ("in", "not-in", "text")),
        ),
        boolean().cannot,
        ascending=(BARE, OTHER, FULL),
        descending=(OTHER, FULL, BARE),
    ),
    "family": string("Alphason", "Zetason"),
    "gender": code("female", "male", f"{HL7}/administrative-gender"),
    "given": string("Anna", "Zora"),
    "identifier@r4": identifier(),
    "identifier@r5": identifier("identifier", "qualification"),
    "name": string("Alphason", "Zetason").plus(
        Case("", "ann", F), Case("", "Prof. Z", O), Case("text", "anna", F), Case("text", "prof zeta", O)
    ),
    "phonetic": Line((Case("", "alfasen", F), Case("", "Zaeta", O), Case("", "beta", NONE), *date().cases[-2:])),
    "qualification-period": date(),
}

ROLE: dict[str, Line] = {
    **TELECOM,
    "active": boolean(),
    "characteristic": concept("characteristic"),
    "communication": concept("speech"),
    "date": date(),
    "endpoint": reference("Endpoint", "endpoint"),
    "identifier": identifier(),
    "location": reference("Location", "place"),
    "organization": reference("Organization", "employer"),
    "practitioner": reference("Practitioner", "person"),
    "role": concept("role"),
    "service": reference("HealthcareService", "service"),
    "specialty": concept("specialty"),
}

PROVENANCE: dict[str, Line] = {
    "activity": concept("activity"),
    "agent": reference("Organization", "agent"),
    "agent-role": concept("role"),
    "agent-type": concept("agent"),
    "based-on": reference("Task", "task"),
    "encounter": reference("Encounter", "encounter"),
    "entity": reference("Location", "entity"),
    "location": reference("Location", "place"),
    "patient": reference("Patient", "patient"),
    "recorded": instant(),
    "signature-type": coding("signature"),
    "target": reference("ResearchStudy", "target").plus(Case("", "Patient/other", O)),
    "when": date(),
}

LINES: dict[str, Line] = {
    f"{type}.{name}": line
    for type, lines in {
        "Resource": COMMON,
        "ResearchStudy": STUDY,
        "Group": GROUP,
        "EvidenceVariable": VARIABLE,
        "Location": LOCATION,
        "Organization": ORGANIZATION,
        "Practitioner": PRACTITIONER,
        "PractitionerRole": ROLE,
        "Provenance": PROVENANCE,
    }.items()
    for name, line in lines.items()
}

PLAIN: dict[str, tuple[str, str, str]] = {
    "id": ("full", "other", "nobody"),
    "identifier": ("alpha/identifier", f"{IDS}|Zeta/identifier", f"{ID_TYPES}|Alpha/identifier"),
    "title": ("lpha TITLE ov", "zeta title", "title of alpha"),
    "overall_status": ("active-not-recruiting", "terminated", "completed"),
    "phase": ("phase-1", "phase-4", "phase-2"),
    "sex": ("female", "male", "all"),
    "condition": ("alpha-condition", "zeta-condition", "condition"),
    "condition_text": ("alpha words", "zeta condition", "condition"),
    "intervention": ("alpha l", "Zeta lamp", "lamp"),
    "keyword": ("alpha k", "Zeta key", "key"),
    "sponsor": ("alpha s", "Zeta sponsor", "sponsor"),
    "country": ("alpha-region", "zeta-region", "region"),
    "near": ("10|20|1|km", "-30|140", "50|50|20|mi"),
    "site_status": ("active-not-recruiting", "terminated", "recruiting"),
    "study_type": ("expanded-access", "interventional", "observational"),
    "has_results": ("false", "true", ""),
    "start": ("lt2010", "2024", "2010"),
    "completion": ("lt2010", "2024", "2010"),
    "last_update": ("lt2010", "2024", "2010"),
    "status_changed": ("lt2010", "2024", "2010"),
    "stale": ("true", "", ""),
    "source": ("clinconnect", "ctis", "ctgov"),
    "updated": ("lt2005", "gt2023", "2011"),
    "text": ("alpha", "title ZETA", "alpha zeta"),
}
"""Empty: there is no such value."""
ROLES = (BARE, OTHER, FULL)
"""In the order in which they are loaded."""
