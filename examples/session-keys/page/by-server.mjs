// The guide's second path: our server asks Latchkey for a session, and the
// wallet signs what comes back.

import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { ask, openfort } from './openfort.mjs'
import * as wallet from './wallet.mjs'

let sessionKey

const needKey = () => {
  if (!sessionKey) throw new Error('register a key of this page first')
}

// register makes a key in this page and registers it for an hour.
export async function register() {
  const { id: account } = await wallet.own()
  sessionKey = privateKeyToAccount(generatePrivateKey())
  const { id, hash } = await ask('/api/session', { account, address: sessionKey.address })
  const { isActive, validUntil, whitelist } = await openfort.proxy.sendSignatureSessionRequest(id, await byOwner(hash))
  return { session: id, key: sessionKey.address, isActive, validUntil, whitelist }
}

// mint signs what our server prepared, and sends it straight to Latchkey.
export async function mint() {
  needKey()
  const { id: account } = await wallet.own()
  const { id, hash } = await ask('/api/mint', { account })
  const signature = await sessionKey.signMessage({ message: { raw: hash } })
  const { response } = await openfort.proxy.sendSignatureTransactionIntentRequest(id, null, signature)
  if (response.status !== 1) throw new Error(response.error.reason)
  return { transactionHash: response.transactionHash, gasUsed: response.gasUsed }
}

export async function revoke() {
  needKey()
  const { id: account } = await wallet.own()
  const { id, hash } = await ask('/api/session/revoke', { account, address: sessionKey.address })
  const { isActive } = await openfort.proxy.sendSignatureSessionRequest(id, await byOwner(hash))
  return { session: id, isActive }
}

const byOwner = (hash) => openfort.embeddedWallet.signMessage(hash, { hashMessage: true, arrayifyMessage: true })
