// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC7821} from "@openzeppelin/contracts/interfaces/draft-IERC7821.sol";

import {Call, ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {Target} from "./support/Target.sol";

/// @dev ERC-7821, for the owner.
abstract contract BatchExecutionBehavior is AccountFixture {
    bytes32 private constant BATCH = bytes32(uint256(1) << 248);
    bytes32 private constant BATCH_WITH_OPDATA = bytes32(uint256(0x01000000000078210001) << 176);

    function test_batchMode_makesTheCalls() public {
        vm.prank(owner);
        account.execute(BATCH, calls(address(target)));

        assertEq(target.pings(), 2, "both");
        assertEq(target.received(), 3, "with their values");
    }

    function test_batchMode_ofAnOwnerOperation_acts() public {
        submit(ownerOperation(abi.encodeCall(IERC7821.execute, (BATCH, calls(address(target))))));

        assertEq(target.pings(), 2, "both");
    }

    /// The lowest 22 bytes of the mode are free for callers.
    function test_batchMode_freeBytes_areIgnored(uint176 free) public {
        vm.prank(owner);
        account.execute(BATCH | bytes32(uint256(free)), calls(address(target)));

        assertEq(target.pings(), 2, "both");
    }

    function test_batchMode_zeroTarget_isTheAccount() public {
        Call[] memory own = new Call[](1);
        own[0] = Call(address(0), 0, abi.encodeCall(ILatchkeyAccount.revokeAllSessions, ()));

        vm.prank(owner);
        account.execute(BATCH, abi.encode(own));

        assertEq(account.epoch(), 1, "the account called itself");
    }

    function test_otherModes_revert(bytes32 mode) public {
        vm.assume(bytes10(mode) != bytes10(BATCH));
        assertFalse(account.supportsExecutionMode(mode), "and says so");

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.ExecutionModeNotSupported.selector, mode));
        vm.prank(owner);
        account.execute(mode, calls(address(target)));
    }

    function test_supportsExecutionMode() public view {
        assertTrue(account.supportsExecutionMode(BATCH), "a batch");
        assertFalse(account.supportsExecutionMode(BATCH_WITH_OPDATA), "not with opData");
    }

    function test_batchMode_ofAStranger_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.execute(BATCH, calls(address(target)));
    }

    function test_batchMode_ofASession_reverts() public {
        bytes memory permission = register(sudoGrant());

        expectRefusal(
            abi.encodeWithSelector(ILatchkeyAccount.FunctionForbidden.selector, IERC7821.execute.selector)
        );
        submit(sessionOperation(permission, abi.encodeCall(IERC7821.execute, (BATCH, calls(address(target))))));
    }

    function test_batchMode_oneFails_allRevert() public {
        Call[] memory list = new Call[](2);
        list[0] = Call(address(target), 0, abi.encodeCall(Target.ping, ()));
        list[1] = Call(address(target), 0, abi.encodeCall(Target.fail, (7)));

        vm.expectRevert(abi.encodeWithSelector(Target.Refused.selector, 7));
        vm.prank(owner);
        account.execute(BATCH, abi.encode(list));
    }

    function calls(address to) private pure returns (bytes memory) {
        Call[] memory list = new Call[](2);
        list[0] = Call(to, 1, abi.encodeCall(Target.ping, ()));
        list[1] = Call(to, 2, abi.encodeCall(Target.ping, ()));
        return abi.encode(list);
    }
}

contract BatchExecutionOnProxyTest is BatchExecutionBehavior, ProxyHome {}

contract BatchExecutionOnDelegatedTest is BatchExecutionBehavior, DelegatedHome {}
