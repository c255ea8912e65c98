// Starts the sample app of examples/session-keys as its README says, on a
// development server of its own. Its server reaches nothing but this machine.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startDev } from '../../js/lib/server.mjs'

const folder = fileURLToPath(new URL('../../../examples/session-keys', import.meta.url))

// startSample answers { info, data, url, stop }.
export async function startSample() {
  const data = mkdtempSync(join(tmpdir(), 'latchkey-sample-'))
  const server = await startDev('wallet', { data })
  const child = spawn('npm', ['start', '--silent'], {
    cwd: folder,
    env: { ...process.env, PORT: '0', LATCHKEY_DEV: join(data, 'dev.json'), NODE_OPTIONS: `--import ${new URL('loopback-only.mjs', import.meta.url)}` },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const exited = once(child, 'exit')
  const url = await Promise.race([
    new Promise((listening) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, address] = line.match(/^Open (\S+)/) ?? []
        if (address) listening(address)
      })
    }),
    exited.then(([code]) => {
      throw new Error(`the sample's npm start ended with ${code} before it listened`)
    }),
  ])
  return {
    info: server.info,
    data,
    url,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGTERM') // npm and the server that it started
      await exited
      await server.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
