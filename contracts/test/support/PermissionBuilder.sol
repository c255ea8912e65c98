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
    uint8 signerType;
    /// Each is one record: kind, size, body.
    bytes[] rules;
}

/// @title Building permissions
/// @notice Writes the packed form from the fields, independently of the code under test.
library PermissionBuilder {
    function pack(Grant memory g) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encodePacked(uint8(1), g.signerType, g.signer, g.validUntil, flags(g)),
            abi.encodePacked(uint8(g.contracts.length), uint8(g.functions.length), uint8(g.paymasters.length)),
            abi.encodePacked(g.validAfter, g.limit, g.salt, g.feeLimit),
            pack(g.contracts),
            packFunctions(g.functions),
            pack(g.paymasters),
            packRules(g.rules)
        );
    }

    function flags(Grant memory g) internal pure returns (uint8) {
        return (g.sudo ? 1 : 0) | (g.rules.length == 0 ? 0 : 2);
    }

    function packRules(bytes[] memory records) internal pure returns (bytes memory packed) {
        if (records.length != 0) packed = abi.encodePacked(uint8(records.length));
        for (uint256 i = 0; i < records.length; ++i) {
            packed = abi.encodePacked(packed, records[i]);
        }
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

    /// @dev One rule record.
    function rule(uint8 kind, bytes memory body) internal pure returns (bytes memory) {
        return abi.encodePacked(kind, uint8(body.length), body);
    }

    function rules(bytes memory a) internal pure returns (bytes[] memory l) {
        l = new bytes[](1);
        l[0] = a;
    }

    /// @dev Two rules, in the order given.
    function rules(bytes memory a, bytes memory b) internal pure returns (bytes[] memory l) {
        l = new bytes[](2);
        (l[0], l[1]) = (a, b);
    }

    /// @dev Three rules, in the order given.
    function rules(bytes memory a, bytes memory b, bytes memory c) internal pure returns (bytes[] memory l) {
        l = new bytes[](3);
        (l[0], l[1], l[2]) = (a, b, c);
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
