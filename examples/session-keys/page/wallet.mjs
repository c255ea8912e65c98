// The embedded wallet: its key lives in Latchkey's frame, never in this page.

import { ChainTypeEnum, RecoveryMethod } from '@openfort/openfort-js'
import { verifies } from './chain.mjs'
import { ask, openfort } from './openfort.mjs'
import { settings } from './settings.mjs'

// configure creates the user's wallet, or recovers it where this device does not
// have it.
export async function configure({ recovery, recoveryPassword, accountType }) {
  const { id, address, ownerAddress } = await openfort.embeddedWallet.configure({
    chainId: settings.chainId, chainType: ChainTypeEnum.EVM, accountType, recoveryParams: await recoveryParams(recovery, recoveryPassword),
  })
  return { account: id, address, owner: ownerAddress }
}

async function recoveryParams(recovery, password) {
  switch (recovery) {
    case 'password':
      return { recoveryMethod: RecoveryMethod.PASSWORD, password }
    case 'passkey':
      return { recoveryMethod: RecoveryMethod.PASSKEY }
    default:
      return { recoveryMethod: RecoveryMethod.AUTOMATIC, ...(await ask('/api/recovery', {})) }
  }
}

// account answers the wallet's account, null while there is none.
export const account = () => openfort.embeddedWallet.get().catch(() => null)

// own is the account, where there has to be one.
export async function own() {
  const found = await account()
  if (!found) throw new Error('make the wallet first: step 2')
  return found
}

// provider answers the wallet as EIP-1193. The gas policy pays its fees.
export const provider = () => openfort.embeddedWallet.getEthereumProvider({
  announceProvider: false, chains: { [settings.chainId]: settings.rpc }, feeSponsorship: settings.policy,
})

export async function signMessage() {
  const message = 'I agree to the rules of the game'
  const { address } = await own()
  const signature = await (await provider()).request({ method: 'personal_sign', params: [message, address] })
  return { message, signature, valid: await verifies(address, message, signature) }
}
