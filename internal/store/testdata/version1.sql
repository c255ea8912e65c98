-- One record of each kind, as the first version wrote it. Later versions must
-- read it; this file does not change.
INSERT INTO projects VALUES ('pro_1', 'game', '79228162514264337593543950335', 1795348800123456);
INSERT INTO api_keys VALUES ('key_1', 'pro_1', 'sk', '["sessions:read"]', 'aa11', 'sk_test_0000', 1795348800123456, NULL);
INSERT INTO players VALUES ('pla_1', 'pro_1', 'Ann', '', '{"level":3}', 1795348800123456, 1795348800123456);
INSERT INTO accounts VALUES ('acc_1', 'pro_1', 'pla_1', 80002, '0x1111111111111111111111111111111111111111', '0x2222222222222222222222222222222222222222',
    'Smart Account', '0x3333333333333333333333333333333333333333', '0x4444444444444444444444444444444444444444',
    '0x5555555555555555555555555555555555555555555555555555555555555555', 1795348801000000,
    '0x6666666666666666666666666666666666666666666666666666666666666666', 1795348800123456, 1795348801000000);
INSERT INTO contracts VALUES ('con_1', 'pro_1', 'nft', 80002, '0x7777777777777777777777777777777777777777', '[]', 0, 1795348800123456, 1795348800123456);
INSERT INTO policies VALUES ('pol_1', 'pro_1', 'free', 80002, 'pay_for_user', 1, 0, '5', '6', 1795348800123456, 1795348800123456);
INSERT INTO policy_rules VALUES ('afu_1', 'pro_1', 'pol_1', 'contract_functions', 'con_1', 'All functions', 0, 1795348800123456, 1795348800123456);
INSERT INTO sessions VALUES ('ses_1', 'pro_1', 'pla_1', 'acc_1', 80002, '0x1111111111111111111111111111111111111111', '0x8888888888888888888888888888888888888888',
    X'0100', 2, '0x9999999999999999999999999999999999999999999999999999999999999999', 'active', 'tin_1', '', 1795348800123456, 1795348800123456);
INSERT INTO intents VALUES ('tin_1', 'pro_1', 'pla_1', 'acc_1', '0x1111111111111111111111111111111111111111', 'pol_1', 80002, 'register-session', 'ses_1',
    '[{"to":"0x7777777777777777777777777777777777777777","value":1000000000000000000000,"data":"AQI=","contract":"con_1","functionName":"mint","functionArgs":["1",2,true]}]',
    'succeeded',
    '{"sender":"0x1111111111111111111111111111111111111111","nonce":"0x30000000000000005","callData":"0x0102","callGasLimit":"0x1","verificationGasLimit":"0x2","preVerificationGas":"0x3","maxFeePerGas":"0x4","maxPriorityFeePerGas":"0x5","paymaster":"0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa","paymasterVerificationGasLimit":"0x6","paymasterPostOpGasLimit":"0x0","paymasterData":"0x09","signature":"0x0a"}',
    '0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 3, '1000', 1, 1795350600, 'owner', X'0a0b',
    '{"success":true,"blockNumber":7,"blockHash":"0x0000000000000000000000000000000000000000000000000000000000000001","blockTime":1795348802,"transactionHash":"0x0000000000000000000000000000000000000000000000000000000000000002","to":"0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108","gasUsed":100000,"gasFee":700,"logs":[{"address":"0x7777777777777777777777777777777777777777","topics":["0x0000000000000000000000000000000000000000000000000000000000000003"],"data":"0x","blockNumber":"0x7","transactionHash":"0x0000000000000000000000000000000000000000000000000000000000000002","transactionIndex":"0x0","blockHash":"0x0000000000000000000000000000000000000000000000000000000000000001","blockTimestamp":"0x0","logIndex":"0x1","removed":false}],"revert":"CQ=="}',
    '{"reason":"none"}', '[{"fromStatus":"none","toStatus":"new","at":"2026-11-22T12:00:00.123456Z"}]', 1795348800123456, 1795348803000000);
INSERT INTO operations VALUES (1, 80002, '0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
    '{"sender":"0x1111111111111111111111111111111111111111","nonce":"0x5","callData":"0x","callGasLimit":"0x1","verificationGasLimit":"0x2","preVerificationGas":"0x3","maxFeePerGas":"0x4","maxPriorityFeePerGas":"0x5","signature":"0x0a"}',
    '{"factory":"0x3333333333333333333333333333333333333333","data":"AQ=="}', '0x0000000000000000000000000000000000000000000000000000000000000000', 1, 'bundled', 1, NULL, '', 2, 1795348800123456, 1795348800123456);
INSERT INTO relayer_leases VALUES (80002, '0xcccccccccccccccccccccccccccccccccccccccc', 'a', 4, 0);
INSERT INTO relayer_transactions VALUES (1, 80002, '0xcccccccccccccccccccccccccccccccccccccccc', 9, X'02', '0x0000000000000000000000000000000000000000000000000000000000000002',
    '["0x0000000000000000000000000000000000000000000000000000000000000001"]', 'mined', '["0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]', 7,
    '0x0000000000000000000000000000000000000000000000000000000000000001', 1795348800123456, 1795348802000000);
INSERT INTO idempotency_keys VALUES ('pro_1', 'k', 'POST /v1/players', 'h', 'gone', 0, 200, X'7b7d', 1795348800123456);
