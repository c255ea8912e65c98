// npm start: installs what is missing, then serves the page.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
if (!existsSync(new URL('node_modules', import.meta.url))) {
  console.log('Installing the SDKs …')
  const { status } = spawnSync('npm ci --ignore-scripts --no-audit --no-fund', { cwd: here, shell: true, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
await import('./server/main.mjs')
