import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromBase64url, toBase64url } from '../page/bytes.mjs'
import { addressOf, newOwnerKey } from '../page/owner.mjs'
import { rebuildKey, splitKey } from '../page/shares.mjs'

const key = newOwnerKey()
const owner = addressOf(key)

test('any two shares rebuild the key', async () => {
  const { device, server, recovery } = await splitKey(key)
  for (const [a, b] of [[device, server], [server, device], [server, recovery], [device, recovery]]) {
    assert.deepEqual(await rebuildKey(a, b, owner), key)
    assert.deepEqual(await rebuildKey(a, b, owner.toUpperCase().replace('X', 'x')), key)
  }
})

test('one share is not enough', async () => {
  const { server } = await splitKey(key)
  assert.equal(await rebuildKey(server, server, owner), null)
})

test('a changed share rebuilds nothing, whichever byte it is', async () => {
  const { device, server } = await splitKey(key)
  for (let i = 0; i < 33; i++) {
    const changed = fromBase64url(server)
    changed[i] ^= 1
    assert.equal(await rebuildKey(device, toBase64url(changed), owner), null, `byte ${i}`)
  }
})

test('shares of two splits, or of two keys, do not fit', async () => {
  const [first, second, other] = [await splitKey(key), await splitKey(key), await splitKey(newOwnerKey())]
  assert.equal(await rebuildKey(first.device, second.server, owner), null)
  assert.equal(await rebuildKey(first.device, other.server, owner), null)
  assert.equal(await rebuildKey(other.device, other.server, owner), null, 'a key, but not the owner')
})

test('what is no share rebuilds nothing', async () => {
  const { device } = await splitKey(key)
  for (const bad of ['', 'A', '!', '=', device.slice(4), undefined, null, 5]) assert.equal(await rebuildKey(device, bad, owner), null)
  for (const bad of ['', undefined]) assert.equal(await rebuildKey(device, device, bad), null)
})

test('splitting leaves the key as it was', async () => {
  const copy = Uint8Array.from(key)
  await splitKey(copy)
  assert.deepEqual(copy, key)
})
