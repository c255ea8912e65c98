// Twenty kill -9 at random moments while two hundred intents are under way:
// afterwards each accepted intent is on chain exactly once, or failed with a
// reason. LATCHKEY_CRASH_SEED repeats the moments of an earlier run.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { client, ok } from '../lib/api.mjs'
import { chainTime, connect, ENTRY_POINT, entryPointAbi, nftAbi } from '../lib/chain.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'

const ROUNDS = 20
const INTENTS_A_ROUND = 10
const LONGEST_LIFE = 300 // ms from ready to kill
const SETTLE = 60_000 // ms for everything to become final

const seed = Number(process.env.LATCHKEY_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 32))

test(`${ROUNDS} kills during ${ROUNDS * INTENTS_A_ROUND} intents, seed ${seed}`, { timeout: 400_000 }, async () => {
  const random = randomFrom(seed)
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-crash-'))
  const [addr, rpcAddr] = (await freePorts(2)).map((port) => `127.0.0.1:${port}`)
  let starts = 0
  const boot = () => startDev(`crash-${String(starts++).padStart(2, '0')}`, { data: folder, addr, rpcAddr })

  let server = await boot()
  try {
    const { info } = server
    const api = client(info.api, info.secretKey)
    const chain = connect(info.rpc, info.chainId)
    const key = await grant(api, chain, info)

    const work = []
    for (let round = 0; round < ROUNDS; round++) {
      for (let n = 0; n < INTENTS_A_ROUND; n++) {
        const accepted = accept(api, info, key, `crash-${round}-${n}`)
        accepted.catch(() => {}) // it is awaited, and fails the test, after the last round
        work.push(accepted)
      }
      await new Promise((moment) => setTimeout(moment, random() * LONGEST_LIFE))
      await server.kill()
      server = await boot()
      assert.equal(server.info.account, info.account, 'another account after the restart')
    }
    const accepted = await Promise.all(work)
    const intents = await settle(api, accepted)
    await judge(chain, info, intents)
  } finally {
    await server.stop()
    await rm(folder, { recursive: true })
  }
})

// grant registers a session key without a limit of calls.
async function grant(api, chain, info) {
  const key = signers.viem()
  const now = await chainTime(chain)
  const { id, nextAction } = ok(await api.post('/v1/sessions', {
    account: info.account, address: key.address, chainId: info.chainId, validAfter: 0, validUntil: now + 100_000, whitelist: [info.contractAddress], policy: info.policy,
  }))
  ok(await api.post(`/v1/sessions/${id}/signature`, { signature: await signers.viem(info.ownerPrivateKey).eip191(nextAction.payload.signableHash) }))
  return key
}

// accept creates one intent and delivers its signature, however often the
// server dies meanwhile, and answers its id and hash. Repeats are safe: the
// create by its idempotency key, the signature by being the same.
async function accept(api, info, key, name) {
  const { id, nextAction } = await insist(() => api.post('/v1/transaction_intents', {
    account: info.account, chainId: info.chainId, policy: info.policy, interactions: [{ contract: info.contract, functionName: 'mint', functionArgs: [info.accountAddress] }],
  }, { headers: { 'x-idempotency-key': name } }))
  const hash = nextAction.payload.signableHash
  const signature = await key.eip191(hash)
  await insist(() => api.post(`/v1/transaction_intents/${id}/signature`, { signature, optimistic: true }))
  return { id, hash }
}

// insist repeats a request while there is no server to answer it, or while a
// dead one's claim on its idempotency key stands. Any other answer that is not
// 200 ends the test.
async function insist(request) {
  for (const end = Date.now() + SETTLE; ; await pause()) {
    try {
      const answer = await request()
      const later = answer.status === 503 || (answer.status === 409 && /in flight/.test(answer.body.error.message))
      if (!later) return ok(answer)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error // fetch's word for a lost connection
    }
    assert(Date.now() < end, 'no answer in time')
  }
}

// settle waits until every intent is final and answers them.
async function settle(api, accepted) {
  const end = Date.now() + SETTLE
  const finals = []
  for (const { id, hash } of accepted) {
    for (;; await pause()) {
      const intent = ok(await api.get(`/v1/transaction_intents/${id}`))
      if (intent.response) {
        finals.push({ id, hash, response: intent.response })
        break
      }
      assert(Date.now() < end, `intent ${id} is not final: ${JSON.stringify(intent.transitions)}`)
    }
  }
  return finals
}

// judge compares what the API says with what the chain did.
async function judge(chain, info, intents) {
  assert.equal(new Set(intents.map(({ id }) => id)).size, ROUNDS * INTENTS_A_ROUND, 'an idempotency key made two intents')
  assert.equal(new Set(intents.map(({ hash }) => hash)).size, intents.length, 'two intents share an operation')

  const events = await chain.read.getContractEvents({
    address: ENTRY_POINT, abi: entryPointAbi, eventName: 'UserOperationEvent', args: { sender: info.accountAddress }, fromBlock: 0n,
  })
  const times = new Map()
  for (const { args } of events) times.set(args.userOpHash, [...(times.get(args.userOpHash) ?? []), args.success])

  let succeeded = 0
  for (const { id, hash, response } of intents) {
    const outcomes = times.get(hash) ?? []
    if (response.status === 1) {
      assert.deepEqual(outcomes, [true], `intent ${id} is answered as done`)
      succeeded++
      continue
    }
    assert(response.error?.reason, `intent ${id} failed without a reason: ${JSON.stringify(response)}`)
    assert(!outcomes.includes(true), `intent ${id} is answered as failed (${response.error.reason}), but its call was made`)
  }
  assert(succeeded > intents.length / 2, `only ${succeeded} of ${intents.length} succeeded`)
  const balance = await chain.read.readContract({ address: info.contractAddress, abi: nftAbi, functionName: 'balanceOf', args: [info.accountAddress] })
  assert.equal(Number(balance), succeeded, 'tokens minted')
}

const pause = () => new Promise((wake) => setTimeout(wake, 25))

// randomFrom is a small seeded generator of numbers in [0, 1).
function randomFrom(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

// freePorts asks the system for ports that nobody uses now.
async function freePorts(count) {
  const listeners = await Promise.all(Array.from({ length: count }, () => new Promise((listening) => {
    const listener = createServer().listen(0, '127.0.0.1', () => listening(listener))
  })))
  const ports = listeners.map((listener) => listener.address().port)
  await Promise.all(listeners.map((listener) => new Promise((closed) => listener.close(closed))))
  return ports
}
