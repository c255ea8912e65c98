// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Latchkey account factory
/// @notice Deploys accounts at addresses that follow from owner and nonce alone. {createAccountWithNonce} is what
/// Openfort's SDKs put into ERC-6492 wrappers.
interface ILatchkeyAccountFactory {
    /// @notice `account` was deployed for `owner`.
    event AccountCreated(address indexed account, address indexed owner);

    /// @notice These accounts have no guardians.
    error GuardianNotSupported();

    /// @notice Deploys the account of (`owner`, `nonce`), or returns it when it is there already.
    /// @param initializeGuardian Must be false.
    function createAccountWithNonce(address owner, bytes32 nonce, bool initializeGuardian)
        external
        returns (address account);

    /// @notice Deploys the account of a key on P-256 and `nonce`, or returns it when it is there already.
    /// @param kind See {ILatchkeyAccount-replaceOwnerWithKey}. Another kind is another account.
    function createAccountWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) external returns (address account);

    /// @notice Where the account of (`owner`, `nonce`) is, or will be.
    function getAddressWithNonce(address owner, bytes32 nonce) external view returns (address account);

    /// @notice Where the account of a key on P-256 and `nonce` is, or will be.
    function getAddressWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) external view returns (address account);

    /// @notice The implementation that new accounts start with.
    function implementation() external view returns (address);
}
