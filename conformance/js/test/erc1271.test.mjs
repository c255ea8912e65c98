// Signatures that the browser SDK makes, with its own signing code, are valid
// for the account: as personal_sign and as typed data, on a smart account and on
// a delegated one, before the account has code (ERC-6492) and by
// isValidSignature when it has.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeAbiParameters, hashMessage, hashTypedData } from 'viem'
import { accountAbi, connect } from '../lib/chain.mjs'
import { startDev } from '../lib/server.mjs'
import * as signers from '../lib/signers.mjs'
import { signUp } from '../lib/wallet.mjs'

const VALID = '0x1626ba7e'
const ERC6492 = '6492649264926492649264926492649264926492649264926492649264926492'

const text = 'I agree to the terms'
const typedData = (chainId) => ({
  domain: { name: 'Market', version: '1', chainId, verifyingContract: '0x1111111111111111111111111111111111111111' },
  types: { Order: [{ name: 'item', type: 'uint256' }, { name: 'price', type: 'uint256' }] },
  primaryType: 'Order',
  message: { item: '7', price: '1000000000000000000' },
})

let server, info, chain

before(async () => {
  server = await startDev('erc1271')
  info = server.info
  chain = connect(info.rpc, info.chainId)
})
after(() => server?.stop())

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

for (const [accountType, implementationType] of [['Smart Account', 'UpgradeableV6'], ['Delegated Account', 'Calibur']]) {
  describe(accountType, () => {
    const owner = signers.viem()
    let wallet, account, provider

    before(async () => {
      wallet = await signUp(info)
      account = await wallet.use(owner, accountType)
      assert.equal(account.implementationType, implementationType)
      provider = await wallet.provider()
    })

    const personalSign = () => provider.request({ method: 'personal_sign', params: [text, account.address] })
    const signTypedData = () => provider.request({ method: 'eth_signTypedData_v4', params: [account.address, JSON.stringify(typedData(info.chainId))] })

    // byAnother signs with a key that is not the owner's.
    async function byAnother(sign) {
      wallet.child.signer = signers.viem()
      try {
        return await sign()
      } finally {
        wallet.child.signer = owner
      }
    }

    const checkByViem = async () => {
      const { address } = account
      const message = { address, message: text }
      assert.equal(await chain.read.verifyMessage({ ...message, signature: await personalSign() }), true)
      assert.equal(await chain.read.verifyMessage({ ...message, message: `${text}!`, signature: await personalSign() }), false)
      assert.equal(await chain.read.verifyMessage({ ...message, signature: await byAnother(personalSign) }), false)
      const data = { address, ...typedData(info.chainId) }
      assert.equal(await chain.read.verifyTypedData({ ...data, signature: await signTypedData() }), true)
      assert.equal(await chain.read.verifyTypedData({ ...data, signature: await byAnother(signTypedData) }), false)
    }

    test('before the account has code, viem verifies both', async () => {
      assert.equal(await chain.read.getCode({ address: account.address }), undefined)
      await checkByViem()
    })

    test('with code, viem verifies both', async () => {
      await wallet.deploy()
      assert.notEqual(await chain.read.getCode({ address: account.address }), undefined)
      await checkByViem()
    })

    test('isValidSignature of personal_sign', async () => {
      const signature = inner(await personalSign())
      assert.equal(await verdict(account.address, hashMessage(text), signature), VALID)
      assert.notEqual(await verdict(account.address, hashMessage(`${text}!`), signature), VALID)
      assert.notEqual(await verdict(account.address, hashMessage(text), inner(await byAnother(personalSign))), VALID)
    })

    test('isValidSignature of eth_signTypedData_v4', async () => {
      const signature = inner(await signTypedData())
      assert.equal(await verdict(account.address, hashTypedData(typedData(info.chainId)), signature), VALID)
      assert.notEqual(await verdict(account.address, hashMessage(text), signature), VALID)
    })

    test('isValidSignature of embeddedWallet.signTypedData', async () => {
      const data = typedData(info.chainId)
      const signature = await wallet.openfort.embeddedWallet.signTypedData(data.domain, data.types, data.message)
      assert.equal(await verdict(account.address, hashTypedData(data), inner(signature)), VALID)
    })

    test('a signature is good for the account that it was made for only', async () => {
      const signature = inner(await personalSign())
      const other = await signUp(info)
      const address = (await other.use(accountType === 'Smart Account' ? owner : signers.viem(), accountType)).address
      await other.deploy()
      assert.notEqual(address, account.address)
      assert.notEqual(await verdict(address, hashMessage(text), signature), VALID)
    })
  })
}

test('a raw signature of a smart account\'s owner is refused: it is bound to no account', async () => {
  const owner = signers.viem()
  const wallet = await signUp(info)
  const { address } = await wallet.use(owner)
  await wallet.deploy()
  assert.notEqual(await verdict(address, hashMessage(text), await owner.raw(hashMessage(text))), VALID)
})
