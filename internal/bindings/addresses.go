package bindings

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

var (
	// EntryPointAddress is where EntryPoint v0.8 is on every chain.
	EntryPointAddress = common.HexToAddress("0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108")

	// DeterministicDeployer is the CREATE2 proxy that everything is deployed
	// through: its calldata is a salt of 32 bytes and the creation code.
	DeterministicDeployer = common.HexToAddress("0x4e59b44847b379578588920cA78FbF26c0B4956C")

	// EntryPointSalt gives EntryPointAddress, with EntryPointCreationCode.
	EntryPointSalt = common.HexToHash("0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9")
)

// Create2 is the address of a contract that DeterministicDeployer deploys.
func Create2(salt common.Hash, creationCode []byte) common.Address {
	return crypto.CreateAddress2(DeterministicDeployer, salt, crypto.Keccak256(creationCode))
}

// EntryPointCreationCode is what deploys the EntryPoint, with EntryPointSalt.
func EntryPointCreationCode() []byte { return common.FromHex(EntryPointMetaData.Bin) }

// AccountCreationCode is what deploys the account implementation, with a zero
// salt.
func AccountCreationCode() []byte { return common.FromHex(LatchkeyAccountMetaData.Bin) }

// AccountImplementation is the address of the account implementation, which
// proxies point to and EOAs delegate to.
func AccountImplementation() common.Address {
	return Create2(common.Hash{}, AccountCreationCode())
}

// FactoryCreationCode is what deploys the factory of AccountImplementation,
// with a zero salt.
func FactoryCreationCode() []byte {
	arguments := NewLatchkeyAccountFactory().PackConstructor(AccountImplementation())
	return append(common.FromHex(LatchkeyAccountFactoryMetaData.Bin), arguments...)
}

// FactoryAddress is the address of the account factory.
func FactoryAddress() common.Address {
	return Create2(common.Hash{}, FactoryCreationCode())
}

// PaymasterCreationCode is what deploys an installation's paymaster, with a
// zero salt.
func PaymasterCreationCode(admin, firstSigner common.Address) []byte {
	arguments := NewLatchkeyPaymaster().PackConstructor(admin, firstSigner)
	return append(common.FromHex(LatchkeyPaymasterMetaData.Bin), arguments...)
}

// PaymasterAddress is the address of an installation's paymaster.
func PaymasterAddress(admin, firstSigner common.Address) common.Address {
	return Create2(common.Hash{}, PaymasterCreationCode(admin, firstSigner))
}

// DevNFTCreationCode is what deploys the development ERC-721, with a zero salt.
func DevNFTCreationCode() []byte { return common.FromHex(DevNFTMetaData.Bin) }

// DevNFTAddress is the address of the development ERC-721.
func DevNFTAddress() common.Address { return Create2(common.Hash{}, DevNFTCreationCode()) }

// DevTokenCreationCode is what deploys the development ERC-20, with a zero
// salt.
func DevTokenCreationCode() []byte { return common.FromHex(DevTokenMetaData.Bin) }

// DevTokenAddress is the address of the development ERC-20.
func DevTokenAddress() common.Address { return Create2(common.Hash{}, DevTokenCreationCode()) }

// AccountAddress is the address of the proxy account that a factory of
// implementation deploys, or deployed, for owner and nonce. It equals the
// factory's getAddressWithNonce as long as both come from this build; for an
// account of an older factory ask that factory.
func AccountAddress(factory, implementation, owner common.Address, nonce common.Hash) common.Address {
	salt := crypto.Keccak256Hash(common.LeftPadBytes(owner[:], 32), nonce[:])
	return proxyAddress(factory, implementation, salt, NewLatchkeyAccount().PackInitialize(owner))
}

// KeyAccountAddress is AccountAddress for an owner that is a key on P-256.
func KeyAccountAddress(factory, implementation common.Address, kind uint8, x, y [32]byte, nonce common.Hash) common.Address {
	return proxyAddress(factory, implementation, nonce, NewLatchkeyAccount().PackInitializeWithPublicKey(kind, x, y))
}

func proxyAddress(factory, implementation common.Address, salt common.Hash, initialization []byte) common.Address {
	arguments := NewERC1967Proxy().PackConstructor(implementation, initialization)
	creationCode := append(common.FromHex(ERC1967ProxyMetaData.Bin), arguments...)
	return crypto.CreateAddress2(factory, salt, crypto.Keccak256(creationCode))
}
