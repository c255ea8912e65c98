// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Paymaster} from "@openzeppelin/contracts/account/paymaster/Paymaster.sol";
import {PaymasterSigner} from "@openzeppelin/contracts/account/paymaster/extensions/PaymasterSigner.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {Calldata} from "@openzeppelin/contracts/utils/Calldata.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ILatchkeyPaymaster} from "./interfaces/ILatchkeyPaymaster.sol";
import {ENTRY_POINT_V08} from "./libraries/EntryPointV08.sol";

/// @title LatchkeyPaymaster
/// @notice The paymaster of one Latchkey installation. The admin holds the money and names the signers; the signers are
/// server keys, which can spend the deposit on fees and nothing else.
/// @dev Reads its own storage in validation, so it must be staked (ERC-7562 STO-031).
contract LatchkeyPaymaster is ILatchkeyPaymaster, PaymasterSigner, Ownable2Step {
    uint256 private constant SLOTS = 2;
    uint256 private constant DATA_START = 52;
    uint256 private constant DATA_LENGTH = 6 + 6 + 65;

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
        bytes calldata data = op.paymasterAndData[DATA_START:];
        if (data.length != DATA_LENGTH) return (0, 0, Calldata.emptyBytes());
        return (uint48(bytes6(data)), uint48(bytes6(data[6:])), data[12:]);
    }

    /// @dev An empty slot matches no one, since a failed recovery is ruled out first.
    function _rawSignatureValidation(bytes32 digest, bytes calldata signature) internal view override returns (bool) {
        (address recovered, ECDSA.RecoverError err,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (err != ECDSA.RecoverError.NoError) return false;
        return recovered == _signers[0] || recovered == _signers[1];
    }
}
