// The browser SDK's EIP-1193 provider, as dapps and viem use it: permissions,
// calls and their cost, on a smart account and on a delegated one.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import Openfort from '@openfort/openfort-node'
import { createWalletClient, custom, encodeFunctionData } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { erc7715Actions } from 'viem/experimental'
import { hashAuthorization } from 'viem/utils'
import { client, ok } from '../lib/api.mjs'
import { chainTime, connect, mintedTo, nftAbi, registered } from '../lib/chain.mjs'
import { grantByGuide } from '../lib/guide.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'
import { signUp } from '../lib/wallet.mjs'

// What the SDK makes of any refusal by the server.
const REJECTED = -32003

let server, info, api, backend, chain

before(async () => {
  server = await startDev('eip1193')
  info = server.info
  api = client(info.api, info.secretKey)
  backend = new Openfort(info.secretKey, { basePath: info.api, publishableKey: info.publishableKey })
  chain = connect(info.rpc, info.chainId)
})
after(() => server?.stop())

const mint = (to) => encodeFunctionData({ abi: nftAbi, functionName: 'mint', args: [to] })
const balance = (owner) => chain.read.readContract({ address: info.contractAddress, abi: nftAbi, functionName: 'balanceOf', args: [owner] })
const session = async (id) => ok(await api.get(`/v1/sessions/${id}`))

// validity reads the window of the newest session that an account registered
// out of the permission on chain, see docs/permission-format.md.
async function validity(account) {
  const permission = (await registered(chain, account)).at(-1).permission
  const number = (offset, size) => Number(`0x${permission.slice(2 + 2 * offset, 2 + 2 * (offset + size))}`)
  return { validAfter: number(32, 6), validUntil: number(22, 6) }
}

// mintBySession mints as a server does that holds a session key.
async function mintBySession(account, sessionKey) {
  const intent = await backend.transactionIntents.create({
    account: account.id, chainId: info.chainId, policy: info.policy, interactions: [{ contract: info.contract, functionName: 'mint', functionArgs: [account.address] }],
  })
  const signature = await privateKeyToAccount(sessionKey).signMessage({ message: { raw: intent.nextAction.payload.signableHash } })
  return backend.transactionIntents.signature(intent.id, { signature })
}

async function rejected(call, message) {
  await assert.rejects(call, (error) => {
    assert.equal(error.code, REJECTED, String(error))
    assert.match(error.message, message)
    return true
  })
}

for (const accountType of ['Smart Account', 'Delegated Account']) {
  describe(accountType, () => {
    let wallet, account, provider, grant, sessionKey

    before(async () => {
      wallet = await signUp(info)
      account = await wallet.use(signers.viem(), accountType)
      provider = await wallet.provider()
    })

    // contractCall is a request of permission to call one contract.
    const contractCall = (key, { expiry = 60 * 60, address = info.contractAddress, policies = [] } = {}) => ({
      signer: { type: 'account', data: { id: privateKeyToAccount(key).address } },
      expiry,
      permissions: [{ type: 'contract-call', data: { address, calls: [] }, policies }],
    })

    test('names its account and its chain', async () => {
      assert.deepEqual(await provider.request({ method: 'eth_requestAccounts' }), [account.address])
      assert.deepEqual(await provider.request({ method: 'eth_accounts' }), [account.address])
      assert.equal(Number(await provider.request({ method: 'eth_chainId' })), info.chainId)
      const [capabilities] = Object.values(await provider.request({ method: 'wallet_getCapabilities' }))
      assert.equal(capabilities.permissions.supported, true)
    })

    test('eth_estimateGas, wallet_sendCalls and wallet_getCallsStatus', async () => {
      const calls = [1, 2].map(() => ({ to: info.contractAddress, data: mint(account.address) }))
      const announced = BigInt(await provider.request({ method: 'eth_estimateGas', params: calls }))
      const id = await provider.request({ method: 'wallet_sendCalls', params: [{ version: '1.0', chainId: info.chainId, from: account.address, calls }] })
      assert.match(id, /^tin_/)
      const { status, receipts: [receipt] } = await provider.request({ method: 'wallet_getCallsStatus', params: [id] })
      assert.equal(status, 'CONFIRMED')
      assert.equal(receipt.status, 'success')
      assert.deepEqual(mintedTo(receipt.logs, info.contractAddress).map(({ to }) => to), [account.address, account.address])
      assert(receipt.gasUsed > 0n && receipt.gasUsed <= announced, `${receipt.gasUsed} of ${announced} gas`)
      assert.equal(await balance(account.address), 2n)
    })

    test('eth_sendTransaction answers a transaction that is on chain', async () => {
      const hash = await provider.request({ method: 'eth_sendTransaction', params: [{ to: info.contractAddress, data: mint(account.address), value: '0x0' }] })
      assert.equal((await chain.read.getTransactionReceipt({ hash })).status, 'success')
      assert.equal(await balance(account.address), 3n)
    })

    test('a call that would revert is refused in words, and the user stays logged in', async () => {
      let loggedOut = false
      wallet.openfort.eventEmitter.on('onLogout', () => (loggedOut = true))
      const data = encodeFunctionData({ abi: nftAbi, functionName: 'ownerOf', args: [999_999n] })
      await rejected(() => provider.request({ method: 'eth_sendTransaction', params: [{ to: info.contractAddress, data }] }), /revert/)
      await rejected(() => provider.request({ method: 'eth_estimateGas', params: [{ to: info.contractAddress, data }] }), /revert/)
      assert.equal(loggedOut, false)
      const { user } = await backend.iam.getSession({ accessToken: await wallet.openfort.getAccessToken() })
      assert.equal(user.id, wallet.user)
    })

    test('the guide\'s wallet_grantPermissions', async () => {
      const granted = await grantByGuide(provider)
      const day = Math.floor(Date.now() / 1000) + 60 * 60 * 24
      assert(Math.abs(granted.expiry - day) <= 5, `expires ${granted.expiry - day} s from a day ahead`)
      assert.equal((await validity(account.address)).validUntil, granted.expiry)
      assert.equal(granted.grantedPermissions[0].data.address.toLowerCase(), '0x2522f4fc9af2e1954a3d13f7a5b2683a00a4543a')
      const { status, sudo, address } = await session(granted.permissionsContext)
      assert.deepEqual({ status, sudo, address }, { status: 'active', sudo: false, address: granted.key })
    })

    test('wallet_grantPermissions on a contract, and a mint by the session key', async () => {
      sessionKey = generatePrivateKey()
      grant = await provider.request({ method: 'wallet_grantPermissions', params: [contractCall(sessionKey, { policies: [{ type: { custom: 'call-limit' }, data: { limit: 2 } }] })] })
      const before = await balance(account.address)
      const { response } = await mintBySession(account, sessionKey)
      assert.equal(response.status, 1, JSON.stringify(response.error))
      assert.equal(await balance(account.address), before + 1n)
      const shown = await session(grant.permissionsContext)
      assert.equal(shown.limit, 2)
      assert.equal(shown.transactionIntents.length, 2, 'the registration and the mint')
    })

    test('wallet_revokePermissions by the id that the grant answered', async () => {
      await provider.request({ method: 'wallet_revokePermissions', params: [{ permissionContext: grant.permissionsContext }] })
      assert.equal((await session(grant.permissionsContext)).status, 'revoked')
      await assert.rejects(() => mintBySession(account, sessionKey), /revoked/)
    })

    test('wallet_revokePermissions by the session key\'s address', async () => {
      const key = generatePrivateKey()
      const { permissionsContext } = await provider.request({ method: 'wallet_grantPermissions', params: [contractCall(key)] })
      await provider.request({ method: 'wallet_revokePermissions', params: [{ permissionContext: privateKeyToAccount(key).address }] })
      assert.equal((await session(permissionsContext)).status, 'revoked')
    })

    test('viem\'s grantPermissions, whose expiry is a moment', async () => {
      const viem = createWalletClient({ account: account.address, transport: custom(provider) }).extend(erc7715Actions())
      const expiry = Math.floor(Date.now() / 1000) + 3600
      const granted = await viem.grantPermissions(contractCall(generatePrivateKey(), { expiry }))
      assert(Math.abs(granted.expiry - expiry) <= 5, `expires ${granted.expiry - expiry} s late`)
      const { validAfter, validUntil } = await validity(account.address)
      assert(Math.abs(validUntil - expiry) <= 5, `valid for ${validUntil - expiry} s longer than was asked`)
      assert(validAfter <= await chainTime(chain))
      assert.match((await session(granted.permissionsContext)).status, /active/)
    })

    test('a grant without permissions is unrestricted, and shown so', async () => {
      const key = generatePrivateKey()
      const granted = await provider.request({ method: 'wallet_grantPermissions', params: [{ ...contractCall(key), permissions: [] }] })
      const { sudo, whitelist, status } = await session(granted.permissionsContext)
      assert.deepEqual({ sudo, whitelist, status }, { sudo: true, whitelist: [], status: 'active' })
      assert.equal((await mintBySession(account, key)).response.status, 1)
    })

    test('the wallet of another key cannot grant', async () => {
      wallet.child.signer = signers.viem()
      await rejected(() => provider.request({ method: 'wallet_grantPermissions', params: [contractCall(generatePrivateKey())] }), /owner/i)
    })
  })
}

describe('Delegated Account whose first request is a session', () => {
  let wallet, account, provider
  const owner = signers.viem()
  const request = () => ({
    method: 'wallet_grantPermissions',
    params: [{ signer: { type: 'account', data: { id: signers.viem().address } }, expiry: 3600, permissions: [{ type: 'contract-call', data: { address: info.contractAddress, calls: [] }, policies: [] }] }],
  })

  before(async () => {
    wallet = await signUp(info)
    account = await wallet.use(owner, 'Delegated Account')
    provider = await wallet.provider()
  })

  test('without an authorization it is refused, and told what to sign', async () => {
    await rejected(() => provider.request(request()), /signedAuthorization: is required.*nonce: 0/)
  })

  test('with the authorization that the wallet gave for later it is granted', async () => {
    const signedAuthorization = await owner.raw(hashAuthorization({ chainId: info.chainId, contractAddress: account.implementationAddress, nonce: 0 }))
    const user = client(info.api, await wallet.openfort.getAccessToken())
    ok(await user.post(`/v2/accounts/${account.id}/authorization`, { signedAuthorization }, { headers: { 'x-project-key': info.publishableKey } }))
    const { permissionsContext } = await provider.request(request())
    assert.equal((await session(permissionsContext)).status, 'active')
    assert.equal((await api.get(`/v2/accounts/${account.id}`)).body.smartAccount.active, true)
  })
})
