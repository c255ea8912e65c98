// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice One call made by an account.
struct Call {
    address target;
    uint256 value;
    bytes data;
}

/// @title Latchkey account
/// @notice A smart account with one owner and any number of session keys, each bound to a permission that this contract
/// enforces. The same code serves an ERC-1967 proxy and an EOA that delegates to it by EIP-7702.
interface ILatchkeyAccount {
    /// @notice A session may act from now on, within `permission` (the packed form of docs/permission-format.md).
    event SessionRegistered(bytes32 indexed sessionId, address indexed signer, bytes permission);

    /// @notice A session is closed, and can never be opened again.
    event SessionRevoked(bytes32 indexed sessionId);

    /// @notice The account entered `epoch`: every session of an earlier epoch is dead.
    event AllSessionsRevoked(uint64 epoch);

    /// @notice The account is controlled by `newOwner`. The first owner replaces the zero address.
    event OwnerChanged(address indexed previousOwner, address indexed newOwner);

    /// @notice The new owner is this key on P-256, of this kind.
    event OwnerKeySet(uint8 kind, bytes32 x, bytes32 y);

    /// @notice `caller` is neither the EntryPoint, nor the owner, nor the account itself.
    error NotAuthorized(address caller);

    /// @notice An EIP-7702 delegated account has no owner to change and no implementation to upgrade.
    error DelegatedAccount();

    /// @notice The zero address and the account itself cannot own an account.
    error InvalidOwner(address owner);

    /// @notice There is no such kind of key on P-256, or no such point on the curve.
    error InvalidOwnerKey(uint8 kind, bytes32 x, bytes32 y);

    /// @notice {initialize} only works while a proxy is being constructed.
    error AlreadyInitialized();

    /// @notice Of the modes of ERC-7821 there is only the batch without opData.
    error ExecutionModeNotSupported(bytes32 mode);

    /// @notice The permission is not the canonical encoding of any permission.
    error PermissionMalformed();

    /// @notice The session was registered or closed before; change the salt to grant the same terms again.
    error SessionExists(bytes32 sessionId);

    /// @notice The signature field has an unknown mode or a wrong length.
    error SignatureMalformed();

    /// @notice The session was never registered in this epoch (status 0), or is closed (status 2).
    error SessionNotActive(bytes32 sessionId, uint8 status);

    /// @notice The operation's calldata is not the canonical ABI encoding of {execute}, or of {executeBatch} with at
    /// least one call.
    error CallMalformed();

    /// @notice A session may call {execute} and {executeBatch} only.
    error FunctionForbidden(bytes4 selector);

    /// @notice No session may call the account itself or the EntryPoint.
    error TargetForbidden(address target);

    /// @notice Neither the contract nor the function is in the permission. The selector is zero-padded when the call
    /// carries fewer than four bytes.
    error CallNotAllowed(address target, bytes4 selector);

    /// @notice The permission does not let native value go with the call.
    error ValueNotAllowed(uint256 value);

    /// @notice The call would exceed the permission's number of calls.
    error LimitExceeded(uint256 limit, uint256 used, uint256 asked);

    /// @notice The account would pay for the operation itself, and the permission grants no fee budget.
    error FeeLimitMissing();

    /// @notice The operation's worst-case fee would exceed the permission's fee budget. All three in wei.
    error FeeLimitExceeded(uint256 limit, uint256 spent, uint256 asked);

    /// @notice The paymaster is not in the permission.
    error PaymasterNotAllowed(address paymaster);

    /// @notice A rule has no answer for the moment that the signature field names: it is zero, before the rule's start, or
    /// in an earlier period than the rule was used in. `rule` is the rule's position in the permission, here and below.
    error MomentNotAllowed(uint8 rule, uint48 moment);

    /// @notice The call's value would exceed what the rule lets go. All three in wei; `limit` is what a stream has
    /// released by then.
    error ValueLimitExceeded(uint8 rule, uint256 limit, uint256 spent, uint256 asked);

    /// @notice The amount of tokens, or the argument, would exceed what the rule lets go.
    error AmountLimitExceeded(uint8 rule, uint256 limit, uint256 spent, uint256 asked);

    /// @notice The token is limited, and this call is none of those that the limit can account for.
    error TokenCallNotAllowed(address token, bytes4 selector);

    /// @notice The token is limited to other ids.
    error TokenIdNotAllowed(address token, uint256 id);

    /// @notice The argument does not satisfy the rule. `value` is zero when the call does not carry the argument.
    error ArgumentNotAllowed(uint8 rule, uint256 value);

    /// @notice The function was called as often as the rule allows.
    error CountExceeded(uint8 rule, uint256 limit, uint256 used);

    /// @notice `count` calls were made in the current interval of so many seconds.
    error RateExceeded(uint256 count, uint256 interval);

    /// @notice Sets the first owner. Only inside a proxy's construction, so that nobody can claim a delegated EOA.
    function initialize(address owner) external;

    /// @notice {initialize} with a key on P-256 as owner, see {replaceOwnerWithKey}.
    function initializeWithPublicKey(uint8 kind, bytes32 x, bytes32 y) external;

    /// @notice Makes one call. Reverts with what the target reverted with.
    function execute(address target, uint256 value, bytes calldata data) external payable;

    /// @notice Makes all calls in order, or none.
    function executeBatch(Call[] calldata calls) external payable;

    /// @notice Opens the session that `permission` describes, in the current epoch.
    /// @return id The session's identity, see {sessionId}.
    function registerSession(bytes calldata permission) external returns (bytes32 id);

    /// @notice Closes a session for ever, registered or not. Closing a closed one does nothing.
    function revokeSession(bytes32 id) external;

    /// @notice Kills every session by entering the next epoch.
    function revokeAllSessions() external;

    /// @notice Hands the account to `newOwner` and kills every session. Not on a delegated account. An EOA signs and
    /// calls; a contract can only call, since no signature recovers to it.
    function changeOwner(address newOwner) external;

    /// @notice Hands the account to a key on P-256, which can only sign, and kills every session. Not on a delegated
    /// account. The owner is then the last 20 bytes of keccak256(x, y).
    /// @dev The dispatcher asks for one selector after the other, from the lowest. This function's and
    /// {initializeWithPublicKey}'s come behind those that operations call, which so cost no more for them.
    /// @param kind What the key signs: 1 the hash, 2 its SHA-256 as WebCrypto does, 3 an assertion as passkeys do.
    function replaceOwnerWithKey(uint8 kind, bytes32 x, bytes32 y) external;

    /// @notice Who controls the account; a delegated account controls itself.
    function owner() external view returns (address);

    /// @notice The number of times that all sessions were revoked.
    function epoch() external view returns (uint64);

    /// @notice The identity of `permission` on this chain, for this account, in the current epoch: the EIP-712 struct
    /// hash of `Session(uint256 chainId,address account,uint64 epoch,bytes permission)`.
    function sessionId(bytes calldata permission) external view returns (bytes32);

    /// @notice A session's status word: bits 0-7 status (0 none, 1 active, 2 closed), 8-55 calls made,
    /// 56-151 worst-case fees charged in wei, 152-191 the interval that the rate was last used in, 192-223 calls made in
    /// that interval.
    function sessionStatus(bytes32 id) external view returns (uint256 word);

    /// @notice What the rule at position `rule` has used, by its kind: an amount, a number of calls, or the index of the
    /// last period << 128 | the amount used in it. Zero for rules that remember nothing, and for the rate, which is in
    /// {sessionStatus}.
    function ruleUsed(bytes32 id, uint8 rule) external view returns (uint256);
}
