// The attack cases: what each tries. Tests name them by number.

export const cases = [
  { number: 1, tried: 'call the account itself: by its address, nested execute, batch, zero target, implementation' },
  { number: 2, tried: 'call the EntryPoint or other authorities, directly or under a wildcard' },
  { number: 3, tried: 'sign as the account (ERC-1271): permits, orders, grants' },
  { number: 4, tried: 'replay or swap a grant: after revoke, on another chain or account, by the bundler' },
  { number: 5, tried: 'drain by fees: prices, gas limits, paymaster gas left out of the sum' },
  { number: 6, tried: 'stuff the signature, which no hash covers, with bytes' },
  { number: 7, tried: 'take back a use by reverting' },
  { number: 8, tried: 'spend around a token limit: approvals, permits, hooks, other senders' },
  { number: 9, tried: 'split over a batch what the sum forbids' },
  { number: 10, tried: 'send value or tokens through a granted router' },
  { number: 11, tried: 'calldata that decodes in two ways' },
  { number: 12, tried: 'dirty upper bits in addresses, numbers and comparisons' },
  { number: 13, tried: 'validation data that says something else than was meant' },
  { number: 14, tried: 'get used limits back by revoking and registering again' },
  { number: 15, tried: 'one permission that passes for another' },
  { number: 16, tried: 'sessions that outlive owner change or re-delegation' },
  { number: 17, tried: 'a signature that counts for another kind of key, or in two forms' },
  { number: 18, tried: 'reenter from registration or from the called contract' },
  { number: 19, tried: 'register somebody else\'s key to block it' },
  { number: 20, tried: 'a paymaster nobody approved, or one that hides the fee' },
  { number: 21, tried: 'side effects while an owner signature is checked' },
  { number: 22, tried: 'race the revocation' },
  { number: 23, tried: 'edges of periods: last second, period from the future, overflow' },
  { number: 24, tried: 'pass a grant on with looser terms, which no session can do' },
  { number: 25, tried: 'grow something until the owner cannot afford it' },
  { number: 26, tried: 'an unknown validator behind an ERC-1271 prefix' },
  { number: 27, tried: 'banned opcodes and foreign storage in validation (ERC-7562)', goTests: { package: './internal/chain', run: 'ERC7562' } },
]

// caseOf reads the case from a test's or a suite's name. A set-up that fails
// has a test name without a number, and counts for its suite's case.
export function caseOf(name) {
  const [, digits] = name.match(/case_?(\d+)/i) ?? []
  return digits && Number(digits)
}
