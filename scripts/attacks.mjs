#!/usr/bin/env node
// Runs the attack tests of the contracts and prints one line a case.
//
//   scripts/attacks.mjs
//
// A case is caught when it has tests and every one of them passes. Tests belong
// to a case by their name: test_caseNN_… in contracts/test/attacks, or a Go test
// named below. A case without tests is not caught, however safe the code is.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const cases = [
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
  { number: 24, tried: 'pass a grant on with looser terms', notOffered: 'sessions cannot grant' },
  { number: 25, tried: 'grow something until the owner cannot afford it' },
  { number: 26, tried: 'an unknown validator behind an ERC-1271 prefix' },
  { number: 27, tried: 'banned opcodes and foreign storage in validation (ERC-7562)', goTests: { package: './internal/chain', run: 'ERC7562' } },
]

// forgeTests answers { number, name, passed } of each test named by a case.
function forgeTests() {
  const { stdout, stderr, error } = spawnSync('npm', ['run', '--silent', 'test:attacks', '--', '--json'], {
    cwd: `${root}/contracts`, encoding: 'utf8', maxBuffer: 1 << 30,
  })
  if (error) throw error
  const line = stdout.split('\n').find((text) => text.startsWith('{'))
  if (!line) throw new Error(`forge printed no results:\n${stdout}${stderr}`)
  return Object.entries(JSON.parse(line)).flatMap(([suite, { test_results: results }]) =>
    Object.entries(results).map(([test, { status, reason }]) => ({
      number: caseOf(test) ?? caseOf(suite),
      name: `${suite.split(':')[1]}.${test}`,
      passed: status === 'Success',
      reason,
    })),
  )
}

// caseOf reads the case from a test's or a suite's name. A set-up that fails
// has a test name without a number, and counts for its suite's case.
function caseOf(name) {
  const [, digits] = name.match(/case_?(\d+)/i) ?? []
  return digits && Number(digits)
}

function goTests(number, { package: path, run }) {
  const { stdout, error } = spawnSync('go', ['test', '-count=1', '-json', '-run', run, path], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (error) throw error
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ Test, Action }) => Test && (Action === 'pass' || Action === 'fail' || Action === 'skip'))
    .map(({ Test, Action }) => ({ number, name: Test, passed: Action === 'pass', reason: Action }))
}

function verdict({ notOffered }, tests) {
  const failed = tests.filter(({ passed }) => !passed)
  if (failed.length) return { caught: false, text: `NOT CAUGHT  ${failed.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}` }
  if (tests.length) return { caught: true, text: `caught      ${tests.length} tests` }
  if (notOffered) return { caught: true, text: `not offered ${notOffered}` }
  return { caught: false, text: 'NOT CAUGHT  no test' }
}

const tests = forgeTests()
for (const { number, goTests: named } of cases) if (named) tests.push(...goTests(number, named))

let caught = 0
for (const attack of cases) {
  const result = verdict(attack, tests.filter(({ number }) => number === attack.number))
  if (result.caught) caught++
  console.log(`${String(attack.number).padStart(2)}  ${attack.tried.padEnd(88)}  ${result.text}`)
}
const strays = tests.filter(({ number }) => !cases.some((attack) => attack.number === number))
for (const { name } of strays) console.log(` ?  ${name} names no case`)
console.log(`${caught}/${cases.length} caught`)
process.exitCode = caught === cases.length && strays.length === 0 ? 0 : 1
