"""What people decide by hand: approvals, freezes, overrides, pins and vetoes."""
import contextlib
import getpass
import json
import os
import pwd
import shutil
import subprocess

from case import Skipped, case, expect, expect_equal, until
from screen import Screen
from stage import GOOD, OLD, SLOW, Stage, quickened, shipped_configuration

OTHER = "v2.31.0-rc.1"
APPROVAL = "approvals: {count: 1, role: approver, within: 1m}"


def prepare(stage: Stage, prod="", top=""):
    """A stage whose prod asks for something, with keys at the top of its configuration."""
    os.makedirs(stage.path, 0o755, exist_ok=True)
    text = quickened(shipped_configuration(stage.binary)).replace("version: 1\n", "version: 1\n" + top, 1)
    if prod:
        text = text.replace("strategy: blue-green\n", f"strategy: blue-green\n        {prod}\n", 1)
    with open(stage.config, "w") as file:
        file.write(text)
    stage.run("config", "check", stage.config).ended(0)
    return stage.prepare(quick=False)


@contextlib.contextmanager
def accounts(stage: Stage, *names):
    """Accounts of this machine with a group of their own; gone again afterwards."""
    if os.geteuid() != 0 or not shutil.which("useradd"):
        raise Skipped("accounts are made by root, with useradd")
    group = f"bt{os.getpid()}"
    made = {name: f"{group}{name}" for name in names}
    # Directories that only this account may enter lie on the way to where the program is built.
    stage.binary = shutil.copy(stage.binary, stage.root + "/baton")
    os.chmod(stage.root, 0o711)
    try:
        system("groupadd", "--system", group)
        for account in made.values():
            system("useradd", "--system", "--no-create-home", "--gid", group, account)
        yield group, made
    finally:
        for account in made.values():
            subprocess.run(["userdel", account], capture_output=True, check=False)
        subprocess.run(["groupdel", group], capture_output=True, check=False)


def system(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise Skipped(f"{' '.join(words)}: {done.stderr.strip()}")


def waiting(stage: Stage, state="awaiting approval"):
    """The number of the promotion that waits."""
    found = until(f"one is {state}", lambda: [one for one in stage.running() if one["state"] == state])
    return str(found[0]["promotion"])


def short(stage: Stage, tag):
    return stage.digest(tag).split(":")[1][:8]


@case("approval-by-a-second-account", "prod waits for the consent of another account of this machine; the starter's own is refused", seconds=15, needs_root=True)
def approval_by_a_second_account(stage: Stage):
    with accounts(stage, "ann", "bob", "eve") as (group, made):
        socket = stage.root + "/door/agent.sock"
        prepare(stage, APPROVAL, f"""socket: {{path: {socket}, group: {group}}}
roles:
  {made["ann"]}: {{everywhere: operator, prod: approver}}
  {made["bob"]}: approver
""")
        stage.vouch("staging", GOOD)

        def by(name, *words):
            return stage.run(*words, "--socket", socket, account=(made[name], group))

        start = ("promote", "payments", "--to", "prod", "--digest", stage.digest(GOOD), "--yes")
        by("eve", *start).ended(7).says("may only look")
        by("ann", *start).ended(0)
        number = waiting(stage)
        consent = ("approve", number, "--digest", short(stage, GOOD))
        by("eve", *consent).ended(7).says("may only look")
        by("ann", *consent).ended(3).says(f"{made['ann']} cannot approve this", "whoever started it cannot approve it")
        by("bob", "approve", number).ended(2).says("nothing was approved", "green")
        by("bob", "approve", number, "--digest", "0000").ended(2).says("is not how the digest")
        stage.baton("status").ended(0).says(f"promotion {number} has 0 of 1")
        stage.baton("why", "payments", "prod").ended(0).says("approver or more")
        expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves meanwhile")

        by("bob", *consent).ended(0).says(f"promotion {number} approved", "1 of 1")
        until("it goes on by itself and succeeds", lambda: stage.outcome(int(number)) == "succeeded", within=60, every=0.3)
        expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
        entries = [json.loads(line) for line in stage.baton("ledger", "export").ended(0).out.splitlines()]
        kept = [(entry["actor"], entry.get("userID")) for entry in entries if "approved" in entry.get("payload", "")]
        expect((made["bob"], pwd.getpwnam(made["bob"]).pw_uid) in kept, f"the ledger does not say who consented: {kept}")
        by("ann", "unfreeze", "testing", "--reason", "nothing to unfreeze").ended(7).says("is operator")
        stage.ledger_holds()


def gateway(stage: Stage, *more):
    """A stage whose own account is a gateway: people say who they are."""
    prepare(stage, APPROVAL, f"gateways: [{getpass.getuser()}]\nroles: {{ann: operator, bob: approver, carl: operator}}\n")
    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD, "--as", "ann", *more).ended(0)
    return waiting(stage)


@case("approval-by-a-gateway", "people behind one shared account approve and reject by name, and the account itself is nobody else", seconds=15)
def approval_by_a_gateway(stage: Stage):
    number = gateway(stage)
    stage.baton("reject", number, "--reason", "the graphs look odd to me", "--as", "bob").ended(0)
    until("it is rejected", lambda: stage.outcome(int(number)) == "rejected")
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves")

    stage.promote("prod", GOOD, "--as", "ann").ended(0)
    number = waiting(stage)
    consent = ("approve", number, "--digest", short(stage, GOOD))
    stage.baton(*consent).ended(3).says("cannot approve this")
    stage.baton(*consent, "--as", "ann").ended(3).says("whoever started it cannot approve it")
    stage.baton(*consent, "--as", "carl").ended(3).says("the word of the role operator does not count here")
    stage.baton(*consent, "--as", "dan").ended(7).says("may only look")
    # Who waits for a person is not forgotten by an agent that is killed.
    stage.kill_agent()
    stage.baton(*consent, "--as", "bob").ended(0)
    until("it succeeds", lambda: stage.outcome(int(number)) == "succeeded", within=60, every=0.3)
    stage.ledger_holds()


@case("approval-expires", "nobody consents in time: the promotion expires, exit 4, and nothing was changed", seconds=75)
def approval_expires(stage: Stage):
    prepare(stage, APPROVAL)
    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD, "--wait").ended(4).says("expired")
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves")
    expect_equal(stage.running(), [], "promotions under way")
    stage.ledger_holds()


@case("freeze-and-override", "a freeze by hand stops promotions and no rollback; an override lets one release through and stays a debt", seconds=35)
def freeze_and_override(stage: Stage):
    stage.prepare()
    for tag in (GOOD, OTHER):
        stage.vouch("staging", tag)
    stage.promote("prod", GOOD, "--wait").ended(0)
    stage.baton("freeze", "prod", "--for", "1h", "--reason", "too short").ended(2)
    stage.baton("freeze", "prod", "--for", "1h", "--reason", "the shop is on television").ended(0).says("is frozen until")
    place = ("payments", "--to", "prod", "--digest", OTHER)
    stage.baton("plan", *place).ended(3).says("the shop is on television", "until")
    stage.promote("prod", OTHER).ended(3).says("the shop is on television", "until")
    stage.baton("why", "payments", "prod").ended(0).says("the shop is on television", "earliest", "approver or more")
    stage.baton("status").ended(0).says("freeze prod until", "the shop is on television")
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
    stage.baton("rollback", "payments", "prod", "--reason", "customers complain", "--yes", "--wait").ended(0)
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves")

    screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
    screen.shows("FREEZE", "until", "the shop is on television")
    reason = "the fix of the outage"
    stage.baton(
        "override", "payments", "prod", "freeze", "--digest", OTHER, "--owner", "carol", "--for", "30m", "--reason", reason
    ).ended(0).says("opens freeze of payments prod", "debt of carol")
    stage.promote("prod", OTHER, "--wait").ended(0)
    expect_equal(stage.live(), ("green", stage.digest(OTHER)), "what prod serves")
    override = stage.status()["services"][0]["overrides"][0]
    debt = override["override"]
    expect_equal(
        [override["environment"], debt["gate"], debt["digest"], debt["owner"], debt["reason"], len(debt["usedBy"])],
        ["prod", "freeze", stage.digest(OTHER), "carol", reason, 1], "the debt as JSON")
    number = str(debt["number"])
    stage.baton("status").ended(0).says(f"override debt {number} in prod", "owner carol", reason)
    screen.shows("DEBT", "owner carol")

    stage.vouch("staging", SLOW)
    stage.promote("prod", SLOW).ended(3).says("the shop is on television")
    stage.baton("override", "close", number, "--reason", "the outage is written up").ended(0)
    screen.lacks("DEBT")
    expect("debt" not in stage.baton("status").ended(0).out, "status still shows the debt")
    expect_equal(stage.status()["services"][0]["overrides"], [], "debts as JSON")
    stage.baton("override", "close", number, "--reason", "the outage is written up").ended(3).says(f"no open override {number}")
    stage.baton("unfreeze", "prod", "--reason", "the show is over").ended(0)
    screen.lacks("FREEZE")
    screen.keys("q")
    stage.ledger_holds()


@case("pin-and-veto", "a pinned environment and a barred release refuse, with who and why; both can be lifted", seconds=15)
def pin_and_veto(stage: Stage):
    stage.prepare()
    stage.vouch("staging", GOOD)
    reason = ("--reason", "kept for the audit of this week")
    stage.baton("pin", "payments", "prod", *reason).ended(0).says(short(stage, OLD))
    stage.promote("prod", GOOD).ended(3).says("pinned", "kept for the audit")
    stage.baton("why", "payments", "prod").ended(0).says("kept for the audit")
    stage.baton("status").ended(0).says("pin prod")
    stage.baton("unpin", "payments", "prod", *reason).ended(0)
    stage.baton("unpin", "payments", "prod", *reason).ended(3).says("is not pinned")

    barred = ("payments", "prod", "--digest", GOOD, "--reason", "it loses every tenth order")
    stage.baton("veto", "set", *barred).ended(0)
    stage.promote("prod", GOOD).ended(3).says("veto", "it loses every tenth order")
    stage.baton("override", "payments", "prod", "veto", "--digest", GOOD, "--for", "1h", *reason).ended(2)
    stage.baton("veto", "lift", *barred).ended(0)
    stage.promote("prod", GOOD, "--wait").ended(0)
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
    stage.ledger_holds()


@case("waits-for-conditions", "--wait-for-conditions waits as blocked through a freeze and goes on by itself when it ends", seconds=25)
def waits_for_conditions(stage: Stage):
    stage.prepare()
    stage.vouch("staging", GOOD)
    stage.baton("freeze", "prod", "--for", "8s", "--reason", "the database is moved").ended(0)
    stage.promote("prod", GOOD).ended(3).says("the database is moved")
    promotion = stage.start(
        "promote", "payments", "--to", "prod", "--digest", stage.digest(GOOD), "--yes", "--wait-for-conditions", "--wait", "--json")
    waiting(stage, "blocked")
    stage.baton("why", "payments", "prod").ended(0).says("the database is moved", "gives up")
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves meanwhile")
    words, _ = promotion.communicate(timeout=90)
    expect_equal(promotion.returncode, 0, f"exit status of\n{words}\n")
    expect_equal(json.loads(words.splitlines()[-1])["outcome"], "succeeded", "its end")
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
    stage.ledger_holds()
