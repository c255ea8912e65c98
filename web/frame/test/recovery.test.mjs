import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromBase64url, toBase64url } from '../page/bytes.mjs'
import { entropyOf, methodOf, open, seal } from '../page/recovery.mjs'

const share = 'c2hhcmU'
const purpose = { user: 'pla_1', reference: 'sig_1', owner: '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266' }
const random = () => crypto.getRandomValues(new Uint8Array(32))

// Passwords cost a second each, so most cases are shown with the other locks.
const unlocks = {
  passkey: { method: 'passkey', prf: random() },
  project: { method: 'project', entropy: random() },
}
const words = { password: 'incorrect-user-entropy-error', passkey: 'incorrect-passkey-error', project: 'missing-project-entropy-error' }

const refused = (promise, method) => assert.rejects(promise, { name: 'Failure', word: words[method] })

test('password: only the same password opens it', async () => {
  const secret = await seal(share, { method: 'password', password: 'correct hörse' }, purpose)
  assert.equal(await open(secret, { method: 'password', password: 'correct ho\u0308rse' }, purpose), share, 'however the keyboard writes it')
  await refused(open(secret, { method: 'password', password: 'correct horse' }, purpose), 'password')
  assert.equal(JSON.parse(secret).kdf, 'scrypt-17-8-1')
})

for (const [method, unlock] of Object.entries(unlocks)) {
  test(`${method}: only the same lock opens it`, async () => {
    const secret = await seal(share, unlock, purpose)
    assert.equal(await open(secret, unlock, purpose), share)
    assert.equal(await open(secret, unlock, { ...purpose, owner: purpose.owner.toLowerCase() }), share)
    await refused(open(secret, { method, prf: random(), entropy: random() }, purpose), method)
  })

  test(`${method}: it opens for nobody and nothing else`, async () => {
    const secret = await seal(share, unlock, purpose)
    for (const change of [{ user: 'pla_2' }, { reference: 'sig_2' }, { owner: '0x0000000000000000000000000000000000000001' }]) {
      await refused(open(secret, unlock, { ...purpose, ...change }), method)
    }
  })

  test(`${method}: whatever is changed, it does not open`, async () => {
    const fields = JSON.parse(await seal(share, unlock, purpose))
    for (const name of ['salt', 'nonce', 'sealed']) {
      const bytes = fromBase64url(fields[name])
      for (let i = 0; i < bytes.length; i++) {
        const changed = Uint8Array.from(bytes)
        changed[i] ^= 1
        await refused(open(JSON.stringify({ ...fields, [name]: toBase64url(changed) }), unlock, purpose), method)
      }
      await refused(open(JSON.stringify({ ...fields, [name]: undefined }), unlock, purpose), method)
    }
    for (const change of [{ version: 2 }, { method: 'password' }, { method: 'toString' }, { kdf: 'none' }, { kdf: 'scrypt-30-8-1' }]) {
      await refused(open(JSON.stringify({ ...fields, ...change }), unlock, purpose), method)
    }
    for (const secret of ['', '{}', 'null', '[]', '{', undefined]) await refused(open(secret, unlock, purpose), method)
  })

  test(`${method}: the same share is sealed differently each time`, async () => {
    const [a, b] = [await seal(share, unlock, purpose), await seal(share, unlock, purpose)].map(JSON.parse)
    for (const name of ['salt', 'nonce', 'sealed']) assert.notEqual(a[name], b[name])
  })
}

test('one method does not open what another sealed', async () => {
  const same = random()
  const secret = await seal(share, { method: 'passkey', prf: same }, purpose)
  await refused(open(secret, { method: 'project', entropy: same }, purpose), 'project')
  await refused(open(secret.replace('passkey', 'project'), { method: 'project', entropy: same }, purpose), 'project')
})

test('methods have the words of the server', () => {
  for (const method of Object.keys(words)) assert.equal(methodOf(entropyOf(method)), method)
  assert.throws(() => methodOf('none'), /recovery by none/)
})
