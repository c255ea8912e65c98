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

import { caseOf, cases } from './attack-cases.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

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

function verdict(tests) {
  const failed = tests.filter(({ passed }) => !passed)
  if (failed.length) return { caught: false, text: `NOT CAUGHT  ${failed.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}` }
  if (tests.length) return { caught: true, text: `caught      ${tests.length} tests` }
  return { caught: false, text: 'NOT CAUGHT  no test' }
}

const tests = forgeTests()
for (const { number, goTests: named } of cases) if (named) tests.push(...goTests(number, named))

let caught = 0
for (const attack of cases) {
  const result = verdict(tests.filter(({ number }) => number === attack.number))
  if (result.caught) caught++
  console.log(`${String(attack.number).padStart(2)}  ${attack.tried.padEnd(88)}  ${result.text}`)
}
const strays = tests.filter(({ number }) => !cases.some((attack) => attack.number === number))
for (const { name } of strays) console.log(` ?  ${name} names no case`)
console.log(`${caught}/${cases.length} caught`)
process.exitCode = caught === cases.length && strays.length === 0 ? 0 : 1
