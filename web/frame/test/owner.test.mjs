import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex, toHex, utf8 } from '../page/bytes.mjs'
import { addressOf, newOwnerKey, parseOwnerKey, sign, signClaim } from '../page/owner.mjs'

// A development key that everybody knows. The signatures are viem's.
const key = fromHex('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')
const digest = `0x${'01'.repeat(32)}`
const signatures = {
  raw: '0xd696c1a1fb0c34935ec876ff6e7c04bc515cdaf7b22cc8d80ad1219b5d65fa9f30c2880688e68be0c22dddd9fbfa7f7650bb98c966c8a53b02cd8edc66fe2c7a1b',
  eip191: '0xbe64c39de29eec134770cba00ddf0064e925c449472bed0ca214adbdc315e836216c4d5aa2145dbd78e1ad23bed68e8b3a34f8a89551faababa8d20c510f5b0c1b',
  text: '0x2b7e2472ce826ed1748e48d176e9b4c11103529bca61721fa87a9a0f78c9841f73156d7a80d282db7f172a60d156f6dbdfa773c22f4c31d9605597ad51483a7d1c',
  claim: '0x92feec7a5971a21fb8a2f684a98ab25825a93a5d95dd7e642156902cfef45b78629853c22fc46cd84b3debea846dedc99e06cb47a726e3320088e61b1c1ff2781c',
  hexAsText: '0x3ac442a1979ee262030b940b0446988cb528db279739dc08573e79c33e2c04113989d3544eafb145ab5dc0f7da8879e7de8ec3b47537f8df3e0974c864a92af71c',
}

test('the address of a key', () => {
  assert.equal(addressOf(key), '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266')
  for (const none of [new Uint8Array(32), new Uint8Array(32).fill(0xff), key.subarray(1), new Uint8Array(33).fill(1)]) assert.equal(addressOf(none), '')
})

test('new keys differ', () => {
  const [a, b] = [newOwnerKey(), newOwnerKey()]
  assert.equal(a.length, 32)
  assert.notDeepEqual(a, b)
})

test('keys are read with and without 0x', () => {
  assert.deepEqual(parseOwnerKey(toHex(key)), key)
  assert.deepEqual(parseOwnerKey(toHex(key).slice(2)), key)
  for (const bad of ['', '0x', '0x12', `0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`, `0x${'zz'.repeat(32)}`, undefined]) {
    assert.throws(() => parseOwnerKey(bad), /64 hex digits/)
  }
})

test('signatures are those of other wallets', () => {
  assert.equal(sign(key, digest), signatures.eip191, 'sessions and intents of smart accounts')
  assert.equal(sign(key, fromHex(digest)), signatures.eip191)
  assert.equal(sign(key, digest, { requireArrayify: false, requireHash: false }), signatures.raw, 'delegated accounts, authorizations, typed data')
  assert.equal(sign(key, fromHex(digest), { requireArrayify: false, requireHash: false }), signatures.raw)
  assert.equal(sign(key, digest, { requireArrayify: true, requireHash: false }), signatures.raw)
  assert.equal(sign(key, 'héllo', { requireArrayify: false, requireHash: true }), signatures.text, 'signMessage')
  assert.equal(sign(key, 'héllo'), signatures.text)
  assert.equal(sign(key, utf8('héllo')), signatures.text)
  assert.equal(sign(key, digest, { requireArrayify: false, requireHash: true }), signatures.hexAsText)
})

// An app may have the key sign any text, by any flags.
test('no text that is signed for an app is a claim', () => {
  const claim = 'I am the key sig_1 of user pla_1.'
  const whole = `\x19Latchkey Signed Claim:\n${claim.length}${claim}`
  const flags = [true, false].flatMap((requireArrayify) => [true, false].map((requireHash) => ({ requireArrayify, requireHash })))
  for (const message of [claim, whole, utf8(claim), utf8(whole), toHex(utf8(claim)), toHex(utf8(whole))]) {
    for (const how of flags) {
      if (how.requireHash) assert.notEqual(sign(key, message, how), signClaim(key, claim))
      else assert.throws(() => sign(key, message, how), /must be 32 bytes/)
    }
  }
  assert.equal(signClaim(key, claim), signatures.claim)
  assert.notEqual(signClaim(key, claim), signClaim(key, 'I am the key sig_1 of user pla_2.'))
})

test('only a digest is signed as it is', () => {
  for (const message of ['0x', '0x01', 'text', new Uint8Array(31), new Uint8Array(33)]) {
    assert.throws(() => sign(key, message, { requireArrayify: false, requireHash: false }), /must be 32 bytes/)
  }
  assert.throws(() => sign(key, 5), /text or bytes/)
  assert.throws(() => sign(key, undefined), /text or bytes/)
})
