/** What is opened in the stories: a small shop in three languages, with one thing done twice. */

import type { Files } from './workbench';

const SESSIONS_PY = `"""Sessions of people who are signed in."""

from datetime import datetime, timedelta

IDLE_LIMIT = timedelta(minutes=30)


class Session:
    """One visit, from signing in to signing out."""

    def __init__(self, user_id: int, started: datetime) -> None:
        self.user_id = user_id
        self.last_seen = started

    def touch(self, now: datetime) -> None:
        """Remember that the person did something."""
        self.last_seen = now

    def is_expired(self, now: datetime) -> bool:
        """Whether nothing happened for longer than the idle limit."""
        return now - self.last_seen > IDLE_LIMIT


def drop_expired_sessions(sessions: list[Session], now: datetime) -> list[Session]:
    """Keep the sessions that are still alive."""
    alive = []
    for session in sessions:
        if not session.is_expired(now):
            alive.append(session)
    return alive
`;

const TOKENS_PY = `"""Signed tokens that prove who is asking."""

import hashlib
import hmac


class TokenInvalid(Exception):
    """The signature does not fit, or the token is too old."""


def validate_jwt_token(token: str, key: bytes, now: int) -> dict[str, str]:
    """Check the signature and the expiry of a token and return its claims."""
    header, payload, signature = token.split(".")
    expected = hmac.new(key, f"{header}.{payload}".encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise TokenInvalid("bad signature")
    claims = dict(pair.split("=") for pair in payload.split("&"))
    if int(claims["exp"]) < now:
        raise TokenInvalid("too old")
    return claims
`;

const RETRY_PY = `"""Trying again when the network fails."""

import time


def retry_with_backoff(action, attempts=5, first_delay=0.1):
    """Call action until it succeeds; wait twice as long after each failure."""
    delay = first_delay
    for attempt in range(attempts):
        try:
            return action()
        except ConnectionError:
            if attempt == attempts - 1:
                raise
            time.sleep(delay)
            delay *= 2
`;

const FETCH_PY = `"""Talking to the payment provider."""

import time


def call_until_it_works(action, attempts=3, first_delay=0.5):
    """Call action until it succeeds; wait twice as long after every failure."""
    delay = first_delay
    for attempt in range(attempts):
        try:
            return action()
        except ConnectionError:
            if attempt == attempts - 1:
                raise
            time.sleep(delay)
            delay *= 2


def charge(card, amount_cents):
    """Take money from a card."""
    if amount_cents <= 0:
        raise ValueError("nothing to charge")
    return call_until_it_works(lambda: card.withdraw(amount_cents))
`;

const BASKET_TS = `/** What a person is about to buy. */

export interface Item {
  readonly name: string;
  readonly priceCents: number;
  readonly count: number;
}

/** The sum of all items, in cents, with the discount taken off. */
export function basketTotal(items: readonly Item[], discountPercent: number): number {
  let total = 0;
  for (const item of items) total += item.priceCents * item.count;
  return Math.round((total * (100 - discountPercent)) / 100);
}

/** Put an item into the basket, or raise its count when it is there already. */
export function addItem(items: readonly Item[], added: Item): readonly Item[] {
  const there = items.find((item) => item.name === added.name);
  if (there === undefined) return [...items, added];
  return items.map((item) => (item === there ? { ...item, count: item.count + added.count } : item));
}
`;

const LIMITER_GO = `// Package limits keeps clients from asking too often.
package limits

import (
	"sync"
	"time"
)

// Limiter lets a client ask a fixed number of times in a window of time.
type Limiter struct {
	mutex  sync.Mutex
	seen   map[string][]time.Time
	window time.Duration
	most   int
}

// Allow tells whether the client may ask once more now.
func (l *Limiter) Allow(client string, now time.Time) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	recent := l.seen[client][:0]
	for _, at := range l.seen[client] {
		if now.Sub(at) < l.window {
			recent = append(recent, at)
		}
	}
	if len(recent) >= l.most {
		return false
	}
	l.seen[client] = append(recent, now)
	return true
}
`;

const MAIL_GO = `// Package mail sends letters to customers.
package mail

import "fmt"

// SendReceipt writes to a customer what was bought and what it cost.
func SendReceipt(address string, lines []string, totalCents int) error {
	body := ""
	for _, line := range lines {
		body += line + "\\n"
	}
	body += fmt.Sprintf("Total: %d.%02d\\n", totalCents/100, totalCents%100)
	return deliver(address, "Your receipt", body)
}

func deliver(address, subject, body string) error {
	if address == "" {
		return fmt.Errorf("no address")
	}
	return nil
}
`;

/** A small shop. */
export const SHOP: Files = {
  'README.md':
    '# Shop\n\nA small shop: sessions, payments, a basket.\n\n## Signing in\n\nPeople sign in with a token.\n',
  'auth/sessions.py': SESSIONS_PY,
  'auth/tokens.py': TOKENS_PY,
  'net/retry.py': RETRY_PY,
  'payments/provider.py': FETCH_PY,
  'web/basket.ts': BASKET_TS,
  'limits/limiter.go': LIMITER_GO,
  'mail/receipt.go': MAIL_GO,
};

/** Another folder, for workspaces with several. */
export const TOOLS: Files = {
  'images/thumbnail.py': `"""Small pictures."""


def make_thumbnail(picture, longest_side_px):
    """Scale a picture down so that its longest side fits, keeping its proportions."""
    factor = longest_side_px / max(picture.width, picture.height)
    if factor >= 1:
        return picture
    return picture.resize(round(picture.width * factor), round(picture.height * factor))
`,
};

/** Enough code that indexing is still going on when a person does something else. */
export function large(n_files: number): Files {
  const files: Record<string, string> = { ...SHOP };
  for (let n = 1; n <= n_files; n += 1) {
    files[`made/part_${n}.py`] = Array.from(
      { length: 12 },
      (_, m) =>
        `def step_${n}_${m}(values, limit_${m}):\n    """Add ${n * m} to every value under limit ${m} of part ${n}."""\n` +
        `    changed = []\n    for value_${n} in values:\n        if value_${n} < limit_${m} * ${n}:\n` +
        `            changed.append(value_${n} + ${n * m})\n    return changed\n`,
    ).join('\n\n');
  }
  return files;
}
