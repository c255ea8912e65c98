// Session keys on the curve P-256, in every form in which platforms give their
// public half and their signatures. What a browser makes is in ../browser.

import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { p256 } from '@noble/curves/p256'
import { bytesToHex, concatHex, hexToBytes } from 'viem'
import { client, ok } from '../lib/api.mjs'
import { chainTime, connect, nftAbi } from '../lib/chain.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'

let server, info, api, chain, owner

before(async () => {
  server = await startDev('keys')
  info = server.info
  api = client(info.api, info.secretKey)
  chain = connect(info.rpc, info.chainId)
  owner = signers.viem(info.ownerPrivateKey)
})
after(() => server?.stop())

// What stands before x and y in a SubjectPublicKeyInfo of the curve.
const SPKI = '0x3059301306072a8648ce3d020106082a8648ce3d030107034200'

// secureElement signs the hash itself, as phones' key stores do.
function secureElement() {
  const secret = p256.utils.randomPrivateKey()
  const point = bytesToHex(p256.getPublicKey(secret, false))
  const signed = (hash) => p256.sign(hexToBytes(hash), secret, { lowS: true })
  return {
    type: 'p256',
    point,
    compact: async (hash) => `0x${signed(hash).toCompactHex()}`,
    der: async (hash) => `0x${signed(hash).toDERHex()}`,
    highS: async (hash) => {
      const { r, s } = signed(hash)
      return `0x${new p256.Signature(r, p256.CURVE.n - s).toCompactHex()}`
    },
  }
}

async function webKey() {
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  return {
    type: 'p256-sha256',
    point: bytesToHex(new Uint8Array(await webcrypto.subtle.exportKey('raw', publicKey))),
    jwk: await webcrypto.subtle.exportKey('jwk', publicKey),
    compact: async (hash) => bytesToHex(new Uint8Array(await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, hexToBytes(hash)))),
  }
}

const terms = () => ({ account: info.account, chainId: info.chainId, policy: info.policy })

async function ask(signer) {
  return api.post('/v1/sessions', {
    ...terms(), signer, validAfter: 0, validUntil: (await chainTime(chain)) + 3600,
    permissions: [{ type: 'contract-call', data: { address: info.contractAddress, calls: ['mint(address)'] } }],
  })
}

async function register(signer) {
  const session = ok(await ask(signer))
  const signature = await owner.eip191(session.nextAction.payload.signableHash)
  return ok(await api.post(`/v1/sessions/${session.id}/signature`, { signature }))
}

async function mint() {
  return ok(await api.post('/v1/transaction_intents', {
    ...terms(), interactions: [{ contract: info.contract, functionName: 'mint', functionArgs: [info.accountAddress] }],
  }))
}

const hashOf = (intent) => intent.nextAction.payload.signableHash
const send = (intent, signature) => api.post(`/v1/transaction_intents/${intent.id}/signature`, { signature })
const minted = () => chain.read.readContract({ address: info.contractAddress, abi: nftAbi, functionName: 'balanceOf', args: [info.accountAddress] })

// mintBy mints with a signature, which must be taken.
async function mintBy(sign) {
  const before = await minted()
  const intent = await mint()
  const { response } = ok(await send(intent, await sign(hashOf(intent))))
  assert.equal(response.status, 1)
  assert.equal(await minted(), before + 1n)
}

describe('p256, the hash itself', () => {
  const key = secureElement()

  test('registered by its point, and shown', async () => {
    const session = await register({ type: key.type, publicKey: key.point })
    assert.equal(session.status, 'active')
    assert.deepEqual(session.signer, { type: 'p256', publicKey: key.point })
  })
  test('signs as r and s', () => mintBy(key.compact))
  test('signs as DER', () => mintBy(key.der))
  test('signs with s in the upper half, as key stores may', () => mintBy(key.highS))
  test('a signature of another hash is refused', async () => {
    const { status } = await send(await mint(), await key.compact(`0x${'42'.repeat(32)}`))
    assert.equal(status, 400)
  })
  test('a signature by another key is refused', async () => {
    const intent = await mint()
    const { status } = await send(intent, await secureElement().compact(hashOf(intent)))
    assert.equal(status, 400)
  })
})

describe('p256-sha256, as WebCrypto signs', () => {
  test('registered as JWK', async () => {
    const key = await webKey()
    const session = await register({ type: key.type, publicKey: key.jwk })
    assert.deepEqual(session.signer, { type: 'p256-sha256', publicKey: key.point })
    await mintBy(key.compact)
  })
  test('registered as SPKI', async () => {
    const key = await webKey()
    await register({ type: key.type, publicKey: concatHex([SPKI, key.point]) })
    await mintBy(key.compact)
  })
  test('is not taken for the hash itself', async () => {
    const key = await webKey()
    await register({ type: 'p256', publicKey: key.point })
    const intent = await mint()
    const { status } = await send(intent, await key.compact(hashOf(intent)))
    assert.equal(status, 400)
  })
})

describe('keys that are refused', () => {
  for (const [name, change] of [
    ['a private key', { d: 'AAAA' }],
    ['a point that is not on the curve', { x: 'A'.repeat(43) }],
    ['another curve', { crv: 'P-384' }],
  ]) {
    test(name, async () => {
      const { jwk, type } = await webKey()
      const { status, body } = await ask({ type, publicKey: { ...jwk, ...change } })
      assert.equal(status, 400)
      assert.match(body.error.message, /signer\.publicKey/)
    })
  }
})
