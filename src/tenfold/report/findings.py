"""What the run teaches: its findings, each with the pictures that it speaks of, what to do, and its evidence.

The pictures are in `finding_pictures.py`, the evidence in words in `evidence.py`.
"""

from __future__ import annotations

from tenfold.evaluation.finding import Finding
from tenfold.report.evidence import spelled
from tenfold.report.finding_pictures import shown
from tenfold.report.markup import Html, tag, together, with_commands
from tenfold.report.material import Material


def findings(material: Material) -> Html:
    """Every finding with how sure it is, what to do, and its evidence to be opened."""
    if not material.findings:
        return tag("p", "Nothing was found out: findings are looked for when a training is done.")
    return tag("ul", together(told(finding, material) for finding in material.findings), class_="findings")


def told(finding: Finding, material: Material) -> Html:
    advice = tag("p", with_commands(finding.advice), class_="advice") if finding.advice else Html("")
    evidence = tag("details", tag("summary", "Evidence"), spelled(finding.evidence)) if finding.evidence else ""
    claim = tag("p", finding.claim, " ", tag("span", finding.sure, class_="sure"), class_="claim")
    return tag("li", claim, shown(finding, material), advice, evidence or Html(""))
