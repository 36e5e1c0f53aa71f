"""What goes from the repository and what stays, by keys and by commands."""
import json
import os

from case import case, expect, expect_equal, until
from screen import Screen
from stage import OLD, Stage, quickened, shipped_configuration

RULES = "retention: {candidates: {count: 0, age: 0s}, builds: {count: 0, age: 0s}, grace: 1h, allow-ratio: 100}"
KEPT = "v2.33.0-rc.1"
GOES = "v2.32.0-rc.1"


def prepare(stage: Stage):
    """A stage where every candidate and build may go that nothing else keeps."""
    os.makedirs(stage.path, 0o755, exist_ok=True)
    text = quickened(shipped_configuration(stage.binary))
    text = text.replace("    repository: shop/payments\n", f"    repository: shop/payments\n    {RULES}\n", 1)
    with open(stage.config, "w") as file:
        file.write(text)
    stage.prepare(quick=False)
    # A final tag above every candidate: no version is open any more.
    path = stage.path + "/registry/shop/payments/index.json"
    with open(path) as file:
        index = json.load(file)
    old = next(entry for entry in index["manifests"] if entry["annotations"]["org.opencontainers.image.ref.name"] == OLD)
    index["manifests"].append({**old, "annotations": {"org.opencontainers.image.ref.name": "v2.99.0"}})
    with open(path + ".new", "w") as file:
        json.dump(index, file)
    os.rename(path + ".new", path)


@case("retention-by-keys", "retention: what is held stays, the rest is quarantined by count and reason, and u brings one back", seconds=15)
def by_keys(stage: Stage):
    prepare(stage)
    before = stage.tags()
    screen = Screen(stage, [stage.binary, "stage", "--directory", stage.path])
    screen.shows("payments", "LIVE 100 %")
    screen.keys("7")
    screen.shows("RETENTION", "digests", "Plan", "quarantine")

    screen.choose(lambda line: KEPT in line)
    screen.keys("Space")
    screen.shows("HOLD", "no plan takes it")
    until("y holds it", lambda: screen.press("y", lambda: "HOLD" not in screen.last()))
    screen.shows(" held ")
    screen.lacks("reads the repository")

    screen.keys("p")
    # No plan is run while one is being made.
    until("X opens its sheet", lambda: screen.press("X", lambda: "RUN RETENTION" in screen.last()))
    screen.shows("type how many")
    # What somebody else plans meanwhile does not take this plan away.
    plan = json.loads(stage.baton("retention", "plan", "payments", "--json").ended(0).out)
    count = str(len(plan["quarantine"]) + len(plan["delete"]))
    expect(len(plan["quarantine"]) > 0, f"the plan takes nothing: {plan}")
    until("the count is typed", lambda: screen.press(count, lambda: f"[{count}" in screen.last()))
    screen.keys("Enter")
    screen.type("the end to end test cleans up")
    screen.keys("Enter")
    screen.shows("run ended", f"{count} quarantined")

    after = stage.tags()
    expect(GOES not in after, f"{GOES} is still there")
    expect_equal(after[KEPT], before[KEPT], "what was held")
    for name in ("testing", "staging", "prod", "prod-blue", "prod-green", OLD):
        expect_equal(after[name], before[name], f"tag {name}")
    expect(os.path.exists(stage.blob(before[GOES])), "a quarantined manifest is gone")

    screen.lacks("reads the repository")
    screen.choose(lambda line: GOES in line and "quarantined" in line)
    screen.keys("u")
    screen.shows("BRING BACK")
    until("y brings it back", lambda: screen.press("y", lambda: "BRING BACK" not in screen.last()))
    until("its tag is back", lambda: stage.tags().get(GOES) == before[GOES])
    stage.baton("retention", "status", "payments").ended(0).says("held by", "held in the console")
    # What came back is a candidate like before.
    stage.promote("testing", GOES, "--wait")
    stage.ledger_holds()
