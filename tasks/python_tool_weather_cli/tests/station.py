"""A weather tool as a station might have it: its own program, its own secret, a log of its calls.

It is written to a fresh folder for each test. What it does beyond reporting is told by steps, one for each call.
"""

import json
import secrets
import shlex
import sys

PROGRAM = """\
import hashlib, json, os, re, sys, time

SECRET = {secret!r}
HOME = {home!r}


def say(text, status=None):
    sys.stderr.buffer.write(text.encode("utf-8", "surrogateescape"))
    if status is not None:
        sys.exit(status)


def parse(words):
    # The options of a call, or None; as argparse does it, without the cost of its import.
    options = {{"day": "today"}}
    words = list(words)
    if not words or words.pop(0) != "report":
        return None
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name not in ("--place", "--nonce", "--day"):
            return None
        if not equals:
            if not words or words[0].startswith("-"):
                return None
            value = words.pop(0)
        options[name[2:]] = value
    good = {{"place", "nonce"}} <= options.keys() and options["day"] in ("today", "tomorrow")
    return options if good else None


given = sys.stdin.buffer.read()
with open(os.path.join(HOME, "calls"), "a+", encoding="utf-8") as log:
    log.seek(0)
    before = [json.loads(line) for line in log]
    record = {{"argv": sys.argv[1:], "stdin": given.decode(), "mark": os.environ.get("STATION_MARK")}}
    query = None if given else parse(sys.argv[1:])
    if query:
        record.update(query)
        known = json.dumps([SECRET.hex(), *query.values(), len(before)])
        record["token"] = "st: " + hashlib.sha512(known.encode()).hexdigest()[:40] + " ="
    log.write(json.dumps(record) + "\\n")

if given:
    say("station: standard input must be empty\\n", 64)
if query is None:
    say("station: wrong usage\\n", 64)
if not re.fullmatch("[0-9a-f]{{16,64}}", query["nonce"]):
    say("station: bad nonce\\n", 64)
if query["nonce"] in [old.get("nonce") for old in before]:
    say("station: old nonce\\n", 64)

with open(os.path.join(HOME, "steps.json"), encoding="utf-8") as file:
    steps = json.load(file)
step = steps[min(len(before), len(steps) - 1)] if steps else {{}}
say(step.get("stderr", ""))
if step.get("hang"):
    time.sleep(60)
if step.get("signal"):
    os.kill(os.getpid(), step["signal"])
fields = {{"temperature": "20 C", "wind": "5 m/s", "sky": "clear", "token": record["token"]}}
fields = {{"place": query["place"], "day": query["day"], "nonce": query["nonce"], **fields}}
places = step.get("places", {{}})
fields.update(step.get("fields", {{}}))
fields.update(places.get(query["place"], {{}}))
status = fields.pop("status", step.get("status", 0))
lines = [f"{{name}}: {{value}}" for name, value in fields.items() if value is not None]
if step.get("shuffle"):
    lines = lines[::-1]
text = "\\n".join([step.get("first", "weather-report/2"), *lines, *step.get("more", [])]) + "\\n"
for old, new in step.get("edits", []):
    text = text.replace(old, new)
data = step["raw"] if "raw" in step else text[: len(text) - step.get("cut", 0)]
sys.stdout.buffer.write(data.encode("utf-8", "surrogateescape"))
sys.stdout.flush()
sys.exit(status)
"""


class Station:
    """A tool in a folder; `command` starts it and `line` is the same for WEATHER_TOOL."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        program = folder / "weather tool"
        secret = secrets.token_bytes(24)
        program.write_text(PROGRAM.format(secret=secret, home=str(folder)), encoding="utf-8")
        self.command = [sys.executable, "-IS", str(program)]
        self.line = shlex.join(self.command)
        self.steps()

    def steps(self, *steps):
        """What the tool does at each call; the last step holds for all later calls."""
        (self.folder / "steps.json").write_text(json.dumps(steps), encoding="utf-8")

    @property
    def calls(self):
        """One record for each call of the tool so far; `token` is what it gave out."""
        log = self.folder / "calls"
        if not log.exists():
            return []
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]

    @property
    def token(self):
        """The token of the last call."""
        return self.calls[-1]["token"]
