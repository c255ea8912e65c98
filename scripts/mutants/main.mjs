#!/usr/bin/env node
// Takes every guard of the account, its libraries and the paymaster away, one at
// a time, and runs the forge tests each time. A guard that no test misses has
// survived.
//
//   scripts/mutants/main.mjs [--list | --cases | --invariants] [--fresh] [TEXT…]
//
// TEXT restricts to guards whose path or name contains it. What has been found is
// kept until sources or tests change, so a run that was ended goes on where it
// was; --fresh forgets it.
//
// --list prints the guards and runs nothing. --cases runs all attack tests for
// each guard and writes docs/attacks.md: which guards each case depends on.
// --invariants shows that each invariant fails without the guard it stands on.
//
// killers.json holds the test that missed each guard last time. It is tried first
// and a run writes it anew, so a guard that is not in it is new, and is taken
// before the others: commit the file.

import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { invariants } from './invariants.mjs'
import { writeCases } from './cases.mjs'
import { shortcuts } from './shortcuts.mjs'
import { Workshop, instrument } from './workshop.mjs'

const killersFile = fileURLToPath(new URL('killers.json', import.meta.url))

// Not taken: gas differs with every switch.
const leftOut = 'test/gas/**'
// Taken only for a guard that no other test misses, since they take long.
const slow = 'test/invariants/**'
// Some promises break seldom, and the first that breaks ends the campaign.
const patience = { FOUNDRY_INVARIANT_RUNS: '128' }

const { values: flags, positionals: only } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, cases: { type: 'boolean' }, invariants: { type: 'boolean' }, fresh: { type: 'boolean' } },
})

const { switched, guards: everyGuard, unreached } = instrument()
const spared = shortcuts.map(({ path, name, why }) => ({ ...guardNamed(path, name), why }))
const guards = everyGuard.filter(({ number }) => !spared.some((shortcut) => shortcut.number === number))
const chosen = guards.filter(({ path, name }) => only.length === 0 || only.some((text) => path.includes(text) || name.includes(text)))
const killers = JSON.parse(readFileSync(killersFile, 'utf8'))
const killerOf = ({ path, name }) => killers[path]?.[name]

for (const shortcut of spared) console.log(`shortcut  ${describe(shortcut)}: ${shortcut.why}`)
for (const { path, line, text } of unreached) console.log(`not switched  ${path}:${line}  ${text}`)

if (flags.list) {
  for (const guard of chosen) console.log(`${describe(guard)}  ${killerOf(guard) ?? 'NEW'}`)
  console.log(`${chosen.length} guards`)
} else {
  const workshop = new Workshop(switched, flags)
  const run = flags.cases ? examineCases : flags.invariants ? examineInvariants : hunt
  process.exitCode = run(workshop) && unreached.length === 0 ? 0 : 1
}

// hunt answers whether every guard is missed by some test.
function hunt(workshop) {
  const upset = upsetOf(workshop)
  if (upset.length) console.log(`left out, since the switches themselves upset them: ${upset.join(', ')}`)

  const survivors = []
  const added = chosen.filter((guard) => !killerOf(guard))
  for (const [done, guard] of [...added, ...chosen.filter(killerOf)].entries()) {
    const killer = workshop.once(`killer of ${idOf(guard)}`, () => findKiller(workshop, guard, upset))
    remember(guard, killer)
    writeKillers()
    if (!killer) survivors.push(guard)
    console.log(`${killer ? 'missed  ' : 'SURVIVED'}  ${describe(guard)}  ${killer}${added.includes(guard) ? '  (new)' : ''}`)
    if (done % 50 === 49) console.error(`${done + 1} of ${chosen.length}`)
  }

  for (const guard of survivors) console.log(`survivor  ${describe(guard)}`)
  const selected = chosen.length < guards.length ? ` of ${guards.length}` : ''
  if (unreached.length) console.log(`${unreached.length} guards could not be switched`)
  console.log(`${added.length} guards are new since ${basename(killersFile)} was written`)
  console.log(`${chosen.length}${selected} guards, ${survivors.length} survivors`)
  return survivors.length === 0
}

// upsetOf lists the tests that fail though every guard is in place.
function upsetOf(workshop) {
  return workshop.once('upset', () => [...new Set(workshop.failing(0, ['--no-match-path', leftOut]).map(({ test }) => test))])
}

// findKiller answers a test that fails without the guard, '' when there is none.
function findKiller(workshop, guard, upset) {
  const skipped = upset.length ? ['--no-match-test', `^(${upset.join('|')})\\(`] : []
  const tries = [
    ...knownKiller(guard, upset),
    ['--no-match-path', `{${leftOut},${slow}}`, '--fail-fast', ...skipped],
    ['--match-path', slow, ...skipped],
  ]
  for (const args of tries) {
    const [missed] = workshop.failing(guard.number, args)
    if (missed) return `${missed.suite}.${missed.test}`
  }
  return ''
}

// knownKiller answers forge's arguments for the test that missed the guard last
// time. A set-up that fails is no test by itself, so its whole suite is run.
function knownKiller(guard, upset) {
  const [suite, test] = killerOf(guard)?.split('.') ?? []
  if (!suite || upset.includes(test)) return []
  return [['--match-contract', `^${suite}$`, ...(test === 'setUp' ? ['--fail-fast'] : ['--match-test', `^${test}\\(`])]]
}

function remember(guard, killer) {
  killers[guard.path] ??= {}
  if (killer) killers[guard.path][guard.name] = killer
  else delete killers[guard.path][guard.name]
}

// writeKillers keeps the order of the sources, and drops guards that are gone.
function writeKillers() {
  const kept = {}
  for (const guard of guards) {
    if (killerOf(guard)) (kept[guard.path] ??= {})[guard.name] = killerOf(guard)
  }
  writeFileSync(killersFile, `${JSON.stringify(kept, null, 2)}\n`)
}

// examineCases answers whether each case has a guard whose loss its tests notice.
function examineCases(workshop) {
  const upset = upsetOf(workshop)
  const found = chosen.map((guard) => {
    const failed = workshop.once(`attacks on ${idOf(guard)}`, () =>
      workshop.failing(guard.number, ['--match-path', 'test/attacks/*']).map(({ test }) => test),
    )
    console.error(`${describe(guard)}  ${failed.length}`)
    return { guard, failed: [...new Set(failed)].filter((test) => !upset.includes(test)) }
  })
  return writeCases(found)
}

// examineInvariants answers whether each promise of the invariant is seen to be
// broken without each of the guards it stands on.
function examineInvariants(workshop) {
  let held = 0
  for (const { promise, path, name } of invariants) {
    const guard = guardNamed(path, name)
    const reasons = workshop.once(`sequences without ${idOf(guard)}`, () =>
      workshop.failing(guard.number, ['--match-path', slow, '--match-test', '^invariant_'], patience).map(({ reason }) => reason),
    )
    const broken = reasons.find((reason) => reason?.includes(`${promise}: `))
    if (!broken) held++
    console.log(`${broken ? 'broken' : 'HOLDS '}  ${promise.padEnd(8)}  without  ${describe(guard)}  ${broken ?? reasons.join(' / ')}`)
  }
  console.log(`${invariants.length} promises without a guard, ${held} that hold all the same`)
  return held === 0
}

function guardNamed(path, name) {
  const guard = everyGuard.find((candidate) => candidate.path === path && candidate.name === name)
  if (!guard) throw new Error(`${path} has no guard "${name}": correct its name in scripts/mutants/invariants.mjs or shortcuts.mjs, see --list`)
  return guard
}

function idOf({ path, name }) {
  return `${path} ${name}`
}

function describe({ number, path, line, kind, text }) {
  return `${number}  ${path}:${line}  ${kind}  ${text}`
}
