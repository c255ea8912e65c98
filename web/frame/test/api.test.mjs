import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'

import { Api, Refused } from '../page/api.mjs'

let server, base, answer, asked

before(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked = { method: request.method, path: request.url, headers: request.headers, body: body && JSON.parse(body) }
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${server.address().port}/wallets/`
})

after(() => server.close())

const login = { publishableKey: 'pk_test_1', token: 'lku_1' }

test("a request is the user's, below the page's own address", async () => {
  answer = { status: 200, body: '{"id":"dev_1"}' }
  assert.deepEqual(await new Api(base, login).serverShare('acc_1', 'dev_1'), { id: 'dev_1' })
  const { method, path, headers, body } = asked
  assert.deepEqual([method, path, body], ['POST', '/wallets/v2/devices/recover', { account: 'acc_1', device: 'dev_1' }])
  assert.deepEqual([headers.authorization, headers['x-project-key'], headers['x-player-token']], ['Bearer lku_1', 'pk_test_1', undefined])
  assert.deepEqual([headers.cookie, headers.referer], [undefined, undefined])
})

test('a token that somebody else issued is sent as the official SDK sends it', async () => {
  answer = { status: 200, body: '{}' }
  await new Api(base, { ...login, thirdPartyProvider: 'custom', thirdPartyTokenType: 'customToken' }).recovery('sig/1')
  const { method, path, headers } = asked
  assert.deepEqual([method, path], ['GET', '/wallets/shield/shares/sig%2F1'])
  assert.deepEqual(
    [headers.authorization, headers['x-player-token'], headers['x-auth-provider'], headers['x-token-type'], headers['x-project-key']],
    ['Bearer pk_test_1', 'lku_1', 'custom', 'customToken', undefined],
  )
})

test("a refusal has the server's words", async () => {
  const refused = (status, message) => assert.rejects(new Api(base, login).recovery('sig_1'), (error) => error instanceof Refused && error.status === status && error.message === message)
  answer = { status: 400, body: '{"error":{"type":"invalid_request_error","message":"too fast"}}' }
  await refused(400, 'too fast')
  answer = { status: 404, body: '{"message":"there is none","code":"NOT_FOUND"}' }
  await refused(404, 'there is none')
  answer = { status: 502, body: '<html>' }
  await refused(502, 'the server answered 502')
})

test('a share does not follow a redirect', async () => {
  answer = { status: 307, headers: { location: 'http://127.0.0.1:1/' }, body: '' }
  await assert.rejects(new Api(base, login).registerDevice('acc_1', 'share'), TypeError)
})

test('nothing is asked without a token', () => {
  for (const token of [undefined, null, '']) assert.throws(() => new Api(base, { ...login, token }), /no access token/)
})
