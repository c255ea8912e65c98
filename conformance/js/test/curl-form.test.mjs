// The flow with plain curl and form bodies, on the chain id of the public
// guide, and what became of it read from the chain by raw RPC.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { encodeFunctionData } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { ok } from '../lib/api.mjs'
import {
  accountAbi, chainTime, connect, funded, handleOps, mintedTo, nftAbi, packed, registered, revertOf, sessionSignature, STATUS, statusWord,
} from '../lib/chain.mjs'
import { curl } from '../lib/curl.mjs'
import { conform } from '../lib/schema.mjs'
import { startDev } from '../lib/server.mjs'

const CHAIN = 80002

let server, info, chain, owner

before(async () => {
  server = await startDev('curl-form', { chainId: CHAIN })
  info = server.info
  chain = connect(info.rpc, info.chainId)
  owner = privateKeyToAccount(info.ownerPrivateKey)
})
after(() => server?.stop())

const url = (path) => info.api + path
const post = (path, data, key = info.secretKey) => curl(url(path), { key, data })

// callView makes a bare eth_call and answers its bytes as one word.
async function callView(to, abi, functionName, args) {
  const data = encodeFunctionData({ abi, functionName, args })
  return BigInt(await chain.rpc('eth_call', [{ to, data }, 'latest']))
}

describe('the public guide, by curl on chain 80002', () => {
  const key = privateKeyToAccount(generatePrivateKey())
  let session, intent, pending, registration

  test('the ready line names everything the guide needs', () => {
    assert.equal(info.chainId, CHAIN)
    assert.match(info.secretKey, /^sk_test_/)
    assert.match(info.publishableKey, /^pk_test_/)
    assert.match(info.policy, /^pol_/)
    assert.match(info.contract, /^con_/)
    assert.match(info.erc20Contract, /^con_/)
    assert.match(info.player, /^pla_/)
    assert.match(info.account, /^acc_/)
    assert.match(info.accountAddress, /^0x[0-9a-fA-F]{40}$/)
  })

  test('1. register the session key, form-encoded', async () => {
    const now = await chainTime(chain)
    session = conform('SessionResponse', ok(await post('/v1/sessions', [
      `address=${key.address}`, `chainId=${CHAIN}`, `validUntil=${now + 3600}`, 'validAfter=0', `account=${info.account}`, `policy=${info.policy}`,
      `whitelist[]=${info.contractAddress}`, 'limit=5',
    ])))
    assert.equal(session.isActive, false)
    assert.equal(session.limit, 5)
    assert.deepEqual(session.whitelist.map((a) => a.toLowerCase()), [info.contractAddress.toLowerCase()])
  })

  test('2. the owner authorises it, with the publishable key', async () => {
    const signature = await owner.signMessage({ message: { raw: session.nextAction.payload.userOperationHash } })
    const active = conform('SessionResponse', ok(await post(`/v1/sessions/${session.id}/signature`, [`signature=${signature}`], info.publishableKey)))
    assert.equal(active.isActive, true)
    registration = (await registered(chain, info.accountAddress)).find(({ signer }) => signer === key.address)
    assert(registration, 'the account did not report the session')
  })

  test('3. create a transaction intent', async () => {
    intent = conform('TransactionIntentResponse', ok(await curl(url('/v1/transaction_intents'), {
      key: info.secretKey,
      json: {
        account: info.account, chainId: CHAIN, optimistic: false, policy: info.policy,
        interactions: [{ contract: info.contract, functionName: 'mint', functionArgs: [info.accountAddress] }],
      },
    })))
    assert.match(intent.nextAction.payload.signableHash, /^0x[0-9a-f]{64}$/)
  })

  test('4. the session key signs it', async () => {
    const signature = await key.signMessage({ message: { raw: intent.nextAction.payload.signableHash } })
    const done = conform('TransactionIntentResponse', ok(await post(`/v1/transaction_intents/${intent.id}/signature`, [`signature=${signature}`], info.publishableKey)))
    assert.equal(done.response.status, 1, JSON.stringify(done.response.error))

    const [{ tokenId }] = mintedTo(done.response.logs, info.contractAddress)
    assert.equal(await callView(info.contractAddress, nftAbi, 'ownerOf', [tokenId]), BigInt(info.accountAddress))
    const word = statusWord(await callView(info.accountAddress, accountAbi, 'sessionStatus', [registration.sessionId]))
    assert.equal(word.status, STATUS.active)
    assert.equal(word.uses, 1n)
  })

  test('an operation of the session is valid on chain while the session is active', async () => {
    const next = ok(await post('/v1/transaction_intents', [
      `account=${info.account}`, `chainId=${CHAIN}`, `policy=${info.policy}`,
      `interactions[0][contract]=${info.contract}`, 'interactions[0][functionName]=mint', `interactions[0][functionArgs][0]=${info.accountAddress}`,
    ]))
    const { userOperation, userOperationHash } = next.details
    const signature = await key.signMessage({ message: { raw: userOperationHash } })
    pending = packed(userOperation, sessionSignature(registration.permission, signature))
    const relay = await funded(chain, info.ownerPrivateKey)
    assert.equal(await revertOf(chain, { from: relay.address, ...handleOps(pending, relay.address) }), null)
  })

  test('5. revoke: the owner signs', async () => {
    const asked = conform('SessionResponse', ok(await post('/v1/sessions/revoke', [
      `account=${info.account}`, `address=${key.address}`, `chainId=${CHAIN}`, `policy=${info.policy}`,
    ])))
    assert.equal(asked.id, session.id)
    const signature = await owner.signMessage({ message: { raw: asked.nextAction.payload.signableHash } })
    const revoked = conform('SessionResponse', ok(await post(`/v1/sessions/${session.id}/signature`, [`signature=${signature}`], info.publishableKey)))
    assert.equal(revoked.isActive, false)
    const word = statusWord(await callView(info.accountAddress, accountAbi, 'sessionStatus', [registration.sessionId]))
    assert.equal(word.status, STATUS.closed)
  })

  test('after the revoke the same operation reverts, sent straight to EntryPoint by another account', async () => {
    const relay = await funded(chain, info.ownerPrivateKey)
    const call = handleOps(pending, relay.address)
    const reason = await revertOf(chain, { from: relay.address, ...call })
    assert.equal(reason?.name, 'FailedOpWithRevert')
    assert.equal(reason.inner.name, 'SessionNotActive')
    assert.deepEqual(reason.inner.args, [registration.sessionId, Number(STATUS.closed)])

    const hash = await relay.wallet.sendTransaction({ ...call, gas: 3_000_000n })
    assert.equal((await chain.read.waitForTransactionReceipt({ hash })).status, 'reverted')
  })
})

describe('form bodies', () => {
  const player = () => post('/v1/players', ['name=by form'])

  test('raw spaces, percent encoding and nested metadata', async () => {
    const plain = conform('PlayerResponse', ok(await post('/v1/players', ['name=two words', 'metadata[level]=3'])))
    assert.equal(plain.name, 'two words')
    assert.deepEqual(plain.metadata, { level: '3' })
    const encoded = conform('PlayerResponse', ok(await post('/v1/players', ['name=a%26b+c'])))
    assert.equal(encoded.name, 'a&b c')
  })

  test('a trailing slash is the same resource', async () => {
    const { id } = ok(await player())
    conform('PlayerResponse', ok(await curl(url(`/v1/players/${id}/`), { key: info.secretKey })))
    conform('PlayerListResponse', ok(await curl(url('/v1/players/'), { key: info.secretKey })))
  })

  test('policies and rules with bracket keys and booleans', async () => {
    const policy = conform('PolicyResponse', ok(await post('/v1/policies/', ['name=by form', `chainId=${CHAIN}`, 'strategy[sponsorSchema]=pay_for_user'])))
    assert.equal(policy.strategy.sponsorSchema, 'pay_for_user')
    const rule = conform('PolicyRuleResponse', ok(await post('/v1/policy_rules', ['type=contract_functions', `policy=${policy.id}`, 'wildcard=true', 'functionName=All functions'])))
    assert.equal(rule.wildcard, true)
  })

  test('contracts with an ABI as JSON text', async () => {
    const abi = [{ type: 'function', name: 'mint', stateMutability: 'nonpayable', inputs: [{ type: 'address', name: 'to' }, { type: 'uint256', name: 'amount' }], outputs: [] }]
    const contract = conform('ContractResponse', ok(await post('/v1/contracts', [
      'name=by form', `chainId=${CHAIN}`, `address=${info.erc20Address}`, `abi=${JSON.stringify(abi)}`,
    ])))
    assert.deepEqual(contract.abi, abi)
  })

  test('accounts', async () => {
    const { id } = ok(await player())
    const account = conform('AccountResponse', ok(await post('/v1/accounts', [`player=${id}`, `chainId=${CHAIN}`, `externalOwnerAddress=${key().address}`])))
    assert.equal(account.chainId, CHAIN)
  })

  for (const [form, fields] of Object.entries({
    'one value': (a) => [`whitelist=${a}`],
    'repeated keys': (a, b) => [`whitelist=${a}`, `whitelist=${b}`],
    'empty brackets': (a, b) => [`whitelist[]=${a}`, `whitelist[]=${b}`],
    'numbered brackets': (a, b) => [`whitelist[0]=${a}`, `whitelist[1]=${b}`],
  })) {
    test(`a whitelist as ${form}`, async () => {
      const now = await chainTime(chain)
      const want = fields(info.contractAddress, info.erc20Address)
      const session = conform('SessionResponse', ok(await post('/v1/sessions', [
        `address=${key().address}`, `chainId=${CHAIN}`, `validUntil=${now + 3600}`, 'validAfter=0', `account=${info.account}`, `policy=${info.policy}`, ...want,
      ])))
      assert.deepEqual(
        session.whitelist.map((a) => a.toLowerCase()).sort(),
        [info.contractAddress, info.erc20Address].slice(0, want.length).map((a) => a.toLowerCase()).sort(),
      )
    })
  }

  test('optimistic=true answers before inclusion, and the receipt comes by itself', async () => {
    const created = ok(await post('/v1/transaction_intents', [
      `account=${info.account}`, `chainId=${CHAIN}`, `policy=${info.policy}`, 'optimistic=true',
      `interactions[0][contract]=${info.erc20Contract}`, 'interactions[0][functionName]=mint',
      `interactions[0][functionArgs][]=${info.accountAddress}`, 'interactions[0][functionArgs][]=1000',
    ]))
    const signature = await owner.signMessage({ message: { raw: created.nextAction.payload.signableHash } })
    conform('TransactionIntentResponse', ok(await post(`/v1/transaction_intents/${created.id}/signature`, [`signature=${signature}`, 'optimistic=true'])))
    const done = await eventually(async () => {
      const got = conform('TransactionIntentResponse', ok(await curl(url(`/v1/transaction_intents/${created.id}`), { key: info.secretKey })))
      return got.response ? got : null
    })
    assert.equal(done.response.status, 1, JSON.stringify(done.response.error))
  })

  const key = () => privateKeyToAccount(generatePrivateKey())
})

// eventually polls until check answers something, for 20 seconds.
async function eventually(check) {
  for (const end = Date.now() + 20_000; ;) {
    const result = await check()
    if (result) return result
    if (Date.now() > end) throw new Error('nothing came within 20 s')
    await new Promise((wake) => setTimeout(wake, 50))
  }
}
