// Amounts: ISO 4217 minor units on our side, Stripe's own number on its wire.
// Source: docs.stripe.com/currencies, read 2026-09.

// What Stripe sends differently than two decimals; three decimals must end in 0. Not all that Stripe takes is claimed.
const ZERO = ["JPY", "KRW", "VND", "XAF"];
const THREE = ["BHD", "KWD", "TND"];
const TWO = ["AUD", "BRL", "CAD", "CHF", "EUR", "GBP", "INR", "PLN", "SEK", "USD"];
// Without decimals in ISO 4217, with two of them, always 00, on the wire. (UGX stands in two lists of Stripe's; this one
// is the more special.)
const HUNDREDFOLD = ["ISK", "UGX"];

// For each currency: wire = minor * times / over, and the wire's number is a multiple of `step`.
const UNITS = new Map([
  ...[...ZERO, ...TWO].map((code) => [code, { times: 1n, over: 1n, step: 1n }]),
  ...THREE.map((code) => [code, { times: 1n, over: 1n, step: 10n }]),
  ...HUNDREDFOLD.map((code) => [code, { times: 100n, over: 1n, step: 100n }]),
  ["MGA", { times: 1n, over: 100n, step: 1n }], // two decimals in ISO 4217 (fifths are written so), none at Stripe
]);

export const CURRENCIES = [...UNITS.keys()].sort();

// The wire's number for an amount, or null where there is none.
export function encode({ minor, currency }) {
  const unit = UNITS.get(currency);
  const scaled = BigInt(minor) * unit.times;
  if (minor <= 0 || scaled % unit.over !== 0n || (scaled / unit.over) % unit.step !== 0n) return null;
  return String(scaled / unit.over);
}

// The amount that a number on the wire stands for; undefined where ISO 4217 has none, null for no number.
export function decode(wire, currency) {
  if (wire === null || wire === undefined) return null;
  const unit = UNITS.get(String(currency).toUpperCase());
  if (!unit || !Number.isSafeInteger(wire)) return undefined;
  const scaled = BigInt(wire) * unit.over;
  if (scaled % unit.times !== 0n) return undefined;
  return { form: "Money", minor: Number(scaled / unit.times), currency: String(currency).toUpperCase() };
}
