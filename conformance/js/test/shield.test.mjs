// The share storage, by the official clients of it: the browser's and the
// server's.

import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'

import OpenfortNode from '@openfort/openfort-node'
import { ShieldAuthProvider, ShieldSDK, entropy } from '@openfort/shield-js'
import { keccak256, toBytes } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

import { startDev } from '../lib/server.mjs'

let server, info, shield, ann, bob

before(async () => {
  server = await startDev('shield')
  info = server.info
  shield = new ShieldSDK({ baseURL: `${info.api}/shield`, apiKey: info.publishableKey })
  ;[ann, bob] = [await guest(), await guest()]
})

after(() => server.stop())

async function guest() {
  const answer = await fetch(`${info.api}/iam/v2/auth/sign-in/anonymous`, { method: 'POST', headers: { 'x-project-key': info.publishableKey } })
  const { token, user } = await answer.json()
  return { id: user.id, auth: { authProvider: ShieldAuthProvider.OPENFORT, openfortOAuthToken: token } }
}

const b64 = (length) => randomBytes(length).toString('base64url')

// sealed is a share in the form in which the wallet page seals it.
function sealed(method) {
  return JSON.stringify({ version: 1, method, kdf: 'hkdf-sha256', salt: b64(16), nonce: b64(12), sealed: b64(60) })
}

const newReference = () => `sig_${randomUUID()}`

test('a share is kept for its user alone', async () => {
  const share = { secret: sealed('password'), entropy: entropy.user, reference: newReference() }
  await shield.storeSecret(share, ann.auth)
  const got = await shield.getSecretByReference(ann.auth, share.reference)
  assert.deepEqual([got.secret, got.entropy, got.reference], [share.secret, 'user', share.reference])
  assert.deepEqual((await shield.keychain(ann.auth, share.reference)).map(({ secret }) => secret), [share.secret])
  assert.deepEqual(await shield.keychain(bob.auth), [])
  await assert.rejects(shield.getSecretByReference(bob.auth, share.reference), { name: 'NoSecretFoundError' })
  await assert.rejects(shield.storeSecret(share, ann.auth), { name: 'SecretAlreadyExistsError' })
  await assert.rejects(shield.storeSecret(share, bob.auth), { name: 'SecretAlreadyExistsError' })
  await assert.rejects(shield.updateSecret(bob.auth, { ...share, keychainId: 'dev_1' }))
})

// The official clients send no proof, and none of their flows replaces a share:
// the wallet page does, with its owner key's signature.
test('a share that a wallet recovers by is not replaced without its owner', async () => {
  const share = { secret: sealed('password'), entropy: entropy.user, reference: newReference() }
  await shield.storeSecret(share, ann.auth)
  const claim = `I am the key ${share.reference} of user ${ann.id}.`
  const owner = privateKeyToAccount(generatePrivateKey())
  const signature = await owner.sign({ hash: keccak256(toBytes(`\x19Latchkey Signed Claim:\n${claim.length}${claim}`)) })
  const headers = { 'content-type': 'application/json', 'x-project-key': info.publishableKey, authorization: `Bearer ${ann.auth.openfortOAuthToken}` }
  const post = async (path, body) => {
    const answer = await fetch(`${info.api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: answer.status, body: await answer.json() }
  }
  const made = await post('/v2/devices/create', {
    accountType: 'Smart Account', chainType: 'EVM', chainId: info.chainId, address: owner.address, share: b64(33), signerUuid: share.reference, signature,
  })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const junk = { ...share, secret: sealed('password'), keychainId: made.body.device }
  await assert.rejects(shield.updateSecret(ann.auth, junk), /status=400/)
  const device = await post('/v2/devices/register', { account: made.body.account, share: b64(33) })
  assert.equal(device.status, 400)
  assert.match(device.body.error.message, /^signature: /)
  assert.equal((await shield.getSecretByReference(ann.auth, share.reference)).secret, share.secret)
})

test('a share in the clear is refused', async () => {
  for (const kind of [entropy.none, entropy.user, entropy.project, entropy.passkey]) {
    const share = { secret: b64(33), entropy: kind, reference: newReference(), passkeyReference: { passkeyId: 'credential' } }
    await assert.rejects(shield.storeSecret(share, ann.auth), /status=400/)
    await assert.rejects(shield.getSecretByReference(ann.auth, share.reference), { name: 'NoSecretFoundError' })
  }
})

test('a stranger keeps nothing', async () => {
  const share = { secret: sealed('password'), entropy: entropy.user, reference: newReference() }
  await assert.rejects(shield.storeSecret(share, { ...ann.auth, openfortOAuthToken: 'lku_guess' }), /status=401/)
  const elsewhere = new ShieldSDK({ baseURL: `${info.api}/shield`, apiKey: 'pk_test_11111111-1111-4111-8111-111111111111' })
  await assert.rejects(elsewhere.storeSecret(share, ann.auth), /status=401/)
})

test("the app's server learns how its users recover", async () => {
  const share = { secret: sealed('passkey'), entropy: entropy.passkey, reference: newReference(), passkeyReference: { passkeyId: 'credential', passkeyEnv: { name: 'laptop', os: 'x' } } }
  await shield.storeSecret(share, bob.auth)
  const asServer = { authProvider: ShieldAuthProvider.OPENFORT, apiKey: info.publishableKey, apiSecret: info.secretKey }
  const bySigner = await shield.getEncryptionMethodsBySignerReferencesDetailed(asServer, [share.reference, newReference()])
  assert.deepEqual([...bySigner.keys()], [share.reference])
  assert.equal(bySigner.get(share.reference).method, 'passkey')
  assert.equal(bySigner.get(share.reference).details.passkeyId, 'credential')
  assert.equal(bySigner.get(share.reference).details.passkeyEnv.name, 'laptop')
  const byUser = await shield.getEncryptionMethodsByOwnerId(asServer, [bob.id, 'pla_none'])
  assert.deepEqual([...byUser], [[bob.id, 'passkey']])
  await assert.rejects(shield.getEncryptionMethodsByOwnerId(bob.auth, [bob.id]), /status=40[13]/, 'users do not ask about users')
})

test('encryption sessions, by the official server SDK', async () => {
  const node = new OpenfortNode(info.secretKey, { basePath: info.api })
  const base = `${info.api}/shield`
  const session = await node.createEncryptionSession(info.publishableKey, info.secretKey, info.encryptionPart, base)
  assert.match(session, /^ens_/)
  const entropyOf = async (user, reference) => {
    const answer = await fetch(`${base}/project/entropy`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'x-project-key': info.publishableKey, authorization: `Bearer ${user.auth.openfortOAuthToken}` },
      body: JSON.stringify({ reference, encryption_session: session }),
    })
    return { status: answer.status, body: await answer.json() }
  }
  const reference = newReference()
  const first = await entropyOf(ann, reference)
  assert.deepEqual(first, await entropyOf(ann, reference))
  assert.notEqual(first.body.entropy, (await entropyOf(ann, newReference())).body.entropy)
  const second = await entropyOf(bob, reference)
  assert.deepEqual([second.status, second.body.code], [404, 'EC_MISSING'], 'a session serves one user')

  await assert.rejects(node.createEncryptionSession(info.publishableKey, info.secretKey, b64(32), base), /Failed to create/)
  await assert.rejects(node.createEncryptionSession(info.publishableKey, 'sk_test_guess', info.encryptionPart, base), /Failed to create/)
})

test('browsers may send the headers of the official client', async () => {
  const asked = 'access-control-allow-origin,authorization,content-type,x-api-key,x-auth-provider,x-openfort-provider,x-openfort-token-type,x-request-id'
  const answer = await fetch(`${info.api}/shield/shares`, {
    method: 'OPTIONS', headers: { origin: 'https://game.example', 'access-control-request-method': 'POST', 'access-control-request-headers': asked },
  })
  const allowed = answer.headers.get('access-control-allow-headers').toLowerCase().split(', ')
  for (const name of asked.split(',')) assert(allowed.includes(name), name)
})
