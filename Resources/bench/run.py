"""Runs the measurements and judges them; Resources/scripts/bench starts it."""
import sys

import agent
import console
import core
import fleet
import registry
import retention
import rollback
from figures import Table

SECTIONS = {"console": console.measure, "agent": agent.measure, "rollback": rollback.measure,
            "fleet": fleet.measure, "registry": registry.measure, "retention": retention.measure,
            "core": core.measure}


def main():
    baton, *wanted = sys.argv[1:]
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        sys.exit(f"bench: there is no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    table = Table()
    for name in wanted or SECTIONS:
        table.begin(name)
        SECTIONS[name](baton, table)
    table.end()
    sys.exit(1 if table.broken else 0)


main()
