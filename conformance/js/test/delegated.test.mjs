// EIP-7702 accounts through the official Node SDK, unchanged: by hand, and by
// the SDK's own sendTransaction, which signs the authorization itself.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Openfort, { APIError, createAccountV2, getAccountV2 } from '@openfort/openfort-node'
import { concatHex, encodeFunctionData } from 'viem'
import { hashAuthorization } from 'viem/utils'
import { chainTime, connect, mintedTo, nftAbi } from '../lib/chain.mjs'
import { conform } from '../lib/schema.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'

let server, info, openfort, chain

before(async () => {
  server = await startDev('delegated')
  info = server.info
  openfort = new Openfort(info.secretKey, { basePath: info.api })
  chain = connect(info.rpc, info.chainId)
})
after(() => server?.stop())

const mint = (to) => ({ to: info.contractAddress, data: encodeFunctionData({ abi: nftAbi, functionName: 'mint', args: [to] }), value: '0' })

async function newAccount(owner, options = {}) {
  const player = await openfort.players.create({ name: 'delegated' })
  return conform('AccountV2Response', await createAccountV2({
    accountType: 'Delegated Account', chainType: 'EVM', chainId: info.chainId, user: player.id, externalOwnerAddress: owner.address, ...options,
  }))
}

async function authorization(owner, account) {
  const nonce = await chain.read.getTransactionCount({ address: owner.address })
  return owner.raw(hashAuthorization({ contractAddress: account.smartAccount.implementationAddress, chainId: info.chainId, nonce }))
}

async function signed(owner, intent) {
  const signature = await owner.raw(intent.nextAction.payload.signableHash)
  const done = conform('TransactionIntentResponse', await openfort.transactionIntents.signature(intent.id, { signature }))
  assert.equal(done.response.status, 1, JSON.stringify(done.response.error))
  return done
}

test('a delegated account is its owner\'s address and becomes active with its first intent', async () => {
  const owner = signers.viem()
  const account = await newAccount(owner)
  assert.equal(account.accountType, 'Delegated Account')
  assert.equal(account.address, owner.address)
  assert.equal(account.ownerAddress, owner.address)
  assert.equal(account.smartAccount.implementationType, 'Calibur')
  assert.equal(account.smartAccount.active, false)
  assert.equal(account.smartAccount.factoryAddress, undefined)
  assert.equal(account.smartAccount.salt, undefined)

  const request = { account: account.id, chainId: info.chainId, policy: info.policy, interactions: [mint(account.address)] }
  await assert.rejects(() => openfort.transactionIntents.create(request), (error) => {
    assert(error instanceof APIError && error.statusCode === 400, String(error))
    assert.match(error.errorMessage, /signedAuthorization: is required/)
    return true
  })
  const first = await signed(owner, await openfort.transactionIntents.create({ ...request, signedAuthorization: await authorization(owner, account) }))
  assert.equal(mintedTo(first.response.logs, info.contractAddress)[0].to, account.address)
  const tx = await chain.read.getTransaction({ hash: first.response.transactionHash })
  assert.equal(tx.type, 'eip7702')

  const now = conform('AccountV2Response', await getAccountV2(account.id))
  assert.equal(now.smartAccount.active, true)
  assert.equal(await chain.read.getCode({ address: account.address }), concatHex(['0xef0100', account.smartAccount.implementationAddress]).toLowerCase())
  await signed(owner, await openfort.transactionIntents.create(request))
})

test('a session may come first', async () => {
  const owner = signers.viem()
  const key = signers.viem()
  const account = await newAccount(owner, { implementationType: 'CaliburV9' })
  assert.equal(account.smartAccount.implementationType, 'CaliburV9')
  const session = conform('SessionResponse', await openfort.sessions.create({
    account: account.id, address: key.address, chainId: info.chainId, validAfter: 0, validUntil: (await chainTime(chain)) + 3600,
    whitelist: [info.contractAddress], policy: info.policy, signedAuthorization: await authorization(owner, account),
  }))
  const signature = await owner.raw(session.nextAction.payload.signableHash)
  const active = conform('SessionResponse', await openfort.sessions.signature(session.id, { signature }))
  assert.equal(active.isActive, true)
  await signed(key, await openfort.transactionIntents.create({
    account: account.id, chainId: info.chainId, policy: info.policy, interactions: [mint(account.address)],
  }))
})

test('sendTransaction of the SDK, twice', async () => {
  const owner = signers.viem()
  const [holder, player] = await Promise.all([1, 2].map((n) => openfort.players.create({ name: `wallet ${n}` })))
  // The SDK names an account whose owner the new one has.
  const known = await openfort.accounts.v1.create({ player: holder.id, chainId: info.chainId, externalOwnerAddress: owner.address })
  const account = { id: known.id, address: owner.address, walletId: player.id, sign: ({ hash }) => owner.raw(hash) }
  for (const type of ['eip7702', 'eip1559']) {
    const done = conform('TransactionIntentResponse', await openfort.accounts.evm.backend.sendTransaction({
      account, chainId: info.chainId, interactions: [mint(owner.address)], policy: info.policy, rpcUrl: info.rpc,
    }))
    assert.equal(done.response.status, 1, JSON.stringify(done.response.error))
    const tx = await chain.read.getTransaction({ hash: done.response.transactionHash })
    assert.equal(tx.type, type)
  }
  const list = await openfort.accounts.list({ address: owner.address, accountType: 'Delegated Account', chainType: 'EVM', chainId: info.chainId })
  assert.deepEqual(list.data.map(({ wallet, smartAccount }) => [wallet, smartAccount.implementationType, smartAccount.active]), [[player.id, 'CaliburV9', true]])
})
