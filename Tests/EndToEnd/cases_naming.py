"""The image that was named is the image that is taken: numbers, pasted forms, tags that are pushed again, consent to prod."""
import json
import re

from case import case, expect, expect_equal, until
from registry import Registry
from screen import Screen
from stage import GOOD, OLD, OLDER, Stage


@case("named-by-number", "digits that are a tag and begin a digest are refused; tag: and sha256: say which, everywhere", seconds=12)
def named_by_number(stage: Stage):
    stage.prepare()
    good, old = stage.digest(GOOD), stage.digest(OLD)
    digits = old.split(":")[1][:4]
    tag_layout(stage, digits, GOOD)
    tag_layout(stage, "20260824", GOOD)
    both = (f"tag:{digits}", f"sha256:{old.split(':')[1][:12]}")
    for words in (
        ("plan", "payments", "--to", "testing", "--digest", digits),
        ("promote", "payments", "--to", "testing", "--digest", digits, "--yes"),
        ("pin", "payments", "testing", "--digest", digits, "--reason", "a reason that is long enough"),
        ("veto", "set", "payments", "prod", "--digest", digits, "--reason", "a reason that is long enough"),
        ("evidence", "add", "payments", "staging", "--digest", digits, "--passed", "1", "--total", "1"),
        ("override", "payments", "prod", "soak", "--digest", digits, "--for", "1h", "--reason", "a reason that is long enough"),
        ("passport", "show", "payments", digits),
        ("diff", "payments", "--digest", digits, "--digest", digits),
        ("retention", "hold", "payments", digits, "--reason", "a reason that is long enough"),
        ("retention", "release", "payments", digits, "--reason", "a reason that is long enough"),
        ("retention", "undo", "payments", digits),
    ):
        stage.baton(*words).ended(3).says(*both)
    for name, digest in ((f"tag:{digits}", good), (both[1], old), ("20260824", good), (good.split(":")[1], good)):
        hold(stage, name, digest)
    stage.baton("plan", "payments", "--to", "testing", "--digest", "20260825").ended(3).says("20260825 names nothing")
    stage.ledger_holds()


def hold(stage, name, digest):
    """What a name means, by what a hold on it says."""
    stage.baton("retention", "hold", "payments", name, "--reason", "a reason that is long enough").ended(0).says(
        f"{digest.split(':')[1][:8]} is held")
    stage.baton("retention", "release", "payments", name, "--reason", "a reason that is long enough").ended(0)


def tag_layout(stage, tag, other):
    """Another tag for an image of the stage's layout, as CI would put it."""
    path = stage.path + "/registry/shop/payments/index.json"
    with open(path) as file:
        index = json.load(file)
    entry = next(one for one in index["manifests"] if one["annotations"]["org.opencontainers.image.ref.name"] == other)
    index["manifests"].append({**entry, "annotations": {"org.opencontainers.image.ref.name": tag}})
    with open(path, "w") as file:
        json.dump(index, file)


@case("named-as-pasted", "what tools print is understood or named: host, repository, tag and digest, capitals, a line's end", seconds=25)
def named_as_pasted(stage: Stage):
    stage.prepare()
    good, old = stage.digest(GOOD), stage.digest(OLD)
    with Registry(stage) as registry:
        registry.fill()
        registry.use()
        home = f"{registry.address}/{registry.repository}"
        plan = ("plan", "payments", "--to", "testing", "--json", "--digest")
        for name in (
            f"{home}:{GOOD}@{good}", f"docker-pullable://{home}@{good}", f"docker://{home}:{GOOD}", good.upper() + "\r", f' "{GOOD}"\r\n',
            f"{registry.repository}:{GOOD}", f"{GOOD}@{good}", f"http://{registry.address}/v2/{registry.repository}/manifests/{good}",
        ):
            planned = json.loads(stage.baton(*plan, name).ended(0).out)
            expect_equal(planned["plan"]["release"]["digests"]["top"], good, f"what {name!r} names")
        stage.baton(*plan, f"{home}:{OLD}@{good}").ended(3).says(f"tag {OLD} names", "now, not")
        stage.baton(*plan, f"other.example/shop/payments:{GOOD}").ended(3).says("other.example/shop/payments", home)
        stage.baton(*plan, f"{registry.address}/shop/refunds@{good}").ended(3).says("shop/refunds", home)
        stage.baton(*plan, "containerd://" + good.split(":")[1]).ended(2).says("id of a container")
        configuration = planned["plan"]["release"]["digests"]["members"][0]["configuration"]
        stage.baton(*plan, configuration).ended(3).says(f"of {GOOD}, not the image itself", "name that")


@case("pushed-again", "a candidate that CI pushed again is another image: told, without evidence; one pushed just now gets its names", seconds=110)
def pushed_again(stage: Stage):
    stage.prepare()
    good, old, older = stage.digest(GOOD), stage.digest(OLD), stage.digest(OLDER)
    with Registry(stage) as registry:
        registry.fill()
        registry.use()
        stage.vouch("staging", GOOD)
        screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
        screen.shows("payments", "LIVE 100 %")
        screen.choose(lambda line: line.startswith(">testing"))
        screen.keys("p")
        screen.shows("CANDIDATES", GOOD, good.split(":")[1][:12])

        registry.point(GOOD, OLDER)
        moved = f"{GOOD} named {good.split(':')[1][:8]} until"
        plan = stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD).ended(3)
        plan.says(f"no evidence in staging", moved, older.split(":")[1][:8])
        stage.baton("plan", "payments", "--to", "prod", "--digest", good).ended(0).says(moved, f"this plan is for {good.split(':')[1][:8]}")
        stage.baton("promote", "payments", "--to", "testing", "--digest", good, "--yes").ended(3).says("carries no candidate tag")
        stage.baton("status").ended(0).says(moved)
        expect(any(one["tag"] == GOOD for one in stage.status()["services"][0]["movedTags"]), "status --json tells of no moved tag")
        screen.shows(older.split(":")[1][:12], within=30)
        screen.keys("q")
        screen.shows("TAG", moved)
        # A new agent says the same.
        stage.baton("agent", "--stop").ended(0)
        stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD).ended(3).says("no evidence in staging", moved)

        # A pipeline that pushes, records evidence and promotes within seconds.
        registry.point("v2.35.0-rc.1", GOOD_AGAIN)
        pushed = registry.names("v2.35.0-rc.1")
        stage.vouch("staging", "v2.35.0-rc.1")
        started = stage.promote("prod", pushed, "--wait").ended(0)
        started.says("succeeded")
        for tag in ("prod", "prod-green", "v2.35.0"):
            expect_equal(registry.names(tag), pushed, f"what {tag} names in the registry")
        stage.ledger_holds()


# A good release that nothing else in the case uses.
GOOD_AGAIN = "v2.31.0-rc.1"


@case("seen-in-its-turn", "the console sees that the only candidate was pushed again, though nobody asks: within 80 s", seconds=100)
def seen_in_its_turn(stage: Stage):
    stage.prepare()
    with Registry(stage) as registry:
        # One candidate is asked per minute: with ten of them, each has its turn every ten minutes.
        registry.fill(GOOD, OLD, OLDER, "testing", "staging", "prod", "prod-blue", "prod-green")
        registry.use()
        screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
        screen.shows("payments", "LIVE 100 %")
        until("the candidates are known", lambda: "NEXT" in screen.last() and "candidate" in screen.last(), within=30)
        registry.point(GOOD, OLDER)
        screen.shows("TAG", f"{GOOD} named {stage.digest(GOOD).split(':')[1][:8]} until", within=80)


@case("consent-to-prod", "--yes is no consent to prod without the whole digest; plan, command and console show the same steps", seconds=25)
def consent_to_prod(stage: Stage):
    stage.prepare_canary()
    stage.vouch("staging", GOOD)
    good = stage.digest(GOOD)
    for words in (("--digest", GOOD), ("--digest", good[:15]), ("--digest", good.split(":")[1][:12])):
        stage.baton("promote", "payments", "--to", "prod", *words, "--yes").ended(2).says(f"--digest {good}", f"--confirm {good.split(':')[1][:4]}")
    expect_equal(stage.running(), [], "promotions after refused consent")
    shown = stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD).ended(0)
    shown.says("canary: 10 and 50 % of the traffic, then all of it", "canary 10 %", "canary 50 %", "the commit point")
    unconfirmed = stage.baton("promote", "payments", "--to", "prod", "--digest", GOOD).ended(2)
    steps = [line for line in shown.out.splitlines() if "analysis" in line]
    expect_equal([line for line in unconfirmed.out.splitlines() if "analysis" in line], steps, "the steps before consent")
    planned = json.loads(stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD, "--json").ended(0).out)
    expect(len(planned["steps"]) == 8 and planned["steps"][3]["name"] == "canary 10 %", f"steps of the plan's JSON: {planned['steps']}")

    screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
    screen.shows("payments", "LIVE 100 %")
    stage.promote("testing", GOOD, "--wait").ended(0)
    stage.promote("staging", GOOD, "--wait").ended(0)
    screen.choose(lambda line: line.startswith(">staging"))
    screen.keys("p")
    picture = screen.shows("PLAN", "canary: 10 and 50 %", "UNDO", "Type the first 4")
    for line in steps:
        words = line.split(None, 1)[1].split("  ")[-1].strip()
        expect(words[words.index("warm-up") if "warm-up" in words else 0:] in picture, f"the console does not show {words!r}:\n{picture}")
    screen.keys("y")
    expect("PLAN" in screen.last(), "y started a promotion into prod")
    stage.baton("promote", "payments", "--to", "prod", "--digest", good, "--yes").ended(0).says("started")


@case("guarded-environment", "an environment that the configuration guards takes no --yes without the digest either", seconds=8)
def guarded_environment(stage: Stage):
    stage.prepare()
    stage.baton("agent", "--stop").ended(0)
    with open(stage.config) as file:
        text = file.read()
    changed = text.replace("- name: testing\n", "- name: testing\n        guarded: true\n")
    expect(changed != text, "the stage's configuration has no testing")
    with open(stage.config, "w") as file:
        file.write(changed)
    good = stage.digest(GOOD)
    stage.baton("promote", "payments", "--to", "testing", "--digest", GOOD, "--yes").ended(2).says("guarded", f"--digest {good}")
    stage.baton("promote", "payments", "--to", "testing", "--digest", GOOD, "--confirm", good.split(":")[1][:4], "--wait").ended(0)
    stage.baton("promote", "payments", "--to", "staging", "--yes", "--wait").ended(0)
    stage.baton("promote", "payments", "--to", "prod", "--yes").ended(2).says("payments prod is guarded")
    stage.ledger_holds()


@case("letters-stay", "an image keeps its letter in the console through promotions and another agent", seconds=25)
def letters_stay(stage: Stage):
    stage.prepare()
    good, old = (stage.digest(tag).split(":")[1][:8] for tag in (GOOD, OLD))
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
    screen.shows("payments", "LIVE 100 %")

    def letters():
        return {digest: letter for letter, digest in re.findall(r"\b([A-Z]{1,2}) sha256:([0-9a-f]{8})", screen.last())}

    before = letters()
    expect(old in before, f"no letter stands before what is live: {before}")
    stage.promote("testing", GOOD, "--wait").ended(0)
    until("the row of testing shows it", lambda: good in letters())
    given = letters()
    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD, "--wait").ended(0)
    until("it is live in prod", lambda: stage.live() == ("green", stage.digest(GOOD)))
    stage.baton("agent", "--stop").ended(0)
    stage.baton("status").ended(0)
    screen.shows("green", "LIVE 100 %")
    for digest, letter in {**before, **given}.items():
        expect_equal(letters().get(digest, letter), letter, f"the letter of {digest}")
    expect_equal(letters()[good], given[good], "the letter of what is live now")
