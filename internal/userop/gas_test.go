package userop_test

import (
	"bytes"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// What the bundler is paid for must cover what its transaction used, and not
// much more unless the floor under calldata decides.
func TestBundlerIsMadeWhole(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	granted := []common.Address{l.paymaster.Address()}
	short := l.session(permission.Permission{Sudo: true, FeeLimit: permission.MaxFeeLimit, Paymasters: granted})
	for i := range 100 {
		granted = append(granted, common.BytesToAddress(bytes.Repeat([]byte{byte(i + 1)}, 20)))
	}
	long := l.session(permission.Permission{FeeLimit: permission.MaxFeeLimit, Limit: 1000, Contracts: []common.Address{nobody}, Paymasters: granted})

	for _, home := range []userop.Home{userop.Proxy, userop.Delegated} {
		for _, grant := range [][]byte{nil, short, long} {
			for _, sponsored := range []bool{false, true} {
				for _, size := range []int{0, 36, 324, 1_000, 2_500, 5_000, 20_000, 50_000} {
					for _, fill := range []byte{0, 0xee} {
						op := l.operation(home, bytes.Repeat([]byte{fill}, size), sponsored)
						l.sign(&op, home, grant)
						surplus := l.surplus(&op)
						byFloor := size > 324 || len(grant) > 2_000
						if surplus < 0 || surplus > 2_000 && !byFloor {
							t.Errorf("home %d, permission of %d bytes, sponsored %t, %d bytes of 0x%02x: bundler is left with %d gas",
								home, len(grant), sponsored, size, fill, surplus)
						}
					}
				}
			}
		}
	}
}

func TestBundlerIsMadeWholeForFirstOperation(t *testing.T) {
	t.Parallel()
	l, salt := newLab(t), common.Hash{7}
	factory := bindings.FactoryAddress()
	op := l.operation(userop.Proxy, nil, true)
	op.Sender = bindings.AccountAddress(factory, bindings.AccountImplementation(), l.key.Address(), salt)
	op.Factory, op.FactoryData = factory, userop.CreateAccount(l.key.Address(), salt)
	l.sign(&op, userop.Proxy, nil)
	if surplus := l.surplus(&op); surplus < 0 || surplus > 2_000 {
		t.Errorf("bundler is left with %d gas", surplus)
	}
}
