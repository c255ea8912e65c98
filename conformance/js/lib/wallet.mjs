// A user of the browser SDK with an account, in Node. The wallet page's part is
// played by lib/child.mjs, so that a test holds the owner's key.

import { Openfort } from '@openfort/openfort-js'
import { encodeFunctionData } from 'viem'
import { client, ok } from './api.mjs'
import { nftAbi } from './chain.mjs'
import { attachChild } from './child.mjs'
import { memoryStorage } from './storage.mjs'

// signUp makes a guest. The SDK keeps its configuration for the whole process,
// so there is one user at a time.
export async function signUp(info) {
  const openfort = new Openfort({
    baseConfiguration: { publishableKey: info.publishableKey },
    shieldConfiguration: { shieldPublishableKey: 'unused' },
    overrides: { backendUrl: info.api, storage: memoryStorage() },
    disableTelemetry: true,
  })
  await openfort.waitForInitialization()
  const { user } = await openfort.auth.signUpGuest()
  const child = await attachChild(openfort, null)
  return new Wallet(info, openfort, child, user.id)
}

class Wallet {
  constructor(info, openfort, child, user) {
    this.info = info
    this.openfort = openfort
    this.child = child
    this.user = user
    this.api = client(info.api, info.secretKey)
  }

  // use makes an account that owner controls the user's, and the SDK's. It
  // answers the account as the SDK sees it.
  async use(owner, accountType = 'Smart Account') {
    const { id } = ok(await this.api.post('/v2/accounts', {
      accountType, chainType: 'EVM', chainId: this.info.chainId, user: this.user, externalOwnerAddress: owner.address,
    }))
    return this.load(id, owner)
  }

  // load makes the SDK use an account that exists.
  async load(id, owner) {
    this.child.signer = owner
    this.account = await this.openfort.embeddedWallet.recover({ account: id, recoveryParams: { recoveryMethod: 'password', password: 'unused' } })
    return this.account
  }

  // deploy gives the account code: it mints itself a token by its first call.
  async deploy() {
    const provider = await this.provider()
    const data = encodeFunctionData({ abi: nftAbi, functionName: 'mint', args: [this.account.address] })
    await provider.request({ method: 'eth_sendTransaction', params: [{ to: this.info.contractAddress, data }] })
  }

  // provider answers the EIP-1193 provider; policy pays for what it sends.
  async provider(policy = this.info.policy) {
    return this.openfort.embeddedWallet.getEthereumProvider({ announceProvider: false, chains: { [this.info.chainId]: this.info.rpc }, feeSponsorship: policy })
  }
}
