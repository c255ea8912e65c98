// Uses session keys that a browser made and keeps: a passkey, and a WebCrypto
// key that no script can read. Each is registered, used on chain until its
// limit, and revoked. The last line says how many checks passed.

import assert from 'node:assert/strict'

import { client, ok } from '../js/lib/api.mjs'
import { chainTime, connect, nftAbi } from '../js/lib/chain.mjs'
import { startDev } from '../js/lib/server.mjs'
import { viem } from '../js/lib/signers.mjs'
import { openPage } from './lib/browser.mjs'
import { checks } from './lib/check.mjs'
import { startSite } from './lib/site.mjs'

// What a page does with each kind of key: make it, and sign a hash with it.
const kinds = [
  {
    type: 'webauthn',
    make: async (browser) => {
      const { name, publicKey } = await browser.ask('makePasskey')
      return { publicKey, sign: (hash) => browser.ask('signWithPasskey', name, hash) }
    },
  },
  {
    type: 'p256-sha256',
    make: async (browser) => {
      const publicKey = await browser.ask('makeWebKey')
      assert.equal(await browser.ask('readWebKey'), 'InvalidAccessError', 'the private key can be read')
      return { publicKey, sign: (hash) => browser.ask('signWithWebKey', hash) }
    },
  },
]

const { check, finish } = checks()

// Player stands for an app's back end and its player's wallet.
class Player {
  constructor(info, browser) {
    this.info = info
    this.browser = browser
    this.api = client(info.api, info.secretKey)
    this.owner = viem(info.ownerPrivateKey)
    this.chain = connect(info.rpc, info.chainId)
  }

  async ownerSigns(session) {
    const signature = await this.owner.eip191(session.nextAction.payload.signableHash)
    return ok(await this.api.post(`/v1/sessions/${session.id}/signature`, { signature }))
  }

  get #terms() {
    const { account, chainId, policy } = this.info
    return { account, chainId, policy }
  }

  async register(type, publicKey) {
    const session = ok(await this.api.post('/v1/sessions', {
      ...this.#terms, signer: { type, publicKey }, validAfter: 0, validUntil: (await chainTime(this.chain)) + 3600, limit: 2,
      permissions: [{ type: 'contract-call', data: { address: this.info.contractAddress, calls: ['mint(address)'] } }],
    }))
    return this.ownerSigns(session)
  }

  async revoke({ address }) {
    return this.ownerSigns(ok(await this.api.post('/v1/sessions/revoke', { ...this.#terms, address })))
  }

  async intend(contract, functionName, ...functionArgs) {
    return ok(await this.api.post('/v1/transaction_intents', { ...this.#terms, interactions: [{ contract, functionName, functionArgs }] }))
  }

  mint() {
    return this.intend(this.info.contract, 'mint', this.info.accountAddress)
  }

  // send has the page post a signature over hash, by default the intent's own.
  async send(intent, sign, hash = intent.nextAction.payload.signableHash) {
    const { api, publishableKey } = this.info
    return this.browser.ask('send', { api, publishableKey, intent: intent.id, signature: await sign(hash) })
  }

  minted() {
    return this.chain.read.readContract({ address: this.info.contractAddress, abi: nftAbi, functionName: 'balanceOf', args: [this.info.accountAddress] })
  }
}

function succeeded(answer) {
  const { response } = ok(answer)
  assert.equal(response.status, 1, JSON.stringify(response))
  return response.transactionHash
}

function refused({ status, body }, reason) {
  assert.equal(status, 400, JSON.stringify(body))
  assert.match(body.error.message, reason)
  return body.error.message
}

async function useKey(player, { type, make }) {
  let key
  let session
  await check(`${type}: the page makes a key`, async () => {
    key = await make(player.browser)
  })
  await check(`${type}: the owner lets it mint, twice`, async () => {
    session = await player.register(type, key.publicKey)
    assert.equal(session.status, 'active')
    assert.equal(session.signer.type, type)
    return session.address
  })
  await check(`${type}: it mints`, async () => {
    const before = await player.minted()
    const transaction = succeeded(await player.send(await player.mint(), key.sign))
    assert.equal(await player.minted(), before + 1n)
    return transaction
  })
  await check(`${type}: a signature over something else is refused`, async () =>
    refused(await player.send(await player.mint(), key.sign, `0x${'42'.repeat(32)}`), /challenge|not by session key/))
  await check(`${type}: a call that was not granted is refused`, async () =>
    refused(await player.send(await player.intend(player.info.erc20Contract, 'mint', player.info.accountAddress, '1'), key.sign), /functions/))
  await check(`${type}: it mints again after the page was loaded anew`, async () => {
    await player.browser.reload()
    return succeeded(await player.send(await player.mint(), key.sign))
  })
  await check(`${type}: a third time is past the limit`, async () => refused(await player.send(await player.mint(), key.sign), /limit/))
  await check(`${type}: revoked, it is refused`, async () => {
    assert.equal((await player.revoke(session)).status, 'revoked')
    return refused(await player.send(await player.mint(), key.sign), /revoked|no live session/)
  })
}

const server = await startDev('browser')
const site = await startSite()
const browser = await openPage(site.url)
try {
  for (const kind of kinds) await useKey(new Player(server.info, browser), kind)
} finally {
  await browser.close()
  await site.stop()
  await server.stop()
}
process.exitCode = finish()
