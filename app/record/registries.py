"""Registries: how their ids look, the identifier system they stand in, and how an id becomes a FHIR id.

The registries are WHO's primary registries and data providers (https://www.who.int/clinical-trials-registry-platform).
"""

import re
from typing import NamedTuple

from app.record.ids import fold


class Registry(NamedTuple):
    code: str
    name: str
    system: str
    pattern: re.Pattern[str]


def _registry(code: str, name: str, system: str, pattern: str) -> Registry:
    return Registry(code, name, system, re.compile(pattern, re.IGNORECASE | re.ASCII))


REGISTRIES = {
    registry.code: registry
    for registry in (
        _registry("ctgov", "ClinicalTrials.gov", "https://clinicaltrials.gov", r"NCT\d{8}"),
        _registry("ctis", "EU CTIS", "https://euclinicaltrials.eu", r"20\d\d-5\d{5}-\d\d-\d\d"),
        _registry(
            "euctr",
            "EU Clinical Trials Register",
            "https://www.clinicaltrialsregister.eu",
            r"EUCTR20\d\d-\d{6}-\d\d(-[A-Z0-9]{2,3})?",
        ),
        _registry("isrctn", "ISRCTN", "https://www.isrctn.com", r"ISRCTN\d{8}"),
        _registry("anzctr", "ANZCTR", "https://www.anzctr.org.au", r"ACTRN\d{14}p?"),
        _registry("chictr", "ChiCTR", "https://www.chictr.org.cn", r"ChiCTR[A-Z0-9-]{6,20}"),
        _registry("cris", "CRIS", "https://cris.nih.go.kr", r"KCT\d{7}"),
        _registry("ctri", "CTRI", "https://ctri.nic.in", r"CTRI/20\d\d/\d{2,3}/\d{6}"),
        _registry("drks", "DRKS", "https://drks.de", r"DRKS\d{8}"),
        _registry("irct", "IRCT", "https://irct.behdasht.gov.ir", r"IRCT\d{8,20}N\d{1,4}"),
        _registry("jrct", "jRCT", "https://jrct.niph.go.jp", r"(JPRN-)?jRCT[a-z]?\d{9,10}"),
        _registry("umin", "UMIN-CTR", "https://www.umin.ac.jp/ctr", r"(JPRN-)?UMIN\d{9}"),
        _registry("lbctr", "LBCTR", "https://lbctr.moph.gov.lb", r"LBCTR\d{8,12}"),
        _registry("pactr", "PACTR", "https://pactr.samrc.ac.za", r"PACTR\d{15,16}"),
        _registry("rebec", "ReBec", "https://ensaiosclinicos.gov.br", r"RBR-[a-z0-9]{6,8}"),
        _registry("repec", "REPEC", "https://ensayosclinicos-repec.ins.gob.pe", r"PER-\d{3}-\d{2}"),
        _registry("rpcec", "RPCEC", "https://rpcec.sld.cu", r"RPCEC\d{8}"),
        _registry("slctr", "SLCTR", "https://slctr.lk", r"SLCTR/20\d\d/\d{3}"),
        _registry("tctr", "TCTR", "https://www.thaiclinicaltrials.org", r"TCTR\d{8,11}"),
        _registry(
            "ntr", "LTR (Dutch trial register)", "https://onderzoekmetmensen.nl", r"NL-OMON\d{4,6}|NTR\d{2,5}|NL\d{4,5}"
        ),
        _registry("itmctr", "ITMCTR", "http://itmctr.ccebtcm.org.cn", r"ITMCTR\d{8,12}"),
        _registry("rpcr", "Philippine registry", "https://registry.healthresearch.ph", r"PHRR\d{6}-\d{6}"),
    )
}

_EUDRACT = re.compile(r"(?:EUCTR)?(20\d\d-\d{6}-\d\d)(?:-[A-Z0-9]{2,3})?", re.IGNORECASE | re.ASCII)


def link_key(identifier: str) -> str:
    """What two records that name the same identifier have in common: its folded text, an EudraCT number without the
    register's prefix and the country's suffix (`EUCTR2019-001588-63-DE` and `2019-001588-63`)."""
    eudract = _EUDRACT.fullmatch(identifier.strip())
    return eudract[1] if eudract else fold(identifier)


UNIVERSAL = re.compile(r"U1111-\d{4}-\d{4}", re.IGNORECASE)
"""WHO's Universal Trial Number."""

_LEGAL = re.compile(r"[A-Za-z0-9/-]{1,64}")


def registry_of(identifier: str) -> Registry | None:
    """The registry whose ids look like this one."""
    return next((registry for registry in REGISTRIES.values() if registry.pattern.fullmatch(identifier)), None)


def trial_id(identifier: str) -> str:
    """A registry's id as a FHIR id: `CTRI/2020/04/024512` -> `CTRI.2020.04.024512`.

    No registry's id has a dot, so `registry_id` gives the same id back. Raises ValueError for one that cannot be
    an id here.
    """
    if not _LEGAL.fullmatch(identifier):
        raise ValueError(
            f"'{identifier}' cannot be a trial id: expected letters, digits, hyphens and slashes, 64 at most"
        )
    return identifier.replace("/", ".")


def registry_id(identifier: str) -> str:
    """`trial_id` undone."""
    return identifier.replace(".", "/")
