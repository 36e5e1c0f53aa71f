"""The whole way by keys: testing, staging, prod, and back, under load."""
import re

from case import case, expect, expect_equal, until
from load import Load
from screen import Screen
from stage import GOOD, OLD, Stage


@case("journey-by-keys", "a digest goes testing → staging → prod and back by keys, under 300 requests/s, none fails", seconds=70)
def journey(stage: Stage):
    stage.prepare(quick=False)
    good, old = stage.digest(GOOD), stage.digest(OLD)
    screen = Screen(stage, [stage.binary, "stage", "--directory", stage.path])
    screen.shows("payments", "LIVE 100 %", "testing", "prod     blue")

    screen.choose(lambda line: line.startswith(">testing"))
    screen.keys("p")
    screen.shows("CANDIDATES", GOOD)
    screen.choose(lambda line: GOOD in line and "registry" in line)
    screen.keys("Enter")
    confirm(screen)
    watch(screen)
    expect_equal(stage.tags()["testing"], good, "pointer tag testing")

    plan(screen, "testing")
    confirm(screen)
    watch(screen)
    expect_equal(stage.tags()["staging"], good, "pointer tag staging")

    load = Load(stage)
    plan(screen, "staging")
    consent(screen, good)
    watch(screen)
    expect_equal(stage.live(), ("green", good), "what prod serves")
    expect_equal(tags_of(stage, "prod", "prod-blue", "prod-green", "v2.31.0"), [good, old, good, good], "pointer tags of prod")
    flipped = load.so_far().first(good)
    expect(flipped, "traffic never went to green")

    screen.keys("R")
    sheet = screen.shows("ROLL BACK", "blue")
    expect(old.split(":")[1][:8] in sheet, "the sheet does not show where it goes")
    asked = max(one.began for one in load.so_far().answers)
    until("y fires the sheet", lambda: screen.press("y", lambda: "ROLL BACK" not in screen.last()))
    until("blue serves", lambda: stage.live() == ("blue", old))
    screen.shows("rolled back")
    until("the pointer tag is back", lambda: stage.tags()["prod"] == old)
    until("nothing runs any more", lambda: not stage.running())
    returned = load.so_far().first(old, since=asked)
    until("200 more answers", lambda: len(load.so_far().late(good, returned)) > 200)
    report = load.stop()
    print(f"load: {report.words()}")
    expect_equal(len(report.failed), 0, "failed requests")
    between = [one for one in report.late(good, flipped) if one.began < asked]
    expect_equal(len(between), 0, "requests after the flip that blue answered")
    expect_equal(len(report.late(old, returned)), 0, "requests after the rollback that green answered")
    expect(len(report.answers) > 0.6 * 300 * report.seconds, f"the load was not kept up: {report.words()}")
    stage.ledger_holds()


def plan(screen, row):
    """From any view to the plan of a row's next step."""
    screen.keys("2")
    screen.shows("ENV      SLOT")
    screen.choose(lambda line: line.startswith(">" + row))
    screen.keys("p")
    until("a plan or the candidates", lambda: screen.last().lstrip().startswith(("PLAN", "CANDIDATES")))
    if "CANDIDATES" in screen.last():
        screen.choose(lambda line: row + " →" in line)
        screen.keys("Enter")
    screen.shows("PLAN", "GATES", "UNDO")


def confirm(screen):
    """Below the end of the path a plan is confirmed by one key; it is deaf to keys for a moment after it appears."""
    screen.shows("PLAN", "y promotes it")
    until("y starts it", lambda: screen.press("y", lambda: "PLAN" not in screen.last()))


def consent(screen, digest):
    """At the end of the path the first characters of the digest are typed."""
    first = digest.split(":")[1][:4]
    screen.shows("Type the first 4")
    until("the first character is taken", lambda: screen.press(first[0], lambda: f"[{first[0]}" in screen.last()))
    screen.type(first[1:])
    screen.shows(f"[{first}]")
    screen.keys("Enter")


def watch(screen):
    """Follows a promotion to its success, and sees its checks arrive one after another."""
    screen.shows("LIVE", "verifying")
    seen = set()

    def done():
        text = screen.last()
        seen.update(re.findall(r"http /health\s+pass (\d) of 5", text))
        return "succeeded" in text.splitlines()[1]

    until("the promotion succeeds", done, within=40, every=0.05)
    expect(len(seen) >= 3, f"the checks did not arrive one by one: only {sorted(seen)} of 5 were seen")


def tags_of(stage, *names):
    return [stage.tags().get(name) for name in names]
