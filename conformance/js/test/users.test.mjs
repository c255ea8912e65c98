// Users through the official clients: the browser SDK in Node, and the server
// SDK that looks at what a browser has sent it.

import assert from 'node:assert/strict'
import { generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage } from 'viem/siwe'
import { Openfort } from '@openfort/openfort-js'
import { Openfort as OpenfortServer } from '@openfort/openfort-node'
import { client, ok } from '../lib/api.mjs'
import { conform } from '../lib/schema.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'
import { memoryStorage } from '../lib/storage.mjs'

let server, info, backend, api

before(async () => {
  server = await startDev('users')
  info = server.info
  api = client(info.api, info.secretKey)
  backend = new OpenfortServer(info.secretKey, { basePath: info.api, publishableKey: info.publishableKey })
})
after(() => server?.stop())

// browser answers an SDK with a storage of its own. The SDK keeps its settings
// for the whole process: make one, use it, then make the next.
async function browser(options = {}) {
  const openfort = new Openfort({
    baseConfiguration: { publishableKey: info.publishableKey },
    shieldConfiguration: { shieldPublishableKey: 'unused' },
    overrides: { backendUrl: info.api, storage: memoryStorage() },
    disableTelemetry: true,
    ...options,
  })
  await openfort.waitForInitialization()
  return openfort
}

test('a guest signs up, is known to the server, and logs out', async () => {
  const openfort = await browser()
  const { token, user } = await openfort.auth.signUpGuest()
  assert.match(user.id, /^pla_/)
  assert.equal(user.isAnonymous, true)
  assert.equal(await openfort.getAccessToken(), token)
  await openfort.validateAndRefreshToken()

  const { session, user: seen } = await backend.iam.getSession({ accessToken: token })
  assert.equal(seen.id, user.id)
  assert.equal(session.userId, user.id)
  assert.equal(session.token, token)
  const month = Date.parse(session.expiresAt) - Date.now()
  assert(Math.abs(month - 30 * 86_400_000) < 60_000, session.expiresAt)

  await openfort.auth.logout()
  await assert.rejects(backend.iam.getSession({ accessToken: token }), /log in again/)
})

test('a token is nothing without its project', async () => {
  const openfort = await browser()
  const { token } = await openfort.auth.signUpGuest()
  for (const headers of [{}, { 'x-project-key': 'pk_test_00000000-0000-4000-8000-000000000000' }]) {
    const { status, body } = await client(info.api, token).get('/iam/v2/auth/get-session', { headers })
    assert.equal(status, 401, JSON.stringify(body))
    assert.equal(typeof body.message, 'string')
  }
})

// mailed answers what a pattern finds in the newest mail to an address, once
// there is one: mails to users are sent behind the answer's back.
async function mailed(to, pattern) {
  for (const end = Date.now() + 10_000; ;) {
    for (const name of mails().reverse()) {
      const text = readFileSync(join(info.outbox, name), 'utf8')
      const found = text.includes(`<${to}>`) && text.match(pattern)
      if (found) return found[1]
    }
    assert(Date.now() < end, `no mail to ${to} with ${pattern}`)
    await new Promise((wake) => setTimeout(wake, 20))
  }
}

function mails() {
  try {
    return readdirSync(info.outbox).filter((name) => name.endsWith('.eml')).sort()
  } catch {
    return [] // no mail yet
  }
}

const refusedWith = (code) => (error) => {
  assert.equal(error.error ?? error.code ?? error.errorCode, code, error.message)
  return true
}

test('email and password: sign up, verify, log in, reset', async () => {
  const openfort = await browser()
  const email = 'ann@game.example'
  assert.deepEqual(await openfort.auth.signUpWithEmailPassword({ email, password: 'correct horse', name: 'Ann' }), { action: 'verify_email' })
  await assert.rejects(openfort.auth.logInWithEmailPassword({ email, password: 'correct horse' }), refusedWith('EMAIL_NOT_VERIFIED'))
  await openfort.auth.verifyEmail({ token: await mailed(email, /token=(lku_[\w-]+)/) })
  await assert.rejects(openfort.auth.logInWithEmailPassword({ email, password: 'wrong horse' }), refusedWith('INVALID_EMAIL_OR_PASSWORD'))
  const first = await openfort.auth.logInWithEmailPassword({ email, password: 'correct horse' })
  assert.equal(first.user.email, email)
  assert.equal(first.user.emailVerified, true)
  const me = await openfort.user.get()
  assert.equal(me.id, first.user.id)
  assert.deepEqual(me.linkedAccounts.map((a) => a.provider), ['credential'])
  await openfort.auth.logout()

  await openfort.auth.requestResetPassword({ email, redirectUrl: 'http://localhost:3000/set' })
  const link = await mailed(email, /(http:\S+reset-password\S+)/)
  const { status, headers } = await fetch(link, { redirect: 'manual' })
  assert.equal(status, 302)
  const landed = new URL(headers.get('location'))
  assert.equal(landed.origin + landed.pathname, 'http://localhost:3000/set')
  await openfort.auth.resetPassword({ password: 'another horse', token: landed.searchParams.get('token') })
  await assert.rejects(backend.iam.getSession({ accessToken: first.token }), /log in again/)
  const second = await openfort.auth.logInWithEmailPassword({ email, password: 'another horse' })
  assert.equal(second.user.id, first.user.id)
  await openfort.auth.logout()
})

test('a code by email', async () => {
  const openfort = await browser()
  const email = 'cody@game.example'
  await openfort.auth.requestEmailOtp({ email })
  const otp = await mailed(email, /^(\d{6})\r?$/m)
  const wrong = otp === '000000' ? '000001' : '000000'
  await assert.rejects(openfort.auth.logInWithEmailOtp({ email, otp: wrong }), refusedWith('INVALID_OTP'))
  const { token, user } = await openfort.auth.logInWithEmailOtp({ email, otp })
  assert.equal(user.emailVerified, true)
  assert.equal(await openfort.getAccessToken(), token)
  await openfort.auth.logout()
  await assert.rejects(openfort.auth.logInWithEmailOtp({ email, otp }), refusedWith('OTP_EXPIRED'))
})

test('sign in with Ethereum', async () => {
  const openfort = await browser()
  const wallet = privateKeyToAccount(generatePrivateKey())
  const message = async (domain) => createSiweMessage({
    address: wallet.address, chainId: info.chainId, domain, nonce: (await openfort.auth.initSiwe({ address: wallet.address })).nonce,
    uri: `http://${domain}/`, version: '1', statement: 'Sign in to the game.',
  })
  const logIn = async (domain) => {
    const text = await message(domain)
    const signature = await wallet.signMessage({ message: text })
    return openfort.auth.loginWithSiwe({ signature, message: text, walletClientType: 'metaMask', connectorType: 'injected', address: wallet.address })
  }
  await assert.rejects(logIn('evil.example'), refusedWith('INVALID_SIWE_MESSAGE'))
  const { token, user } = await logIn('localhost:3000')
  assert.match(user.id, /^pla_/)
  assert.equal((await backend.iam.getSession({ accessToken: token })).user.id, user.id)
  const [way] = (await openfort.user.get()).linkedAccounts
  assert.equal(way.provider, 'siwe')
  assert.equal(way.accountId, wallet.address.toLowerCase())
  await openfort.auth.logout()
})

test('tokens of another service: OIDC keys and a custom endpoint', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const mint = (claims) => {
    const now = Math.floor(Date.now() / 1000)
    const text = `${part({ alg: 'ES256', kid: 'k1' })}.${part({ aud: 'game', sub: 'ann-1', iat: now, exp: now + 60, ...claims })}`
    return `${text}.${signBytes('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
  const service = createServer((request, response) => {
    if (request.url === '/keys') return response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] }))
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => response.end(JSON.stringify({ userId: JSON.parse(body).payload === 'opaque' ? 'bob-1' : undefined })))
  })
  await new Promise((ready) => service.listen(0, '127.0.0.1', ready))
  const base = `http://127.0.0.1:${service.address().port}`
  try {
    await backend.iam.authProvidersConfig.create({ provider: 'oidc', enabled: true, aud: 'game', jwksUrl: `${base}/keys` })
    await backend.iam.authProvidersConfig.create({ provider: 'custom', enabled: true, authenticationUrl: `${base}/verify` })
    for (const [provider, token] of [['oidc', mint({})], ['custom', 'opaque']]) {
      const openfort = await browser({ thirdPartyAuth: { provider, getAccessToken: async () => token } })
      await openfort.validateAndRefreshToken()
      const me = await openfort.user.get()
      assert.match(me.id, /^pla_/)
      assert.deepEqual(me.linkedAccounts.map((a) => a.provider), [provider])
    }
    const page = client(info.api, info.publishableKey)
    for (const token of [mint({ aud: 'another' }), mint({ exp: 1 }), `${mint({})}x`, 'opaque']) {
      const { status, body } = await page.post('/iam/v2/user/third_party', { provider: 'oidc', token })
      assert.equal(status, 401, JSON.stringify(body))
    }
  } finally {
    service.close()
    service.closeAllConnections()
  }
})

test('the server SDK lists, gets and deletes users', async () => {
  const openfort = await browser()
  const { user, token } = await openfort.auth.signUpGuest()
  const { data, total } = conform('UserListResponse', await backend.iam.users.list({ limit: 100 }))
  assert.equal(data.length, total)
  assert(data.some(({ id }) => id === user.id))
  const [ann] = (await backend.iam.users.list({ email: 'ann@game.example' })).data
  assert.equal(ann.name, 'Ann')
  assert.equal(conform('AuthUserResponse', await backend.iam.users.get(user.id)).isAnonymous, true)
  assert.equal(conform('AuthSessionResponse', ok(await api.get(`/iam/v1/verify?token=${token}`))).playerId, user.id)
  assert.deepEqual(ok(await client(info.api).get(`/iam/v1/${info.publishableKey}/jwks.json`)), { keys: [] })
  assert.equal(conform('UserDeleteResponse', await backend.iam.users.delete(user.id)).deleted, true)
  await assert.rejects(backend.iam.getSession({ accessToken: token }), /log in again/)
  await assert.rejects(backend.iam.users.get(user.id), /does not exist/)
})

// Everything that one user may ask of another's account, with the answers.
test('a user asks for another user\'s account, session and intent', async () => {
  const guest = async () => {
    const openfort = await browser()
    const { token, user } = await openfort.auth.signUpGuest()
    return { user, as: client(info.api, token) }
  }
  const [ann, bob] = [await guest(), await guest()]
  const headers = { 'x-project-key': info.publishableKey }
  const owner = signers.viem()
  const account = ok(await api.post('/v1/accounts', { chainId: info.chainId, player: ann.user.id, externalOwnerAddress: owner.address }))
  const grant = { address: signers.viem().address, chainId: info.chainId, validAfter: 0, validUntil: 4_000_000_000, policy: info.policy }
  const interactions = [{ contract: info.contract, functionName: 'mint', functionArgs: [account.address] }]
  const session = ok(await ann.as.post('/v1/sessions', { ...grant, account: account.id }, { headers }))
  const intent = ok(await ann.as.post('/v1/transaction_intents', { chainId: info.chainId, account: account.id, interactions, policy: info.policy }, { headers }))
  assert.equal(ok(await ann.as.get('/v2/accounts', { headers })).data[0].id, account.id)
  assert.equal(ok(await ann.as.get('/v1/sessions', { headers })).data[0].id, session.id)

  for (const [method, path, json] of [
    ['GET', `/v1/accounts/${account.id}`], ['GET', `/v2/accounts/${account.id}`],
    ['GET', `/v1/sessions/${session.id}`], ['GET', `/v1/transaction_intents/${intent.id}`],
    ['GET', `/v1/sessions?player=${ann.user.id}`], ['GET', `/v2/accounts?user=${ann.user.id}`],
    ['POST', '/v1/sessions', { ...grant, account: account.id }], ['POST', '/v1/sessions', { ...grant, player: ann.user.id }],
    ['POST', '/v1/sessions/revoke', { address: session.id, chainId: info.chainId }],
    ['POST', '/v1/sessions/revoke', { address: grant.address, chainId: info.chainId, account: account.id }],
    ['POST', '/v1/transaction_intents', { chainId: info.chainId, account: account.id, interactions }],
    ['POST', '/v1/transaction_intents', { chainId: info.chainId, player: ann.user.id, interactions }],
  ]) {
    const { status, body } = await bob.as.send(method, path, { json, headers })
    assert([400, 404].includes(status), `${method} ${path}: ${status} ${JSON.stringify(body)}`)
  }
  for (const path of ['/v1/accounts', '/v2/accounts', '/v1/sessions', '/v1/transaction_intents']) {
    assert.equal(ok(await bob.as.get(path, { headers })).total, 0, path)
  }
  for (const path of ['/v1/players', '/v2/users', '/v1/policies', '/v1/project', '/iam/v1/oauth']) {
    assert.equal((await bob.as.get(path, { headers })).status, 403, path)
  }
  const { status } = await bob.as.get('/v1/accounts', { headers: { ...headers, origin: 'https://evil.example' } })
  assert.equal(status, 403)

  const revoked = ok(await ann.as.post('/v1/sessions/revoke', { address: session.id, chainId: info.chainId }, { headers }))
  assert.equal(revoked.status, 'revoked')
})
