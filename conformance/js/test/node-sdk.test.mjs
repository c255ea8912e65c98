// Every step of the flow through the official Node SDK, unchanged, signed once
// with viem and once with ethers.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import Openfort, {
  APIError, createAccountV2, createGasPolicyLegacy, createGasPolicyRuleLegacy, deleteGasPolicyRuleLegacy, disableGasPolicyLegacy,
  enableGasPolicyLegacy, getAccountV2, getGasPoliciesLegacy, getGasPolicyLegacy, getGasPolicyRulesLegacy, readContract,
} from '@openfort/openfort-node'
import { connect, mintedTo, nftAbi, registered, STATUS, accountAbi, statusWord, chainTime } from '../lib/chain.mjs'
import { conform } from '../lib/schema.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'

let server, info, openfort, chain

before(async () => {
  server = await startDev('node-sdk')
  info = server.info
  openfort = new Openfort(info.secretKey, { basePath: info.api })
  chain = connect(info.rpc, info.chainId)
})
after(() => server?.stop())

// refused asserts that a call fails with one of the statuses, for a reason
// that the user of the SDK gets to read.
async function refused(call, statuses, message) {
  await assert.rejects(call, (error) => {
    assert(error instanceof APIError, `not an APIError: ${error}`)
    assert(statuses.includes(error.statusCode), `status ${error.statusCode}: ${error.errorMessage}`)
    assert.match(error.errorMessage, message)
    return true
  })
}

for (const [library, newSigner] of Object.entries({ viem: signers.viem, ethers: signers.ethers })) {
  describe(`openfort-node, signed with ${library}`, () => {
    const owner = newSigner()
    const key = newSigner()
    let player, account, contract, policy, session

    test('players: create, get, list, update', async () => {
      player = conform('PlayerResponse', await openfort.players.create({ name: `player ${library}`, description: 'of the flow', metadata: { level: '3' } }))
      assert.match(player.id, /^pla_[0-9a-f-]{36}$/)
      assert.equal(player.name, `player ${library}`)
      assert.deepEqual(player.metadata, { level: '3' })

      const got = conform('PlayerResponse', await openfort.players.get(player.id))
      assert.deepEqual(got, player)

      const list = conform('PlayerListResponse', await openfort.players.list({ limit: 100 }))
      assert(list.data.some(({ id }) => id === player.id))

      const updated = conform('PlayerResponse', await openfort.players.update(player.id, { name: 'renamed' }))
      assert.equal(updated.name, 'renamed')
      assert.equal(updated.description, 'of the flow')
    })

    test('accounts v1: create counterfactual, get, list', async () => {
      account = conform('AccountResponse', await openfort.accounts.v1.create({ player: player.id, chainId: info.chainId, externalOwnerAddress: owner.address }))
      assert.match(account.id, /^acc_[0-9a-f-]{36}$/)
      assert.equal(account.ownerAddress.toLowerCase(), owner.address.toLowerCase())
      assert.equal(account.chainId, info.chainId)
      assert.equal(account.deployed, false)
      assert.equal(account.custodial, false)
      assert.equal(account.player.id, player.id)
      assert.equal(await chain.read.getCode({ address: account.address }), undefined)

      conform('AccountResponse', await openfort.accounts.v1.get(account.id))
      const expanded = conform('AccountResponse', await openfort.accounts.v1.get(account.id, { expand: ['player'] }))
      assert.equal(expanded.player.name, 'renamed')

      const list = conform('AccountListResponse', await openfort.accounts.v1.list({ player: player.id }))
      assert.deepEqual(list.data.map(({ id }) => id), [account.id])
      assert.equal(list.total, 1)
    })

    test('accounts v2: the same account with what the browser SDK needs to sign', async () => {
      const v2 = conform('AccountV2Response', await getAccountV2(account.id))
      assert.equal(v2.accountType, 'Smart Account')
      assert.equal(v2.chainType, 'EVM')
      assert.equal(v2.custody, 'User')
      assert.equal(v2.wallet, player.id)
      assert.equal(v2.address, account.address)
      assert.equal(v2.smartAccount.implementationType, 'UpgradeableV6')
      assert.equal(v2.smartAccount.active, false)
      assert.match(v2.smartAccount.salt, /^0x[0-9a-f]{64}$/)

      const list = conform('BaseEntityListResponseAccountV2Response', await openfort.accounts.list({ user: player.id, chainType: 'EVM', accountType: 'Smart Account' }))
      assert.deepEqual(list.data.map(({ id }) => id), [account.id])
      const byAddress = conform('BaseEntityListResponseAccountV2Response', await openfort.accounts.evm.list({ address: account.address, chainId: info.chainId }))
      assert.deepEqual(byAddress.data.map(({ id }) => id), [account.id])
    })

    test('accounts v2: create', async () => {
      const other = conform('PlayerResponse', await openfort.players.create({ name: 'second' }))
      const created = conform('AccountV2Response', await createAccountV2({
        accountType: 'Smart Account', chainType: 'EVM', chainId: info.chainId, user: other.id, externalOwnerAddress: newSigner().address,
      }))
      assert.equal(created.wallet, other.id)
      assert.equal(created.accountType, 'Smart Account')
      assert.equal(created.smartAccount.active, false)
    })

    test('contracts: create with an ABI, get, list, read', async () => {
      contract = conform('ContractResponse', await openfort.contracts.create({ name: `nft ${library}`, chainId: info.chainId, address: info.contractAddress, abi: nftAbi }))
      assert.match(contract.id, /^con_[0-9a-f-]{36}$/)
      assert.equal(contract.abi.length, nftAbi.length)

      conform('ContractResponse', await openfort.contracts.get(contract.id))
      const list = conform('ContractListResponse', await openfort.contracts.list({ name: `nft ${library}`, chainId: info.chainId }))
      assert.deepEqual(list.data.map(({ id }) => id), [contract.id])

      const balance = conform('ContractReadResponse', await readContract(contract.id, { functionName: 'balanceOf', functionArgs: [account.id] }))
      assert.equal(String(balance.result), '0')
    })

    test('gas policy: create, rules, get, list, disable and enable', async () => {
      policy = conform('PolicyResponse', await createGasPolicyLegacy({ name: `policy ${library}`, chainId: info.chainId, strategy: { sponsorSchema: 'pay_for_user' } }))
      assert.match(policy.id, /^pol_[0-9a-f-]{36}$/)
      assert.equal(policy.enabled, true)

      const functions = conform('PolicyRuleResponse', await createGasPolicyRuleLegacy({ type: 'contract_functions', policy: policy.id, contract: contract.id, functionName: 'mint' }))
      assert.match(functions.id, /^afu_[0-9a-f-]{36}$/)
      assert.equal(functions.wildcard, false)
      const accounts = conform('PolicyRuleResponse', await createGasPolicyRuleLegacy({ type: 'account_functions', policy: policy.id }))
      const wildcard = conform('PolicyRuleResponse', await createGasPolicyRuleLegacy({ type: 'contract_functions', policy: policy.id, wildcard: true }))
      conform('PolicyRuleDeleteResponse', await deleteGasPolicyRuleLegacy(wildcard.id))

      const rules = conform('PolicyRuleListResponse', await getGasPolicyRulesLegacy({ policy: policy.id }))
      assert.deepEqual(rules.data.map(({ id }) => id).sort(), [functions.id, accounts.id].sort())

      const got = conform('PolicyResponse', await getGasPolicyLegacy(policy.id, { expand: ['policyRules'] }))
      assert.deepEqual(got.policyRules.map(({ type }) => type).sort(), ['account_functions', 'contract_functions'])
      const list = conform('PolicyListResponse', await getGasPoliciesLegacy({ limit: 100 }))
      assert(list.data.some(({ id }) => id === policy.id))

      assert.equal(conform('PolicyResponse', await disableGasPolicyLegacy(policy.id)).enabled, false)
      assert.equal(conform('PolicyResponse', await enableGasPolicyLegacy(policy.id)).enabled, true)
    })

    test('session: create answers what the owner signs', async () => {
      const now = await chainTime(chain)
      session = conform('SessionResponse', await openfort.sessions.create({
        account: account.id, address: key.address, chainId: info.chainId, validAfter: 0, validUntil: now + 3600, limit: 3, whitelist: [info.contractAddress], policy: policy.id,
      }))
      assert.match(session.id, /^ses_[0-9a-f-]{36}$/)
      assert.equal(session.isActive, false)
      assert.equal(session.status, 'pending')
      assert.equal(session.limit, 3)
      assert.equal(session.validAfter, '0')
      assert.equal(session.validUntil, String(now + 3600))
      assert.deepEqual(session.whitelist.map((a) => a.toLowerCase()), [info.contractAddress.toLowerCase()])
      assert.equal(session.account.id, account.id)
      const { type, payload } = session.nextAction
      assert.equal(type, 'sign_with_wallet')
      assert.match(payload.signableHash, /^0x[0-9a-f]{64}$/)
      assert.equal(payload.userOperationHash, payload.signableHash)
      assert.equal(payload.userOpHash, payload.signableHash)
    })

    test('session: the owner\'s signature makes it active, on chain too', async () => {
      const signature = await owner.eip191(session.nextAction.payload.signableHash)
      const active = conform('SessionResponse', await openfort.sessions.signature(session.id, { signature }))
      assert.equal(active.isActive, true)
      assert.equal(active.status, 'active')
      assert.equal(active.nextAction, undefined)

      const [event] = await registered(chain, account.address)
      assert.equal(event.signer.toLowerCase(), key.address.toLowerCase())
      const word = await chain.read.readContract({ address: account.address, abi: accountAbi, functionName: 'sessionStatus', args: [event.sessionId] })
      assert.deepEqual(statusWord(word), { status: STATUS.active, uses: 0n, feeSpent: 0n })
      assert.equal(conform('AccountResponse', await openfort.accounts.v1.get(account.id)).deployed, true)
    })

    test('session: the same signature again is answered alike, another one is a conflict', async () => {
      const signature = await owner.eip191(session.nextAction.payload.signableHash)
      const again = conform('SessionResponse', await openfort.sessions.signature(session.id, { signature }))
      assert.equal(again.id, session.id)
      assert.equal(again.isActive, true)
      const raw = await owner.raw(session.nextAction.payload.signableHash)
      await refused(() => openfort.sessions.signature(session.id, { signature: raw }), [409], /sign/i)
    })

    for (const [form, nth] of [['eip191', 1], ['raw', 2]]) {
      test(`transaction intent: mint, the session key signs in ${form} form`, async () => {
        const intent = conform('TransactionIntentResponse', await openfort.transactionIntents.create({
          account: account.id, chainId: info.chainId, policy: policy.id, optimistic: false,
          interactions: [{ contract: contract.id, functionName: 'mint', functionArgs: [account.id] }],
        }))
        assert.match(intent.id, /^tin_[0-9a-f-]{36}$/)
        assert.equal(intent.abstractionType, 'accountAbstractionV8')
        assert.equal(intent.response, undefined)
        assert.equal(intent.details.userOperation.signature, '')
        const hash = intent.nextAction.payload.signableHash
        assert.equal(intent.details.userOperationHash, hash)

        const signature = await key[form](hash)
        const done = conform('TransactionIntentResponse', await openfort.transactionIntents.signature(intent.id, { signature }))
        assert.equal(done.nextAction, undefined)
        assert.equal(done.response.status, 1, JSON.stringify(done.response.error))
        const receipt = await chain.read.getTransactionReceipt({ hash: done.response.transactionHash })
        assert.equal(receipt.status, 'success')
        assert.equal(Number(receipt.blockNumber), done.response.blockNumber)

        const [{ tokenId, to }] = mintedTo(done.response.logs, info.contractAddress)
        assert.equal(to.toLowerCase(), account.address.toLowerCase())
        const holder = await chain.read.readContract({ address: info.contractAddress, abi: nftAbi, functionName: 'ownerOf', args: [tokenId] })
        assert.equal(holder.toLowerCase(), account.address.toLowerCase())

        const used = conform('SessionResponse', await openfort.sessions.get(session.id, { expand: ['transactionIntents'] }))
        assert(used.transactionIntents.some(({ id }) => id === intent.id))
        const [event] = await registered(chain, account.address)
        const word = await chain.read.readContract({ address: account.address, abi: accountAbi, functionName: 'sessionStatus', args: [event.sessionId] })
        assert.equal(statusWord(word).uses, BigInt(nth))
      })
    }

    test('transaction intent: get with everything expanded, list', async () => {
      const list = conform('TransactionIntentListResponse', await openfort.transactionIntents.list({ account: [account.id], order: 'desc' }))
      assert(list.data.length >= 3, 'the registration and two mints')
      const [{ id }] = list.data
      const got = conform('TransactionIntentResponse', await openfort.transactionIntents.get(id, { expand: ['account', 'player', 'policy'] }))
      assert.equal(got.account.address, account.address)
      assert.equal(got.player.name, 'renamed')
      assert.equal(got.policy.name, `policy ${library}`)
      const none = conform('TransactionIntentListResponse', await openfort.transactionIntents.list({ account: [account.id], chainId: info.chainId, limit: 1, skip: 1 }))
      assert.equal(none.data.length, 1)
    })

    test('transaction intent: the cost that was announced covers the fee', async () => {
      const request = { account: account.id, chainId: info.chainId, policy: policy.id, interactions: [{ contract: contract.id, functionName: 'mint', functionArgs: [owner.address] }] }
      const cost = conform('EstimateTransactionIntentGasResult', await openfort.transactionIntents.estimateCost(request))
      assert.equal(BigInt(cost.estimatedTXGasFee), BigInt(cost.estimatedTXGas) * BigInt(cost.gasPrice))
      const intent = await openfort.transactionIntents.create(request)
      const signature = await owner.eip191(intent.nextAction.payload.signableHash)
      const { response } = await openfort.transactionIntents.signature(intent.id, { signature })
      assert(BigInt(response.gasFee) > 0n && BigInt(response.gasFee) <= BigInt(cost.estimatedTXGasFee), `${response.gasFee} of ${cost.estimatedTXGasFee} wei`)
    })

    test('transaction intent: the owner signs one too', async () => {
      const intent = conform('TransactionIntentResponse', await openfort.transactionIntents.create({
        player: player.id, chainId: info.chainId, policy: policy.id, interactions: [{ contract: contract.id, functionName: 'mint(address)', functionArgs: [owner.address] }],
      }))
      const signature = await owner.eip191(intent.nextAction.payload.signableHash)
      const done = conform('TransactionIntentResponse', await openfort.transactionIntents.signature(intent.id, { signature }))
      assert.equal(done.response.status, 1, JSON.stringify(done.response.error))
    })

    test('session: list by player, usage counts the two uses', async () => {
      const list = conform('SessionListResponse', await openfort.sessions.list({ player: player.id }))
      assert.deepEqual(list.data.map(({ id }) => id), [session.id])
      const { usage } = list.data[0]
      assert.equal(Number(usage.limit.used), 2)
      assert.equal(Number(usage.limit.left), 1)
    })

    test('session: revoke, the owner signs in raw form', async () => {
      const asked = conform('SessionResponse', await openfort.sessions.revoke({ account: account.id, address: key.address, chainId: info.chainId, policy: policy.id }))
      assert.equal(asked.id, session.id)
      assert.equal(asked.isActive, true)
      assert.equal(asked.nextAction.type, 'sign_with_wallet')

      const signature = await owner.raw(asked.nextAction.payload.signableHash)
      const revoked = conform('SessionResponse', await openfort.sessions.signature(session.id, { signature }))
      assert.equal(revoked.isActive, false)
      assert.equal(revoked.status, 'revoked')
      assert.equal(revoked.nextAction, undefined)

      const [event] = await registered(chain, account.address)
      const word = await chain.read.readContract({ address: account.address, abi: accountAbi, functionName: 'sessionStatus', args: [event.sessionId] })
      assert.equal(statusWord(word).status, STATUS.closed)
    })

    test('session: a mint after the revoke is refused with the reason', async () => {
      const intent = conform('TransactionIntentResponse', await openfort.transactionIntents.create({
        account: account.id, chainId: info.chainId, policy: policy.id, interactions: [{ contract: contract.id, functionName: 'mint', functionArgs: [account.id] }],
      }))
      const signature = await key.eip191(intent.nextAction.payload.signableHash)
      await refused(() => openfort.transactionIntents.signature(intent.id, { signature }), [400, 409], /revoked/i)
    })
  })
}
