// Every bad input is refused with a 4xx whose message names the field or the
// rule, and costs nothing: read from the node, the relayer's nonce, both
// deposits and the account's balance are what they were.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { client, ok } from '../lib/api.mjs'
import { balances, chainTime, connect, nftAbi, travel } from '../lib/chain.mjs'
import { conform } from '../lib/schema.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const NOWHERE = '0x000000000000000000000000000000000000dEaD'

let folder, server, other, info, api, publishable, chain, owner, watched

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-bad-input-'))
  const first = await startDev('bad-input-first', { data: folder })
  other = first.info
  await first.stop()
  await forgetProject()
  server = await startDev('bad-input', { data: folder })
  info = server.info
  assert.notEqual(info.secretKey, other.secretKey)
  api = client(info.api, info.secretKey)
  publishable = client(info.api, info.publishableKey)
  chain = connect(info.rpc, info.chainId)
  owner = signers.viem(info.ownerPrivateKey)
  const { chains: [{ relayer, paymaster }] } = ok(await api.get('/health'))
  watched = { relayer, paymaster, account: info.accountAddress }
  // Enough for a call to carry value, far too little for any fee.
  const hash = await chain.wallet(info.ownerPrivateKey).sendTransaction({ to: info.accountAddress, value: 10n })
  await chain.read.waitForTransactionReceipt({ hash })
})
after(async () => {
  await server?.stop()
  await rm(folder, { recursive: true })
})

// forgetProject makes the next start in the folder create a second project in
// the same database. The first one, and its keys, go on working.
async function forgetProject() {
  const path = join(folder, 'dev.json')
  const { info: _, ...state } = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify(state))
}

// What requests are made of. Each case changes one thing.

const session = async (change = {}) => ({
  account: info.account, address: signers.viem().address, chainId: info.chainId, validAfter: 0, validUntil: (await chainTime(chain)) + 3600,
  whitelist: [info.contractAddress], policy: info.policy, ...change,
})
const mint = (change = {}) => ({ contract: info.contract, functionName: 'mint', functionArgs: [info.accountAddress], ...change })
const intent = (change = {}) => ({ account: info.account, chainId: info.chainId, policy: info.policy, interactions: [mint()], ...change })

// waiting creates an intent and answers { id, hash } of what is to be signed.
async function waiting(change) {
  const { id, nextAction } = ok(await api.post('/v1/transaction_intents', intent(change)))
  return { id, hash: nextAction.payload.signableHash }
}

// granted creates a session, lets the owner authorise it, and answers { id, key }.
async function granted(change, by = owner) {
  const key = signers.viem()
  const { id, nextAction } = ok(await api.post('/v1/sessions', await session({ address: key.address, ...change })))
  ok(await api.post(`/v1/sessions/${id}/signature`, { signature: await by.eip191(nextAction.payload.signableHash) }))
  return { id, key }
}

const signIntent = (id, signature) => publishable.post(`/v1/transaction_intents/${id}/signature`, { signature })
const signSession = (id, signature) => publishable.post(`/v1/sessions/${id}/signature`, { signature })

// use signs a new intent with a session key, for the answer it gets.
const use = (change) => async ({ key }) => {
  const { id, hash } = await waiting(change)
  return signIntent(id, await key.eip191(hash))
}

// A case: prepare brings about the state, send makes the one bad request.
// status lists what may be answered, message what it must say (what was sent may
// stand in error.details instead), field the key of error.details that it must
// have.
const cases = {
  'ids that name nothing': {
    'account of a session': { send: async () => api.post('/v1/sessions', await session({ account: `acc_${UNKNOWN}` })), status: [400, 404], message: /account/i },
    'player of a session': { send: async () => api.post('/v1/sessions', await session({ account: undefined, player: `pla_${UNKNOWN}` })), status: [400, 404], message: /player/i },
    'policy of a session': { send: async () => api.post('/v1/sessions', await session({ policy: `pol_${UNKNOWN}` })), status: [400, 404], message: /policy/i },
    'account of an intent': { send: () => api.post('/v1/transaction_intents', intent({ account: `acc_${UNKNOWN}` })), status: [400, 404], message: /account/i },
    'contract of an intent': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [mint({ contract: `con_${UNKNOWN}` })] })), status: [400, 404], message: /contract/i },
    'an argument': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [mint({ functionArgs: [`pla_${UNKNOWN}`] })] })), status: [400, 404], message: /functionArgs|player/i },
    'a session': { send: () => api.get(`/v1/sessions/ses_${UNKNOWN}`), status: [404], message: /session/i },
    'a session to sign': { send: async () => signSession(`ses_${UNKNOWN}`, await owner.raw(`0x${'11'.repeat(32)}`)), status: [404], message: /session/i },
    'an intent to sign': { send: async () => signIntent(`tin_${UNKNOWN}`, await owner.raw(`0x${'11'.repeat(32)}`)), status: [404], message: /intent/i },
    'a session to revoke by id': { send: () => api.post('/v1/sessions/revoke', { account: info.account, address: `ses_${UNKNOWN}`, chainId: info.chainId }), status: [400, 404], message: /session/i },
    'a session to revoke by key': { send: () => api.post('/v1/sessions/revoke', { account: info.account, address: NOWHERE, chainId: info.chainId }), status: [400, 404], message: /session/i },
    'an id of the wrong kind': { send: async () => api.post('/v1/sessions', await session({ account: info.player })), status: [400, 404], message: /account.*pla_/ },
    'an id that is no id': { send: () => api.get('/v1/players/nobody'), status: [400, 404], message: /player|pla_/i },
    'a path': { send: () => api.get('/v1/nothing'), status: [404], message: /./ },
  },

  'ids and keys of another project': {
    'its account, in a session': { send: async () => api.post('/v1/sessions', await session({ account: other.account })), status: [400, 404], message: /account/i },
    'its player, in a session': { send: async () => api.post('/v1/sessions', await session({ account: undefined, player: other.player })), status: [400, 404], message: /player/i },
    'its policy, in an intent': { send: () => api.post('/v1/transaction_intents', intent({ policy: other.policy })), status: [400, 404], message: /policy/i },
    'its contract, in an intent': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [mint({ contract: other.contract })] })), status: [400, 404], message: /contract/i },
    'its contract, to read': { send: () => api.get(`/v1/contracts/${other.contract}/read?functionName=name`), status: [404], message: /contract/i },
    'its key, on our account': { send: () => client(info.api, other.secretKey).get(`/v1/accounts/${info.account}`), status: [404], message: /account/i },
    'its key, to create our intent': { send: () => client(info.api, other.secretKey).post('/v1/transaction_intents', intent({ interactions: [{ to: info.contractAddress, data: '0x' }] })), status: [400, 404], message: /account/i },
    'its key, to change our policy': { send: () => client(info.api, other.secretKey).post('/v1/policy_rules', { type: 'account_functions', policy: info.policy }), status: [400, 404], message: /policy/i },
    'its key, on our session': {
      prepare: async () => ok(await api.post('/v1/sessions', await session())),
      send: ({ id }) => client(info.api, other.secretKey).get(`/v1/sessions/${id}`), status: [404], message: /session/i,
    },
    'its publishable key, on our session\'s signature': {
      prepare: async () => ok(await api.post('/v1/sessions', await session())),
      send: async ({ id, nextAction }) => client(info.api, other.publishableKey).post(`/v1/sessions/${id}/signature`, { signature: await owner.eip191(nextAction.payload.signableHash) }),
      status: [404], message: /session/i,
    },
    'its publishable key, on our intent\'s signature': {
      prepare: () => waiting(),
      send: async ({ id, hash }) => client(info.api, other.publishableKey).post(`/v1/transaction_intents/${id}/signature`, { signature: await owner.eip191(hash) }),
      status: [404], message: /intent/i,
    },
  },

  'keys': {
    'none': { send: () => client(info.api).get('/v1/players'), status: [401], message: /authorization|key/i },
    'one that nobody has': { send: () => client(info.api, `sk_test_${UNKNOWN}`).get('/v1/players'), status: [401], message: /key/i },
    'not a key': { send: () => client(info.api, 'hello').get('/v1/players'), status: [401], message: /key/i },
    'publishable on create session': { send: async () => publishable.post('/v1/sessions', await session()), status: [401, 403], message: /secret/i },
    'publishable on create intent': { send: () => publishable.post('/v1/transaction_intents', intent()), status: [401, 403], message: /secret/i },
    'publishable on revoke': { send: () => publishable.post('/v1/sessions/revoke', { account: info.account, address: NOWHERE, chainId: info.chainId }), status: [401, 403], message: /secret/i },
    'publishable on get session': { send: () => publishable.get(`/v1/sessions/ses_${UNKNOWN}`), status: [401, 403], message: /secret/i },
  },

  'chains and addresses': {
    'a chain that is not served': { send: async () => api.post('/v1/sessions', await session({ chainId: 1 })), status: [400], message: /chainId.*\b1\b/, field: 'chainId' },
    'not the account\'s chain': { send: () => api.post('/v1/transaction_intents', intent({ chainId: 137 })), status: [400], message: /chainId.*137/, field: 'chainId' },
    'a chain in words': { send: () => api.post('/v1/transaction_intents', intent({ chainId: 'amoy' })), status: [400], message: /chainId/, field: 'chainId' },
    'no chain': { send: () => api.post('/v1/transaction_intents', intent({ chainId: undefined })), status: [400], message: /chainId/, field: 'chainId' },
    'a short address': { send: async () => api.post('/v1/sessions', await session({ address: '0x1234' })), status: [400], message: /address.*0x1234/, field: 'address' },
    'a wrong checksum': { send: async () => api.post('/v1/sessions', await session({ address: '0x000000000000000000000000000000000000dEAd' })), status: [400], message: /address.*checksum/i, field: 'address' },
    'the zero address': { send: async () => api.post('/v1/sessions', await session({ address: `0x${'0'.repeat(40)}` })), status: [400], message: /address/, field: 'address' },
    'a bad address in the whitelist': { send: async () => api.post('/v1/sessions', await session({ whitelist: [info.contractAddress, '0xzz'] })), status: [400], message: /whitelist.*0xzz/ },
    'the account itself in the whitelist': { send: async () => api.post('/v1/sessions', await session({ whitelist: [info.accountAddress] })), status: [400], message: /whitelist/ },
    'no address': { send: async () => api.post('/v1/sessions', await session({ address: undefined })), status: [400], message: /address/, field: 'address' },
    'a bad owner': { send: () => api.post('/v1/accounts', { chainId: info.chainId, externalOwnerAddress: '0x12' }), status: [400], message: /externalOwnerAddress/, field: 'externalOwnerAddress' },
  },

  'terms of a session': {
    'validUntil in the past': { send: async () => api.post('/v1/sessions', await session({ validUntil: 1685001000 })), status: [400], message: /validUntil.*1685001000/, field: 'validUntil' },
    'validUntil before validAfter': {
      send: async () => { const now = await chainTime(chain); return api.post('/v1/sessions', await session({ validAfter: now + 200, validUntil: now + 100 })) },
      status: [400], message: /validUntil.*validAfter|validAfter.*validUntil/,
    },
    'no validUntil': { send: async () => api.post('/v1/sessions', await session({ validUntil: undefined })), status: [400], message: /validUntil/, field: 'validUntil' },
    'a limit of zero': { send: async () => api.post('/v1/sessions', await session({ limit: 0 })), status: [400], message: /limit.*0/, field: 'limit' },
    'a limit below zero': { send: async () => api.post('/v1/sessions', await session({ limit: -1 })), status: [400], message: /limit/, field: 'limit' },
    'a fee limit in words': { send: async () => api.post('/v1/sessions', await session({ feeLimit: 'much' })), status: [400], message: /feeLimit.*much/, field: 'feeLimit' },
    'a permission that is not known': {
      send: async () => api.post('/v1/sessions', await session({ permissions: [{ type: 'move-anything', data: { address: info.contractAddress } }] })),
      status: [400], message: /permissions.*move-anything/,
    },
    'a limit that would be ignored': {
      send: async () => api.post('/v1/sessions', await session({ permissions: [{ type: 'contract-call', data: { address: info.contractAddress, calls: ['mint(address)'], maximum: 3 } }] })),
      status: [400], message: /permissions.*maximum/,
    },
    'a function that is not in the ABI': {
      send: async () => api.post('/v1/sessions', await session({ whitelist: undefined, permissions: [{ type: 'contract-call', data: { address: info.contractAddress, calls: ['burn'] } }] })),
      status: [400], message: /burn/,
    },
    'a key with a live session on other terms': {
      prepare: () => granted(),
      send: async ({ key }) => api.post('/v1/sessions', await session({ address: key.address, limit: 7 })),
      status: [409], message: /session/i,
    },
  },

  'signatures': {
    'of a stranger, on a session': {
      prepare: async () => ok(await api.post('/v1/sessions', await session())),
      send: async ({ id, nextAction }) => signSession(id, await signers.viem().eip191(nextAction.payload.signableHash)),
      status: [400, 409], message: /owner/i,
    },
    'of a stranger, on an intent': { prepare: () => waiting(), send: async ({ id, hash }) => signIntent(id, await signers.viem().eip191(hash)), status: [400, 409], message: /owner|session/i },
    'of the session key, on its own grant': {
      prepare: async () => { const key = signers.viem(); return { key, ...ok(await api.post('/v1/sessions', await session({ address: key.address }))) } },
      send: async ({ key, id, nextAction }) => signSession(id, await key.eip191(nextAction.payload.signableHash)),
      status: [400, 409], message: /owner/i,
    },
    'over another hash': { prepare: () => waiting(), send: async ({ id }) => signIntent(id, await owner.eip191(`0x${'22'.repeat(32)}`)), status: [400, 409], message: /sign/i },
    'that is too short': { prepare: () => waiting(), send: ({ id }) => signIntent(id, '0x1234'), status: [400], message: /signature.*65/i, field: 'signature' },
    'that is no hex': { prepare: () => waiting(), send: ({ id }) => signIntent(id, 'xyz...'), status: [400], message: /signature/i, field: 'signature' },
    'that is missing': { prepare: () => waiting(), send: ({ id }) => signIntent(id, undefined), status: [400], message: /signature/i, field: 'signature' },
    'a different one on a signed intent': {
      prepare: async () => { const w = await waiting(); ok(await signIntent(w.id, await owner.eip191(w.hash))); return w },
      send: async ({ id, hash }) => signIntent(id, await owner.raw(hash)),
      status: [409], message: /sign/i,
    },
    'a different one on a signed session': {
      prepare: async () => {
        const { id, nextAction } = ok(await api.post('/v1/sessions', await session()))
        const hash = nextAction.payload.signableHash
        ok(await signSession(id, await owner.eip191(hash)))
        return { id, hash }
      },
      send: async ({ id, hash }) => signSession(id, await owner.raw(hash)),
      status: [409], message: /sign/i,
    },
  },

  'sessions that may not': {
    'of another account': {
      prepare: async () => {
        const { id } = ok(await api.post('/v1/accounts', { chainId: info.chainId, externalOwnerAddress: owner.address }))
        return granted({ account: id })
      },
      send: use(), status: [400, 409], message: /owner|session/i,
    },
    'call another contract': {
      prepare: () => granted(),
      send: (ctx) => use({ interactions: [{ contract: info.erc20Contract, functionName: 'mint', functionArgs: [info.accountAddress, '1'] }] })(ctx),
      status: [400, 409], message: /contracts/,
    },
    'call another function': {
      prepare: () => granted({ whitelist: undefined, permissions: [{ type: 'contract-call', data: { address: info.contractAddress, calls: ['approve'] } }] }),
      send: use(), status: [400, 409], message: /functions/,
    },
    'send value': {
      prepare: () => granted({ whitelist: [NOWHERE] }),
      send: use({ interactions: [{ to: NOWHERE, value: '1' }] }), status: [400, 409], message: /value.*1/,
    },
    'make more calls at once than are left': {
      prepare: () => granted({ limit: 1 }),
      send: (ctx) => use({ interactions: [mint(), mint()] })(ctx), status: [400, 409], message: /limit.*1 of 1/,
    },
    'act again: exhausted': {
      prepare: async () => { const s = await granted({ limit: 1 }); ok(await use()(s)); return s },
      send: use(), status: [400, 409], message: /limit.*1/i,
    },
    'act: revoked': {
      prepare: async () => {
        const s = await granted()
        const { nextAction } = ok(await api.post('/v1/sessions/revoke', { account: info.account, address: s.key.address, chainId: info.chainId, policy: info.policy }))
        ok(await signSession(s.id, await owner.eip191(nextAction.payload.signableHash)))
        return s
      },
      send: use(), status: [400, 409], message: /revoked/i,
    },
    'act yet: validAfter': {
      prepare: async () => { const now = await chainTime(chain); return granted({ validAfter: now + 5000, validUntil: now + 9000 }) },
      send: use(), status: [400, 409], message: /validAfter/,
    },
    'act yet: not registered': {
      prepare: async () => { const key = signers.viem(); ok(await api.post('/v1/sessions', await session({ address: key.address }))); return { key } },
      send: use(), status: [400, 409], message: /status|registered|pending/i,
    },
  },

  'calls': {
    'a function not in the ABI': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [mint({ functionName: 'burn' })] })), status: [400], message: /burn/ },
    'too few arguments': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [mint({ functionArgs: [] })] })), status: [400], message: /functionArgs.*1/ },
    'too many arguments': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [mint({ functionArgs: [NOWHERE, '1'] })] })), status: [400], message: /functionArgs.*1/ },
    'an argument of the wrong type': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [mint({ functionArgs: ['seven'] })] })), status: [400], message: /functionArgs.*seven/ },
    'a call that reverts': {
      send: () => api.post('/v1/transaction_intents', intent({ interactions: [mint({ functionArgs: [`0x${'0'.repeat(40)}`] })] })),
      status: [400], message: /revert.*ERC721InvalidReceiver|ERC721InvalidReceiver.*revert/is,
    },
    'no interactions': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [] })), status: [400], message: /interactions/ },
    'bad call data': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [{ to: info.contractAddress, data: '0x123' }] })), status: [400], message: /data/ },
    'a negative value': { send: () => api.post('/v1/transaction_intents', intent({ interactions: [{ to: NOWHERE, value: '-1' }] })), status: [400], message: /value.*-1/ },
  },

  'who pays': {
    'no policy, and the account has nothing': { send: () => api.post('/v1/transaction_intents', intent({ policy: undefined })), status: [400], message: /policy|balance|pay/i },
    'a policy that does not cover the call': {
      prepare: async () => {
        const { id } = ok(await api.post('/v1/policies', { name: 'narrow', chainId: info.chainId, strategy: { sponsorSchema: 'pay_for_user' } }))
        ok(await api.post('/v1/policy_rules', { type: 'contract_functions', policy: id, contract: info.erc20Contract, functionName: 'All functions' }))
        return id
      },
      send: (id) => api.post('/v1/transaction_intents', intent({ policy: id })), status: [400], message: /policy/i,
    },
    'a policy without rules': {
      prepare: async () => ok(await api.post('/v1/policies', { name: 'empty', chainId: info.chainId, strategy: { sponsorSchema: 'pay_for_user' } })).id,
      send: (id) => api.post('/v1/transaction_intents', intent({ policy: id })), status: [400], message: /policy/i,
    },
    'a policy without account_functions, to register': {
      prepare: async () => {
        const { id } = ok(await api.post('/v1/policies', { name: 'calls only', chainId: info.chainId, strategy: { sponsorSchema: 'pay_for_user' } }))
        ok(await api.post('/v1/policy_rules', { type: 'contract_functions', policy: id, wildcard: true }))
        return id
      },
      send: async (id) => api.post('/v1/sessions', await session({ policy: id })), status: [400], message: /account_functions/,
    },
    'a disabled policy': {
      prepare: async () => {
        const { id } = ok(await api.post('/v1/policies', { name: 'off', chainId: info.chainId, strategy: { sponsorSchema: 'pay_for_user' } }))
        ok(await api.put(`/v1/policies/${id}/disable`))
        return id
      },
      send: (id) => api.post('/v1/transaction_intents', intent({ policy: id })), status: [400, 409], message: /policy.*(disabled|off)/i,
    },
    'a schema that is not offered': {
      send: () => api.post('/v1/policies', { name: 'x', chainId: info.chainId, strategy: { sponsorSchema: 'charge_custom_tokens', tokenContract: info.erc20Contract, tokenContractAmount: '1' } }),
      status: [400], message: /sponsorSchema.*charge_custom_tokens/,
    },
    'a rule that is not offered': {
      send: () => api.post('/v1/policy_rules', { type: 'rate_limit', policy: info.policy, functionName: 'gas_per_transaction', gasLimit: '1' }),
      status: [400], message: /rate_limit/,
    },
  },

  'bodies': {
    'too large': { send: () => api.post('/v1/players', { name: 'x', description: 'x'.repeat(5 << 20) }), status: [413], message: /large|bytes/i },
    'broken JSON': { send: () => api.send('POST', '/v1/players', { body: '{"name":', headers: { 'content-type': 'application/json' } }), status: [400], message: /JSON/i },
    'JSON of another kind': { send: () => api.send('POST', '/v1/players', { body: '[1,2]', headers: { 'content-type': 'application/json' } }), status: [400], message: /object/i },
    'two JSON values': { send: () => api.send('POST', '/v1/players', { body: '{"name":"a"}{"name":"b"}', headers: { 'content-type': 'application/json' } }), status: [400], message: /JSON/i },
    'a content type that is not known': { send: () => api.send('POST', '/v1/players', { body: '<name/>', headers: { 'content-type': 'text/xml' } }), status: [415], message: /text\/xml|content type/i },
    'a broken form': { send: () => api.send('POST', '/v1/players', { body: 'name=%zz', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), status: [400], message: /name.*percent/i },
    'a form that nests without end': {
      send: () => api.send('POST', '/v1/players', { body: `metadata${'[a]'.repeat(5000)}=1`, headers: { 'content-type': 'application/x-www-form-urlencoded' } }), status: [400], message: /./,
    },
    'a number where text belongs': { send: () => api.post('/v1/players', { name: { a: 1 } }), status: [400], message: /name/, field: 'name' },
    'a method that is not there': { send: () => api.delete('/v1/sessions'), status: [404, 405], message: /./ },
    'a bad page': { send: () => api.get('/v1/players?limit=0'), status: [400], message: /limit/ },
    'an idempotency key with another body': {
      prepare: async () => ok(await api.post('/v1/players', { name: 'once' }, { headers: { 'x-idempotency-key': 'conformance-1' } })),
      send: () => api.post('/v1/players', { name: 'twice' }, { headers: { 'x-idempotency-key': 'conformance-1' } }), status: [400, 409], message: /idempotency/i,
    },
  },

  // These move the chain's clock, so they come last.
  'time that went by': {
    'an expired session': {
      prepare: async () => { const s = await granted({ validUntil: (await chainTime(chain)) + 600 }); await travel(chain, 1200); return s },
      send: use(), status: [400, 409], message: /validUntil|expired/,
    },
    'a signature after expiresAt': {
      prepare: async () => { const w = await waiting(); await travel(chain, 31 * 60); return w },
      send: async ({ id, hash }) => signIntent(id, await owner.eip191(hash)), status: [409], message: /expire/i,
    },
    'a session\'s signature after expiresAt': {
      prepare: async () => { const s = ok(await api.post('/v1/sessions', await session({ validUntil: (await chainTime(chain)) + 9000 }))); await travel(chain, 31 * 60); return s },
      send: async ({ id, nextAction }) => signSession(id, await owner.eip191(nextAction.payload.signableHash)), status: [409], message: /expire/i,
    },
  },
}

// sent is what an error repeats of the request, beside its message.
const sent = ({ details = {} }) => JSON.stringify(Object.values(details).map(({ value }) => value))

for (const [group, members] of Object.entries(cases)) {
  describe(`refused: ${group}`, () => {
    for (const [name, { prepare, send, status, message, field }] of Object.entries(members)) {
      test(name, async () => {
        const state = await prepare?.()
        const was = await balances(chain, watched)
        const answer = await send(state)
        const said = JSON.stringify(answer.body)

        assert(status.includes(answer.status), `status ${answer.status}, not ${status.join(' or ')}: ${said}`)
        conform('InvalidRequestErrorResponse', answer.body)
        assert.match(`${answer.body.error.message} ${sent(answer.body.error)}`, message)
        if (field) assert(Object.keys(answer.body.error.details ?? {}).some((key) => key.includes(field)), `details name no ${field}: ${said}`)
        assert.match(answer.headers.get('x-request-id') ?? '', /^[A-Za-z0-9._:-]{1,128}$/)
        assert.deepEqual(await balances(chain, watched), was)
      })
    }
  })
}

test('a refused signature leaves the intent as it was: the right one still works', async () => {
  const { id, hash } = await waiting()
  assert.equal((await signIntent(id, await signers.viem().eip191(hash))).status >= 400, true)
  const done = conform('TransactionIntentResponse', ok(await signIntent(id, await owner.eip191(hash))))
  assert.equal(done.response.status, 1, JSON.stringify(done.response.error))
  const balance = await chain.read.readContract({ address: info.contractAddress, abi: nftAbi, functionName: 'balanceOf', args: [info.accountAddress] })
  assert(balance > 0n)
})
