// Starts the anvil that npm installed: a chain that Latchkey did not make.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../node_modules/.bin/anvil', import.meta.url))

// The first account that anvil funds, known to everybody.
export const FUNDED_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

// startAnvil answers { url, stop } once the node listens on a free port.
export async function startAnvil() {
  const child = spawn(binary, ['--port', '0', '--hardfork', 'prague'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const url = await Promise.race([
    new Promise((listening) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, address] = line.match(/^Listening on (\S+)/) ?? []
        if (address) listening(`http://${address}`)
      })
    }),
    exited.then(([code]) => {
      throw new Error(`anvil ended with ${code} before it listened`)
    }),
  ])
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
