"""R, y, n, Tab and u in a real terminal, and the same by commands: what is offered is what happens."""
import os
import time

from case import case, expect, expect_equal, until
from screen import Screen
from stage import GOOD, OLD, OLDER, Stage, quickened, shipped_configuration


def console(stage, **options):
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config], **options)
    screen.shows("payments")
    return screen


def by_hand(stage):
    """A stage whose prod waits for a person before traffic moves."""
    os.makedirs(stage.path, 0o755, exist_ok=True)
    text = quickened(shipped_configuration(stage.binary))
    with open(stage.config, "w") as file:
        file.write(text.replace("strategy: blue-green\n", "strategy: blue-green\n        switching: manual\n", 1))
    return stage.prepare(quick=False)


def vetoes(stage):
    return [line for line in stage.history() if line["what"] == "veto"]


@case("rollback-of-the-screen", "R in LIVE of a promotion into testing is about testing: y leaves prod and its release alone", seconds=20)
def of_the_screen(stage: Stage):
    stage.prepare(quick=False)
    screen = console(stage)
    stage.promote("testing", GOOD).ended(0)
    screen.keys("3")
    screen.shows("promotion 1", "testing", "verifying live")
    screen.keys("R")
    sheet = screen.shows("ROLL BACK  payments testing")
    expect("ROLL BACK  payments prod" not in sheet, "the sheet is about prod")
    until("y is heard", lambda: screen.press("y", lambda: "ROLL BACK" not in screen.last()))
    until("testing serves what it did", lambda: not stage.running() and stage.slots()["testing/main"]["digest"] == stage.digest(OLD))
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves")
    places = {line.get("environment") for line in stage.history() if "rollback" in line["what"] or "rolled back" in line["result"]}
    expect_equal(places, {"testing"}, "environments that something was rolled back in")
    stage.ledger_holds()


@case("rollback-before-the-switch", "R before the commit point offers to stop; Tab rolls back what serves, once it is stopped", seconds=40)
def before_the_switch(stage: Stage):
    by_hand(stage)
    stage.vouch("staging", GOOD)
    screen = console(stage)
    stage.promote("prod", GOOD).ended(0)
    screen.keys("3")
    screen.shows("promotion 1", "ready to switch")
    screen.keys("R")
    screen.shows("STOP PROMOTION 1  payments prod", "what serves stays")
    until("n does nothing", lambda: screen.press("n", lambda: "nothing gets a veto" in screen.last()))
    expect_equal(stage.running()[0]["promotion"], 1, "what runs after n")
    until("Tab shows the other offer", lambda: screen.press("Tab", lambda: "ROLL BACK  payments prod" in screen.last()))
    screen.shows("stops promotion 1")
    screen.keys("Escape")
    screen.lacks("ROLL BACK")
    screen.keys("R")
    screen.shows("STOP PROMOTION 1")
    until("y stops it", lambda: screen.press("y", lambda: "STOP PROMOTION" not in screen.last()))
    until("it is stopped", lambda: not stage.running())
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves after the stop")
    expect_equal(vetoes(stage), [], "vetoes after the stop")

    stage.promote("prod", GOOD).ended(0)
    until("it is ready", lambda: stage.running()[0]["state"] == "ready to switch")
    stage.baton("rollback", "payments", "prod", "--yes").ended(3).says("promotion 2", "--stop", "--live")
    stage.baton("rollback", "payments", "prod", "--stop").ended(2).says("what serves stays", "--yes")
    stage.baton("rollback", "payments", "prod", "--stop", "--live", "--yes").ended(2)
    expect_equal([one["promotion"] for one in stage.running()], [2], "what runs after three refusals")
    done = stage.baton("rollback", "payments", "prod", "--live", "--yes", "--wait").ended(0)
    done.says("from", "to", "veto", "promotion 2")
    until("nothing runs", lambda: not stage.running())
    expect_equal(stage.live()[1], stage.digest(OLDER), "what prod serves after the rollback")
    expect_equal(stage.outcome(2), "cancelled", "the promotion that was stopped")
    stage.ledger_holds()


@case("rollback-too-quick", "what is typed ahead of a sheet is answered, and Esc and q are heard", seconds=8)
def too_quick(stage: Stage):
    stage.prepare()
    screen = console(stage)
    screen.shows("LIVE 100 %")
    screen.type("Ry")
    screen.shows("ROLL BACK", "too quick: press y again")
    screen.keys("Escape")
    screen.lacks("ROLL BACK")
    for leaving in ("Rq", "R\x03"):
        screen.type(leaving)
        time.sleep(0.3)
        expect("ROLL BACK" not in screen.last(), f"{leaving!r} left the sheet open")
    expect_equal((stage.live(), stage.running(), stage.history()), (("blue", stage.digest(OLD)), [], []), "what happened")


@case("rollback-too-small", "below 40x10 R y and p Enter y fire nothing; at 40x10 the sheet is whole and y rolls back", seconds=12)
def too_small(stage: Stage):
    stage.prepare()
    screen = console(stage)
    screen.shows("LIVE 100 %")
    for size in ((39, 10), (40, 9), (20, 5)):
        screen.resize(*size)
        screen.shows("window too small")
        for keys in ("R", "y", "y", "Escape", "g", "p", "Enter", "y", "Escape"):
            screen.keys(keys)
            time.sleep(0.4 if keys in ("R", "Enter") else 0.1)
    expect_equal((stage.live(), stage.running(), stage.history()), (("blue", stage.digest(OLD)), [], []), "what happened")
    screen.resize(40, 10)
    screen.shows("prod")
    screen.keys("R")
    screen.shows("ROLL BACK prod", "from", "to", "does", "Esc leave")
    until("y is heard", lambda: screen.press("y", lambda: "ROLL BACK prod" not in screen.last()))
    until("green serves", lambda: stage.live() == ("green", stage.digest(OLDER)))


@case("rollback-undone", "y by mistake, and u: the release serves again through its gates, and only that veto is lifted", seconds=40)
def undone(stage: Stage):
    stage.prepare()
    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD, "--wait").ended(0)
    screen = console(stage)
    screen.shows("LIVE 100 %")
    screen.keys("R")
    screen.shows("ROLL BACK  payments prod")
    until("y is heard", lambda: screen.press("y", lambda: "ROLL BACK" not in screen.last()))
    until("blue serves", lambda: stage.live() == ("blue", stage.digest(OLD)) and not stage.running())
    stage.promote("prod", GOOD).ended(3).says("rolled back in prod")
    screen.keys("2")
    screen.shows("UNDO", "may undo rollback 2")
    screen.keys("u")
    screen.shows("UNDO ROLLBACK 2")
    until("y is heard", lambda: screen.press("y", lambda: "UNDO ROLLBACK" not in screen.last()))
    until("green serves again", lambda: stage.live() == ("green", stage.digest(GOOD)) and not stage.running(), within=30)
    expect_equal(stage.outcome(3), "succeeded", "the undo")
    stage.baton("undo", "2", "--yes").ended(3).says("not the newest")

    # Without a veto the release may come again at once.
    stage.baton("rollback", "payments", "prod", "--no-veto", "--reason", "a look at the old one", "--yes", "--wait").ended(0).says("gets none")
    stage.baton("undo", "4").ended(2).says("--yes undoes rollback 4")
    stage.baton("undo", "4", "--yes", "--wait").ended(0)
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
    stage.baton("rollback", "payments", "prod", "--to", OLDER, "--yes", "--wait").ended(0)
    expect_equal(stage.live()[1], stage.digest(OLDER), "the goal that was chosen")
    stage.ledger_holds()


@case("rollback-nowhere", "where no environment is on the screen R chooses none, and y is dead until one is chosen", seconds=8)
def nowhere(stage: Stage):
    stage.prepare()
    screen = console(stage)
    screen.shows("LIVE 100 %")
    screen.keys("7")
    screen.shows("RETENTION")
    screen.keys("R")
    screen.shows("which environment?", "1 testing")
    until("y is dead", lambda: screen.press("y", lambda: "no environment is chosen" in screen.last()))
    until("a digit chooses", lambda: screen.press("3", lambda: "ROLL BACK  payments prod" in screen.last()))
    screen.keys("Escape")
    expect_equal((stage.running(), stage.history()), ([], []), "what happened")


@case("paste-without-end", "a paste whose end never comes ends by itself, though keys are pressed meanwhile", seconds=16)
def paste_without_end(stage: Stage):
    stage.prepare()
    screen = console(stage)
    screen.shows("LIVE 100 %")
    screen.type("\x1b[200~half a paste")

    def help_opens():
        screen.keys("?")
        return "HELP" in screen.last()

    begun = time.monotonic()
    until("the keyboard is back", help_opens, within=15, every=0.4)
    print(f"the keyboard is back after {time.monotonic() - begun:.1f} s")
