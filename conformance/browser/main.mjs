// Uses keys that a browser made and keeps: a passkey, and a WebCrypto key that
// no script can read. Each is a session's, which is registered, used on chain
// until its limit, and revoked; and each owns an account, grants a session of
// it, revokes that, and hands the account over. The last line says how many
// checks passed.

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

// Player stands for an app's back end and its player's wallet. sign is how the
// account's owner signs a hash.
class Player {
  constructor(info, browser, sign = viem(info.ownerPrivateKey).eip191) {
    this.info = info
    this.browser = browser
    this.sign = sign
    this.api = client(info.api, info.secretKey)
    this.chain = connect(info.rpc, info.chainId)
  }

  // owning is the same player with an account that a key owns.
  async owning(type, { publicKey, sign }) {
    const account = ok(await this.api.post('/v1/accounts', { chainId: this.info.chainId, owner: { type, publicKey } }))
    assert.equal(account.owner.type, type)
    return new Player({ ...this.info, account: account.id, accountAddress: account.address }, this.browser, sign)
  }

  async ownerSigns(session) {
    const signature = await this.sign(session.nextAction.payload.signableHash)
    return ok(await this.api.post(`/v1/sessions/${session.id}/signature`, { signature }))
  }

  get #terms() {
    const { account, chainId, policy } = this.info
    return { account, chainId, policy }
  }

  async register(type, publicKey, registration = 'onchain') {
    const session = ok(await this.api.post('/v1/sessions', {
      ...this.#terms, signer: { type, publicKey }, registration, validAfter: 0, validUntil: (await chainTime(this.chain)) + 3600, limit: 2,
      permissions: [{ type: 'contract-call', data: { address: this.info.contractAddress, calls: ['mint(address)'] } }],
    }))
    return this.ownerSigns(session)
  }

  async revoke({ address }) {
    return this.ownerSigns(ok(await this.api.post('/v1/sessions/revoke', { ...this.#terms, address })))
  }

  async handOver(newOwnerAddress) {
    return ok(await this.api.post(`/v1/accounts/${this.info.account}/transfer_ownership`, { newOwnerAddress, policy: this.info.policy }))
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
    refused(await player.send(await player.mint(), key.sign, `0x${'42'.repeat(32)}`), /challenge|not by key/))
  await check(`${type}: a call that was not granted is refused`, async () =>
    refused(await player.send(await player.intend(player.info.erc20Contract, 'mint', player.info.accountAddress, '1'), key.sign), /functions/))
  await check(`${type}: it mints again after the page was loaded anew`, async () => {
    await player.browser.reload()
    return succeeded(await player.send(await player.mint(), key.sign))
  })
  await check(`${type}: a third time is past the limit`, async () => refused(await player.send(await player.mint(), key.sign), /limit/))
  await check(`${type}: revoked, it is refused`, async () => {
    assert.equal((await player.revoke(session)).status, 'revoked')
    return refused(await player.send(await player.mint(), key.sign), /is revoked/)
  })
}

// A key that owns an account, and another that it grants sessions to.
async function own(wallet, { type, make }) {
  let key
  let owner
  let player
  let session
  await check(`${type} owner: an account is created for it`, async () => {
    key = await kinds[0].make(wallet.browser)
    owner = await make(wallet.browser)
    player = await wallet.owning(type, owner)
    return player.info.accountAddress
  })
  await check(`${type} owner: it mints, which puts the account on chain`, async () => {
    const transaction = succeeded(await player.send(await player.mint(), owner.sign))
    assert.equal(await player.minted(), 1n)
    return transaction
  })
  await check(`${type} owner: another key is refused`, async () => refused(await player.send(await player.mint(), key.sign), /^signature: .*no live session/))
  for (const registration of ['onchain', 'first-use']) {
    await check(`${type} owner: it grants a session (${registration}), which mints`, async () => {
      session = await player.register('webauthn', key.publicKey, registration)
      assert.equal(session.status, 'active')
      return succeeded(await player.send(await player.mint(), key.sign))
    })
    await check(`${type} owner: it revokes the session (${registration}), which is refused`, async () => {
      assert.equal((await player.revoke(session)).status, 'revoked')
      return refused(await player.send(await player.mint(), key.sign), /is revoked/)
    })
  }
  await check(`${type} owner: it hands the account over, and is refused`, async () => {
    succeeded(await player.send(await player.handOver(viem(wallet.info.ownerPrivateKey).address), owner.sign))
    return refused(await player.send(await player.mint(), owner.sign), /no live session/)
  })
  await check(`${type} owner: who took over mints`, async () => succeeded(await wallet.send(await player.mint(), wallet.sign)))
}

const server = await startDev('browser')
const site = await startSite()
const browser = await openPage(site.url)
try {
  for (const kind of kinds) await useKey(new Player(server.info, browser), kind)
  for (const kind of kinds) await own(new Player(server.info, browser), kind)
} finally {
  await browser.close()
  await site.stop()
  await server.stop()
}
process.exitCode = finish()
