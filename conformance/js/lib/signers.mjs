// The two ways a client may sign a 32-byte signableHash, by each library.

import { Wallet, getBytes } from 'ethers'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

// viem and ethers make a signer of a private key (a new one by default):
// eip191 signs the hash's 32 bytes as a personal message, raw the hash itself.
export function viem(privateKey = generatePrivateKey()) {
  const account = privateKeyToAccount(privateKey)
  return {
    privateKey,
    address: account.address,
    eip191: (hash) => account.signMessage({ message: { raw: hash } }),
    raw: (hash) => account.sign({ hash }),
    typed: ({ domain, types, primaryType, message }) => account.signTypedData({ domain, types, primaryType, message }),
  }
}

export function ethers(privateKey = generatePrivateKey()) {
  const wallet = new Wallet(privateKey)
  return {
    privateKey,
    address: wallet.address,
    eip191: (hash) => wallet.signMessage(getBytes(hash)),
    raw: async (hash) => wallet.signingKey.sign(hash).serialized,
  }
}
