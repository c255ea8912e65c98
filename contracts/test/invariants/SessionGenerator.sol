// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IEntryPointStake} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {DevNFT} from "../../src/dev/DevNFT.sol";
import {DevToken} from "../../src/dev/DevToken.sol";
import {Call} from "../../src/interfaces/ILatchkeyAccount.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {Target} from "../support/Target.sol";
import {TestMultiToken} from "../support/TestMultiToken.sol";
import {TestPaymaster} from "../support/TestPaymaster.sol";
import {ModelRule, ModelRules} from "./ModelRule.sol";
import {ModelCall, SessionModel} from "./SessionModel.sol";

/// @title Random permissions and calls
/// @notice Small worlds, so that calls meet limits: three keys, two coins, three ids, amounts of a few units.
abstract contract SessionGenerator is SessionModel {
    using ModelRules for ModelRule;

    uint256 internal constant KEYS = 3;
    uint256 internal constant IDS = 3;
    /// Two signatures on P-256 fit, a grant's and the session key's, verified without the precompile.
    uint256 internal constant OPERATION_GAS = 3_000_000;
    uint256 internal constant PAYMASTER_GAS = 50_000;

    DevToken[2] internal coins;
    DevNFT internal nft;
    TestMultiToken internal items;
    TestPaymaster internal payer;
    address internal friend;

    uint256 private _entropy;
    uint64 private _salt;

    function setUp() public virtual override {
        super.setUp();
        nft = DevNFT(deploy("DevNFT"));
        items = new TestMultiToken();
        payer = new TestPaymaster();
        friend = vm.addr(keyOf("friend"));
        for (uint256 i = 0; i < 2; ++i) {
            coins[i] = DevToken(deploy("DevToken"));
            coins[i].mint(address(account), 1e9);
        }
        for (uint256 id = 1; id <= IDS; ++id) {
            nft.mint(address(account));
            items.mint(address(account), id, 1e9);
        }
        ENTRY_POINT.depositTo{value: 1000 ether}(address(account));
        ENTRY_POINT.depositTo{value: 1000 ether}(address(payer));
    }

    // --- chance

    function seed(uint256 entropy) internal {
        _entropy = uint256(keccak256(abi.encode(_entropy, entropy)));
    }

    /// @dev One of 0 to n - 1.
    function random(uint256 n) internal returns (uint256) {
        seed(n);
        return _entropy % n;
    }

    function once(uint256 inHowMany) internal returns (bool) {
        return random(inHowMany) == 0;
    }

    // --- permissions

    /// @dev A permission with up to four rules; with just one when `only` is a kind. `plain` has nothing to remember, so
    /// that it may stay unregistered.
    function randomGrant(uint256 key, bool plain, uint8 only)
        internal
        returns (Grant memory g, ModelRule[] memory rules)
    {
        g.signerType = uint8([0, 0, 0, 1, 2, 3][random(6)]);
        g.signer = g.signerType == 0 ? vm.addr(sessionKeyOf(key)) : addressOf(sessionKeyOf(key));
        g.validAfter = once(6) ? uint48(block.timestamp + random(4 hours)) : 0;
        g.validUntil = uint48(block.timestamp + 5 hours + random(2 days));
        g.limit = plain || once(2) ? 0 : uint48(1 + random(8));
        g.salt = bytes8(++_salt);
        g.feeLimit = plain || once(6) ? 0 : uint96((1 + random(8)) * 0.015 ether);
        if (g.feeLimit == 0 || once(3)) g.paymasters = PermissionBuilder.list(once(6) ? stranger : address(payer));
        g.sudo = !plain && only == 0 && once(8);
        if (!g.sudo) grantCalls(g);
        rules = only == 0 ? randomRules(g, plain) : new ModelRule[](1);
        if (only != 0) rules[0] = randomRule(only, g);
        for (uint256 i = 0; i < rules.length; ++i) {
            if (i == 0) g.rules = new bytes[](rules.length);
            g.rules[i] = rules[i].pack();
        }
    }

    function sessionKeyOf(uint256 key) internal pure returns (uint256) {
        return 0xC0FFEE + key;
    }

    function grantCalls(Grant memory g) private {
        bytes24 set = functionOf(Target.set.selector);
        bytes24 other = functionOf(once(3) ? Target.fail.selector : Target.ping.selector);
        g.functions = once(4) ? PermissionBuilder.list(set) : PermissionBuilder.list(set, other);
        if (once(6)) {
            bytes24 transfer = PermissionBuilder.functionOf(address(coins[0]), IERC20.transfer.selector);
            g.functions = PermissionBuilder.list(set, transfer);
        }
        if (once(3)) g.contracts = PermissionBuilder.list(friend);
    }

    function kinds() public pure returns (uint8[14] memory) {
        return [0x01, 0x02, 0x03, 0x04, 0x11, 0x12, 0x13, 0x21, 0x22, 0x31, 0x32, 0x41, 0x42, 0x51];
    }

    function randomRules(Grant memory g, bool plain) private returns (ModelRule[] memory rules) {
        (uint256 start, uint256 share) = (random(14), 2 + random(6));
        ModelRule[] memory drawn = new ModelRule[](14); // by their kinds' order, which is the canonical one
        uint256 count;
        for (uint256 i = start; i < start + 14 && count < 4; ++i) {
            if (!once(share)) continue;
            ModelRule memory r = randomRule(kinds()[i % 14], g);
            if (!(g.sudo ? r.kind == 0x42 : !plain || !r.hasCounter())) continue;
            drawn[i % 14] = r;
            ++count;
        }
        rules = new ModelRule[](count);
        for (uint256 i = 14; count != 0; --i) {
            if (drawn[i - 1].kind != 0) rules[--count] = drawn[i - 1];
        }
    }

    function randomRule(uint8 kind, Grant memory g) private returns (ModelRule memory r) {
        r.kind = kind;
        r.max = uint128(random(30));
        r.start = uint48(block.timestamp - random(3 hours) + (once(8) ? 4 hours : 0));
        r.length = uint32([10 minutes, 1 hours, 1 hours + 1, 1 days][random(4)]);
        if (kind == 0x04 || kind == 0x13) {
            (r.initial, r.perSecond) = (uint128(random(10)), uint128(random(2)));
            if (once(2)) r.max = 0;
        }
        if (kind >= 0x11 && kind <= 0x13) r.token = address(coins[random(2)]);
        if (kind == 0x21) r.token = address(nft);
        if (kind == 0x22) r.token = address(items);
        r.id = 1 + random(IDS);
        if (kind == 0x31 || kind == 0x32 || kind == 0x41) {
            r.fn = uint8(random(g.functions.length == 0 ? 1 : g.functions.length));
            (r.operator, r.operand) = (uint8(random(8)), random(6));
            if (once(8)) r.word = uint8(random(3));
        }
        if ((kind == 0x41 || kind == 0x42) && r.max == 0) r.max = 1;
    }

    // --- calls

    /// @dev Mostly what the permission is about, sometimes anything.
    function randomCall(bytes32 id) internal returns (ModelCall memory) {
        ModelRule[] memory rules = rulesOf[id];
        Grant memory g = sessions[id].grant;
        if (once(10) || g.sudo && once(2)) return anyCall();
        if (rules.length != 0 && !once(3)) {
            ModelRule memory r = rules[random(rules.length)];
            if (r.isToken()) return tokenCall(r.token);
            if (r.kind >= 0x31 && r.kind <= 0x41) return callOfFunction(bytes4(g.functions[r.fn] << 160), valueFor(rules));
        }
        if (g.contracts.length != 0 && once(2)) return made(friend, valueFor(rules), once(2) ? bytes("") : bytes("hi"));
        if (g.functions.length == 0) return anyCall();
        return callOfFunction(bytes4(g.functions[random(g.functions.length)] << 160), valueFor(rules));
    }

    function valueFor(ModelRule[] memory rules) private returns (uint256) {
        bool mayPay = rules.length != 0 && rules[0].isValue();
        return mayPay && !once(3) || once(16) ? randomAmount() : 0;
    }

    function randomAmount() private returns (uint256) {
        return once(8) ? random(20_000) : once(8) ? type(uint256).max - random(3) : random(12);
    }

    function callOfFunction(bytes4 selector, uint256 value) private returns (ModelCall memory) {
        if (selector == IERC20.transfer.selector) return coinCall(address(coins[0]));
        if (selector == Target.ping.selector) return made(address(target), value, abi.encodeCall(Target.ping, ()));
        if (selector == Target.fail.selector) return made(address(target), value, abi.encodeCall(Target.fail, (7)));
        bytes memory data = abi.encodeCall(Target.set, (randomAmount(), stranger));
        if (once(12)) data = abi.encodePacked(Target.set.selector); // without its arguments
        return made(address(target), value, data);
    }

    function tokenCall(address token) private returns (ModelCall memory m) {
        if (token == address(nft)) return nftCall();
        if (token == address(items)) return itemCall();
        m = coinCall(token);
        if (once(10)) m.call.value = 1;
    }

    function coinCall(address coin) private returns (ModelCall memory m) {
        uint256 amount = randomAmount();
        uint256 way = random(7);
        bytes memory data = way < 3
            ? abi.encodeCall(IERC20.transfer, (stranger, amount))
            : way == 3
                ? abi.encodeCall(IERC20.approve, (stranger, amount))
                : way == 4
                    ? abi.encodeWithSignature("increaseAllowance(address,uint256)", stranger, amount)
                    : abi.encodeCall(IERC20.transferFrom, (way == 5 ? address(account) : stranger, friend, amount));
        m = made(coin, 0, data);
        (m.standard, m.amount) = (way == 6 ? 0 : 0x11, amount);
    }

    function nftCall() private returns (ModelCall memory m) {
        uint256 id = 1 + random(IDS);
        uint256 way = random(4);
        bytes memory data = way == 0
            ? abi.encodeCall(IERC721.approve, (stranger, id))
            : way == 1
                ? abi.encodeCall(IERC721.transferFrom, (address(account), address(account), id))
                : way == 2
                    ? abi.encodeWithSignature(
                        "safeTransferFrom(address,address,uint256)", address(account), stranger, id
                    )
                    : abi.encodeCall(IERC721.setApprovalForAll, (stranger, true));
        m = made(address(nft), 0, data);
        (m.standard, m.id) = (way == 3 ? 0 : 0x21, id);
    }

    function itemCall() private returns (ModelCall memory m) {
        (uint256 id, uint256 amount) = (1 + random(IDS), randomAmount());
        bool isKnown = !once(4);
        bytes memory data = isKnown
            ? abi.encodeCall(IERC1155.safeTransferFrom, (address(account), stranger, id, amount, "hi"))
            : abi.encodeCall(IERC1155.setApprovalForAll, (stranger, true));
        m = made(address(items), 0, data);
        (m.standard, m.id, m.amount) = (isKnown ? 0x22 : 0, id, amount);
    }

    /// @dev Anything that somebody might try.
    function anyCall() private returns (ModelCall memory m) {
        uint256 choice = random(12);
        if (choice < 2) return made(friend, random(3), once(2) ? bytes("") : bytes("hi"));
        if (choice < 4) return coinCall(address(coins[random(2)]));
        if (choice == 4) return nftCall();
        if (choice == 5) return itemCall();
        if (choice < 9) return callOfFunction([Target.ping.selector, Target.fail.selector, Target.set.selector][choice - 6], random(3));
        bytes memory withdrawal = abi.encodeCall(IEntryPointStake.withdrawTo, (payable(friend), 1));
        m = choice < 11 ? made(address(account), 0, ownerCall()) : made(address(ENTRY_POINT), 0, withdrawal);
        m.isOwn = choice < 11;
    }

    /// @dev What only the owner may have the account do.
    function ownerCall() internal returns (bytes memory) {
        bytes32 id = ids.length == 0 ? bytes32(0) : ids[random(ids.length)];
        return [
            abi.encodeCall(account.registerSession, (sessions[id].permission)),
            abi.encodeCall(account.revokeSession, (id)),
            abi.encodeCall(account.revokeAllSessions, ()),
            abi.encodeCall(account.changeOwner, (stranger)),
            abi.encodeCall(account.upgradeToAndCall, (address(target), "")),
            abi.encodeCall(account.initialize, (stranger)),
            abi.encodeWithSelector(bytes4(keccak256("execute(bytes32,bytes)")), bytes32(hex"01"), abi.encode(new Call[](0)))
        ][random(7)];
    }

    function made(address to, uint256 value, bytes memory data) private pure returns (ModelCall memory m) {
        m.call = Call(to, value, data);
    }
}
