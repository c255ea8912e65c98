// The browser SDK's signature requests, in Node: they carry nothing but the
// publishable key. And the guide's second path, where a server asks by its own
// SDK for what the browser signs.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Openfort } from '@openfort/openfort-js'
import Server from '@openfort/openfort-node'
import { client, ok } from '../lib/api.mjs'
import { chainTime, connect } from '../lib/chain.mjs'
import { conform } from '../lib/schema.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'
import { memoryStorage } from '../lib/storage.mjs'
import { signUp } from '../lib/wallet.mjs'

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

for (const accountType of ['Smart Account', 'Delegated Account']) {
  test(`a server asks, the browser signs: session, mint and revoke, on a ${accountType}`, async () => {
    const backend = new Server(info.secretKey, { basePath: info.api })
    const wallet = await signUp(info)
    const { id, address } = await wallet.use(signers.viem(), accountType)
    await wallet.deploy()
    const { embeddedWallet, proxy } = wallet.openfort
    const sign = ({ payload }) => embeddedWallet.signMessage(payload.userOperationHash, { hashMessage: true, arrayifyMessage: true })
    const mint = () => backend.transactionIntents.create({
      account: id, chainId: info.chainId, policy: info.policy, interactions: [{ contract: info.contract, functionName: 'mint', functionArgs: [address] }],
    })

    const key = signers.viem()
    const terms = { account: id, address: key.address, chainId: info.chainId, policy: info.policy }
    const session = await backend.sessions.create({ ...terms, validAfter: 0, validUntil: (await chainTime(chain)) + 3600, whitelist: [info.contractAddress] })
    assert.equal((await proxy.sendSignatureSessionRequest(session.id, await sign(session.nextAction))).isActive, true)

    // The session key signs; then the SDK asks the wallet itself, for the owner.
    const first = await mint()
    const done = await proxy.sendSignatureTransactionIntentRequest(first.id, null, await key.eip191(first.nextAction.payload.userOperationHash))
    assert.equal(done.response.status, 1, JSON.stringify(done.response.error))
    const second = await mint()
    const owned = await proxy.sendSignatureTransactionIntentRequest(second.id, second.nextAction.payload.signableHash)
    assert.equal(owned.response.status, 1, JSON.stringify(owned.response.error))

    const revoke = await backend.sessions.revoke(terms)
    assert.equal((await proxy.sendSignatureSessionRequest(revoke.id, await sign(revoke.nextAction))).isActive, false)
    const third = await mint()
    await assert.rejects(async () => proxy.sendSignatureTransactionIntentRequest(third.id, null, await key.eip191(third.nextAction.payload.userOperationHash)), /revoked/)
    assert(await wallet.openfort.getAccessToken(), 'the refusal logged the user out')
  })
}
