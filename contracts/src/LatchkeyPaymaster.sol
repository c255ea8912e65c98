// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Paymaster} from "@openzeppelin/contracts/account/paymaster/Paymaster.sol";
import {PaymasterSigner} from "@openzeppelin/contracts/account/paymaster/extensions/PaymasterSigner.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ILatchkeyPaymaster} from "./interfaces/ILatchkeyPaymaster.sol";
import {ENTRY_POINT_V08} from "./libraries/EntryPointV08.sol";
import {OperationFields} from "./libraries/OperationFields.sol";

/// @title LatchkeyPaymaster
/// @notice The paymaster of one Latchkey installation. The admin holds the money and names the signers; the signers are
/// server keys, which can spend the deposit on fees and nothing else.
/// @dev Reads its own storage in validation, so it must be staked (ERC-7562 STO-031).
contract LatchkeyPaymaster is ILatchkeyPaymaster, PaymasterSigner, Ownable2Step {
    using OperationFields for PackedUserOperation;

    uint256 private constant SLOTS = 2;
    uint256 private constant GAS_LIMITS_START = 20;
    uint256 private constant DATA_START = 52;
    uint256 private constant SIGNATURE_START = DATA_START + 6 + 6;
    uint256 private constant LENGTH = SIGNATURE_START + 65;

    bytes32 private constant REQUEST_TYPEHASH = keccak256(
        "UserOperationRequest(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits,uint256 preVerificationGas,bytes32 gasFees,uint256 paymasterVerificationGasLimit,uint256 paymasterPostOpGasLimit,uint48 validAfter,uint48 validUntil)"
    );

    address[SLOTS] private _signers;

    constructor(address admin, address firstSigner) EIP712("LatchkeyPaymaster", "1") Ownable(admin) {
        _signers[0] = firstSigner;
        emit SignerChanged(0, address(0), firstSigner);
    }

    /// @inheritdoc ILatchkeyPaymaster
    function setSigner(uint256 slot, address newSigner) external onlyOwner {
        address previousSigner = signer(slot);
        _signers[slot] = newSigner;
        emit SignerChanged(slot, previousSigner, newSigner);
    }

    /// @inheritdoc ILatchkeyPaymaster
    function signer(uint256 slot) public view returns (address) {
        if (slot >= SLOTS) revert NoSuchSlot(slot);
        return _signers[slot];
    }

    /// @inheritdoc ILatchkeyPaymaster
    function deposit() external payable {
        _deposit(msg.value);
    }

    /// @inheritdoc ILatchkeyPaymaster
    function withdraw(address payable to, uint256 amount) external onlyOwner {
        _withdraw(to, amount);
    }

    /// @inheritdoc ILatchkeyPaymaster
    function addStake(uint32 unstakeDelaySec) external payable onlyOwner {
        _addStake(msg.value, unstakeDelaySec);
    }

    /// @inheritdoc ILatchkeyPaymaster
    function unlockStake() external onlyOwner {
        _unlockStake();
    }

    /// @inheritdoc ILatchkeyPaymaster
    function withdrawStake(address payable to) external onlyOwner {
        _withdrawStake(to);
    }

    /// @inheritdoc Paymaster
    function entryPoint() public pure override returns (IEntryPoint) {
        return ENTRY_POINT_V08;
    }

    /// @dev Accepts exactly the documented length: anything longer would be gas that nobody agreed to pay for. An empty
    /// signature fails the check.
    function _decodePaymasterUserOp(PackedUserOperation calldata op)
        internal
        pure
        override
        returns (uint48 validAfter, uint48 validUntil, bytes calldata signature)
    {
        bytes calldata data = op.paymasterAndDataOf();
        if (data.length != LENGTH) return (0, 0, data[:0]);
        return (uint48(_word(data, DATA_START) >> 208), uint48(_word(data, DATA_START + 6) >> 208), data[SIGNATURE_START:]);
    }

    /// @dev The same hash as {PaymasterSigner} has, read without its checks, which cost more than the hash.
    function _signableUserOpHash(PackedUserOperation calldata op, uint48 validAfter, uint48 validUntil)
        internal
        view
        override
        returns (bytes32)
    {
        uint256 gasLimits = _word(op.paymasterAndDataOf(), GAS_LIMITS_START);
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    REQUEST_TYPEHASH,
                    op.sender,
                    op.nonce,
                    keccak256(op.initCodeOf()),
                    keccak256(op.callDataOf()),
                    op.accountGasLimits,
                    op.preVerificationGas,
                    op.gasFees,
                    gasLimits >> 128,
                    uint128(gasLimits),
                    validAfter,
                    validUntil
                )
            )
        );
    }

    /// @dev 32 bytes at `position`; those past the end of the data are not its own.
    function _word(bytes calldata data, uint256 position) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, position))
        }
    }

    /// @dev An empty slot matches no one, since a failed recovery is ruled out first.
    function _rawSignatureValidation(bytes32 digest, bytes calldata signature) internal view override returns (bool) {
        (address recovered, ECDSA.RecoverError err,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (err != ECDSA.RecoverError.NoError) return false;
        return recovered == _signers[0] || recovered == _signers[1];
    }
}
