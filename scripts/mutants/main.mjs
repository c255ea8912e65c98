#!/usr/bin/env node
// Takes every guard of the account and its libraries away, one at a time, and
// runs the forge tests each time. A guard that no test misses has survived.
//
//   scripts/mutants/main.mjs [--list] [--from N] [--sample N] [FILE…]
//
// --list prints the guards and runs nothing. --sample takes every so many-th
// guard only, and the last line says so. FILE restricts to paths that contain
// it. Works in a copy; needs contracts/node_modules. One guard takes about five
// seconds of processor time.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { Source, modifiersOf } from './guards.mjs'

const contracts = fileURLToPath(new URL('../../contracts', import.meta.url))
const mutated = ['src/account', 'src/libraries']

// Not taken: gas differs with every switch, and the step trace of ERC-7562 meets
// the switch's own opcode.
const leftOut = 'test/gas/**'
// Taken only for a guard that no other test misses, since they take long.
const slow = 'test/invariants/**'

// An address that nothing else uses, and that is no precompile.
const switchBase = 0x4d7574616e74000000000000000000000000n << 16n

// Pure functions must be able to ask, so the view is called through a pointer.
const switchSource = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

library Mutant {
    function off(uint256 number) internal pure returns (bool) {
        function(uint256) internal view returns (bool) asked = _off;
        function(uint256) internal pure returns (bool) answered;
        assembly ("memory-safe") {
            answered := asked
        }
        return answered(number);
    }

    function _off(uint256 number) private view returns (bool) {
        return uint160(address(block.coinbase)) == uint160(${switchBase}) + number;
    }
}
`

const { values: flags, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, from: { type: 'string', default: '1' }, sample: { type: 'string', default: '1' }, keep: { type: 'boolean' } },
})

const sources = instrument()
const guards = sources.flatMap(({ source }) => source.guards)
const unreached = sources.flatMap(({ source }) => source.unreached)
for (const { path, line, text } of unreached) console.log(`not switched  ${path}:${line}  ${text}`)

if (flags.list) {
  for (const { number, path, line, kind, text } of guards) console.log(`${number}  ${path}:${line}  ${kind}  ${text}`)
  console.log(`${guards.length} guards`)
} else {
  const copy = scratch()
  try {
    process.exitCode = hunt(copy) && unreached.length === 0 ? 0 : 1
  } finally {
    if (!flags.keep) rmSync(copy, { recursive: true })
  }
}

// instrument parses the sources and answers them with their guards.
function instrument() {
  const solc = createRequire(join(contracts, 'package.json'))('solc')
  const paths = mutated.flatMap((folder) => readdirSync(join(contracts, folder)).filter((name) => name.endsWith('.sol')).map((name) => join(folder, name)))
  const texts = Object.fromEntries(paths.map((path) => [path, readFileSync(join(contracts, path), 'utf8')]))
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: 'Solidity',
        sources: Object.fromEntries(Object.entries(texts).map(([path, content]) => [path, { content }])),
        settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } },
      }),
      { import: (path) => ({ contents: readImport(path) }) },
    ),
  )
  const failed = output.errors?.filter(({ severity }) => severity === 'error') ?? []
  if (failed.length) throw new Error(failed.map(({ formattedMessage }) => formattedMessage).join('\n'))
  const trees = paths.map((path) => output.sources[path].ast)
  const modifiers = new Set(trees.flatMap(modifiersOf))
  let last = 0
  const numbers = { next: () => ++last }
  return paths.map((path, i) => ({ path, source: new Source({ path, text: texts[path], tree: trees[i], numbers, modifiers }) }))
}

function readImport(path) {
  return readFileSync(join(contracts, path.startsWith('@') ? join('node_modules', path) : path), 'utf8')
}

// scratch makes a copy of the contracts with all switches in it.
function scratch() {
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'))
  for (const name of ['src', 'test', 'bin', 'foundry.toml', 'snapshots']) cpSync(join(contracts, name), join(copy, name), { recursive: true })
  symlinkSync(join(contracts, 'node_modules'), join(copy, 'node_modules'))
  writeFileSync(join(copy, 'src/Mutant.sol'), switchSource)
  for (const { path, source } of sources) {
    const text = source.switched()
    const at = relative(dirname(path), 'src/Mutant.sol')
    writeFileSync(join(copy, path), source.guards.length ? text.replace(/^pragma .*$/m, (line) => `${line}\nimport {Mutant} from "${at}";`) : text)
  }
  const config = readFileSync(join(copy, 'foundry.toml'), 'utf8')
  writeFileSync(join(copy, 'foundry.toml'), config.replace(/optimizer_runs = .*/, 'optimizer_runs = 1'))
  forge(copy, 'default', ['build', '--quiet'])
  return copy
}

function forge(copy, profile, args) {
  const { status, stdout, stderr, error } = spawnSync('bin/forge', args, {
    cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28,
    env: {
      ...process.env, FOUNDRY_PROFILE: profile,
      FOUNDRY_FUZZ_RUNS: '16', FOUNDRY_FUZZ_SEED: '0x1', FOUNDRY_INVARIANT_RUNS: '2', FOUNDRY_INVARIANT_DEPTH: '32',
    },
  })
  if (error) throw error
  const failed = [...stdout.matchAll(/^\[FAIL.*?\] (\w+)/gm)].map(([, test]) => test)
  if (status !== 0 && failed.length === 0) throw new Error(`forge ${args.join(' ')} failed:\n${stdout}${stderr}`)
  return failed
}

// without runs the tests with one guard missing, 0 for none.
function without(copy, number, paths, args) {
  const coinbase = `0x${(switchBase + BigInt(number)).toString(16).padStart(40, '0')}`
  return forge(copy, 'test', ['test', '--code-size-limit', '1000000', '--block-coinbase', coinbase, ...paths, ...args])
}

// hunt answers whether no guard survived.
function hunt(copy) {
  const upset = [...new Set(without(copy, 0, ['--no-match-path', leftOut], []))]
  if (upset.length) console.log(`left out, since the switches themselves upset them: ${upset.join(', ')}`)
  const skipped = upset.length ? ['--no-match-test', `^(${upset.join('|')})\\(`] : []

  const chosen = guards.filter(
    ({ number, path }) => number >= flags.from && (number - flags.from) % flags.sample === 0 && (files.length === 0 || files.some((part) => path.includes(part))),
  )
  const survivors = []
  const start = Date.now()
  for (const [done, guard] of chosen.entries()) {
    let missed = without(copy, guard.number, ['--no-match-path', `{${leftOut},${slow}}`], ['--fail-fast', ...skipped])
    if (missed.length === 0) missed = without(copy, guard.number, ['--match-path', slow], skipped)
    if (missed.length === 0) survivors.push(guard)
    const { number, path, line, kind, text } = guard
    console.log(`${missed.length ? 'missed  ' : 'SURVIVED'}  ${number}  ${path}:${line}  ${kind}  ${text}  ${missed[0] ?? ''}`)
    if (done % 20 === 19) console.error(`${done + 1} of ${chosen.length}, ${Math.round((Date.now() - start) / 1000)} s`)
  }
  for (const { number, path, line, text } of survivors) console.log(`survivor  ${number}  ${path}:${line}  ${text}`)
  const sampled = chosen.length < guards.length ? ` (of ${guards.length})` : ''
  console.log(`${chosen.length} guards${sampled}, ${survivors.length} survivors`)
  return survivors.length === 0
}
