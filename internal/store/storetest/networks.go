package storetest

import "github.com/ethereum/go-ethereum/common"

func networkPaymaster(s suite) {
	want := func(chain uint64, paymaster common.Address) {
		s.Helper()
		if got := value(s.db.Paymaster(s.ctx, chain))(s); got != paymaster {
			s.Errorf("paymaster of chain %d is %s, want %s", chain, got, paymaster)
		}
	}
	want(chainID, common.Address{})
	s.must(s.db.SetPaymaster(s.ctx, chainID, address(1)))
	s.must(s.db.SetPaymaster(s.ctx, chainID+1, address(2)))
	want(chainID, address(1))
	s.must(s.db.SetPaymaster(s.ctx, chainID, address(3)))
	want(chainID, address(3))
	want(chainID+1, address(2))
}
