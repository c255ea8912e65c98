// Keeps a copy of the contracts in which every guard can be taken away, and runs
// forge in it. The copy stays in contracts/cache, so that the next campaign
// compiles only what has changed.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Source, modifiersOf } from './guards.mjs'

const contracts = fileURLToPath(new URL('../../contracts', import.meta.url))
const copy = join(contracts, 'cache/mutants')
const mutated = ['src/account', 'src/libraries', 'src/LatchkeyPaymaster.sol']

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

// instrument parses the sources. It answers the text of each with all switches in
// it, the guards, and those that cannot be switched.
export function instrument() {
  const paths = mutated.flatMap((path) => filesIn(contracts, path))
  const texts = Object.fromEntries(paths.map((path) => [path, readFileSync(join(contracts, path), 'utf8')]))
  const trees = parse(texts)
  const modifiers = new Set(Object.values(trees).flatMap(modifiersOf))
  let last = 0
  const numbers = { next: () => ++last }
  const sources = paths.map((path) => new Source({ path, text: texts[path], tree: trees[path], numbers, modifiers }))
  return {
    switched: Object.fromEntries(paths.map((path, i) => [path, withImport(path, sources[i])])),
    guards: sources.flatMap(({ guards }) => guards),
    unreached: sources.flatMap(({ unreached }) => unreached),
  }
}

function parse(texts) {
  const solc = createRequire(join(contracts, 'package.json'))('solc')
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: 'Solidity',
        sources: Object.fromEntries(Object.entries(texts).map(([path, content]) => [path, { content }])),
        settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } },
      }),
      { import: (path) => ({ contents: readFileSync(join(contracts, path.startsWith('@') ? join('node_modules', path) : path), 'utf8') }) },
    ),
  )
  const failed = output.errors?.filter(({ severity }) => severity === 'error') ?? []
  if (failed.length) throw new Error(failed.map(({ formattedMessage }) => formattedMessage).join('\n'))
  return Object.fromEntries(Object.keys(texts).map((path) => [path, output.sources[path].ast]))
}

function withImport(path, source) {
  if (source.guards.length === 0) return source.switched()
  const at = `./${relative(dirname(path), 'src/Mutant.sol')}`
  return source.switched().replace(/^pragma .*$/m, (line) => `${line}\nimport {Mutant} from "${at}";`)
}

// Workshop is the copy. One process at a time may use it.
export class Workshop {
  #progressFile = join(copy, 'progress.json')
  #progress

  // fresh forgets what earlier campaigns on the same sources and tests found.
  constructor(switched, { fresh }) {
    mkdirSync(copy, { recursive: true })
    this.#lock()
    this.#write(switched)
    const digest = digestOf(copy, ['src', 'test', 'foundry.toml'])
    const saved = existsSync(this.#progressFile) ? JSON.parse(readFileSync(this.#progressFile, 'utf8')) : {}
    this.#progress = saved.digest === digest && !fresh ? saved : { digest, found: {} }
    this.#forge('default', ['build', '--quiet'])
  }

  // once answers what find() found, or had found before on the same sources.
  once(question, find) {
    const { found } = this.#progress
    if (!(question in found)) {
      found[question] = find()
      writeFileSync(this.#progressFile, JSON.stringify(this.#progress))
    }
    return found[question]
  }

  // failing runs tests with one guard missing, 0 for none, and answers those that
  // fail: their path, suite, name and the reason. settings are forge's own.
  failing(number, args, settings = {}) {
    const coinbase = `0x${(switchBase + BigInt(number)).toString(16).padStart(40, '0')}`
    const { status, stdout, stderr } = this.#forge('test', ['test', '--json', '--code-size-limit', '1000000', '--block-coinbase', coinbase, ...args], settings)
    const line = stdout.split('\n').find((text) => text.startsWith('{'))
    const failed = Object.entries(line ? JSON.parse(line) : {}).flatMap(([suite, { test_results: results }]) =>
      Object.entries(results)
        .filter(([, result]) => result.status === 'Failure')
        .map(([test, { reason }]) => ({ path: suite.split(':')[0], suite: suite.split(':')[1], test: test.split('(')[0], reason })),
    )
    if (status !== 0 && failed.length === 0) throw new Error(`forge test ${args.join(' ')} failed:\n${stdout}${stderr}`)
    return failed
  }

  #lock() {
    const file = join(copy, 'lock')
    const holder = existsSync(file) && Number(readFileSync(file, 'utf8'))
    if (holder && isRunning(holder)) throw new Error(`process ${holder} is using ${copy}: wait for it, or end it`)
    writeFileSync(file, String(process.pid))
    process.on('exit', () => rmSync(file, { force: true }))
  }

  #write(switched) {
    for (const name of ['src', 'test', 'bin', 'foundry.toml', 'snapshots']) {
      rmSync(join(copy, name), { recursive: true, force: true })
      cpSync(join(contracts, name), join(copy, name), { recursive: true })
    }
    if (!existsSync(join(copy, 'node_modules'))) symlinkSync(join(contracts, 'node_modules'), join(copy, 'node_modules'))
    renameSync(join(copy, 'bin/solc'), join(copy, 'bin/solc.real'))
    cpSync(fileURLToPath(new URL('solc', import.meta.url)), join(copy, 'bin/solc'))
    chmodSync(join(copy, 'bin/solc'), 0o755)

    writeFileSync(join(copy, 'src/Mutant.sol'), switchSource)
    for (const [path, text] of Object.entries(switched)) writeFileSync(join(copy, path), text)
    const config = readFileSync(join(copy, 'foundry.toml'), 'utf8')
    writeFileSync(join(copy, 'foundry.toml'), config.replace(/optimizer_runs = .*/, 'optimizer_runs = 1'))
  }

  // That a sequence breaks a promise is enough; forge would look for a shorter one.
  #forge(profile, args, settings = {}) {
    const result = spawnSync('bin/forge', args, {
      cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28,
      env: { ...process.env, FOUNDRY_PROFILE: profile, FOUNDRY_FUZZ_RUNS: '16', FOUNDRY_FUZZ_SEED: '0x1', FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0', ...settings },
    })
    if (result.error) throw result.error
    if (args[0] === 'build' && result.status !== 0) throw new Error(`forge build failed:\n${result.stdout}${result.stderr}`)
    return result
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function digestOf(root, names) {
  const hash = createHash('sha256')
  for (const path of names.flatMap((name) => filesIn(root, name))) {
    hash.update(`${path}\0`).update(readFileSync(join(root, path))).update('\0')
  }
  return hash.digest('hex')
}

// filesIn lists the files below a folder, or the path itself when it is a file.
function filesIn(root, path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path)).sort().flatMap((name) => filesIn(root, join(path, name)))
}
