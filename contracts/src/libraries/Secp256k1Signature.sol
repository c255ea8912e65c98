// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Signatures of 65 bytes: r, s, v
library Secp256k1Signature {
    uint256 internal constant LENGTH = 65;

    /// @dev Half the order of the curve. A signature with a larger s has a twin with a smaller one, and is refused.
    uint256 private constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @dev Whether `signer`, which must not be zero, signed `digest`. `signature` must have {LENGTH} bytes. The
    /// precompile accepts no v but 27 and 28, and answers nothing when it recovers nobody, which leaves a zero here.
    function isSignedBy(bytes32 digest, bytes calldata signature, address signer) internal view returns (bool ok) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, digest)
            mstore(add(buffer, 0x20), byte(0, calldataload(add(signature.offset, 0x40))))
            calldatacopy(add(buffer, 0x40), signature.offset, 0x40)
            mstore(0, 0)
            pop(staticcall(gas(), 1, buffer, 0x80, 0, 0x20))
            ok := and(eq(mload(0), signer), iszero(gt(mload(add(buffer, 0x60)), MAX_S)))
        }
    }
}
