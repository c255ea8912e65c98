// The guide's first path: the page asks the wallet for a session.

import { createWalletClient, custom } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { erc7715Actions } from 'viem/experimental'
import { ask } from './openfort.mjs'
import { settings } from './settings.mjs'
import * as wallet from './wallet.mjs'

let sessionKey, permissionsContext

const needGrant = () => {
  if (!permissionsContext) throw new Error('grant a key of this page first')
}

// grant lets a new key of this page call one contract for a day.
export async function grant() {
  const provider = await wallet.provider()
  sessionKey = generatePrivateKey()
  const accountSession = privateKeyToAccount(sessionKey).address
  const granted = await provider.request({
    method: 'wallet_grantPermissions',
    params: [
      {
        signer: {
          type: 'account',
          data: {
            id: accountSession,
          },
        },
        expiry: 60 * 60 * 24,
        permissions: [
          {
            type: 'contract-call',
            data: {
              address: settings.contractAddress,
              calls: [],
            },
            policies: [],
          },
        ],
      },
    ],
  })
  permissionsContext = granted.permissionsContext
  return { key: accountSession, ...granted }
}

// mint has our server prepare a mint, and signs it with the session key.
export async function mint() {
  needGrant()
  const { id: account } = await wallet.own()
  const { id, hash } = await ask('/api/mint', { account })
  const signature = await privateKeyToAccount(sessionKey).signMessage({ message: { raw: hash } })
  return ask('/api/mint/signature', { account, id, signature })
}

export async function revoke() {
  needGrant()
  const provider = await wallet.provider()
  await provider.request({ method: 'wallet_revokePermissions', params: [{ permissionContext: permissionsContext }] })
  return { revoked: permissionsContext }
}

// grantServer lets the key of our server call the contract for an hour, by
// viem's own action, whose expiry is a moment.
export async function grantServer() {
  const { address } = await ask('/api/agent')
  const { address: account } = await wallet.own()
  const client = createWalletClient({ account, transport: custom(await wallet.provider()) }).extend(erc7715Actions())
  return client.grantPermissions({
    signer: { type: 'account', data: { id: address } },
    expiry: Math.floor(Date.now() / 1000) + 60 * 60,
    permissions: [{ type: 'contract-call', data: { address: settings.contractAddress, calls: [] }, policies: [] }],
  })
}

// mintByServer needs nothing of this page but to say for whom.
export async function mintByServer() {
  const { id: account } = await wallet.own()
  return ask('/api/agent/mint', { account })
}

// grantAll asks for no permission in particular, which is all of them. Latchkey
// grants that and says so.
export async function grantAll() {
  const { id: account } = await wallet.own()
  const provider = await wallet.provider()
  const key = privateKeyToAccount(generatePrivateKey()).address
  const granted = await provider.request({
    method: 'wallet_grantPermissions',
    params: [{ signer: { type: 'account', data: { id: key } }, expiry: 60, permissions: [] }],
  })
  return { key, ...(await ask('/api/session/state', { account, id: granted.permissionsContext })) }
}
