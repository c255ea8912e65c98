// The browser SDK's signature request, in Node: it carries nothing but the
// publishable key.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Openfort } from '@openfort/openfort-js'
import { client, ok } from '../lib/api.mjs'
import { chainTime, connect } from '../lib/chain.mjs'
import { conform } from '../lib/schema.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'
import { memoryStorage } from '../lib/storage.mjs'

let server, info, api, chain, owner, openfort

before(async () => {
  server = await startDev('openfort-js')
  info = server.info
  api = client(info.api, info.secretKey)
  chain = connect(info.rpc, info.chainId)
  owner = signers.viem(info.ownerPrivateKey)
  openfort = new Openfort({
    baseConfiguration: { publishableKey: info.publishableKey },
    shieldConfiguration: { shieldPublishableKey: 'unused' },
    overrides: { backendUrl: info.api, storage: memoryStorage() },
    disableTelemetry: true,
  })
  await openfort.waitForInitialization()
})
after(() => server?.stop())

async function newSession() {
  const now = await chainTime(chain)
  return conform('SessionResponse', ok(await api.post('/v1/sessions', {
    account: info.account, address: signers.viem().address, chainId: info.chainId, validAfter: 0, validUntil: now + 3600,
    whitelist: [info.contractAddress], policy: info.policy,
  })))
}

test('sendSignatureSessionRequest waits for the registration', async () => {
  const session = await newSession()
  const signature = await owner.eip191(session.nextAction.payload.signableHash)
  const active = conform('SessionResponse', await openfort.proxy.sendSignatureSessionRequest(session.id, signature))
  assert.equal(active.id, session.id)
  assert.equal(active.isActive, true)
  assert.equal(active.nextAction, undefined)
})

test('sendSignatureSessionRequest, optimistic, becomes active by itself', async () => {
  const session = await newSession()
  const signature = await owner.eip191(session.nextAction.payload.signableHash)
  conform('SessionResponse', await openfort.proxy.sendSignatureSessionRequest(session.id, signature, true))
  for (const end = Date.now() + 20_000; ;) {
    const { isActive } = ok(await api.get(`/v1/sessions/${session.id}`))
    if (isActive) break
    assert(Date.now() < end, 'not active within 20 s')
    await new Promise((wake) => setTimeout(wake, 50))
  }
})

test('a stranger\'s signature is refused in words, and logs nobody out', async () => {
  let loggedOut = false
  openfort.eventEmitter.on('onLogout', () => (loggedOut = true))
  const session = await newSession()
  const signature = await signers.viem().eip191(session.nextAction.payload.signableHash)
  await assert.rejects(
    () => openfort.proxy.sendSignatureSessionRequest(session.id, signature),
    (error) => {
      assert.match(error.message, /owner/i)
      return true
    },
  )
  assert.equal(loggedOut, false)
  assert.equal(ok(await api.get(`/v1/sessions/${session.id}`)).status, 'pending')
})
