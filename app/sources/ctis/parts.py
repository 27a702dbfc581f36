"""CTIS, part I -> sponsors and contacts, conditions, products, end points; and the published documents."""

from app.record.ids import fold
from app.record.parts import Coding, Condition, Contact, Intervention, Party, Resource
from app.record.trial import Outcome, OutcomeType, Trial
from app.sources.exports.leaves import Node
from app.sources.exports.text import clean_line
from app.sources.ictrp.words import NOTHING

MEDDRA = "https://www.meddra.org"


def take_sponsors(trial: Trial, sponsors: Node) -> None:
    """The primary sponsor leads; co-sponsors are collaborators. `sponsors` is a list, or one sponsor."""
    for sponsor in [sponsors] if isinstance(sponsors.value, dict) else sponsors.items():
        organisation = sponsor.at("organisation")
        name, kind, primary = organisation.at("name"), organisation.at("type"), sponsor.at("primary")
        if not name.text().strip():
            continue
        role = "lead-sponsor" if primary.flag() else "collaborator"
        primary.tick()
        party = Party(role=role, name=name.take(), kind="organization", description=kind.take() or None)
        if party.name not in (other.name for other in trial.parties):
            trial.parties.append(party)
        for contact in (*sponsor.at("publicContacts").items(), *sponsor.at("scientificContacts").items()):
            parts = (contact.at(key) for key in ("functionalName", "telephone", "functionalEmailAddress"))
            add_contact(trial.contacts, *parts)


def add_contact(contacts: list[Contact], name: Node, phone: Node, email: Node) -> None:
    """Adds whom to ask, once."""
    contact = Contact(name=name.take() or None, role="contact", phone=phone.take() or None, email=email.take() or None)
    if (contact.name or contact.phone or contact.email) and contact not in contacts:
        contacts.append(contact)


def take_conditions(trial: Trial, root: Node, part_one: Node, medical: Node) -> None:
    """The conditions as named, MedDRA's terms as codings (of the condition of the same words, or of their own)."""
    named = {}
    for entry in (*medical.at("partIMedicalConditions").items(), *part_one.at("medicalConditions").items()):
        node = entry.at("medicalCondition")
        text = clean_line(node.text())
        if text and fold(text) not in named:
            named[fold(text)] = Condition(text=text)
        node.tick()
    for term in medical.at("meddraConditionTerms").items():
        name, code = term.at("termName"), term.at("classificationCode")
        text = clean_line(name.text())
        if text and code.words():
            condition = named.setdefault(fold(text), Condition(text=text))
            coding = Coding(system=MEDDRA, code=code.take(), display=text)
            condition.codings = [*condition.codings, *([coding] if coding not in condition.codings else [])]
            name.tick()
    trial.conditions = list(named.values())
    areas = root.at("therapeuticAreas")
    names = [*(areas.items() if isinstance(areas.value, list) else [areas])]
    names += [area.at("name") for area in part_one.at("therapeuticAreas").items()]
    names += [area.at("therapeuticArea", "name") for area in part_one.at("partOneTherapeuticAreas").items()]
    for node in names:
        text = clean_line(node.text())
        if text and text not in trial.keywords:
            trial.keywords.append(text)
        node.tick()


def take_products(trial: Trial, part_one: Node) -> None:
    """Products by their names; the active substance is a further name, or the name where a product has none."""
    found: dict[str, Intervention] = {}
    groups = [group.at("products") for group in part_one.at("productRoleGroupInfos").items()]
    for product in [item for products in (part_one.at("products"), *groups) for item in products.items()]:
        entry = product.at("productDictionaryInfo")
        keys = [product.at("productName"), entry.at("prodName"), entry.at("activeSubstanceName")]
        keys = [key for key in keys if key.text().strip() and key.text().strip().lower() not in NOTHING]
        names = list(dict.fromkeys(key.take() for key in keys))
        if names:
            intervention = found.setdefault(fold(names[0]), Intervention(name=names[0]))
            others = [name for name in names[1:] if name not in intervention.other_names]
            intervention.other_names = [*intervention.other_names, *others]
    trial.interventions = list(found.values())


def take_endpoints(trial: Trial, endpoints: Node) -> None:
    kinds: tuple[tuple[str, OutcomeType], ...] = (("primaryEndPoints", "primary"), ("secondaryEndPoints", "secondary"))
    for name, kind in kinds:
        entries = [(entry.at("number"), entry.at("endPoint"), entry) for entry in endpoints.at(name).items()]
        numbered = all(type(number.value) is int for number, _, _ in entries)
        if numbered:
            entries.sort(key=lambda entry: int(entry[0].words()))
        for number, text, entry in entries:
            measure = clean_line(text.text())
            if not measure:
                continue
            trial.outcomes.append(Outcome(type=kind, measure=measure))
            text.tick()
            if numbered:
                number.tick()
            primary = entry.at("isPrimary")
            if primary.value is (kind == "primary"):
                primary.tick()


def take_documents(trial: Trial, documents: Node) -> None:
    for document in documents.items():
        title, kind, uuid = (document.at(key) for key in ("title", "documentTypeLabel", "uuid"))
        if title.text().strip():
            trial.resources.append(
                Resource(kind="document", label=title.take(), type=kind.take() or None, identifier=uuid.take() or None)
            )
