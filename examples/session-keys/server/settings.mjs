// Where Latchkey is, and this project's keys there. `latchkey dev` writes them
// into its data folder; a real server takes them from its own configuration.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const byDefault = fileURLToPath(new URL('../../../.latchkey/dev.json', import.meta.url))

export function readSettings() {
  const path = process.env.LATCHKEY_DEV ?? byDefault
  let info
  try {
    ;({ info } = JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    console.error(`Cannot read ${path}: ${error.message}\nStart the server first, with "make dev" in the repository, or name the dev.json of its data folder in LATCHKEY_DEV.`)
    process.exit(1)
  }
  return { ...info, shield: `${info.api}/shield` }
}

// forPage is what everybody may know. Browsers that block the storage of other
// sites would keep the wallet's frame from storing anything, so it has to be of
// the page's own site: localhost here, wallet.example.com for app.example.com.
export function forPage(settings) {
  const { rpc, chainId, publishableKey, policy, contractAddress } = settings
  const api = settings.api.replace('//127.0.0.1:', '//localhost:')
  return { api, shield: `${api}/shield`, rpc, chainId, publishableKey, policy, contractAddress }
}
