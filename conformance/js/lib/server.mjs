// Starts and stops the binary under test.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const repository = resolve(here, '../../..')
const out = resolve(here, '../out')

const READY_SECONDS = 60
const STOP_SECONDS = 20

// binary is LATCHKEY_BIN, or bin/latchkey, built when it is not there.
export function binary() {
  if (process.env.LATCHKEY_BIN) return resolve(process.env.LATCHKEY_BIN)
  const built = join(repository, 'bin/latchkey')
  if (!existsSync(built)) {
    const make = spawnSync('make', ['build'], { cwd: repository, encoding: 'utf8' })
    if (make.status !== 0) throw new Error(`make build failed:\n${make.stdout}${make.stderr}`)
  }
  return built
}

// run executes the binary to its end and returns { code, stdout, stderr }.
export function run(args, options = {}) {
  const { status, signal, stdout, stderr } = spawnSync(binary(), args, { encoding: 'utf8', timeout: 60_000, ...options })
  return { code: status, signal, stdout, stderr }
}

// startDev starts `latchkey dev` on free ports and answers a Server once it is
// ready. Without data the server is ephemeral.
export function startDev(name, { chainId, data, addr = '127.0.0.1:0', rpcAddr = '127.0.0.1:0' } = {}) {
  const args = ['dev', '--json', '--addr', addr, '--rpc-addr', rpcAddr]
  args.push(...(data ? ['--data', data] : ['--ephemeral']))
  if (chainId) args.push('--chain-id', String(chainId))
  return start(name, args)
}

// start runs a subcommand that prints one JSON line on stdout when it is ready.
export async function start(name, args) {
  mkdirSync(out, { recursive: true })
  const log = join(out, `${name}.log`)
  const child = spawn(binary(), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const server = new Server(name, child, log)
  server.info = await server.ready()
  return server
}

// Server is a running process. info is the JSON line it printed; its log is in
// out/NAME.log.
export class Server {
  #child
  #log
  #lines = []
  #tail = []
  #waiting

  constructor(name, child, log) {
    this.name = name
    this.#child = child
    this.#log = log
    const file = createWriteStream(log)
    child.stderr.pipe(file)
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#tail.push(line)
      if (this.#tail.length > 30) this.#tail.shift()
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#lines.push(line)
      this.#waiting?.(line)
    })
    this.exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  }

  get pid() {
    return this.#child.pid
  }

  // ready waits for the first line of stdout, and fails with the end of the
  // log when the process ends or takes too long.
  async ready() {
    const ready = Promise.race([
      new Promise((done) => (this.#lines.length ? done(this.#lines[0]) : (this.#waiting = done))),
      this.exited.then(({ code, signal }) => {
        throw this.#failure(`ended with ${signal ?? code} before it was ready`)
      }),
    ])
    const line = await within(READY_SECONDS, ready, () => {
      this.#child.kill('SIGKILL')
      return this.#failure(`was not ready within ${READY_SECONDS} s`)
    })
    try {
      return JSON.parse(line)
    } catch {
      throw this.#failure(`printed ${JSON.stringify(line)} where its JSON line belongs`)
    }
  }

  // stop interrupts the process as Ctrl-C does. It fails unless the process
  // ends by itself with code 0, having printed nothing but its ready line.
  async stop() {
    this.#child.kill('SIGINT')
    const { code, signal } = await within(STOP_SECONDS, this.exited, () => {
      this.#child.kill('SIGKILL')
      return this.#failure(`did not stop within ${STOP_SECONDS} s of SIGINT`)
    })
    if (code !== 0) throw this.#failure(`stopped with ${signal ?? code} after SIGINT, not with 0`)
    if (this.#lines.length !== 1) throw this.#failure(`printed ${this.#lines.length} lines on stdout, not 1`)
  }

  // kill ends the process with no chance to tidy up.
  async kill() {
    this.#child.kill('SIGKILL')
    await this.exited
  }

  #failure(what) {
    return new Error(`latchkey ${this.name} ${what}; end of ${this.#log}:\n${this.#tail.join('\n')}`)
  }
}

// within waits for a promise, and rejects with what failure answers when that
// takes too long. failure is not called otherwise.
async function within(seconds, promise, failure) {
  let timer
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(failure()), seconds * 1000)))
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
