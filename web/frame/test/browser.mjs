// Plays the browsers of one user for each recovery method, with the page's own
// modules and a real server. It reads where the server is from stdin, and prints
// what only the browsers and the user know.
//
//   in:  {"url", "publishableKey", "chainId", "sessions": ["ens_…", "ens_…"]}
//   out: [{"method", "user", "token", "account", "owner", "key", "lock", "deviceShares": ["…", "…"]}]

import { text } from 'node:stream/consumers'

import { Api } from '../page/api.mjs'
import { toBase64url, toHex } from '../page/bytes.mjs'
import { Device, memory } from '../page/device.mjs'
import { addressOf, parseOwnerKey } from '../page/owner.mjs'
import { Signer } from '../page/signer.mjs'

const { url, publishableKey, chainId, sessions } = JSON.parse(await text(process.stdin))

const random = () => toBase64url(crypto.getRandomValues(new Uint8Array(32)))
const password = random()
const prf = random()

// What each method's requests carry, for the first and the second browser.
const methods = {
  password: { lock: password, given: () => ({ encryptionKey: password }) },
  passkey: { lock: prf, given: () => ({ passkey: { id: 'credential', key: prf } }) },
  project: { lock: '', given: (browser) => ({ encryptionSession: sessions[browser] }) },
}

async function guest() {
  const answer = await fetch(`${url}/iam/v2/auth/sign-in/anonymous`, { method: 'POST', headers: { 'x-project-key': publishableKey } })
  return answer.json()
}

function browser() {
  const device = new Device(memory(), publishableKey)
  return { device, signer: new Signer({ connect: (login) => new Api(`${url}/`, login), device, publishableKey }) }
}

async function play(method, { lock, given }) {
  const { token, user } = await guest()
  const request = { accessToken: token, playerID: user.id, publishableKey, accountType: 'Smart Account', chainType: 'EVM', chainId }
  const [first, second] = [browser(), browser()]
  const { account } = await first.signer.create({ ...request, ...given(0) })
  await second.signer.recover({ ...request, ...given(1), account })
  const { key } = await second.signer.export({ requestConfiguration: { token, publishableKey } })
  return {
    method, user: user.id, token, account, owner: addressOf(parseOwnerKey(key)), key, lock,
    deviceShares: [first, second].map(({ device }) => device.current().share),
  }
}

const played = []
for (const [method, how] of Object.entries(methods)) played.push(await play(method, how))
console.log(JSON.stringify(played))
