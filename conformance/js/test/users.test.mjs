// Users through the official clients: the browser SDK in Node, and the server
// SDK that looks at what a browser has sent it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Openfort } from '@openfort/openfort-js'
import { Openfort as OpenfortServer } from '@openfort/openfort-node'
import { client } from '../lib/api.mjs'
import { startDev } from '../lib/server.mjs'
import { memoryStorage } from '../lib/storage.mjs'

let server, info, backend

before(async () => {
  server = await startDev('users')
  info = server.info
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
