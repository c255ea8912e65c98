// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Limits, Permission, Terms} from "../src/libraries/Permission.sol";
import {LatchkeyAccount} from "../src/LatchkeyAccount.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";
import {Test} from "./support/Test.sol";

/// @dev Gives the library the calldata that it reads.
contract PermissionReader {
    using Permission for bytes;

    function isCanonical(bytes calldata permission) external pure returns (bool) {
        return permission.isCanonical();
    }

    function read(bytes calldata permission) external pure returns (Grant memory g) {
        Terms terms = permission.terms();
        Limits limits = permission.limits();
        g.signer = terms.signer();
        g.validUntil = terms.validUntil();
        g.sudo = terms.isSudo();
        g.validAfter = limits.validAfter();
        g.limit = uint48(limits.callLimit());
        g.feeLimit = uint96(limits.feeLimit());
    }

    function allowsContract(bytes calldata permission, address target) external pure returns (bool) {
        return permission.allowsContract(permission.terms(), target);
    }

    function allowsFunction(bytes calldata permission, address target, bytes4 selector) external pure returns (bool) {
        uint256 entry = uint256(uint160(target)) << 32 | uint32(selector);
        return permission.allowsFunction(permission.terms(), entry);
    }

    function allowsPaymaster(bytes calldata permission, address paymaster) external pure returns (bool) {
        return permission.allowsPaymaster(permission.terms(), paymaster);
    }
}

/// @dev The packed format, against the vectors that the Go implementation reads too.
contract PermissionTest is Test {
    PermissionReader private reader = new PermissionReader();
    string private vectors = vm.readFile("test/vectors/permissions.json");

    function test_vectors_valid() public {
        uint256 count;
        for (string memory path = item("valid", count); vm.keyExistsJson(vectors, path); path = item("valid", ++count)) {
            checkValid(path);
        }
        assertLe(10, count, "the vectors were read");
    }

    function test_vectors_malformed() public view {
        uint256 count;
        for (
            string memory path = item("malformed", count);
            vm.keyExistsJson(vectors, path);
            path = item("malformed", ++count)
        ) {
            assertFalse(reader.isCanonical(permissionOf(path)), nameOf(path));
        }
        assertLe(25, count, "the vectors were read");
    }

    function test_pack_readsBack(Grant memory g) public view {
        g = canonical(g);
        bytes memory permission = PermissionBuilder.pack(g);

        assertTrue(reader.isCanonical(permission), "canonical");
        Grant memory read = reader.read(permission);
        assertEq(read.signer, g.signer, "signer");
        assertEq(read.validUntil, g.validUntil, "validUntil");
        assertEq(read.validAfter, g.validAfter, "validAfter");
        assertEq(read.limit, g.limit, "limit");
        assertEq(read.feeLimit, g.feeLimit, "feeLimit");
        assertTrue(read.sudo == g.sudo, "sudo");
    }

    function test_isCanonical_anyOtherLength_refuses(Grant memory g, uint16 length) public view {
        bytes memory permission = PermissionBuilder.pack(canonical(g));
        vm.assume(length != permission.length);

        bytes memory resized = new bytes(length);
        for (uint256 i = 0; i < length && i < permission.length; ++i) {
            resized[i] = permission[i];
        }

        assertFalse(reader.isCanonical(resized), "the length follows from the counts");
    }

    function test_isCanonical_anyBytes_neverReverts(bytes memory anything) public view {
        reader.isCanonical(anything);
    }

    /// A linear search over the whole list must agree with a naive one.
    function test_lists_holdExactlyTheirEntries(uint8 size, uint8 index, address other, bytes4 selector) public view {
        uint256 count = bound(size, 1, 60);
        uint256 chosen = bound(index, 0, count - 1);
        Grant memory g;
        g.signer = address(1);
        g.validUntil = 1;
        g.contracts = new address[](count);
        g.functions = new bytes24[](count);
        g.paymasters = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            g.contracts[i] = address(uint160(0x1000 + 3 * i));
            g.functions[i] = PermissionBuilder.functionOf(address(uint160(0x1001 + 3 * i)), bytes4(uint32(i)));
            g.paymasters[i] = address(uint160(0x1002 + 3 * i));
        }
        bytes memory permission = PermissionBuilder.pack(g);

        assertTrue(reader.isCanonical(permission), "canonical");
        assertTrue(reader.allowsContract(permission, g.contracts[chosen]), "contract");
        assertTrue(
            reader.allowsFunction(permission, address(uint160(0x1001 + 3 * chosen)), bytes4(uint32(chosen))), "function"
        );
        assertTrue(reader.allowsPaymaster(permission, g.paymasters[chosen]), "paymaster");

        vm.assume(uint160(other) < 0x1000 || uint160(other) > 0x1000 + 3 * count);
        assertFalse(reader.allowsContract(permission, other), "no other contract");
        assertFalse(reader.allowsPaymaster(permission, other), "no other paymaster");
        assertFalse(reader.allowsFunction(permission, other, selector), "no other function");
        assertFalse(reader.allowsContract(permission, g.paymasters[chosen]), "a paymaster is no contract");
        assertFalse(reader.allowsPaymaster(permission, g.contracts[chosen]), "a contract is no paymaster");
    }

    // --- vectors

    function checkValid(string memory path) private {
        string memory name = nameOf(path);
        bytes memory permission = permissionOf(path);
        Grant memory g = grantOf(path);

        assertTrue(reader.isCanonical(permission), name);
        assertEq(PermissionBuilder.pack(g), permission, name);
        assertEq(reader.read(permission).signer, g.signer, name);
        for (uint256 i = 0; i < g.contracts.length; ++i) {
            assertTrue(reader.allowsContract(permission, g.contracts[i]), name);
        }
        for (uint256 i = 0; i < g.functions.length; ++i) {
            address target = address(bytes20(g.functions[i]));
            assertTrue(reader.allowsFunction(permission, target, bytes4(g.functions[i] << 160)), name);
        }
        for (uint256 i = 0; i < g.paymasters.length; ++i) {
            assertTrue(reader.allowsPaymaster(permission, g.paymasters[i]), name);
        }
        assertEq(sessionIdAt(path, permission), vm.parseJsonBytes32(vectors, key(path, "sessionId")), name);
    }

    /// @dev Asks an account that stands at the vector's address, in its epoch, on its chain.
    function sessionIdAt(string memory path, bytes memory permission) private returns (bytes32) {
        LatchkeyAccount account = LatchkeyAccount(payable(vm.parseJsonAddress(vectors, key(path, "account"))));
        vm.etch(address(account), deploy("LatchkeyAccount").code);
        bytes32 slot = 0xcaf2a002cc16fc3c70fff6edb6262e5041ac8e964ca0b3f4db33821128ef9f00;
        vm.store(address(account), slot, bytes32(vm.parseJsonUint(vectors, key(path, "epoch")) << 160));
        vm.chainId(uint64(vm.parseJsonUint(vectors, key(path, "chainId"))));
        return account.sessionId(permission);
    }

    function grantOf(string memory path) private view returns (Grant memory g) {
        string memory fields = key(path, "fields");
        g.signer = vm.parseJsonAddress(vectors, key(fields, "signer"));
        g.validAfter = uint48(vm.parseJsonUint(vectors, key(fields, "validAfter")));
        g.validUntil = uint48(vm.parseJsonUint(vectors, key(fields, "validUntil")));
        g.limit = uint48(vm.parseJsonUint(vectors, key(fields, "limit")));
        g.salt = bytes8(vm.parseJsonBytes(vectors, key(fields, "salt")));
        g.feeLimit = uint96(vm.parseJsonUint(vectors, key(fields, "feeLimit")));
        g.sudo = vm.parseJsonBool(vectors, key(fields, "sudo"));
        g.contracts = vm.parseJsonAddressArray(vectors, key(fields, "contracts"));
        g.functions = functionsOf(key(fields, "functions"));
        g.paymasters = vm.parseJsonAddressArray(vectors, key(fields, "paymasters"));
        g.signerType = uint8(vm.parseJsonUint(vectors, key(fields, "signerType")));
        g.rules = rulesOf(key(fields, "rules"));
    }

    function functionsOf(string memory path) private view returns (bytes24[] memory functions) {
        uint256 count;
        while (vm.keyExistsJson(vectors, string.concat(path, "[", vm.toString(count), "]"))) ++count;
        functions = new bytes24[](count);
        for (uint256 i = 0; i < count; ++i) {
            string memory entry = string.concat(path, "[", vm.toString(i), "]");
            functions[i] = PermissionBuilder.functionOf(
                vm.parseJsonAddress(vectors, key(entry, "target")),
                bytes4(vm.parseJsonBytes(vectors, key(entry, "selector")))
            );
        }
    }

    function rulesOf(string memory path) private view returns (bytes[] memory rules) {
        uint256 count;
        while (vm.keyExistsJson(vectors, string.concat(path, "[", vm.toString(count), "]"))) ++count;
        rules = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            rules[i] = vm.parseJsonBytes(vectors, string.concat(path, "[", vm.toString(i), "]"));
        }
    }

    function item(string memory list, uint256 index) private pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(index), "]");
    }

    function key(string memory path, string memory name) private pure returns (string memory) {
        return string.concat(path, ".", name);
    }

    function nameOf(string memory path) private view returns (string memory) {
        return vm.parseJsonString(vectors, key(path, "name"));
    }

    function permissionOf(string memory path) private view returns (bytes memory) {
        return vm.parseJsonBytes(vectors, key(path, "permission"));
    }

    /// @dev The nearest canonical permission with at most one rule.
    function canonical(Grant memory g) private pure returns (Grant memory) {
        if (g.signer == address(0)) g.signer = address(1);
        if (g.validAfter == type(uint48).max) --g.validAfter;
        if (g.validUntil <= g.validAfter) g.validUntil = g.validAfter + 1;
        g.contracts = new address[](0);
        g.paymasters = new address[](0);
        g.functions = new bytes24[](g.sudo ? 0 : 1);
        g.signerType %= 4;
        g.rules = new bytes[](0);
        return g;
    }
}
