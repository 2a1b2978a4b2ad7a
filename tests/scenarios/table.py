"""Reads a table of scenarios and plays it against the API; the notation is explained in posting.txt."""
import re
from dataclasses import dataclass, field
from pathlib import Path

ENTRY = re.compile(r"""(?P<code>\w+)\s+(?P<amount>[+-][0-9.]+)(?:\s+(?P<currency>[A-Z]{3}))?(?:\s*@(?P<rate>[0-9.]+))?(?:\s*=(?P<base>[0-9.]+))?
                       (?:\s*>=(?P<floor>-?[0-9.]+))?(?:\s*\#(?P<version>[0-9]+))?(?=\s|$)""", re.VERBOSE)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")


@dataclass
class Step:
    number: int
    text: str
    verb: str
    words: list
    outcome: str


@dataclass
class Scenario:
    name: str
    steps: list = field(default_factory=list)


def read(path):
    """The scenarios of a file."""
    found = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        verb, _, rest = line.strip().partition(" ")
        if verb == "scenario":
            found.append(Scenario(rest.strip()))
            continue
        text, _, outcome = rest.partition("|")
        found[-1].steps.append(Step(number, line.strip(), verb, text.split(), outcome.strip()))
    return found


def entries(player, text):
    """The entries that a text spells; every word of it belongs to one."""
    made, at = [], 0
    for match in ENTRY.finditer(text):
        assert not text[at:match.start()].strip(), f"what is {text[at:match.start()]!r}?"
        at = match.end()
        spelled = match.groupdict()
        entry = {"account_id": player.account_id(spelled["code"]), "entry_type": "debit" if spelled["amount"][0] == "+" else "credit",
                 "amount": spelled["amount"][1:]}
        optional = {"currency_id": spelled["currency"] and "CUR_" + spelled["currency"], "exchange_rate": spelled["rate"], "base_amount": spelled["base"],
                    "balance_at_least": spelled["floor"], "expected_version": spelled["version"] and int(spelled["version"])}
        made.append({**entry, **{name: value for name, value in optional.items() if value is not None}})
    assert not text[at:].strip(), f"what is {text[at:]!r}?"
    return made


class Player:
    """Plays one scenario; make_books makes its organization."""

    def __init__(self, make_books):
        self.make_books, self.made, self.books = make_books, {}, None

    def play(self, scenario):
        steps = list(scenario.steps)
        currency = steps.pop(0).words[0] if steps[0].verb == "books" else "USD"
        self.books = self.make_books(base_currency_code=currency)
        for step in steps:
            try:
                getattr(self, step.verb)(step)
            except AssertionError as fault:
                raise AssertionError(f"line {step.number}: {step.text}\n{fault}") from None

    def account_id(self, code):
        return self.books.account(code) if code != "9999" else "act_" + "0" * 25

    def answered(self, step, reply):
        """Holds the reply against the outcome that the table names; a refusal leaves the books as they were."""
        assert step.outcome, "the step names no outcome"
        assert (reply.code or "ok") == step.outcome, f"{reply}"
        if step.outcome != "ok":
            assert self.books.snapshot() == self.before, "the refusal changed the books"
        return reply

    def send(self, step, method, path, *body):
        self.before = self.books.snapshot() if step.outcome != "ok" else None
        return self.answered(step, self.books.client.request(method, self.books.path + path, *body))

    # What is done.

    def enter(self, step, status):
        name, date, *rest = step.words
        reply = self.send(step, "POST", "/transactions", {"status": status, "transaction_date": date, "entries": entries(self, " ".join(rest))})
        if reply.code is None:
            self.made[name] = reply["id"]

    def post(self, step):
        self.enter(step, "posted")

    def pend(self, step):
        self.enter(step, "pending")

    def path_of(self, name):
        return f"/transactions/{self.made[name]}"

    def change(self, step):
        self.send(step, "PUT", self.path_of(step.words[0]), {"entries": entries(self, " ".join(step.words[1:]))})

    def redate(self, step):
        self.send(step, "PUT", self.path_of(step.words[0]), {"posting_date": step.words[1]})

    def promote(self, step):
        self.send(step, "POST", self.path_of(step.words[0]) + "/post")

    def reverse(self, step):
        name, date, *mirror = step.words
        reply = self.send(step, "POST", self.path_of(name) + "/reverse", {"date": date})
        if mirror:
            self.made[mirror[0]] = reply["id"]

    def delete(self, step):
        self.send(step, "DELETE", self.path_of(step.words[0]))

    def account(self, step):
        code, kind, *currency = step.words
        self.books.make_account(code, kind, currency_id=f"CUR_{currency[0]}" if currency else None)

    def close(self, step):
        self.books.put("", {"books_closed_through": step.words[0]}).expect(200)

    def open(self, _):
        self.books.put("", {"books_closed_through": None}).expect(200)

    def freeze(self, step):
        self.books.put(f"/accounts/{self.account_id(step.words[0])}", {"is_active": False}).expect(200)

    def thaw(self, step):
        self.books.put(f"/accounts/{self.account_id(step.words[0])}", {"is_active": True}).expect(200)

    # What is seen.

    @staticmethod
    def figures(step):
        """({"as_of": date} or {}, code to amount)"""
        words = list(step.words)
        when = {"as_of": words.pop(0)} if words and DATE.match(words[0]) else {}
        assert len(words) % 2 == 0, "figures are pairs of a code and an amount"
        return when, dict(zip(words[::2], words[1::2]))

    def balance(self, step):
        when, expected = self.figures(step)
        assert expected, "the step names no figure"
        assert {code: self.books.balance(code, **when) for code in expected} == expected

    def trial(self, step):
        when, expected = self.figures(step)
        assert self.books.trial_balance(**when) == expected

    def version(self, step):
        code, number = step.words
        assert self.books.version(code) == int(number)

    def status(self, step):
        name, status = step.words
        assert self.books.get(self.path_of(name)).expect(200)["status"] == status
