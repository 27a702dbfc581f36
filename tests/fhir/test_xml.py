"""FHIR XML: there and back without loss, in the specification's order, and nothing hostile gets in."""

import importlib
import time
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.fhir import render
from app.fhir.xml import MAX_BYTES, MAX_ELEMENTS, from_xml, to_xml
from app.fhir.xml_elements import MAX_DEPTH, definitions
from tests.fhir.trials import full, rich

GOLDEN = Path(__file__).parents[1] / "golden"
DOCUMENTS = [
    pytest.param(release, orjson.loads(path.read_bytes()), id=f"{release}-{path.stem[:40]}")
    for release in ("r4", "r5")
    for path in sorted((GOLDEN / release).iterdir())
]
FICTIONAL = [
    pytest.param(release, getattr(each, release), id=f"{release}-{trial.__name__}-{each.type}-{each.id[:30]}")
    for release in ("r4", "r5")
    for trial in (rich, full)
    for each in render(trial())
]
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
FHIR = 'xmlns="http://hl7.org/fhir"'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


@pytest.mark.parametrize(("release", "document"), DOCUMENTS + FICTIONAL)
def test_there_and_back(release, document):
    assert plain(from_xml(to_xml(document, release), release)) == plain(document)


def plain(document):
    """With the narrative as any XML writer would put it: `&quot;` or a quotation mark is all the same."""
    text = document.get("text", {})
    return document | {"text": text | {"div": canonical(text["div"])}} if "div" in text else document


def canonical(xhtml):
    return ElementTree.canonicalize(xhtml, rewrite_prefixes=True)


def values(node):
    """Every `value`, `url` and `id` below, by an independent reader; text of narratives as it stands."""
    for each in node.iter():
        yield from each.attrib.values()


def leaves(value):
    if isinstance(value, dict):
        for name, each in value.items():
            if name not in ("resourceType", "div"):
                yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif value is not None:
        yield str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(("release", "document"), DOCUMENTS)
def test_an_independent_reader_finds_every_value(release, document):
    root = ElementTree.fromstring(to_xml(document, release))
    assert root.tag == f"{{http://hl7.org/fhir}}{document['resourceType']}"
    narrative = document.get("text", {}).get("div")
    if narrative:
        element = root.find("{http://hl7.org/fhir}text/{http://www.w3.org/1999/xhtml}div")
        root.find("{http://hl7.org/fhir}text").remove(element)
        element.tail = None
        assert canonical(ElementTree.tostring(element)) == canonical(narrative)
    assert sorted(values(root)) == sorted(leaves(document))


@pytest.mark.parametrize(("release", "package"), [("r4", "fhir.resources.R4B"), ("r5", "fhir.resources")])
def test_the_order_is_that_of_another_implementation(release, package):
    """R4B is R4 but for types that it changed."""
    checked = 0
    for name, elements in definitions(release).types.items():
        if "." in name or (release == "r4" and name == "EvidenceVariable"):
            continue
        model = getattr(importlib.import_module(f"{package}.{name.lower()}"), name)
        theirs = [each for each in model.elements_sequence() if each in elements]
        ours = [each for each in elements if each in set(theirs)]
        # choices of one element exclude each other: their order among themselves means nothing
        assert [elements[each].order for each in ours] == sorted(elements[each].order for each in theirs)
        assert [elements[each].order for each in theirs] == sorted(elements[each].order for each in theirs), name
        missing = {each for each in model.elements_sequence() if each not in elements}
        assert release == "r4" or not missing - {"comments"}, (name, missing)
        checked += len(theirs)
    assert checked > 800


BY_HAND = [
    pytest.param(
        {
            "resourceType": "Group",
            "actual": True,
            "contained": [{"resourceType": "Organization", "id": "o", "name": "Lunar & Co"}],
            "id": "g",
            "type": "person",
            "_type": {"extension": [{"url": "urn:x", "valueDecimal": 1.5}], "id": "t"},
            "managingEntity": {"reference": "#o"},
            "quantity": 7,
        },
        f'<Group {FHIR}><id value="g"/><contained><Organization><id value="o"/><name value="Lunar &amp; Co"/>'
        '</Organization></contained><type id="t" value="person"><extension url="urn:x"><valueDecimal value="1.5"/>'
        '</extension></type><actual value="true"/><quantity value="7"/><managingEntity><reference value="#o"/>'
        "</managingEntity></Group>",
        id="contained and a primitive's extension",
    ),
    pytest.param(
        {
            "resourceType": "Practitioner",
            "name": [
                {
                    "id": "n",
                    "given": ["Ada", None, "Bo"],
                    "_given": [None, {"id": "x", "extension": [{"url": "u"}]}, None],
                }
            ],
        },
        f'<Practitioner {FHIR}><name id="n"><given value="Ada"/><given id="x"><extension url="u"/></given>'
        '<given value="Bo"/></name></Practitioner>',
        id="null in an array of primitives",
    ),
    pytest.param(
        {
            "resourceType": "Group",
            "text": {"status": "generated", "div": f'<div {XHTML}>One &amp; <b class="c">two</b><br/> three</div>'},
        },
        f'<Group {FHIR}><text><status value="generated"/><div {XHTML}>One &amp; <b class="c">two</b><br/> three</div>'
        "</text></Group>",
        id="narrative",
    ),
    pytest.param(
        {"resourceType": "Group", "name": 'a "quoted"\n\ttext <b> with 𝄞\r'},
        f'<Group {FHIR}><name value="a &quot;quoted&quot;&#10;&#9;text &lt;b&gt; with 𝄞&#13;"/></Group>',
        id="white space and marks in an attribute",
    ),
    pytest.param(
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "resource", "resource": {"resourceType": "Group", "id": "g"}}],
        },
        f'<Parameters {FHIR}><parameter><name value="resource"/><resource><Group><id value="g"/></Group></resource>'
        "</parameter></Parameters>",
        id="a resource as a parameter",
    ),
]


@pytest.mark.parametrize(("document", "expected"), BY_HAND)
@pytest.mark.parametrize("release", ["r4"])
def test_by_hand(release, document, expected):
    assert to_xml(document, release) == HEAD + expected.encode()
    assert from_xml(expected.encode(), release) == document


@pytest.mark.parametrize(
    ("number", "text", "back"),
    [
        (1.1, "1.1", 1.1),
        (Decimal("1.10"), "1.10", 1.1),  # a float has no trailing zero to keep
        (10, "10", 10),
        (10.0, "10.0", 10.0),
        (-77.1, "-77.1", -77.1),
        (1e-07, "1e-07", 1e-07),
    ],
)
def test_decimals(number, text, back):
    made = to_xml({"resourceType": "Location", "position": {"longitude": number, "latitude": 0}}, "r5")
    assert f'<longitude value="{text}"/>'.encode() in made
    read = from_xml(made, "r5")["position"]["longitude"]
    assert (read, type(read)) == (back, type(back))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"resourceType": "Patient"}, "resource type 'Patient': expected one of Bundle"),
        ({"resourceType": "Group", "foo": 1}, "Group.foo: Group of FHIR 5.0.0 has no such element"),
        ({"resourceType": "Group", "resourceType2": 1}, "Group.resourceType2"),
        ({"resourceType": "Group", "_code": {"id": "x"}}, "Group._code"),
        ({"resourceType": "Group", "name": 1}, "Group.name: 1: expected a string"),
        ({"resourceType": "Group", "name": ""}, "Group.name: '': expected a string"),
        ({"resourceType": "Group", "name": None}, "Group.name: None: expected an object"),
        ({"resourceType": "Group", "quantity": True}, "Group.quantity: True: expected a unsignedInt"),
        ({"resourceType": "Group", "identifier": {}}, "Group.identifier: {}: expected an array"),
        ({"resourceType": "Group", "code": []}, r"Group.code: \[\]: expected an object"),
        (
            {"resourceType": "Group", "extension": [{"url": "u", "valueString": "a", "valueCode": "b"}]},
            r"Group.extension\[0\]: valueString and valueCode: expected one value\[x\]",
        ),
        ({"resourceType": "Group", "text": {"div": "<p>"}}, "Group.text.div: not well-formed"),
        ({"resourceType": "Location", "position": {"longitude": float("nan")}}, "longitude: nan: expected a decimal"),
        ([], "the document: .*: expected an object"),
    ],
)
def test_a_document_of_another_shape_is_refused(document, message):
    with pytest.raises(ValueError, match=message):
        to_xml(document, "r5")


def group(inner):
    return f"<Group {FHIR}>{inner}</Group>".encode()


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
HOSTILE = [
    pytest.param(BOMB + group('<name value="&c;"/>'), "document type or entities", id="billion laughs"),
    pytest.param(
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + group('<name value="x"/>'),
        "document type or entities",
        id="external entity",
    ),
    pytest.param(b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x">' + group(""), "document type", id="external subset"),
    pytest.param(
        group("<extension>" * 100_000 + "</extension>" * 100_000),
        f"nested too deeply: expected at most {MAX_DEPTH} levels",
        id="deep",
    ),
    pytest.param(
        group('<extension url="u">' * (MAX_DEPTH + 1) + "</extension>" * (MAX_DEPTH + 1)),
        f"nested too deeply: expected at most {MAX_DEPTH} levels",
        id="a little too deep",
    ),
    pytest.param(group(f'<name value="{"x" * MAX_BYTES}"/>'), f"expected at most {MAX_BYTES}", id="huge"),
    pytest.param(group("<identifier/>" * (MAX_ELEMENTS + 1)), f"more than {MAX_ELEMENTS} elements", id="many"),
    pytest.param(b"", "malformed", id="empty"),
    pytest.param(b"{}", "malformed", id="JSON"),
    pytest.param(b"<Group", "malformed", id="cut short"),
    pytest.param(b'<?xml version="1.0" encoding="klingon"?><Group/>', "malformed", id="unknown encoding"),
    pytest.param(b"\xff\xfe<\x00", "malformed", id="UTF-16 cut short"),
    pytest.param(b"<Group/>", "Group: namespace '': expected 'http://hl7.org/fhir'", id="no namespace"),
    pytest.param(b'<Group xmlns="urn:x"/>', "Group: namespace 'urn:x'", id="wrong namespace"),
    pytest.param(group('<id value="x"/><x:y xmlns:x="urn:x"/>'), "Group.y: namespace 'urn:x'", id="foreign element"),
    pytest.param(group('<foo value="x"/>'), "Group.foo: Group of FHIR 5.0.0 has no such element", id="unknown"),
    pytest.param(group('<code><value value="x"/></code>'), "Group.code.value: CodeableConcept", id="unknown within"),
    pytest.param(group('<url value="x"/>'), "Group.url", id="attribute of another type as element"),
    pytest.param(group('<extension><url value="x"/></extension>'), "Group.extension.url", id="attribute as element"),
    pytest.param(group('<name value="x" lang="en"/>'), "Group.name: attribute lang", id="unknown attribute"),
    pytest.param(group('<name value="x">y</name>'), "Group.name: text 'y'", id="text"),
    pytest.param(group('<name value="x"/>y'), "Group: text 'y'", id="text between"),
    pytest.param(group('<name value="x"/><name value="y"/>'), "Group.name: more than once", id="twice"),
    pytest.param(group('<name value=""/>'), "Group.name: '': expected a string", id="empty value"),
    pytest.param(group("<name/>"), "Group.name: empty", id="empty primitive"),
    pytest.param(group("<code/>"), "Group.code: empty", id="empty object"),
    pytest.param(group('<quantity value="1.5"/>'), "Group.quantity: '1.5': expected a unsignedInt", id="no integer"),
    pytest.param(group('<active value="yes"/>'), "Group.active: 'yes': expected a boolean", id="no boolean"),
    pytest.param(group("<contained/>"), "Group.contained: 0 elements", id="no resource"),
    pytest.param(group("<contained><Patient/></contained>"), "Group.contained: resource type 'Patient'", id="unserved"),
    pytest.param(group("<text><div>x</div></text>"), "Group.text.div: namespace", id="narrative in FHIR's namespace"),
    pytest.param(
        group('<extension url="u"><valueString value="a"/><valueCode value="b"/></extension>'),
        r"valueString and valueCode: expected one value\[x\]",
        id="two choices",
    ),
    pytest.param(
        f'<Location {FHIR}><position><longitude value="1e999"/></position></Location>'.encode(),
        "longitude: '1e999': expected a decimal",
        id="a number that no float holds",
    ),
]


@pytest.mark.parametrize(("data", "message"), HOSTILE)
def test_hostile_xml_is_refused(data, message):
    start = time.process_time()
    with pytest.raises(ValueError, match=message):
        from_xml(data, "r5")
    assert time.process_time() - start < 5


def test_what_xml_has_besides_elements_is_dropped():
    data = """<?xml version="1.0"?><?style x?>
    <!-- a comment --><f:Group xmlns:f="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xsi:schemaLocation="http://hl7.org/fhir group.xsd">
      <f:actual value="true"/><!-- out of order --><f:id value="g"/>
    </f:Group>"""
    assert from_xml(data.encode("utf-16"), "r4") == from_xml(data.encode(), "r4")
    assert from_xml(data.encode(), "r4") == {"resourceType": "Group", "actual": True, "id": "g"}


def test_the_release_decides():
    with pytest.raises(ValueError, match=r"Group\.membership: Group of FHIR 4\.0\.1 has no such element"):
        to_xml({"resourceType": "Group", "membership": "definitional"}, "r4")
    with pytest.raises(ValueError, match="release 'r6': expected r4 or r5"):
        to_xml({"resourceType": "Group"}, "r6")


@given(st.text(min_size=1))
def test_any_text_comes_back(text):
    """But for what XML cannot hold, which FHIR forbids as well."""
    made = to_xml({"resourceType": "Group", "name": text}, "r5")
    held = "".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text)
    assert from_xml(made, "r5")["name"] == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in held)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: group(text)))
def test_any_bytes_give_a_document_or_a_value_error(data):
    try:
        assert from_xml(data, "r5")["resourceType"]
    except ValueError as error:
        assert str(error)


def test_a_page_takes_milliseconds():
    entries = [each.values[1] for each in DOCUMENTS if each.values[0] == "r5"] * 2
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in entries]}
    assert len(orjson.dumps(bundle)) > 100_000
    took = []
    for _ in range(5):
        start = time.perf_counter()
        to_xml(bundle, "r5")
        took.append(time.perf_counter() - start)
    assert min(took) < 0.1
