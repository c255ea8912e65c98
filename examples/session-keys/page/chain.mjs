// What the page reads from the chain by itself.

import { createPublicClient, http, parseAbi } from 'viem'
import { settings } from './settings.mjs'

const chain = createPublicClient({ transport: http(settings.rpc) })
const abi = parseAbi(['function balanceOf(address owner) view returns (uint256)'])

export const tokensOf = (owner) => chain.readContract({ address: settings.contractAddress, abi, functionName: 'balanceOf', args: [owner] })

// verifies reports whether a signature is the account's, on chain or, before the
// account has code there, as ERC-6492 says.
export const verifies = (address, message, signature) => chain.verifyMessage({ address, message, signature })
