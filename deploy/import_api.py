"""Crane's HTTPS interface, as far as the import needs it: requests that are repeated while they may succeed, and the chart
of accounts."""
import hashlib
import http.client
import json
import random
import ssl
import threading
import time
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

BROKEN_TRIES = 10    # of a request whose connection broke, or that met a 500, 502 or 504: about two minutes
PATIENT_TRIES = 30   # of one that was told to come later, by a 429 or a 503
REPLY_SECONDS = 75   # the web server gives up after 40
FATAL = {401, 402, 403}  # no later request would fare better

TYPES = {"asset": "asset", "assets": "asset", "liability": "liability", "liabilities": "liability", "equity": "equity",
         "revenue": "revenue", "revenues": "revenue", "income": "revenue", "expense": "expense", "expenses": "expense"}


class Stop(Exception):
    """Ends the run. What was sent stays; the same command goes on from there."""


class Refused(Exception):
    """Crane will not have it; the message is its sentence."""


class Reply(NamedTuple):
    status: int
    body: dict
    is_replayed: bool = False

    @property
    def error(self):
        return self.body.get("error") or {}

    @property
    def message(self):
        fields = (self.error.get("details") or {}).get("fields") or []
        return "; ".join(f"{each['field']} {each['message']}" for each in fields) or self.error.get("message") or f"status {self.status}"


def digest(*parts):
    """A key of at most 255 characters that stands for these texts and no others."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


class Api:
    """May be used by several threads; each has a connection of its own."""

    def __init__(self, url, authority, key, organization, tell):
        """`tell` takes a sentence about a longer wait. Raises ValueError or OSError for an address or a file that is none."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError(f'CRANE_URL is "{url}"; an address that begins with https:// is wanted')
        self.url, self.host, self.port, self.prefix = url, parts.hostname, parts.port or 443, parts.path.rstrip("/")
        self.trust = ssl.create_default_context(cafile=authority or None)
        self.organization = organization
        self.home = "/organizations/" + quote(organization, safe="")
        self.tell, self.told_at = tell, 0.0
        self.headers = {"Authorization": f"Bearer {key}", "Accept": "application/json", "User-Agent": "crane-import"}
        self.local = threading.local()

    def request(self, method, path, body=None, key=None):
        """The reply, whatever it says of this one request. Raises Stop where repeating does not help (any more)."""
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        broken = refused = 0
        while True:
            try:
                reply, wait = self.try_once(method, self.prefix + path, body, headers)
            except ssl.SSLCertVerificationError as error:
                raise Stop(f"{self.url} shows a certificate that CRANE_CACERT does not vouch for: {error.verify_message}.") from error
            except (OSError, http.client.HTTPException) as error:
                self.drop_connection()
                reply, wait, reason = None, None, f"{self.url} does not answer ({error or type(error).__name__})"
            if reply is not None:
                if reply.status in FATAL:
                    raise Stop(f"Crane refused: {reply.message}")
                if wait is None and reply.status not in (500, 502, 504):
                    return reply
                reason = f"Crane answered {reply.status}: {reply.message}"
            if wait is None:
                broken += 1
                wait = min(30, 2 ** (broken - 2))
            else:
                refused += 1
                wait = max(wait, min(30, 2 ** (refused - 4)))
            if broken == BROKEN_TRIES or refused == PATIENT_TRIES:
                raise Stop(reason.rstrip(".") + f", after {broken + refused} tries.")
            # Never earlier than asked, and not all at the same moment.
            wait += random.uniform(0, max(0.2, min(wait, 5)))
            if wait >= 3 and time.monotonic() - self.told_at > 5:  # one thread speaks for all
                self.told_at = time.monotonic()
                self.tell(f"{reason.rstrip('.')}; trying again in {wait:.0f} s.")
            time.sleep(wait)

    def try_once(self, method, path, body, headers):
        """The reply, and how many seconds it asks to wait before the same request is worth repeating (None: it does not ask)."""
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(self.host, self.port, timeout=REPLY_SECONDS, context=self.trust)
            self.local.connection = connection
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read()
        try:
            content = json.loads(text)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise http.client.HTTPException(f"a reply of status {response.status} that is not Crane's")
        reply = Reply(response.status, content, response.headers.get("Idempotent-Replayed") == "true")
        if reply.status in (429, 503) or reply.error.get("code") == "idempotency_in_progress":
            asked = response.headers.get("Retry-After") or str(reply.error.get("retry_after") or 1)
            return reply, min(120, int(asked)) if asked.isdigit() else 1
        return reply, None

    def drop_connection(self):
        connection = getattr(self.local, "connection", None)
        if connection is not None:
            connection.close()
            self.local.connection = None

    def read(self, path, **query):
        """A GET that must succeed; else Stop. `query` as a dictionary's items; None is left out."""
        query = {name: value for name, value in query.items() if value is not None}
        reply = self.request("GET", path + ("?" + urlencode(query) if query else ""))
        if reply.status != 200:
            raise Stop(f"Crane cannot show {path}: {reply.message}")
        return reply.body

    def read_all(self, path, **query):
        """Every resource of a list, page by page."""
        after = None
        while True:
            page = self.read(path, limit=100, starting_after=after, **query)
            yield from page["data"]
            if not page["has_more"]:
                return
            after = page["data"][-1]["id"]

    def write(self, path, body, key=None):
        return self.request("POST", path, body if isinstance(body, bytes) else json.dumps(body).encode(), key)


class Account(NamedTuple):
    id: str
    currency: str


SEVERAL = Account("", "")  # a name that more than one account has


def type_of(text):
    """The account type that a word (`Assets`, `income`) or a name's leading part (`Assets:Bank`) says, or None."""
    return TYPES.get(text.split(":")[0].strip().casefold())


class Chart:
    """The accounts, by what a file may call them: the code first, then the name."""

    def __init__(self, api):
        self.api, self.codes, self.names, self.made = api, {}, {}, 0
        for account in api.read_all(api.home + "/accounts", sort="name"):
            self.add(account)

    def add(self, account):
        known = Account(account["id"], account["currency_id"].removeprefix("CUR_"))
        if account["code"]:
            self.codes[account["code"]] = known
        self.names[account["name"]] = SEVERAL if account["name"] in self.names else known
        return known

    def find(self, text):
        """An Account, SEVERAL, or None."""
        return self.codes.get(text) or self.names.get(text)

    def make(self, text, type_, currency):
        """Makes an account of that name (and code, where it is a number) and returns it. Raises Refused."""
        body = {"name": text, "type": type_, "currency_id": f"CUR_{currency}"}
        if text.replace(".", "").replace("-", "").isdigit():
            body["code"] = text
        key = digest("account", self.api.organization, body)
        while True:
            reply = self.api.write(self.api.home + "/accounts", body, key)
            if reply.status != 201:
                raise Refused(reply.message)
            # The stored reply of an account that was deleted since would be of no use.
            if not reply.is_replayed or self.api.request("GET", f"{self.api.home}/accounts/{reply.body['id']}").status == 200:
                self.made += 1
                return self.add(reply.body)
            key = digest(key, reply.body["id"])
