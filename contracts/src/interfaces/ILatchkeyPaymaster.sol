// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Latchkey paymaster
/// @notice Pays for operations that one of its two signers approved. `paymasterData` is validAfter (6 bytes),
/// validUntil (6 bytes) and the signature (65 bytes) over OpenZeppelin's `UserOperationRequest` typed data.
interface ILatchkeyPaymaster {
    /// @notice The signer in `slot` (0 or 1) is now `newSigner`; zero leaves the slot empty.
    event SignerChanged(uint256 indexed slot, address indexed previousSigner, address indexed newSigner);

    /// @notice There are two slots, 0 and 1.
    error NoSuchSlot(uint256 slot);

    /// @notice Replaces a signer. Two slots let the server change keys without a moment in which signatures fail.
    function setSigner(uint256 slot, address newSigner) external;

    /// @notice The signer in `slot` (0 or 1), or zero.
    function signer(uint256 slot) external view returns (address);

    /// @notice Adds to the deposit that operations are paid from. Anyone may.
    function deposit() external payable;

    /// @notice Takes `amount` wei out of the deposit.
    function withdraw(address payable to, uint256 amount) external;

    /// @notice Adds to the stake that bundlers ask for, locked for `unstakeDelaySec` seconds after {unlockStake}.
    function addStake(uint32 unstakeDelaySec) external payable;

    /// @notice Starts the unlocking of the stake.
    function unlockStake() external;

    /// @notice Takes out the unlocked stake.
    function withdrawStake(address payable to) external;
}
