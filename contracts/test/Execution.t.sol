// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccount} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {Call, ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {DevNFT} from "../src/dev/DevNFT.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {Target} from "./support/Target.sol";

/// @dev How calls leave an account, and what it receives.
abstract contract ExecutionBehavior is AccountFixture {
    function test_execute_byOwner_callsWithValue() public {
        vm.prank(owner);
        account.execute(address(target), 1 ether, abi.encodeCall(Target.ping, ()));

        assertEq(target.pings(), 1, "called");
        assertEq(target.received(), 1 ether, "with value");
    }

    function test_execute_byStranger_reverts(address caller) public {
        vm.assume(caller != owner && caller != address(account) && caller != address(ENTRY_POINT));

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, caller));
        vm.prank(caller);
        account.execute(address(target), 0, "");
    }

    function test_execute_targetReverts_passesTheReasonOn() public {
        vm.expectRevert(abi.encodeWithSelector(Target.Refused.selector, 7));
        vm.prank(owner);
        account.execute(address(target), 0, abi.encodeCall(Target.fail, (7)));
    }

    function test_executeBatch_byOwnerOperation_makesAllCalls() public {
        Call[] memory calls = new Call[](3);
        calls[0] = Call(address(target), 1 ether, abi.encodeCall(Target.ping, ()));
        calls[1] = Call(address(target), 0, abi.encodeCall(Target.poke, ()));
        calls[2] = Call(stranger, 2 ether, "");

        submit(ownerOperation(abi.encodeCall(account.executeBatch, (calls))));

        assertEq(target.pings() + target.pokes(), 2, "both functions");
        assertEq(stranger.balance, 2 ether, "and the transfer");
    }

    function test_executeBatch_oneReverts_makesNone() public {
        Call[] memory calls = new Call[](2);
        calls[0] = Call(address(target), 0, abi.encodeCall(Target.ping, ()));
        calls[1] = Call(address(target), 0, abi.encodeCall(Target.fail, (1)));

        vm.expectRevert(abi.encodeWithSelector(Target.Refused.selector, 1));
        vm.prank(owner);
        account.executeBatch(calls);

        assertEq(target.pings(), 0, "the first was undone");
    }

    /// An owner replaces a session by another in one operation.
    function test_executeBatch_onTheAccountItself_acts() public {
        bytes memory permission = register(defaultGrant());
        bytes32 id = account.sessionId(permission);
        Call[] memory calls = new Call[](2);
        calls[0] = Call(address(account), 0, abi.encodeCall(account.revokeSession, (id)));
        calls[1] = Call(address(account), 0, abi.encodeCall(account.revokeAllSessions, ()));

        submit(ownerOperation(abi.encodeCall(account.executeBatch, (calls))));

        assertEq(uint8(account.sessionStatus(id)), STATUS_CLOSED, "revoked");
        assertEq(account.epoch(), 1, "and all revoked");
    }

    function test_executeBatch_byStranger_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.executeBatch(new Call[](0));
    }

    function test_account_receivesValueAndTokens() public {
        DevNFT nft = DevNFT(deploy("DevNFT"));
        vm.deal(stranger, 1 ether);
        uint256 before = address(account).balance;

        vm.prank(stranger);
        (bool ok,) = address(account).call{value: 1 ether}("");
        uint256 id = nft.mint(stranger);
        vm.prank(stranger);
        nft.safeTransferFrom(stranger, address(account), id);

        assertTrue(ok && address(account).balance == before + 1 ether, "value arrived");
        assertEq(nft.ownerOf(id), address(account), "the token arrived");
    }

    function test_supportsInterface() public view {
        assertTrue(account.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        assertTrue(account.supportsInterface(type(IAccount).interfaceId), "ERC-4337");
        assertTrue(account.supportsInterface(type(IERC1271).interfaceId), "ERC-1271");
        assertTrue(account.supportsInterface(type(IERC721Receiver).interfaceId), "ERC-721 receiver");
        assertTrue(account.supportsInterface(type(IERC1155Receiver).interfaceId), "ERC-1155 receiver");
        assertFalse(account.supportsInterface(0xffffffff), "nothing else");
    }

    function test_entryPoint_isV08() public view {
        assertEq(address(account.entryPoint()), address(ENTRY_POINT), "the canonical EntryPoint v0.8");
    }

    function test_eip712Domain_namesTheAccount() public view {
        (, string memory name, string memory version, uint256 chainId, address verifyingContract,,) =
            account.eip712Domain();
        assertEq(bytes(name), "Latchkey", "name");
        assertEq(bytes(version), "1", "version");
        assertEq(chainId, block.chainid, "chain");
        assertEq(verifyingContract, address(account), "the account, not its implementation");
    }
}

contract ExecutionOnProxyTest is ExecutionBehavior, ProxyHome {}

contract ExecutionOnDelegatedTest is ExecutionBehavior, DelegatedHome {}
