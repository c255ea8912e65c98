// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {Target} from "../support/Target.sol";

/// @dev Answers every call with far more data than anybody wants.
contract Bomb {
    fallback() external {
        assembly {
            return(0, 1000000)
        }
    }
}

/// @dev Case 25: something grows until the owner cannot afford it.
abstract contract GasBombsAttack is AccountFixture {
    /// The largest permission there is can be registered, used at its last entry, and revoked.
    function test_case25_largestPermission_isAffordable() public {
        bytes memory permission = PermissionBuilder.pack(largest());

        vm.prank(owner);
        uint256 before = gasleft();
        account.registerSession(permission);
        assertLe(before - gasleft(), 1_500_000, "registering");

        bytes32 id = account.sessionId(permission);
        vm.prank(owner);
        before = gasleft();
        account.revokeSession(id);
        assertLe(before - gasleft(), 60_000, "revoking does not look at the permission");
    }

    function test_case25_largestPermission_isUsable() public {
        bytes memory permission = register(largest());

        submit(sessionOperation(permission, pingData()));

        assertEq(target.pings(), 1, "the last of 510 rules, within ordinary gas limits");
    }

    /// Revoking everything costs the same, however many sessions there are.
    function test_case25_manySessions_revokeAllStaysCheap() public {
        Grant memory g = defaultGrant();
        for (uint64 i = 0; i < 50; ++i) {
            g.salt = bytes8(i);
            register(g);
        }

        vm.prank(owner);
        uint256 before = gasleft();
        account.revokeAllSessions();
        assertLe(before - gasleft(), 60_000, "one slot");
    }

    /// A target's return data is not copied at the account's expense.
    function test_case25_hugeReturnData_costsTheAccountNothing() public {
        Bomb bomb = new Bomb();
        uint256 direct = measure(address(bomb));

        vm.prank(owner);
        uint256 before = gasleft();
        account.execute(address(bomb), 0, "");
        uint256 through = before - gasleft();

        assertLe(through, direct + 20_000, "nothing of it is copied");
    }

    function measure(address bomb) private returns (uint256) {
        uint256 before = gasleft();
        assembly {
            pop(call(gas(), bomb, 0, 0, 0, 0, 0))
        }
        return before - gasleft();
    }

    /// @dev 255 contracts, 255 functions, 255 paymasters; the target's function stands last.
    function largest() private view returns (Grant memory g) {
        g = defaultGrant();
        g.contracts = new address[](255);
        g.functions = new bytes24[](255);
        g.paymasters = new address[](255);
        for (uint256 i = 0; i < 255; ++i) {
            g.contracts[i] = address(uint160(1 + i));
            g.paymasters[i] = address(uint160(1 + i));
            uint192 last = uint192(PermissionBuilder.functionOf(address(target), Target.ping.selector));
            g.functions[i] = bytes24(uint192(last - 254 + i));
        }
    }
}

contract Case25GasBombsOnProxyTest is GasBombsAttack, ProxyHome {}

contract Case25GasBombsOnDelegatedTest is GasBombsAttack, DelegatedHome {}
