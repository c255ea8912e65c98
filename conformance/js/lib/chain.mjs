// What the tests read from, and send to, the chain itself. Nothing here goes
// through the API.

import {
  createPublicClient, createWalletClient, decodeErrorResult, decodeEventLog, defineChain, encodeFunctionData, concatHex, http, numberToHex, pad, parseAbi,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

export const ENTRY_POINT = '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108'

export const accountAbi = parseAbi([
  'function execute(address target, uint256 value, bytes data) payable',
  'function owner() view returns (address)',
  'function epoch() view returns (uint64)',
  'function sessionId(bytes permission) view returns (bytes32)',
  'function sessionStatus(bytes32 sessionId) view returns (uint256)',
  'function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)',
  'event SessionRegistered(bytes32 indexed sessionId, address indexed signer, bytes permission)',
  'event SessionRevoked(bytes32 indexed sessionId)',
  'error SessionNotActive(bytes32 sessionId, uint8 status)',
])

export const nftAbi = parseAbi([
  'function mint(address to)',
  'function ownerOf(uint256 tokenId) view returns (address)',
  'function balanceOf(address owner) view returns (uint256)',
  'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)',
])

export const tokenAbi = parseAbi([
  'function mint(address to, uint256 amount)',
  'function balanceOf(address owner) view returns (uint256)',
])

export const entryPointAbi = parseAbi([
  'struct PackedUserOperation { address sender; uint256 nonce; bytes initCode; bytes callData; bytes32 accountGasLimits; uint256 preVerificationGas; bytes32 gasFees; bytes paymasterAndData; bytes signature; }',
  'function handleOps(PackedUserOperation[] ops, address beneficiary)',
  'function getUserOpHash(PackedUserOperation op) view returns (bytes32)',
  'function balanceOf(address account) view returns (uint256)',
  'event UserOperationEvent(bytes32 indexed userOpHash, address indexed sender, address indexed paymaster, uint256 nonce, bool success, uint256 actualGasCost, uint256 actualGasUsed)',
  'error FailedOp(uint256 opIndex, string reason)',
  'error FailedOpWithRevert(uint256 opIndex, string reason, bytes inner)',
])

// The low byte of a session's status word.
export const STATUS = { none: 0n, active: 1n, closed: 2n }

// statusWord splits the word of sessionStatus(bytes32).
export function statusWord(word) {
  return { status: word & 0xffn, uses: (word >> 8n) & (2n ** 48n - 1n), feeSpent: (word >> 56n) & (2n ** 96n - 1n) }
}

// connect answers clients for the chain behind an RPC URL.
export function connect(url, chainId) {
  const chain = defineChain({ id: chainId, name: 'test', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: { default: { http: [url] } } })
  const transport = http(url)
  const read = createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 })
  const wallet = (privateKey) => createWalletClient({ chain, transport, account: privateKeyToAccount(privateKey) })
  return { chain, read, wallet, rpc: (method, params = []) => read.request({ method, params }) }
}

// funded makes a new account with ether sent from a prefunded key.
export async function funded(chain, fromKey, wei = 10n ** 18n) {
  const privateKey = generatePrivateKey()
  const { address } = privateKeyToAccount(privateKey)
  const hash = await chain.wallet(fromKey).sendTransaction({ to: address, value: wei })
  await chain.read.waitForTransactionReceipt({ hash })
  return { privateKey, address, wallet: chain.wallet(privateKey) }
}

// chainTime is the time of the newest block, in unix seconds.
export async function chainTime(chain) {
  return Number((await chain.read.getBlock()).timestamp)
}

// travel moves the development chain's clock and seals a block there.
export async function travel(chain, seconds) {
  await chain.rpc('evm_increaseTime', [numberToHex(seconds)])
  await chain.rpc('evm_mine')
}

// packed turns a user operation as the API answers it, with its signature
// replaced, into the struct that EntryPoint v0.8 takes.
export function packed(op, signature) {
  const uint128s = (high, low) => concatHex([pad(numberToHex(BigInt(high)), { size: 16 }), pad(numberToHex(BigInt(low)), { size: 16 })])
  return {
    sender: op.sender,
    nonce: BigInt(op.nonce),
    initCode: op.factory ? concatHex([op.factory, op.factoryData ?? '0x']) : '0x',
    callData: op.callData,
    accountGasLimits: uint128s(op.verificationGasLimit, op.callGasLimit),
    preVerificationGas: BigInt(op.preVerificationGas),
    gasFees: uint128s(op.maxPriorityFeePerGas, op.maxFeePerGas),
    paymasterAndData: op.paymaster
      ? concatHex([op.paymaster, uint128s(op.paymasterVerificationGasLimit, op.paymasterPostOpGasLimit), op.paymasterData ?? '0x'])
      : '0x',
    signature,
  }
}

// Modes of a signature that is not a bare 65 bytes.
const MODE_EIP191 = 0x01
const MODE_SESSION = 0x02

// sessionSignature wraps an EIP-191 signature of a registered session's key.
export function sessionSignature(permission, signature) {
  return concatHex([numberToHex(MODE_EIP191 | MODE_SESSION, { size: 1 }), permission, signature])
}

// handleOps answers the call that sends one operation straight to EntryPoint.
export function handleOps(operation, beneficiary) {
  return { to: ENTRY_POINT, data: encodeFunctionData({ abi: entryPointAbi, functionName: 'handleOps', args: [[operation], beneficiary] }) }
}

// revertOf makes an eth_call and answers null when it succeeds, else the
// decoded error: { name, reason, inner: { name, args } }.
export async function revertOf(chain, call) {
  try {
    await chain.rpc('eth_call', [{ ...call, gas: numberToHex(10_000_000) }, 'latest'])
    return null
  } catch (error) {
    const data = error.walk((cause) => typeof cause?.data === 'string')?.data
    if (!data) throw error
    const { errorName, args } = decodeErrorResult({ abi: entryPointAbi, data })
    const inner = errorName === 'FailedOpWithRevert' && args[2] !== '0x' ? decodeErrorResult({ abi: accountAbi, data: args[2] }) : null
    return { name: errorName, reason: args[1], inner: inner && { name: inner.errorName, args: inner.args } }
  }
}

// registered answers the SessionRegistered events of an account, oldest first.
export async function registered(chain, account) {
  const logs = await chain.read.getContractEvents({ address: account, abi: accountAbi, eventName: 'SessionRegistered', fromBlock: 0n, toBlock: 'latest' })
  return logs.map(({ args }) => args)
}

// mintedTo answers the ids that an ERC-721's logs say were minted, with owner.
export function mintedTo(logs, contract) {
  return logs
    .filter(({ address }) => address.toLowerCase() === contract.toLowerCase())
    .map(({ data, topics }) => decodeEventLog({ abi: nftAbi, data, topics }).args)
}

// balances reads what a refused request must not change: the relayer's nonce,
// both deposits, and the account's own balance.
export async function balances(chain, { relayer, paymaster, account }) {
  const deposit = (address) => chain.read.readContract({ address: ENTRY_POINT, abi: entryPointAbi, functionName: 'balanceOf', args: [address] })
  const [relayerNonce, paymasterDeposit, accountDeposit, accountBalance] = await Promise.all([
    chain.read.getTransactionCount({ address: relayer, blockTag: 'pending' }),
    deposit(paymaster),
    deposit(account),
    chain.read.getBalance({ address: account }),
  ])
  return { relayerNonce, paymasterDeposit, accountDeposit, accountBalance }
}
