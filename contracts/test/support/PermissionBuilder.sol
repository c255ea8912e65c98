// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev A permission with its fields apart.
struct Grant {
    address signer;
    uint48 validAfter;
    uint48 validUntil;
    uint48 limit;
    bytes8 salt;
    uint96 feeLimit;
    bool sudo;
    address[] contracts;
    bytes24[] functions;
    address[] paymasters;
}

/// @title Building permissions
/// @notice Writes the packed form from the fields, independently of the code under test.
library PermissionBuilder {
    function pack(Grant memory g) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encodePacked(uint8(1), uint8(0), g.signer, g.validUntil, g.sudo),
            abi.encodePacked(uint8(g.contracts.length), uint8(g.functions.length), uint8(g.paymasters.length)),
            abi.encodePacked(g.validAfter, g.limit, g.salt, g.feeLimit),
            pack(g.contracts),
            packFunctions(g.functions),
            pack(g.paymasters)
        );
    }

    function pack(address[] memory entries) internal pure returns (bytes memory packed) {
        for (uint256 i = 0; i < entries.length; ++i) {
            packed = abi.encodePacked(packed, entries[i]);
        }
    }

    function packFunctions(bytes24[] memory entries) internal pure returns (bytes memory packed) {
        for (uint256 i = 0; i < entries.length; ++i) {
            packed = abi.encodePacked(packed, entries[i]);
        }
    }

    function functionOf(address target, bytes4 selector) internal pure returns (bytes24) {
        return bytes24(abi.encodePacked(target, selector));
    }

    function list(address a) internal pure returns (address[] memory l) {
        l = new address[](1);
        l[0] = a;
    }

    function list(bytes24 a) internal pure returns (bytes24[] memory l) {
        l = new bytes24[](1);
        l[0] = a;
    }

    /// @dev Two contracts in their canonical order.
    function list(address a, address b) internal pure returns (address[] memory l) {
        l = new address[](2);
        (l[0], l[1]) = a < b ? (a, b) : (b, a);
    }

    /// @dev Two functions in their canonical order.
    function list(bytes24 a, bytes24 b) internal pure returns (bytes24[] memory l) {
        l = new bytes24[](2);
        (l[0], l[1]) = a < b ? (a, b) : (b, a);
    }
}
