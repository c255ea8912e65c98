// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

import {DevNFT} from "../../src/dev/DevNFT.sol";
import {DevToken} from "../../src/dev/DevToken.sol";
import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {RuleFixture} from "../support/RuleFixture.sol";

/// @dev Case 8: moving tokens past a limit, by calls that the limit does not see.
abstract contract SpendBypassAttack is RuleFixture {
    uint128 private constant MAX = 100;
    bytes4 private constant INCREASE_ALLOWANCE = bytes4(keccak256("increaseAllowance(address,uint256)"));

    function test_case08_withinTheLimit_acts() public {
        (DevToken token, bytes memory permission) = limited();

        submit(sessionOperation(permission, transferData(address(token), MAX)));

        assertEq(token.balanceOf(stranger), MAX, "all of it");
        assertEq(usedOf(permission, 0), MAX, "and charged");
    }

    function test_case08_splitOverOperations_reverts() public {
        (DevToken token, bytes memory permission) = limited();
        submit(sessionOperation(permission, transferData(address(token), 60)));

        expectRefusal(exceeded(60, 41));
        submit(sessionOperation(permission, transferData(address(token), 41)));
        submit(sessionOperation(permission, transferData(address(token), 40)));
        assertEq(token.balanceOf(stranger), MAX, "to the last unit");
    }

    function test_case08_allowances_areCharged() public {
        (DevToken token, bytes memory permission) = limited();
        refuse(permission, address(token), abi.encodeCall(IERC20.approve, (stranger, 101)), exceeded(0, 101));
        refuse(permission, address(token), abi.encodeWithSelector(INCREASE_ALLOWANCE, stranger, 101), exceeded(0, 101));

        call(permission, address(token), abi.encodeCall(IERC20.approve, (stranger, 100)));
        assertEq(token.allowance(address(account), stranger), 100, "an allowance within the limit");
        refuse(permission, address(token), abi.encodeCall(IERC20.transfer, (stranger, 1)), exceeded(100, 1));
    }

    /// Taking an allowance back does not give the amount back.
    function test_case08_allowanceTakenBack_staysCharged() public {
        (DevToken token, bytes memory permission) = limited();
        call(permission, address(token), abi.encodeCall(IERC20.approve, (stranger, 100)));
        call(permission, address(token), abi.encodeCall(IERC20.approve, (stranger, 0)));

        refuse(permission, address(token), abi.encodeCall(IERC20.approve, (stranger, 1)), exceeded(100, 1));
    }

    function test_case08_transferFromItself_isCharged() public {
        (DevToken token, bytes memory permission) = limited();
        bytes memory data = abi.encodeCall(IERC20.transferFrom, (address(account), stranger, 101));
        refuse(permission, address(token), data, exceeded(0, 101));
    }

    /// Others have allowed the account to move their tokens.
    function test_case08_transferFromOthers_reverts() public {
        (DevToken token, bytes memory permission) = limited();
        token.mint(bundler, 5);
        vm.prank(bundler);
        token.approve(address(account), 5);
        bytes memory data = abi.encodeCall(IERC20.transferFrom, (bundler, stranger, 5));
        refuse(permission, address(token), data, forbidden(address(token), data));
    }

    function test_case08_otherFunctions_revert(bytes4 selector, bytes memory arguments) public {
        vm.assume(selector != IERC20.transfer.selector && selector != IERC20.transferFrom.selector);
        vm.assume(selector != IERC20.approve.selector && selector != INCREASE_ALLOWANCE);
        (DevToken token, bytes memory permission) = limited();
        bytes memory data = abi.encodePacked(selector, arguments);
        refuse(permission, address(token), data, forbidden(address(token), data));
    }

    function test_case08_knownDetours_revert() public {
        (DevToken token, bytes memory permission) = limited();
        string[9] memory detours = [
            "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
            "send(address,uint256,bytes)",
            "operatorSend(address,address,uint256,bytes,bytes)",
            "authorizeOperator(address)",
            "transferAndCall(address,uint256)",
            "approveAndCall(address,uint256)",
            "withdraw(uint256,address,address)",
            "redeem(uint256,address,address)",
            "approve(address,address,uint160,uint48)"
        ];
        for (uint256 i = 0; i < detours.length; ++i) {
            bytes memory data = abi.encodePacked(bytes4(keccak256(bytes(detours[i]))), abi.encode(stranger, 1, 1, 1));
            refuse(permission, address(token), data, forbidden(address(token), data));
        }
    }

    function test_case08_otherEncodings_revert() public {
        (DevToken token, bytes memory permission) = limited();
        bytes memory trailing = bytes.concat(abi.encodeCall(IERC20.transfer, (stranger, 1)), hex"00");
        bytes memory short = abi.encodePacked(IERC20.transfer.selector, abi.encode(stranger), new bytes(31));
        bytes memory dirty = abi.encodeWithSelector(IERC20.transfer.selector, uint256(1) << 160, 1);

        refuse(permission, address(token), trailing, forbidden(address(token), trailing));
        refuse(permission, address(token), short, forbidden(address(token), short));
        refuse(permission, address(token), dirty, forbidden(address(token), dirty));
        refuse(permission, address(token), "", forbidden(address(token), ""));
    }

    /// Sums that pass 2^128 or 2^256 are no small sums.
    function test_case08_overflow_reverts() public {
        (DevToken token, bytes memory permission) = limited();
        call(permission, address(token), abi.encodeCall(IERC20.transfer, (stranger, 1)));

        uint256 all = type(uint256).max;
        refuse(permission, address(token), abi.encodeCall(IERC20.transfer, (stranger, all)), exceeded(1, all));
        refuse(permission, address(token), abi.encodeCall(IERC20.transfer, (stranger, 1 << 128)), exceeded(1, 1 << 128));
    }

    function test_case08_otherToken_reverts() public {
        (, bytes memory permission) = limited();
        DevToken other = newToken();
        bytes memory reason =
            abi.encodeWithSelector(ILatchkeyAccount.CallNotAllowed.selector, address(other), IERC20.transfer.selector);
        refuse(permission, address(other), abi.encodeCall(IERC20.transfer, (stranger, 1)), reason);
    }

    function test_case08_valueWithTheCall_reverts() public {
        DevToken token = newToken();
        bytes memory permission = register(tokenGrant(ruleList(valueTotal(10), erc20Total(address(token), MAX))));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueNotAllowed.selector, 1));
        submit(
            sessionOperation(permission, executeData(address(token), 1, abi.encodeCall(IERC20.transfer, (stranger, 1))))
        );
    }

    /// Granting the function as well does not lift the limit.
    function test_case08_listedFunction_isStillCharged() public {
        DevToken token = newToken();
        Grant memory g = ruled(erc20Total(address(token), MAX));
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(token), IERC20.transfer.selector));
        bytes memory permission = register(g);

        refuse(permission, address(token), abi.encodeCall(IERC20.transfer, (stranger, 101)), exceeded(0, 101));
        bytes memory reason =
            abi.encodeWithSelector(ILatchkeyAccount.CallNotAllowed.selector, address(token), IERC20.approve.selector);
        refuse(permission, address(token), abi.encodeCall(IERC20.approve, (stranger, 1)), reason);
        call(permission, address(token), abi.encodeCall(IERC20.transfer, (stranger, 100)));
    }

    /// Granting the whole token beside the limit is a contradiction.
    function test_case08_wholeToken_isMalformed() public {
        DevToken token = newToken();
        Grant memory g = tokenGrant(erc20Total(address(token), MAX));
        g.contracts = PermissionBuilder.list(address(token));
        bytes memory permission = PermissionBuilder.pack(g);

        vm.expectRevert(ILatchkeyAccount.PermissionMalformed.selector);
        vm.prank(owner);
        account.registerSession(permission);
    }

    // --- NFTs

    function test_case08_nft_onlyTheGrantedId() public {
        DevNFT nft = DevNFT(deploy("DevNFT"));
        (uint256 id, uint256 other) = (nft.mint(address(account)), nft.mint(address(account)));
        bytes memory permission = register(tokenGrant(erc721(address(nft), id)));
        bytes memory reason = abi.encodeWithSelector(ILatchkeyAccount.TokenIdNotAllowed.selector, address(nft), other);

        refuse(
            permission, address(nft), abi.encodeCall(IERC721.transferFrom, (address(account), stranger, other)), reason
        );
        refuse(permission, address(nft), abi.encodeCall(IERC721.approve, (stranger, other)), reason);
        bytes memory operator = abi.encodeCall(IERC721.setApprovalForAll, (stranger, true));
        refuse(permission, address(nft), operator, forbidden(address(nft), operator));
        bytes memory withData =
            abi.encodeWithSelector(bytes4(0xb88d4fde), address(account), stranger, id, 128, uint256(0));
        refuse(permission, address(nft), withData, forbidden(address(nft), withData));

        call(permission, address(nft), abi.encodeCall(IERC721.transferFrom, (address(account), stranger, id)));
        assertEq(nft.ownerOf(id), stranger, "the granted one moves");
    }

    function test_case08_erc1155_onlyTheGrantedAmount() public {
        bytes memory permission = register(tokenGrant(erc1155(address(target), 7, MAX)));
        bytes memory reason = abi.encodeWithSelector(ILatchkeyAccount.TokenIdNotAllowed.selector, address(target), 8);

        refuse(permission, address(target), multi(address(account), 8, 1), reason);
        refuse(permission, address(target), multi(address(account), 7, 101), exceeded(0, 101));
        refuse(permission, address(target), multi(stranger, 7, 1), forbidden(address(target), multi(stranger, 7, 1)));
        bytes memory operator = abi.encodeCall(IERC1155.setApprovalForAll, (stranger, true));
        refuse(permission, address(target), operator, forbidden(address(target), operator));
        bytes memory many = abi.encodeCall(
            IERC1155.safeBatchTransferFrom, (address(account), stranger, new uint256[](1), new uint256[](1), "")
        );
        refuse(permission, address(target), many, forbidden(address(target), many));

        call(permission, address(target), multi(address(account), 7, 100));
        refuse(permission, address(target), multi(address(account), 7, 1), exceeded(100, 1));
    }

    // --- helpers

    function limited() private returns (DevToken token, bytes memory permission) {
        token = newToken();
        permission = register(tokenGrant(erc20Total(address(token), MAX)));
    }

    function multi(address from, uint256 id, uint256 amount) private view returns (bytes memory) {
        return abi.encodeCall(IERC1155.safeTransferFrom, (from, stranger, id, amount, hex"aa"));
    }

    function exceeded(uint256 spent, uint256 asked) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILatchkeyAccount.AmountLimitExceeded.selector, 0, MAX, spent, asked);
    }

    function forbidden(address token, bytes memory data) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILatchkeyAccount.TokenCallNotAllowed.selector, token, bytes4(data));
    }

    function call(bytes memory permission, address token, bytes memory data) private {
        submit(sessionOperation(permission, executeData(token, 0, data)));
    }

    function refuse(bytes memory permission, address token, bytes memory data, bytes memory reason) private {
        expectRefusal(reason);
        call(permission, token, data);
    }
}

contract Case08SpendBypassOnProxyTest is SpendBypassAttack, ProxyHome {}

contract Case08SpendBypassOnDelegatedTest is SpendBypassAttack, DelegatedHome {}
