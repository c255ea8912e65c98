// The main job on a chain that Latchkey did not start: deploy and serve against
// anvil, by the official Node SDK.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import Openfort, { APIError, createAccountV2, createGasPolicyLegacy, createGasPolicyRuleLegacy } from '@openfort/openfort-node'
import { getAddress } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { hashAuthorization } from 'viem/utils'
import { FUNDED_KEY, startAnvil } from '../lib/anvil.mjs'
import { chainTime, connect, ENTRY_POINT, funded, mintedTo, nftAbi } from '../lib/chain.mjs'
import { conform } from '../lib/schema.mjs'
import { run, start } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'

const CHAIN = 31337

describe('deploy and serve on anvil', () => {
  const owner = signers.viem()
  const key = signers.viem()
  let anvil, folder, chain, deployed, server, openfort
  let account, contract, policy, session

  const withKey = (...args) => [...args, '--rpc', anvil.url, '--relayer-key-file', join(folder, 'relayer.key')]
  const deploy = () => run(withKey('deploy', '--dev-contracts', '--json'))
  const relayerNonce = () => chain.read.getTransactionCount({ address: privateKeyToAddress(FUNDED_KEY) })

  before(async () => {
    anvil = await startAnvil()
    folder = await mkdtemp(join(tmpdir(), 'latchkey-anvil-'))
    await writeFile(join(folder, 'relayer.key'), FUNDED_KEY, { mode: 0o600 })
    chain = connect(anvil.url, CHAIN)
  })
  after(async () => {
    await server?.stop()
    await anvil?.stop()
    if (folder) await rm(folder, { recursive: true })
  })

  test('serve says what to do while the contracts are not there', () => {
    const { code, stderr } = run(withKey('serve', '--json', '--addr', '127.0.0.1:0', '--data', join(folder, 'early')))
    assert.notEqual(code, 0)
    assert.match(stderr, /latchkey deploy/)
  })

  test('deploy puts the contracts there', async () => {
    const { code, stdout, stderr } = deploy()
    assert.equal(code, 0, stderr)
    deployed = JSON.parse(stdout)
    assert.equal(getAddress(deployed.entryPoint), ENTRY_POINT)
    for (const address of [deployed.entryPoint, deployed.accountImplementation, deployed.factory, deployed.paymaster, deployed.erc721, deployed.erc20]) {
      assert(await chain.read.getCode({ address }), `no code at ${address}`)
    }
  })

  test('deploy again sends nothing and answers the same', async () => {
    const nonce = await relayerNonce()
    const { code, stdout, stderr } = deploy()
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), { ...deployed, transactionsSent: 0 })
    assert.equal(await relayerNonce(), nonce)
  })

  test('serve makes a project on its first start', async () => {
    server = await start('anvil-serve', withKey('serve', '--json', '--addr', '127.0.0.1:0', '--data', join(folder, 'data'), '--poll', '50ms'))
    assert.equal(server.info.chainId, CHAIN)
    openfort = new Openfort(server.info.secretKey, { basePath: server.info.api })
  })

  test('account, contract, policy', async () => {
    const player = conform('PlayerResponse', await openfort.players.create({ name: 'anvil' }))
    account = conform('AccountResponse', await openfort.accounts.v1.create({ player: player.id, chainId: CHAIN, externalOwnerAddress: owner.address }))
    contract = conform('ContractResponse', await openfort.contracts.create({ name: 'nft', chainId: CHAIN, address: deployed.erc721, abi: nftAbi }))
    policy = conform('PolicyResponse', await createGasPolicyLegacy({ name: 'all', chainId: CHAIN, strategy: { sponsorSchema: 'pay_for_user' } }))
    conform('PolicyRuleResponse', await createGasPolicyRuleLegacy({ type: 'contract_functions', policy: policy.id, contract: contract.id, functionName: 'All functions' }))
    conform('PolicyRuleResponse', await createGasPolicyRuleLegacy({ type: 'account_functions', policy: policy.id }))
  })

  test('register', async () => {
    const now = await chainTime(chain)
    session = conform('SessionResponse', await openfort.sessions.create({
      account: account.id, address: key.address, chainId: CHAIN, validAfter: 0, validUntil: now + 3600, limit: 2, whitelist: [deployed.erc721], policy: policy.id,
    }))
    const signature = await owner.eip191(session.nextAction.payload.signableHash)
    assert.equal(conform('SessionResponse', await openfort.sessions.signature(session.id, { signature })).isActive, true)
  })

  const mint = async () => {
    const intent = conform('TransactionIntentResponse', await openfort.transactionIntents.create({
      account: account.id, chainId: CHAIN, policy: policy.id, interactions: [{ contract: contract.id, functionName: 'mint', functionArgs: [account.id] }],
    }))
    const signature = await key.eip191(intent.nextAction.payload.signableHash)
    return conform('TransactionIntentResponse', await openfort.transactionIntents.signature(intent.id, { signature }))
  }

  test('mint with the session key', async () => {
    const { response } = await mint()
    assert.equal(response.status, 1, JSON.stringify(response.error))
    const [{ tokenId }] = mintedTo(response.logs, deployed.erc721)
    const holder = await chain.read.readContract({ address: deployed.erc721, abi: nftAbi, functionName: 'ownerOf', args: [tokenId] })
    assert.equal(holder, account.address)
  })

  test('an EOA that has sent transactions delegates with its first intent', async () => {
    const eoa = await funded(chain, FUNDED_KEY)
    await chain.read.waitForTransactionReceipt({ hash: await eoa.wallet.sendTransaction({ to: owner.address, value: 1n }) })
    const player = await openfort.players.create({ name: 'delegated' })
    const delegated = conform('AccountV2Response', await createAccountV2({
      accountType: 'Delegated Account', chainType: 'EVM', chainId: CHAIN, user: player.id, externalOwnerAddress: eoa.address,
    }))
    const signer = signers.viem(eoa.privateKey)
    const signedAuthorization = await signer.raw(hashAuthorization({ contractAddress: delegated.smartAccount.implementationAddress, chainId: CHAIN, nonce: 1 }))
    const intent = await openfort.transactionIntents.create({
      account: delegated.id, chainId: CHAIN, policy: policy.id, signedAuthorization,
      interactions: [{ contract: contract.id, functionName: 'mint', functionArgs: [delegated.id] }],
    })
    const { response } = await openfort.transactionIntents.signature(intent.id, { signature: await signer.raw(intent.nextAction.payload.signableHash) })
    assert.equal(response.status, 1, JSON.stringify(response.error))
    assert.equal((await chain.read.getTransaction({ hash: response.transactionHash })).type, 'eip7702')
  })

  test('revoke, then the mint is refused', async () => {
    const { nextAction } = conform('SessionResponse', await openfort.sessions.revoke({ account: account.id, address: key.address, chainId: CHAIN, policy: policy.id }))
    const signature = await owner.eip191(nextAction.payload.signableHash)
    assert.equal(conform('SessionResponse', await openfort.sessions.signature(session.id, { signature })).status, 'revoked')
    await assert.rejects(mint, (error) => {
      assert(error instanceof APIError)
      assert.match(error.errorMessage, /revoked/i)
      return true
    })
  })
})
