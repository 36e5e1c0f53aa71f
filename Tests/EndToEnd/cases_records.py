"""What is written down and told after a failure, checks that are run again, and ledgers that are proven from outside."""
import http.server
import json
import os
import sqlite3
import threading
import time

import chain
from case import case, expect, expect_equal, until
from stage import FAILS_AFTER_SWITCH, GOOD, OLD, Stage, quickened, shipped_configuration


class Listener:
    """A real HTTP server that keeps what it is told."""

    def __init__(self, port=0):
        self.got = []
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                listener.got.append((self.path, dict(self.headers), json.loads(body)))
                # The first time it is too busy: whoever has something to say comes again.
                self.send_response(503 if len(listener.got) == 1 else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def prepare(stage, listener):
    """A stage whose service has a project, and whose failures are told of."""
    os.makedirs(stage.path + "/project/docs", 0o755)
    with open(stage.path + "/project/docs/TASKS.md", "w") as file:
        file.write("# Tasks\n\n- [ ] write the feed\n")
    with open(stage.path + "/token", "w") as file:
        file.write("Bearer s3cr3t-t0ken\n")
    told = f"""notifications:
  - name: team
    webhook: {listener.address}/team
    headers: {{authorization: file:{stage.path}/token}}
    run-link: https://ci.example/{{service}}/{{environment}}/{{promotion}}
  - name: chat
    webhook: {listener.address}/chat
    format: slack
    on: [rolled-back]
"""
    text = quickened(shipped_configuration(stage.binary)).replace("services:", told + "services:", 1)
    text = text.replace("    repository: shop/payments\n", "    repository: shop/payments\n    project: ./project\n", 1)
    with open(stage.config, "w") as file:
        file.write(text)
    return stage.prepare(quick=False)


def read(stage, name):
    with open(stage.path + "/project/docs/" + name) as file:
        return file.read()


@case("records-after-failure", "a failure leaves one mark, a scratchpad, release notes and two webhooks; a success resolves it", seconds=25)
def records_after_failure(stage: Stage):
    listener = Listener()
    prepare(stage, listener)
    stage.vouch("staging", FAILS_AFTER_SWITCH)
    stage.promote("prod", FAILS_AFTER_SWITCH, "--wait").ended(4)
    bad = stage.digest(FAILS_AFTER_SWITCH)
    until("the records are written", lambda: os.path.exists(stage.path + "/project/docs/RELEASE_NOTES.md"))
    tasks = read(stage, "TASKS.md")
    expect(tasks.startswith("# Tasks\n\n- [ ] write the feed\n"), f"what people wrote is gone:\n{tasks}")
    expect("**Blocked:** payments prod: promotion 1" in tasks, tasks)
    pad = read(stage, "scratchpads/payments-prod-1.md")
    for text in [bad, stage.digest(OLD), "### Evidence", "### Next step"]:
        expect(text in pad, f"the scratchpad lacks {text}:\n{pad}")
    stage.baton("status").ended(0).says("promotion 1", "next:")
    until("both were told", lambda: len(listener.got) >= 3)
    team = next(got for got in reversed(listener.got) if got[0] == "/team")
    expect_equal(team[1].get("authorization"), "Bearer s3cr3t-t0ken", "header of the webhook")
    for key, value in {"occasion": "rolled-back", "service": "payments", "environment": "prod", "promotion": 1,
                       "link": "https://ci.example/payments/prod/1"}.items():
        expect_equal(team[2].get(key), value, key)
    expect_equal(team[2]["to"]["digest"], bad, "digest that was to serve")
    expect_equal(team[2]["from"]["digest"], stage.digest(OLD), "digest that served")
    chat = next(got for got in reversed(listener.got) if got[0] == "/chat")
    expect(bad in chat[2]["text"], str(chat[2]))
    until("the ledger says so", lambda: "notification.sent" in stage.baton("ledger", "export").out)
    exported = stage.baton("ledger", "export").ended(0).out
    expect("s3cr3t-t0ken" not in exported + open(stage.log).read(), "the secret is in the ledger or the log")

    # An agent that was killed owes nothing twice.
    stage.kill_agent()
    stage.baton("status").ended(0)
    expect_equal(read(stage, "TASKS.md"), tasks, "the task file after a restart")

    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD, "--wait").ended(0)
    until("the mark is resolved", lambda: "- [x] Resolved" in read(stage, "TASKS.md"))
    expect_equal(read(stage, "TASKS.md").count("baton:begin"), 1, "marks")
    stage.ledger_holds()
    listener.stop()


@case("notice-kept", "nobody takes a notice: status shows it, the agent is killed, and the next one delivers it with what became of it", seconds=110)
def notice_kept(stage: Stage):
    listener = Listener()
    prepare(stage, listener)
    listener.stop()
    stage.vouch("staging", FAILS_AFTER_SWITCH)
    stage.promote("prod", FAILS_AFTER_SWITCH, "--wait").ended(4)
    until("status says so", lambda: "not delivered to team" in stage.baton("status").out, within=60)
    kept = stage.status()["services"][0]["undelivered"]
    expect_equal([(one["occasion"], one["promotion"]) for one in kept], [("rolled-back", 1)], "what is kept")
    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD, "--wait").ended(0)
    stage.kill_agent()
    time.sleep(45)
    port = listener.server.server_port
    listener = Listener(port)
    listener.got.append(("/busy", {}, {}))
    stage.kill_agent(until("an agent runs again", stage.agent))
    until("both receivers are told", lambda: {path for path, _, _ in listener.got} >= {"/team", "/chat"}, within=40)
    told = next(body for path, _, body in listener.got if path == "/team")
    expect_equal((told["occasion"], told["isOver"]), ("rolled-back", True), "what is told")
    expect(told["lateSeconds"] >= 60 and "promotion 2 succeeded since" in told["now"], f"what became of it: {told}")
    text = next(body for path, _, body in listener.got if path == "/chat")["text"]
    expect("Late: it happened at" in text and "is over" in text, text)
    until("nothing is kept any more", lambda: not stage.status()["services"][0]["undelivered"])
    stage.ledger_holds()
    listener.stop()


@case("records-refuse-links", "a task file that is a symbolic link is left alone, and status says why; the promotion ends as ever", seconds=12)
def records_refuse_links(stage: Stage):
    listener = Listener()
    prepare(stage, listener)
    outside = stage.root + "/outside.md"
    with open(outside, "w") as file:
        file.write("mine\n")
    os.remove(stage.path + "/project/docs/TASKS.md")
    os.symlink(outside, stage.path + "/project/docs/TASKS.md")
    stage.vouch("staging", FAILS_AFTER_SWITCH)
    stage.promote("prod", FAILS_AFTER_SWITCH, "--wait").ended(4)
    until("status says why", lambda: "symbolic link" in stage.baton("status").out)
    with open(outside) as file:
        expect_equal(file.read(), "mine\n", "the file outside")
    expect(os.path.exists(stage.path + "/project/docs/scratchpads/payments-prod-1.md"), "the other files are written")
    listener.stop()


@case("verify-revokes", "checks run again: a failed one revokes the evidence, says what it touches, and blocks prod", seconds=20)
def verify_revokes(stage: Stage):
    stage.prepare()
    stage.promote("testing", GOOD, "--wait").ended(0)
    stage.promote("staging", GOOD, "--wait").ended(0)
    stage.baton("verify", "payments", "staging").ended(0).says("staging/main", "pass")
    # The program behind the slot is replaced by nothing: the checks have somebody to ask, and the answer is no.
    with open(stage.config) as file:
        text = file.read()
    staging = text.index("- name: staging")
    text = text[:staging] + text[staging:].replace("body-contains: payments", "body-contains: nobody-says-this", 1)
    with open(stage.config, "w") as file:
        file.write(text)
    stage.kill_agent()
    stage.baton("verify", "payments", "staging").ended(4).says("fail", "is revoked")
    stage.promote("prod", GOOD).ended(3).says("evidence")
    stage.baton("history").ended(0).says("evidence revoked")
    stage.ledger_holds()


@case("backtest", "limits are tried on what was recorded, through the agent and without one", seconds=20)
def backtest(stage: Stage):
    stage.prepare()
    stage.vouch("staging", FAILS_AFTER_SWITCH)
    stage.promote("prod", FAILS_AFTER_SWITCH, "--wait").ended(4)
    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD, "--wait").ended(0)
    words = ("backtest", "payments", "prod", "--check", "health", "--json")
    here = json.loads(stage.baton(*words).ended(0).out)
    expect_equal(here["checks"][0]["good"], 1, "good ones")
    expect_equal(here["checks"][0]["goodStopped"], [], "good ones stopped by the configured limits")
    expect_equal((here["promotions"], here["silent"]), (2, 0), "promotions")
    offline = json.loads(stage.baton(*words, "--ledger", stage.path + "/state/ledger").ended(0).out)
    expect_equal(offline, here, "the same without an agent")
    strict = json.loads(stage.baton(*words, "--status", "418").ended(0).out)
    expect_equal(len(strict["checks"][0]["goodStopped"]), 1, "good ones stopped by an absurd limit")


@case("ledger-damage", "whatever is damaged in the ledger is found with place, consequence and the promotions it touches", seconds=40)
def ledger_damage(stage: Stage):
    stage.prepare()
    stage.promote("testing", GOOD, "--wait").ended(0)
    stage.baton("agent", "--stop").ended(0)
    lines = stage.baton("ledger", "export").ended(0).out.splitlines()
    expect_equal(chain.faults(lines), [], "what another program finds")
    expect(chain.faults(lines[:3] + lines[4:]), "the other program misses a removed entry")
    path = stage.path + "/state/ledger/ledger.sqlite"
    with open(path, "rb") as file:
        whole = file.read()

    def damaged(change, *texts):
        change()
        stage.baton("ledger", "verify").ended(1).says("not to be trusted:", "agent:", "next:", *texts)
        with open(path, "wb") as file:
            file.write(whole)

    def flip():
        at = whole.index(b'"started"')
        with open(path, "wb") as file:
            file.write(whole[:at + 1] + bytes([whole[at + 1] ^ 1]) + whole[at + 2:])

    def sql(text):
        def change():
            database = sqlite3.connect(path)
            database.executescript(text)
            database.close()
        return change

    free = "DROP TRIGGER entry_no_delete; DROP TRIGGER entry_no_update; DROP TRIGGER fence_only_grows; "
    promotion = [entry for entry in map(json.loads, lines) if entry.get("promotion") == 1]
    middle = promotion[len(promotion) // 2]["sequence"]
    swapped = f"sequence IN ({middle}, {middle + 2})"
    touches = "touches: promotion 1 of "
    damaged(flip, "was altered", "touches: entry ")
    damaged(sql(free + "DELETE FROM entry WHERE sequence = 3"), "entry 3 is missing", "entry_no_delete")
    damaged(sql(free + f"DELETE FROM entry WHERE sequence = {middle}"), f"entry {middle} is missing", touches)
    damaged(sql(free + "DELETE FROM entry WHERE sequence > 5"), "the tail is cut: the last entry is 5", "refuses to start")
    damaged(sql(free + f"DELETE FROM entry WHERE sequence > {middle}"), touches, "had not ended: what came of it is gone")
    damaged(
        sql(free + f"UPDATE entry SET sequence = 1000000 + CASE sequence WHEN {middle} THEN {middle + 2} ELSE {middle} END "
            f"WHERE {swapped}; UPDATE entry SET sequence = sequence - 1000000 WHERE sequence > 1000000"),
        f"entries {middle} and {middle + 2} were swapped", touches)
    damaged(sql("UPDATE snapshot_bytes SET bytes = CAST(bytes || x'00' AS BLOB)"), "the saved projection at entry")
    damaged(sql("UPDATE lease SET expires = expires + 60000"), "is not what was written", "who holds")
    end = stage.baton("ledger", "verify").ended(0).out.split()[-1]
    stage.baton("ledger", "verify", "--head", end).ended(0)
    stage.baton("ledger", "verify", "--head", end[:-1] + ("0" if end[-1] != "0" else "1")).ended(1).says("kept elsewhere")
    stage.baton("ledger", "rebuild").ended(0).says("from the first one")
    stage.ledger_holds()
    with open(path, "wb") as file:
        file.write(whole)
    damaged(sql(free + "UPDATE lease SET fence = 1; UPDATE entry SET fence = 9 WHERE fence = 1"), "9 was used already")
    with open(path, "r+b") as file:
        file.truncate(len(whole) - 4096)
    stage.baton("ledger", "verify").ended(1).says("it is cut", "keep the file as it is")
    with open(path, "wb") as file:
        file.write(whole)
    stage.ledger_holds()
