// Stripe's card payments in Assay's words: what is sent, and what an answer means. Nothing here keeps any state.
// Sources: docs.stripe.com/api, /payments/paymentintents/lifecycle, /error-codes, /declines/codes, /webhooks,
// /api/idempotent_requests; API version 2026-10-28.endive.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { CURRENCIES, decode, encode } from "./money.mjs";

const VERSION = "2026-10-28.endive";
const TOLERANCE_S = 300;
const PATIENCE_MS = 30_000;
const LARGEST_REPLY = 2 ** 20; // octets, a hundred times the largest object
const TABLES = JSON.parse(readFileSync(new URL("codes.json", import.meta.url), "utf8"));

export const DESCRIPTION = {
  name: "stripe-node",
  gateway: "stripe",
  version: VERSION,
  flows: ["Authorize", "Capture", "Void", "Refund", "PSync", "RSync", "IncomingWebhook"],
  capabilities: {
    payment_methods: { CARD: { form: "Offer", captures: ["AUTOMATIC", "MANUAL", "MANUAL_MULTIPLE"], refunds: true } },
    currencies: CURRENCIES,
    recovery: ["SAME_KEY_RETRY", "SYNC"],
  },
};

// -- errors: the kind says who must act

const READS = new Set(["PSync", "RSync", "IncomingWebhook"]);
const info = (code, retry, more = {}) => ({ form: "ErrorInfo", code, retry, ...more });

export class ConnectorError extends Error {
  constructor(kind, message, error, more = {}) {
    super(message);
    Object.assign(this, { kind, error, more });
  }

  form() {
    return { form: this.kind, message: this.message, error: this.error, ...this.more };
  }
}

const subject = (command) => command.refund_id ?? command.payment_id ?? null;

// No trustworthy answer: of a read nothing can have moved, of a write nobody knows.
function unanswered(command, reason, { status = null, code = "GATEWAY_ERROR", raw = null, id = null, final = false } = {}) {
  const [kind, retry] = READS.has(command.form) ? ["Unavailable", "LATER"] : ["OutcomeUnknown", "SYNC_FIRST"];
  const told = info(code, final ? "NEVER" : retry, { raw_code: raw });
  return new ConnectorError(kind, `${command.form}: ${reason}`, told, { status, transaction_id: id ?? subject(command) });
}

const invalid = (reason, code = "INVALID_REQUEST") =>
  new ConnectorError("InvalidCommand", reason, info(code, "WITH_CORRECTED_DATA"));
const notOffered = (what, code = "INVALID_REQUEST") =>
  new ConnectorError("NotOffered", `stripe-node does not offer ${what}`, info(code, "WITH_CORRECTED_DATA"));

// -- what is not claimed is refused before anything is sent

function refuseUndeclared(command) {
  if (!DESCRIPTION.flows.includes(command.form)) throw notOffered(command.form);
  if (command.form === "Authorize") {
    const kind = command.method.kind ?? "CARD"; // a card says no kind: it is its form
    const offer = command.method.form === "Card" || kind === "CARD" ? DESCRIPTION.capabilities.payment_methods.CARD : null;
    if (!offer) throw notOffered(kind);
    if (!offer.captures.includes(command.capture_method)) throw notOffered(`${command.capture_method} capture`);
  }
  const currency = command.amount?.currency;
  if (currency && !CURRENCIES.includes(currency)) throw notOffered(currency, "CURRENCY_NOT_SUPPORTED");
}

// Half a surrogate pair is no Unicode (RFC 3629, 3): an encoder would send another character in its place.
function isUnicode(value) {
  if (typeof value === "string") return value.isWellFormed();
  return value === null || typeof value !== "object" || Object.entries(value).flat().every(isUnicode);
}

// -- requests

function amountOf(command) {
  const wire = encode(command.amount);
  if (wire === null) throw invalid("Stripe has no number for this amount", "INVALID_AMOUNT");
  return wire;
}

function pathOf(id) {
  if (!/^[A-Za-z0-9_]+$/.test(id ?? "")) throw invalid("an id of Stripe's is letters, digits and underscores");
  return id;
}

const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value));

function billing(method, shopper) {
  const at = shopper?.address;
  const told = { name: method.holder ?? shopper?.name, email: shopper?.email, phone: shopper?.phone };
  const where = { line1: at?.line1, city: at?.city, postal_code: at?.postal_code, country: at?.country, state: at?.region };
  const named = (prefix, fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}[${name}]`, value]));
  const details = "payment_method_data[billing_details]";
  return given({ ...named(details, told), ...named(`${details}[address]`, where) });
}

function methodFields(method, shopper) {
  if (method.form === "StoredMethod") return { payment_method: method.token };
  return {
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": method.number,
    "payment_method_data[card][exp_month]": String(method.expiry_month),
    "payment_method_data[card][exp_year]": String(method.expiry_year),
    ...given({ "payment_method_data[card][cvc]": method.cvc }),
    ...billing(method, shopper),
  };
}

const MANY = "payment_method_options[card][request_multicapture]";
const CAPTURES = {
  AUTOMATIC: { capture_method: "automatic" },
  MANUAL: { capture_method: "manual" },
  MANUAL_MULTIPLE: { capture_method: "manual", [MANY]: "if_available" },
};
const CHARGE = { "expand[]": "latest_charge" };
const REQUESTS = {
  Authorize: (it) => ["POST", "/v1/payment_intents", {
    amount: amountOf(it),
    currency: it.amount.currency.toLowerCase(),
    confirm: "true",
    "allowed_payment_method_types[]": "card",
    ...CAPTURES[it.capture_method],
    ...methodFields(it.method, it.shopper),
    ...(it.return_url ? { return_url: it.return_url } : {}),
    ...(it.description ? { description: it.description } : {}),
    ...(it.reference ? { "metadata[reference]": it.reference } : {}),
    ...CHARGE,
  }],
  Capture: (it) => ["POST", `/v1/payment_intents/${pathOf(it.payment_id)}/capture`, {
    amount_to_capture: amountOf(it),
    ...(it.final === false ? { final_capture: "false" } : {}),
    ...CHARGE,
  }],
  Void: (it) => ["POST", `/v1/payment_intents/${pathOf(it.payment_id)}/cancel`, { ...CHARGE }],
  Refund: (it) => ["POST", "/v1/refunds", { payment_intent: pathOf(it.payment_id), amount: amountOf(it) }],
  PSync: (it) => ["GET", `/v1/payment_intents/${pathOf(it.payment_id)}?expand[]=latest_charge`],
  RSync: (it) => ["GET", `/v1/refunds/${pathOf(it.refund_id)}`],
};

// One key for every attempt at one effect: 32 hex digits over flow and request id.
const keyOf = (command) =>
  createHash("sha256").update(`${command.form}:${command.request_id}`).digest("hex").slice(0, 32);

async function send(config, command, [method, path, fields]) {
  const headers = { Authorization: `Bearer ${config.api_key}`, "Stripe-Version": VERSION };
  if (method === "POST") {
    headers["Content-Type"] = "application/x-www-form-urlencoded";
    headers["Idempotency-Key"] = keyOf(command);
  }
  const body = fields && new URLSearchParams(fields).toString();
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(config.base_url + path, { method, headers, body, redirect: "manual", signal });
    return { status: response.status, headers: response.headers, text: await textOf(response) };
  } catch {
    throw unanswered(command, "no answer came", { code: "TIMEOUT" });
  }
}

// A reply without end is none: it is left where it becomes too large.
async function textOf(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_REPLY) throw new RangeError("too large a reply");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

// -- answers

function documentIn(text) {
  try {
    const found = JSON.parse(text);
    return found !== null && typeof found === "object" && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}

// The issuer's advice outweighs the table (docs.stripe.com/declines/card#retrying-issuer-declines).
const ADVICE = { do_not_try_again: "NEVER", try_again_later: "LATER", confirm_card_data: "WITH_CORRECTED_DATA" };
const REFUSED = {
  RATE_LIMITED: "LATER", CREDENTIALS_REJECTED: "NEVER", MERCHANT_CONFIGURATION: "NEVER", NOT_FOUND: "WITH_CORRECTED_DATA",
  IDEMPOTENCY_CONFLICT: "WITH_CORRECTED_DATA", INVALID_STATE: "SYNC_FIRST", AUTHENTICATION_REQUIRED: "AFTER_AUTHENTICATION",
  PROCESSING_ERROR: "LATER", TIMEOUT: "LATER", AUTHORIZATION_EXPIRED: "NEVER", MERCHANT_BALANCE_INSUFFICIENT: "LATER",
};

// Whatever the table of declines says: who is asked to prove who they are must, and of a duplicate one may have paid.
const OUTWEIGHS = { AUTHENTICATION_REQUIRED: "AFTER_AUTHENTICATION", DUPLICATE: "SYNC_FIRST" };

function reason(error) {
  const listed = TABLES.declines[error.decline_code];
  const unified = (error.decline_code ? listed?.[0] : TABLES.codes[error.code]) ?? "OTHER";
  const usual = listed?.[1] ?? REFUSED[unified] ?? "WITH_CORRECTED_DATA";
  const advised = ADVICE[error.advice_code];
  const softer = usual === "NEVER" && advised === "LATER"; // a code that is final stays so
  const retry = (softer ? null : advised) ?? OUTWEIGHS[unified] ?? usual;
  return info(unified, retry, {
    raw_code: error.decline_code ?? error.code ?? null,
    message: error.message ?? null,
    network_decline_code: error.network_decline_code ?? null,
    network_advice_code: error.network_advice_code ?? null,
    advice_code: error.advice_code ?? null,
  });
}

const KINDS = { 401: "CredentialsRejected", 403: "CredentialsRejected", 429: "RateLimited" };
const BARE = { 401: "CREDENTIALS_REJECTED", 403: "CREDENTIALS_REJECTED", 404: "NOT_FOUND", 429: "RATE_LIMITED" };

// What a decline says of each flow, and beside which statuses of the payment: beside another nobody knows.
const NOTHING_HELD = ["requires_payment_method", "requires_confirmation", "canceled"];
const DECLINED = {
  Authorize: ["FAILURE", (raw) => NOTHING_HELD.includes(raw)],
  Capture: ["CAPTURE_FAILED", (raw) => [...NOTHING_HELD, "requires_capture"].includes(raw)],
  Void: ["VOID_FAILED", (raw) => Object.hasOwn(STATUSES, raw) && raw !== "canceled"],
};

function refusal(command, { status, headers, text }) {
  const error = documentIn(text)?.error ?? {};
  const intent = error.payment_intent;
  if (status === 402 && error.type === "card_error" && intent && DECLINED[command.form]) {
    const outcome = payment(command, { ...intent, last_payment_error: intent.last_payment_error ?? error }, reason(error));
    const [failed, agrees] = DECLINED[command.form];
    return { ...outcome, status: agrees(intent.status) ? failed : "UNRESOLVED" };
  }
  if (status === 402 && error.type === "card_error" && command.form === "Authorize") {
    // Of a number that is none Stripe keeps no payment.
    return { form: "PaymentOutcome", status: "FAILURE", payment_id: null, raw_status: null, error: reason(error) };
  }
  if (status >= 500 || status < 400 || status === 409 || status === 424) {
    const busy = error.code === "idempotency_key_in_use";
    const code = busy ? "IDEMPOTENCY_CONFLICT" : "GATEWAY_ERROR";
    // docs.stripe.com/error-low-level: whoever answered asks not to be asked again.
    const final = headers.get("stripe-should-retry") === "false";
    throw unanswered(command, `HTTP ${status}`, { status, raw: error.code, code, final });
  }
  const why = reason(error);
  if (error.type === "idempotency_error") Object.assign(why, { code: "IDEMPOTENCY_CONFLICT", retry: "WITH_CORRECTED_DATA" });
  else if (BARE[status] && (why.code === "OTHER" || status === 429)) why.code = BARE[status];
  if (KINDS[status]) why.retry = status === 429 ? "LATER" : "NEVER";
  const after = Number(headers.get("retry-after") ?? NaN);
  throw new ConnectorError(KINDS[status] ?? "RequestRejected", `${command.form}: HTTP ${status}`, why, {
    status, transaction_id: subject(command), retry_after: Number.isFinite(after) ? after : null,
  });
}

// -- payments

// What a raw status means beside all else that an intent says; an unknown one is UNRESOLVED.
const STATUSES = {
  requires_payment_method: (it) => (it.last_payment_error ? "FAILURE" : "PAYMENT_METHOD_AWAITED"),
  requires_confirmation: () => "CONFIRMATION_AWAITED",
  requires_action: () => "AUTHENTICATION_PENDING",
  processing: () => "PENDING",
  requires_capture: (it) => (it.amount_received > 0 ? "PARTIAL_CHARGED_AND_CHARGEABLE" : "AUTHORIZED"),
  succeeded: (it) => (it.amount_received < it.amount ? "PARTIAL_CHARGED" : "CHARGED"),
  canceled: (it) => {
    if (it.amount_received > 0) return "PARTIAL_CHARGED"; // the rest of a hold was given back, a part had been taken
    if (!held(it)) return "FAILURE"; // nothing was ever authorised, so nothing was given back
    return ["automatic", "expired"].includes(it.cancellation_reason) ? "EXPIRED" : "VOIDED";
  },
};

// Whether there was a hold: a charge that succeeded, or, where only its id is told, one after no failure.
function held(intent) {
  const charge = intent.latest_charge;
  return charge && typeof charge === "object" ? charge.status === "succeeded" : Boolean(charge) && !intent.last_payment_error;
}

function statusOf(intent) {
  const rule = Object.hasOwn(STATUSES, intent.status) ? STATUSES[intent.status] : () => "UNRESOLVED";
  return rule(intent);
}

// A step that is no redirect is for Stripe's own code, which asks for the client secret.
function nextAction(intent) {
  const next = intent.next_action;
  if (intent.status !== "requires_action" || !next?.type) return null;
  const url = next.type === "redirect_to_url" && next.redirect_to_url?.url;
  if (url) return { form: "NextAction", kind: "REDIRECT", url };
  return { form: "NextAction", kind: "CLIENT_SDK", data: { type: next.type, client_secret: intent.client_secret ?? "" } };
}

// Amounts of an outcome; where ISO units cannot hold one, the answer is a mismatch that keeps everything else.
function withAmounts(command, outcome, currency, wires, id) {
  const told = Object.entries(wires).map(([name, wire]) => [name, decode(wire, currency)]);
  if (told.some(([, money]) => money === undefined)) throw mismatch(command, "an amount that ISO 4217 cannot hold", outcome, id);
  return { ...outcome, ...Object.fromEntries(told.filter(([, money]) => money !== null)) };
}

const mismatch = (command, reason, outcome, id) =>
  new ConnectorError("IntegrityMismatch", `${command.form}: ${reason}`, info("GATEWAY_ERROR", "SYNC_FIRST"), { transaction_id: id, outcome });

function payment(command, intent, error = null) {
  const charge = intent.latest_charge && typeof intent.latest_charge === "object" ? intent.latest_charge : null;
  const bare = {
    form: "PaymentOutcome",
    status: statusOf(intent),
    payment_id: intent.id,
    raw_status: intent.status,
    next_action: nextAction(intent),
    error: error ?? (intent.last_payment_error ? reason(intent.last_payment_error) : null),
    expires_at: charge?.payment_method_details?.card?.capture_before ?? null,
  };
  return withAmounts(command, bare, intent.currency, {
    amount: intent.amount,
    authorized: ["requires_capture", "succeeded"].includes(intent.status) ? intent.amount : null,
    capturable: intent.amount_capturable,
    captured: intent.amount_received,
    refunded: refundedOf(charge),
  }, intent.id);
}

// What is given back of a hold shows as a refund of the charge, though it was never taken.
function refundedOf(charge) {
  if (!charge || ![charge.amount, charge.amount_captured, charge.amount_refunded].every(Number.isSafeInteger)) return null;
  return charge.captured ? Math.max(charge.amount_refunded - (charge.amount - charge.amount_captured), 0) : 0;
}

const REFUND_STATUSES = { pending: "PENDING", requires_action: "PENDING", succeeded: "SUCCESS", failed: "FAILURE", canceled: "FAILURE" };

// docs.stripe.com/api/refunds/object, failure_reason
const REFUND_FAILURES = {
  lost_or_stolen_card: ["LOST_OR_STOLEN", "WITH_OTHER_METHOD"],
  expired_or_canceled_card: ["EXPIRED_CARD", "WITH_OTHER_METHOD"],
  charge_for_pending_refund_disputed: ["INVALID_STATE", "NEVER"],
  insufficient_funds: ["MERCHANT_BALANCE_INSUFFICIENT", "LATER"],
  declined: ["CARD_DECLINED", "WITH_OTHER_METHOD"],
  merchant_request: ["OTHER", "NEVER"],
};

function failureOf(it) {
  const [code, retry] = REFUND_FAILURES[it.failure_reason] ?? ["OTHER", "WITH_OTHER_METHOD"];
  return info(code, retry, { raw_code: it.failure_reason ?? it.status });
}

function refund(command, it) {
  const status = Object.hasOwn(REFUND_STATUSES, it.status) ? REFUND_STATUSES[it.status] : "UNRESOLVED";
  const bare = {
    form: "RefundOutcome",
    status,
    refund_id: it.id,
    payment_id: it.payment_intent ?? command.payment_id ?? null,
    raw_status: it.status,
    error: status === "FAILURE" ? failureOf(it) : null,
  };
  return withAmounts(command, bare, it.currency, { amount: it.amount }, it.id);
}

// An answer without what every object of its kind has is no answer.
const isText = (value) => typeof value === "string" && value !== "";
const FIELDS = {
  payment_intent: (it) => [it.id, it.status, it.currency].every(isText) && it.latest_charge !== undefined &&
    [it.amount, it.amount_received, it.amount_capturable].every(Number.isSafeInteger),
  refund: (it) => [it.id, it.status, it.currency].every(isText) && Number.isSafeInteger(it.amount),
};

// Any 2xx means what 200 means (RFC 9110, 15).
const isSuccess = ({ status }) => status >= 200 && status < 300;

function objectIn(command, answer, kind) {
  const found = isSuccess(answer) ? documentIn(answer.text) : null;
  if (!found || found.object !== kind || !FIELDS[kind](found)) {
    throw unanswered(command, `no ${kind} in the answer`, { status: answer.status, id: isText(found?.id) ? found.id : null });
  }
  return found;
}

const same = (one, other) => one && other && one.minor === other.minor && one.currency === other.currency;

// What was asked for must be what the answer names; each flow has its own field for it.
const NAMED = { Authorize: "amount", Capture: "captured", Void: "amount", PSync: "amount", Refund: "amount", RSync: "amount" };

// Of several captures an answer tells the sum.
function answers(command, outcome, { many }) {
  const told = outcome[NAMED[command.form]];
  if (command.form === "Capture" && many) return told?.currency === command.amount.currency && told.minor >= command.amount.minor;
  return same(command.amount, told);
}

function checked(command, outcome, more = {}) {
  const id = outcome.refund_id ?? outcome.payment_id;
  for (const name of ["refund_id", "payment_id"]) {
    if (command[name] && outcome[name] && command[name] !== outcome[name]) throw unanswered(command, `the answer names another ${name}`);
  }
  if (command.amount && !answers(command, outcome, more)) {
    throw mismatch(command, "the answer names another amount", outcome, id);
  }
  return outcome;
}

export async function run({ config, command }) {
  refuseUndeclared(command);
  if (!isUnicode(command)) throw invalid("a text was cut in the middle of a character");
  const answer = await send(config, command, REQUESTS[command.form](command));
  if (!isSuccess(answer)) return refusal(command, answer);
  if (["Refund", "RSync"].includes(command.form)) return checked(command, refund(command, objectIn(command, answer, "refund")));
  const intent = objectIn(command, answer, "payment_intent");
  const many = intent.payment_method_options?.card?.request_multicapture === "if_available";
  return checked(command, payment(command, intent), { many });
}

// -- webhooks

const DISPUTES = {
  warning_needs_response: "OPENED", needs_response: "OPENED", appeal_needs_response: "OPENED",
  warning_under_review: "CHALLENGED", under_review: "CHALLENGED", appeal_under_review: "CHALLENGED",
  warning_closed: "CANCELLED", prevented: "CANCELLED", won: "WON", lost: "LOST",
};

function dispute(command, it) {
  const bare = {
    form: "DisputeOutcome",
    status: Object.hasOwn(DISPUTES, it.status) ? DISPUTES[it.status] : "UNRESOLVED",
    dispute_id: it.id,
    payment_id: it.payment_intent ?? command.payment_id ?? null,
    raw_status: it.status,
    reason: it.reason ?? null,
    respond_by: it.evidence_details?.due_by ?? null,
  };
  return withAmounts(command, bare, it.currency, { amount: it.amount }, it.id);
}

const READERS = { payment_intent: payment, refund, dispute };

function believed({ config, now, command }, body) {
  const header = command.headers.find(([name]) => name.toLowerCase() === "stripe-signature")?.[1] ?? "";
  const parts = header.split(",").map((part) => part.split("=", 2));
  const at = parts.find(([name]) => name === "t")?.[1];
  const given = parts.filter(([name]) => name === "v1").map(([, value]) => Buffer.from(value ?? ""));
  if (!/^\d+$/.test(at ?? "") || Math.abs(now - Number(at)) > TOLERANCE_S) return false;
  const secrets = (config.webhook_secrets ?? []).filter(Boolean);
  return secrets.some((secret) => {
    const wanted = Buffer.from(createHmac("sha256", secret).update(`${at}.`).update(body).digest("hex"));
    return given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
  });
}

const rejected = (reason) =>
  new ConnectorError("WebhookRejected", reason, info("INVALID_REQUEST", "NEVER"));

export function receive(asked) {
  const body = Buffer.from(asked.command.body, "base64");
  if (!believed(asked, body)) throw rejected("no signature of this delivery holds");
  const event = documentIn(body.toString("utf8"));
  if (!event || !isText(event.id) || !isText(event.type)) throw rejected("a delivery that is no event");
  const it = event.data?.object;
  const read = Object.hasOwn(READERS, it?.object ?? "") && isText(it.id) && isText(it.status) ? READERS[it.object] : null;
  const known = read && /^(payment_intent|refund|charge\.refund|charge\.dispute)\./.test(event.type);
  const outcome = known ? read(asked.command, it) : null;
  return { events: [{ form: "Event", event_id: event.id, type: event.type, created: event.created ?? null, outcome }], status: 200 };
}
