// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccount, IPaymaster, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {OperationFee} from "../libraries/OperationFee.sol";

/// @title LatchkeyProbe
/// @notice Measures one user operation inside one eth_call. It is never deployed. The server overrides the state of the
/// call in two places: this contract's runtime code stands at the EntryPoint's address, so that accounts and paymasters
/// obey it, and the real EntryPoint's code stands at {REAL_ENTRY_POINT}, so that deposits and stakes still answer while
/// the operation runs. The storage and the balance of the EntryPoint stay as they are.
///
/// An account that is not deployed yet is deployed by the given factory first; one that will be delegated needs its code
/// (0xef0100 and the implementation) as a third override.
contract LatchkeyProbe {
    using OperationFee for PackedUserOperation;

    /// @notice What one call did.
    struct Frame {
        bool success;
        /// Gas that the caller spent on it, including what a CALL to a cold account costs.
        uint256 gasUsed;
        /// Return data, or revert data.
        bytes output;
    }

    struct Result {
        /// The factory's call; all zero when the account has code already or no factory is named.
        Frame deployment;
        /// validateUserOp once for each signature, in order. A wrong signature succeeds with 1 in the low 160 bits.
        Frame[] validations;
        /// validatePaymasterUserOp; all zero when the operation names no paymaster.
        Frame paymaster;
        /// The operation's calldata, run without the effects of validation.
        Frame execution;
    }

    /// @notice Only the probe itself may call {attempt}.
    error OnlySelf();

    /// @notice What {attempt} always reverts with.
    error Attempted(Frame frame);

    /// @notice Where the server puts the code of the real EntryPoint: the last 20 bytes of
    /// keccak256("latchkey.probe.EntryPoint").
    address internal constant REAL_ENTRY_POINT = address(uint160(uint256(keccak256("latchkey.probe.EntryPoint"))));

    /// @notice Runs the parts of `op`, each on the state that the call started with (plus the deployment).
    /// @dev What the real EntryPoint adds around these frames (its loop, the nonce, the prefund's bookkeeping) is not in
    /// the figures.
    /// @param op Its own signature is seen by the paymaster only.
    /// @param opHash What the signatures are over.
    /// @param missingFunds What the account is asked to pay in, as validateUserOp receives it.
    /// @param signatures Each is tried in the operation's place.
    /// @param factory Zero when the account needs no deployment.
    function probe(
        PackedUserOperation calldata op,
        bytes32 opHash,
        uint256 missingFunds,
        bytes[] calldata signatures,
        address factory,
        bytes calldata factoryData
    ) external returns (Result memory result) {
        if (factory != address(0) && op.sender.code.length == 0) {
            result.deployment = _measure(factory, factoryData);
        }

        result.validations = new Frame[](signatures.length);
        PackedUserOperation memory candidate = op;
        for (uint256 i = 0; i < signatures.length; ++i) {
            candidate.signature = signatures[i];
            result.validations[i] =
                _attempt(op.sender, abi.encodeCall(IAccount.validateUserOp, (candidate, opHash, missingFunds)));
        }

        address paymaster = op.paymaster();
        if (paymaster != address(0)) {
            result.paymaster =
                _attempt(paymaster, abi.encodeCall(IPaymaster.validatePaymasterUserOp, (op, opHash, op.worstCase())));
        }

        result.execution = _attempt(op.sender, op.callData);
    }

    /// @notice Calls `target` and reverts with {Attempted}, so that nothing of the call remains.
    function attempt(address target, bytes calldata data) external {
        if (msg.sender != address(this)) revert OnlySelf();
        revert Attempted(_measure(target, data));
    }

    /// @dev Everything else is the EntryPoint's business.
    fallback() external payable {
        _delegateToEntryPoint();
    }

    receive() external payable {
        _delegateToEntryPoint();
    }

    function _attempt(address target, bytes memory data) private returns (Frame memory) {
        (, bytes memory reason) = address(this).call(abi.encodeCall(this.attempt, (target, data)));
        return _frame(reason);
    }

    function _measure(address target, bytes calldata data) private returns (Frame memory frame) {
        uint256 gasBefore = gasleft();
        (frame.success, frame.output) = target.call(data);
        frame.gasUsed = gasBefore - gasleft();
    }

    /// @dev `reason` is the four bytes of {Attempted} and one encoded frame; anything else means that the call ran out
    /// of gas, which is told as a failed frame with that output.
    function _frame(bytes memory reason) private pure returns (Frame memory frame) {
        if (bytes4(reason) != Attempted.selector) {
            frame.output = reason;
            return frame;
        }
        assembly ("memory-safe") {
            let length := sub(mload(reason), 4)
            reason := add(reason, 4)
            mstore(reason, length)
        }
        return abi.decode(reason, (Frame));
    }

    function _delegateToEntryPoint() private {
        address target = REAL_ENTRY_POINT;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            calldatacopy(buffer, 0, calldatasize())
            let ok := delegatecall(gas(), target, buffer, calldatasize(), 0, 0)
            returndatacopy(buffer, 0, returndatasize())
            if iszero(ok) { revert(buffer, returndatasize()) }
            return(buffer, returndatasize())
        }
    }
}
