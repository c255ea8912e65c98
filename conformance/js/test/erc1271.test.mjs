// Signatures that the browser SDK makes, with its own signing code, are valid
// for the account on chain: as personal_sign and as typed data, on a smart
// account and on a delegated one.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { Openfort } from '@openfort/openfort-js'
import { decodeAbiParameters, hashMessage, hashTypedData } from 'viem'
import { client, ok } from '../lib/api.mjs'
import { accountAbi, connect } from '../lib/chain.mjs'
import { attachChild } from '../lib/child.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'
import { memoryStorage } from '../lib/storage.mjs'

const VALID = '0x1626ba7e'
const ERC6492 = '6492649264926492649264926492649264926492649264926492649264926492'

const text = 'I agree to the terms'
const typedData = (chainId) => ({
  domain: { name: 'Market', version: '1', chainId, verifyingContract: '0x1111111111111111111111111111111111111111' },
  types: { Order: [{ name: 'item', type: 'uint256' }, { name: 'price', type: 'uint256' }] },
  primaryType: 'Order',
  message: { item: '7', price: '1000000000000000000' },
})

let server, info, api, chain, backend, openfort, child, owner

before(async () => {
  server = await startDev('erc1271')
  info = server.info
  api = client(info.api, info.secretKey)
  chain = connect(info.rpc, info.chainId)
  owner = signers.viem(info.ownerPrivateKey)
  backend = await startBackend()
  openfort = new Openfort({
    baseConfiguration: { publishableKey: info.publishableKey },
    shieldConfiguration: { shieldPublishableKey: 'unused' },
    overrides: { backendUrl: backend.url, storage: memoryStorage() },
    disableTelemetry: true,
  })
  await openfort.waitForInitialization()
  await openfort.auth.signUpGuest()
  child = await attachChild(openfort, owner)
})
after(async () => {
  backend?.close()
  await server?.stop()
})

// startBackend answers what the SDK asks about the user, and passes accounts
// through from the server under test, so that the SDK signs by its answers.
async function startBackend() {
  const own = new Map()
  const login = { token: 'token', user: { id: 'pla_user' }, session: { id: 's', token: 'token', userId: 'pla_user' } }
  const http = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://backend')
    const [, id] = pathname.match(/^\/v2\/accounts\/(\w+-?.*)$/) ?? []
    const body = id ? own.get(id) ?? ok(await api.get(`/v2/accounts/${id}`)) : login
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  await new Promise((listening) => http.listen(0, '127.0.0.1', listening))
  return { own, url: `http://127.0.0.1:${http.address().port}`, close: () => http.close() }
}

// wallet makes the SDK read an account and answers its EIP-1193 provider.
async function wallet(id) {
  const account = await openfort.embeddedWallet.recover({ account: id, recoveryParams: { recoveryMethod: 'password', password: 'unused' } })
  const provider = await openfort.embeddedWallet.getEthereumProvider({ announceProvider: false, chains: { [info.chainId]: info.rpc } })
  return { account, request: (method, params) => provider.request({ method, params }) }
}

// inner takes the account's own signature out of an ERC-6492 wrapper, as a
// verifier does when the account has code.
function inner(signature) {
  if (!signature.endsWith(ERC6492)) return signature
  const [, , own] = decodeAbiParameters([{ type: 'address' }, { type: 'bytes' }, { type: 'bytes' }], signature.slice(0, -ERC6492.length))
  return own
}

// verdict is the bare answer of isValidSignature: the magic value, another
// four bytes, or the fact that it reverted.
async function verdict(address, hash, signature) {
  try {
    return await chain.read.readContract({ address, abi: accountAbi, functionName: 'isValidSignature', args: [hash, signature] })
  } catch (error) {
    if (!/revert/i.test(error.message)) throw error
    return 'reverted'
  }
}

function checkAccount(kind, load) {
  describe(kind, () => {
    let signer, address
    before(async () => {
      ;({ signer, address } = await load())
    })

    test('personal_sign', async () => {
      const signature = await signer.request('personal_sign', [text, address])
      assert.equal(await verdict(address, hashMessage(text), inner(signature)), VALID)
      assert.notEqual(await verdict(address, hashMessage(text + '!'), inner(signature)), VALID)
      assert.equal(await chain.read.verifyMessage({ address, message: text, signature }), true)
    })

    test('eth_signTypedData_v4', async () => {
      const data = typedData(info.chainId)
      const signature = await signer.request('eth_signTypedData_v4', [address, JSON.stringify(data)])
      assert.equal(await verdict(address, hashTypedData(data), inner(signature)), VALID)
      assert.notEqual(await verdict(address, hashMessage(text), inner(signature)), VALID)
      assert.equal(await chain.read.verifyTypedData({ address, ...data, signature }), true)
    })

    test('embeddedWallet.signTypedData', async () => {
      const data = typedData(info.chainId)
      const signature = await openfort.embeddedWallet.signTypedData(data.domain, data.types, data.message)
      assert.equal(await verdict(address, hashTypedData(data), inner(signature)), VALID)
    })

    test('a signature of another key is refused', async () => {
      child.signer = signers.viem()
      const other = await signer.request('personal_sign', [text, address])
      assert.notEqual(await verdict(address, hashMessage(text), inner(other)), VALID)
    })
  })
}

checkAccount('Smart Account', async () => {
  child.signer = owner
  await deploySmartAccount()
  const signer = await wallet(info.account)
  assert.equal(signer.account.implementationType, 'UpgradeableV6')
  return { signer, address: info.accountAddress }
})

describe('Smart Account, what is not its own', () => {
  test('a raw signature of the owner is refused: it is bound to no account', async () => {
    const hash = hashMessage(text)
    assert.notEqual(await verdict(info.accountAddress, hash, await owner.raw(hash)), VALID)
  })

  test('the same owner\'s signature for another account is refused', async () => {
    child.signer = owner
    const other = ok(await api.post('/v1/accounts', { chainId: info.chainId, externalOwnerAddress: owner.address }))
    const signer = await wallet(other.id)
    const signature = await signer.request('personal_sign', [text, other.address])
    assert.notEqual(await verdict(info.accountAddress, hashMessage(text), inner(signature)), VALID)
    // It is good for the account it was made for, though that has no code yet.
    assert.equal(await chain.read.verifyMessage({ address: other.address, message: text, signature }), true)
  })
})

checkAccount('Delegated Account', async () => {
  const delegated = signers.viem()
  await delegate(delegated)
  const id = 'acc_delegated'
  backend.own.set(id, {
    id, wallet: info.player, accountType: 'Delegated Account', address: delegated.address, ownerAddress: delegated.address, chainType: 'EVM',
    chainId: info.chainId, createdAt: 0, updatedAt: 0, custody: 'User',
    smartAccount: { implementationType: 'Calibur', implementationAddress: await implementation(), active: true },
  })
  child.signer = delegated
  return { signer: await wallet(id), address: delegated.address }
})

async function implementation() {
  return ok(await api.get(`/v2/accounts/${info.account}`)).smartAccount.implementationAddress
}

// deploySmartAccount gives the ready account code by its first operation.
async function deploySmartAccount() {
  const intent = ok(await api.post('/v1/transaction_intents', {
    account: info.account, chainId: info.chainId, policy: info.policy, interactions: [{ contract: info.contract, functionName: 'mint', functionArgs: [info.accountAddress] }],
  }))
  const signature = await owner.eip191(intent.nextAction.payload.signableHash)
  const done = ok(await api.post(`/v1/transaction_intents/${intent.id}/signature`, { signature }))
  assert.equal(done.response.status, 1, JSON.stringify(done.response.error))
}

// delegate sends the EIP-7702 transaction that gives an EOA our code.
async function delegate({ privateKey, address }) {
  const relay = chain.wallet(info.ownerPrivateKey)
  const authorization = await chain.wallet(privateKey).signAuthorization({ contractAddress: await implementation() })
  const hash = await relay.sendTransaction({ to: address, authorizationList: [authorization], gas: 200_000n })
  await chain.read.waitForTransactionReceipt({ hash })
  const code = await chain.read.getCode({ address })
  assert.equal(code?.toLowerCase(), `0xef0100${(await implementation()).slice(2).toLowerCase()}`)
}
