"""One fake Stripe of ours: sessions over HTTP for the real SDK, and the events it would send, signed as it does.

Objects are shaped as Stripe publishes them (API 2026-10-28.endive), with the fields that matter here. It keeps
idempotency keys, refuses what Stripe refuses, and has faults to order. A person may pay on its page in a browser.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import itertools
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "sk_test_0123456789"
SECRET = "whsec_0123456789abcdef"
API = "2026-10-28.endive"
Json = dict[str, Any]


class Refused(Exception):
    """What Stripe answers instead: HTTP status and its error object."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error", code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.error = status, {"type": kind, "code": code, "message": message}


class Stripe:
    """The state of one account. `faults`: what the next requests meet, in order: a status, or "timeout"."""

    def __init__(self) -> None:
        self.url = ""
        self.notify = ""  # where events are sent by itself, when somebody pays on the page
        self.now: Callable[[], float] = time.time
        self.sessions: dict[str, Json] = {}
        self.refunds: dict[str, list[Json]] = {}
        self.disputes: dict[str, Json] = {}
        self.keys: dict[str, tuple[str, Json]] = {}
        self.faults: list[int | str] = []
        self.requests: list[tuple[str, str, str | None]] = []  # method, path, idempotency key
        self.told: list[Json] = []  # every event, in order
        self._count = itertools.count(1)
        self._lock = threading.Lock()

    def _id(self, prefix: str) -> str:
        return f"{prefix}_test_{next(self._count):06d}"

    # The API

    def answer(self, method: str, path: str, form: list[tuple[str, str]], key: str | None) -> Json:
        """One request to /v1, after its key was checked."""
        with self._lock:
            self.requests.append((method, path, key))
            if key and key in self.keys:
                body, kept = self.keys[key]
                if body != repr(form):
                    raise Refused(400, "Keys for idempotent requests can only be used with the same parameters.",
                                  "idempotency_error")  # fmt: skip
                return kept
            made = self._route(method, path, _nested(form))
            if key:
                self.keys[key] = (repr(form), json.loads(json.dumps(made)))
            return made

    def _route(self, method: str, path: str, given: Json) -> Json:
        parts = path.removeprefix("/v1/").split("/")
        if parts[:2] != ["checkout", "sessions"]:
            raise Refused(404, f"Unrecognized request URL ({method}: {path}).")
        if len(parts) == 2 and method == "POST":
            return self._create(given)
        session = self.sessions.get(parts[2])
        if session is None:
            raise Refused(404, f"No such checkout.session: {parts[2]}", code="resource_missing")
        if parts[3:] == ["expire"] and method == "POST":
            if session["status"] != "open":
                raise Refused(400, 'Only Checkout Sessions with a status in ["open"] can be expired.')
            session.update(status="expired", url=None)
        return session

    def _create(self, given: Json) -> Json:
        if "payment_method_types" in given:
            raise Refused(400, "payment_method_types is not supported any more.",
                          code="payment_method_types_no_longer_supported")  # fmt: skip
        for name in ("mode", "line_items", "success_url"):
            if name not in given:
                raise Refused(400, f"Missing required param: {name}.", code="parameter_missing")
        until = int(given.get("expires_at", self.now() + 86_400))
        if not 1_800 - 5 <= until - self.now() <= 86_400 + 5:
            raise Refused(400, "The expires_at timestamp must be between 30 minutes and 24 hours from creation.")
        price = given["line_items"]["0"]["price_data"]
        amount = int(price["unit_amount"]) * int(given["line_items"]["0"]["quantity"])
        if amount < 50:
            raise Refused(400, "Amount must be at least €0.50 eur", code="amount_too_small")
        name = self._id("cs")
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "amount_subtotal": amount,
            "amount_total": amount,
            "cancel_url": given.get("cancel_url"),
            "client_reference_id": given.get("client_reference_id"),
            "created": int(self.now()),
            "currency": price["currency"],
            "customer": None,
            "customer_details": None,
            "customer_email": given.get("customer_email"),
            "expires_at": until,
            "livemode": False,
            "locale": given.get("locale"),
            "metadata": given.get("metadata", {}),
            "mode": given["mode"],
            "payment_intent": None,
            "payment_method_types": list(given.get("allowed_payment_method_types", {"0": "card"}).values()),
            "payment_status": "unpaid",
            "status": "open",
            "success_url": given["success_url"],
            "url": f"{self.url}/pay/{name}",
            "_intent_metadata": given.get("payment_intent_data", {}).get("metadata", {}),
        }
        return self.sessions[name]

    # What happens at Stripe's; each returns the event that it would send

    def pay(self, session: str, *, cents: int | None = None, currency: str | None = None) -> Json:
        """The person finishes the page: a card is paid, a debit begins."""
        found = self.sessions[session]
        if found["status"] != "open":
            raise Refused(400, "This Checkout Session is not open.")
        debit = found["payment_method_types"] == ["sepa_debit"]
        found.update(
            status="complete",
            url=None,
            payment_intent=self._id("pi"),
            payment_status="unpaid" if debit else "paid",
            customer_details={"email": found["customer_email"], "name": "Piéra Payeuse", "address": None},
        )
        found["amount_total"] = cents if cents is not None else found["amount_total"]
        found["currency"] = currency or found["currency"]
        return self.event("checkout.session.completed", found)

    def press(self, session: str) -> Json | None:
        """A person presses the button on the page; pressed again, it has been paid already and nothing happens."""
        with self._lock:
            return self.pay(session) if self.sessions[session]["status"] == "open" else None

    def debit(self, session: str, *, passed: bool) -> Json:
        """Days later: the bank executed the debit, or refused it."""
        found = self.sessions[session]
        found["payment_status"] = "paid" if passed else "unpaid"
        return self.event(f"checkout.session.async_payment_{'succeeded' if passed else 'failed'}", found)

    def expired(self, session: str) -> Json:
        """Nobody paid in time."""
        self.sessions[session].update(status="expired", url=None)
        return self.event("checkout.session.expired", self.sessions[session])

    def decline(self, session: str) -> Json:
        """A card is declined; the page stays."""
        intent = {"id": self._id("pi"), "object": "payment_intent", "amount": self.sessions[session]["amount_total"],
                  "currency": "eur", "metadata": self.sessions[session]["_intent_metadata"],
                  "status": "requires_payment_method",
                  "last_payment_error": {"code": "card_declined", "message": "Your card was declined."}}  # fmt: skip
        return self.event("payment_intent.payment_failed", intent)

    def refund(self, session: str, cents: int) -> tuple[Json, Json]:
        """Somebody gives money back in the dashboard: what the charge says, and what the refund says."""
        found = self.sessions[session]
        refund = {"id": self._id("re"), "object": "refund", "amount": cents, "currency": "eur", "metadata": {},
                  "charge": self._charge(found)["id"], "payment_intent": found["payment_intent"],
                  "status": "succeeded"}  # fmt: skip
        self.refunds.setdefault(session, []).append(refund)
        return self.event("charge.refunded", self._charge(found)), self.event("refund.created", refund)

    def refund_failed(self, session: str) -> Json:
        """The payer's bank sent the last refund back."""
        self.refunds[session][-1]["status"] = "failed"
        return self.event("refund.failed", self.refunds[session][-1])

    def dispute(self, session: str, status: str = "needs_response") -> Json:
        """The payer's bank takes the money back (or only asks: `warning_needs_response`)."""
        found = self.sessions[session]
        self.disputes[session] = {
            "id": self._id("du"), "object": "dispute", "amount": found["amount_total"], "currency": "eur",
            "charge": self._charge(found)["id"], "payment_intent": found["payment_intent"], "reason": "general",
            "status": status, "metadata": {},
        }  # fmt: skip
        return self.event("charge.dispute.created", self.disputes[session])

    def dispute_closed(self, session: str, status: str) -> Json:
        """The dispute is won or lost."""
        self.disputes[session]["status"] = status
        return self.event("charge.dispute.closed", self.disputes[session])

    def _charge(self, session: Json) -> Json:
        gone = sum(r["amount"] for r in self.refunds.get(session["id"], []) if r["status"] != "failed")
        return {
            "id": "ch" + (session["payment_intent"] or "_none").removeprefix("pi"), "object": "charge",
            "amount": session["amount_total"], "amount_captured": session["amount_total"], "amount_refunded": gone,
            "currency": session["currency"], "disputed": session["id"] in self.disputes, "livemode": False,
            "metadata": session["_intent_metadata"], "paid": True, "payment_intent": session["payment_intent"],
            "refunded": gone == session["amount_total"], "status": "succeeded",
        }  # fmt: skip

    def event(self, kind: str, about: Json) -> Json:
        """An event about an object as it is now."""
        number = next(self._count)
        public = {name: value for name, value in about.items() if not name.startswith("_")}
        made = {
            "id": f"evt_test_{number:06d}",
            "object": "event",
            "api_version": API,
            "created": int(self.now()) + number,  # so that the order of events is the order of their days
            "data": {"object": json.loads(json.dumps(public))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.told.append(made)
        return made


def signed(event: Json, *, secret: str = SECRET, at: float | None = None) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a webhook, as Stripe documents its signatures (t=…,v1=HMAC-SHA256 of "t.body")."""
    body = json.dumps(event, indent=2).encode()
    told = int(time.time() if at is None else at)
    tag = hmac.new(secret.encode(), f"{told}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={told},v1={tag}", "Content-Type": "application/json; charset=utf-8"}


def _nested(form: list[tuple[str, str]]) -> Json:
    """ "a[b][0]=c" as {"a": {"b": {"0": "c"}}}."""
    found: Json = {}
    for name, value in form:
        place, *rest = name.replace("]", "").split("[")
        inner = found
        for part in rest:
            inner, place = inner.setdefault(place, {}), part
        inner[place] = value
    return found


class _Handler(BaseHTTPRequestHandler):
    stripe: Stripe
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, *_args: object) -> None:
        """Silence."""

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path).path
        if path.startswith("/pay/"):
            self._page(method, path.split("/")[2], dict(parse_qsl(body)))
            return
        fault = self.stripe.faults.pop(0) if self.stripe.faults else None
        if fault == "timeout":
            time.sleep(2)
            self.close_connection = True
            return
        try:
            if self.headers.get("Authorization") != f"Bearer {KEY}":
                raise Refused(401, "Invalid API Key provided.")
            if isinstance(fault, int):
                raise Refused(fault, "Something is wrong at Stripe's.", "card_error" if fault == 402 else "api_error")
            form = parse_qsl(body, keep_blank_values=True)
            self._json(200, self.stripe.answer(method, path, form, self.headers.get("Idempotency-Key")))
        except Refused as refused:
            self._json(refused.status, {"error": refused.error})

    def _json(self, status: int, answer: Json) -> None:
        public = {name: value for name, value in answer.items() if not name.startswith("_")}
        self._send(status, json.dumps(public).encode(), "application/json")

    def _send(self, status: int, body: bytes, media_type: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _page(self, method: str, name: str, form: dict[str, str]) -> None:
        """Where a person pays: two buttons."""
        session = self.stripe.sessions[name]
        if method == "GET":
            page = (
                "<!doctype html><html lang=fr><title>Paiement d’essai</title>"
                f"<h1>{session['amount_total'] / 100:.2f} €</h1>"
                "<form method=post><button name=act value=pay>Payer</button>"
                "<button name=act value=leave>Abandonner</button></form>"
            )
            self._send(200, page.encode(), "text/html; charset=utf-8")
            return
        paying = form.get("act") == "pay"
        if paying:
            event = self.stripe.press(name)
            if self.stripe.notify and event:
                body, headers = signed(event)
                asked = urllib.request.Request(self.stripe.notify, body, headers)
                urllib.request.urlopen(asked, timeout=10).close()
        self._send(303, b"", "text/plain", Location=session["success_url" if paying else "cancel_url"])


@contextlib.contextmanager
def running() -> Iterator[Stripe]:
    """A fake Stripe on a free port of 127.0.0.1, for as long as the block lasts."""
    stripe = Stripe()
    handler = type("Handler", (_Handler,), {"stripe": stripe})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    stripe.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
