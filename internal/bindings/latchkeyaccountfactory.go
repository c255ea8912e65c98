// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package bindings

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// LatchkeyAccountFactoryMetaData contains all meta data concerning the LatchkeyAccountFactory contract.
var LatchkeyAccountFactoryMetaData = bind.MetaData{
	ABI: "[{\"type\":\"constructor\",\"inputs\":[{\"name\":\"implementation_\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"createAccountWithKey\",\"inputs\":[{\"name\":\"kind\",\"type\":\"uint8\",\"internalType\":\"uint8\"},{\"name\":\"x\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"y\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"nonce\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"createAccountWithNonce\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"initializeGuardian\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"outputs\":[{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"getAddressWithKey\",\"inputs\":[{\"name\":\"kind\",\"type\":\"uint8\",\"internalType\":\"uint8\"},{\"name\":\"x\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"y\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"nonce\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"getAddressWithNonce\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"implementation\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"event\",\"name\":\"AccountCreated\",\"inputs\":[{\"name\":\"account\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"owner\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"}],\"anonymous\":false},{\"type\":\"error\",\"name\":\"Create2EmptyBytecode\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"FailedDeployment\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"GuardianNotSupported\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"InsufficientBalance\",\"inputs\":[{\"name\":\"balance\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"needed\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]}]",
	ID:  "LatchkeyAccountFactory",
	Bin: "0x60a034606c57601f61073438819003918201601f19168301916001600160401b03831184841017607057808492602094604052833981010312606c57516001600160a01b0381168103606c576080526040516106af9081610085823960805181818160e801526103b10152f35b5f80fd5b634e487b7160e01b5f52604160045260245ffdfe60806040526004361015610011575f80fd5b5f3560e01c806301295c7a1461015f5780635b31f1501461010c5780635c60da1b146100c957806371a0aff7146100915763e00ee54a14610050575f80fd5b3461008d57602061007c610070610066366101a8565b939291909161033c565b8381519101209061026f565b6001600160a01b0360405191168152f35b5f80fd5b3461008d57602061007c6100c36100a7366101a8565b929391805f528187526001600160a01b0360405f20169461033c565b91610298565b3461008d575f36600319011261008d5760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b3461008d57606036600319011261008d57610125610192565b604435801515810361008d576101505761007c60209161014760243582610206565b6100c382610235565b63591342fb60e11b5f5260045ffd5b3461008d57604036600319011261008d57602061007c61017d610192565b61007061018c60243583610206565b91610235565b600435906001600160a01b038216820361008d57565b608090600319011261008d5760043560ff8116810361008d5790602435906044359060643590565b90601f8019910116810190811067ffffffffffffffff8211176101f257604052565b634e487b7160e01b5f52604160045260245ffd5b90604051906001600160a01b03602083019316835260408201526040815261022f6060826101d0565b51902090565b61026c906001600160a01b036040519163189acdbd60e31b6020840152166024820152602481526102676044826101d0565b610374565b90565b600b6001600160a01b039260559260405191604083015260208201523081520160ff8153201690565b9092918051936102ae602083019586208261026f565b94853b61033657825115610327576001600160a01b039251905ff51615610308576001600160a01b03166001600160a01b0383167fac631f3001b55ea1509cf3d7e74898f85392a61a76e8149181ae1259622dabc85f80a3565b3d61031c5763b06ebf3d60e01b5f5260045ffd5b6040513d5f823e3d90fd5b631328927760e21b5f5260045ffd5b50505050565b909161026c9260ff6040519363777c593960e11b602086015216602484015260448301526064820152606481526102676084826101d0565b61026c6102779160206040519161038d828601846101d0565b84835281830194610438863960405161040860808285808201956001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001687526040808401528051918291826060860152018484015e5f838284010152601f801991011681010301601f1981018352826101d0565b6040519586945180918587015e840190838201905f8252519283915e01015f815203601f1981018352826101d056fe6080604052610277803803806100148161016e565b9283398101604082820312610156578151916001600160a01b03831690818403610156576020810151906001600160401b038211610156570182601f82011215610156578051906001600160401b03821161015a5761007c601f8301601f191660200161016e565b938285526020838301011161015657815f9260208093018387015e8401015281511561014757823b15610135577f360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc80546001600160a01b031916821790557fbc7cd75a20ee27fd9adebab32041f755214dbc6bffa90cc0225b39da2e5c2d3b5f80a280511561011e5761010e91610193565b505b604051605790816102208239f35b505034156101105763b398979f60e01b5f5260045ffd5b634c9c8ce360e01b5f5260045260245ffd5b6330a289cf60e21b5f5260045ffd5b5f80fd5b634e487b7160e01b5f52604160045260245ffd5b6040519190601f01601f191682016001600160401b0381118382101761015a57604052565b905f8091602081519101845af4808061020c575b156101c75750506040513d81523d5f602083013e60203d82010160405290565b156101ec57639996b31560e01b5f9081526001600160a01b0391909116600452602490fd5b3d156101fd576040513d5f823e3d90fd5b63d6bda27560e01b5f5260045ffd5b503d1515806101a75750813b15156101a756fe60806040525f8073ffffffffffffffffffffffffffffffffffffffff7f360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc5416368280378136915af43d5f803e156053573d5ff35b3d5ffd",
}

// LatchkeyAccountFactory is an auto generated Go binding around an Ethereum contract.
type LatchkeyAccountFactory struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *LatchkeyAccountFactory) GetABI() abi.ABI {
	return c.abi
}

// NewLatchkeyAccountFactory creates a new instance of LatchkeyAccountFactory.
func NewLatchkeyAccountFactory() *LatchkeyAccountFactory {
	parsed, err := LatchkeyAccountFactoryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &LatchkeyAccountFactory{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *LatchkeyAccountFactory) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address implementation_) returns()
func (latchkeyAccountFactory *LatchkeyAccountFactory) PackConstructor(implementation_ common.Address) []byte {
	enc, err := latchkeyAccountFactory.abi.Pack("", implementation_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackCreateAccountWithKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x71a0aff7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function createAccountWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) PackCreateAccountWithKey(kind uint8, x [32]byte, y [32]byte, nonce [32]byte) []byte {
	enc, err := latchkeyAccountFactory.abi.Pack("createAccountWithKey", kind, x, y, nonce)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCreateAccountWithKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x71a0aff7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function createAccountWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) TryPackCreateAccountWithKey(kind uint8, x [32]byte, y [32]byte, nonce [32]byte) ([]byte, error) {
	return latchkeyAccountFactory.abi.Pack("createAccountWithKey", kind, x, y, nonce)
}

// UnpackCreateAccountWithKey is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x71a0aff7.
//
// Solidity: function createAccountWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackCreateAccountWithKey(data []byte) (common.Address, error) {
	out, err := latchkeyAccountFactory.abi.Unpack("createAccountWithKey", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackCreateAccountWithNonce is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5b31f150.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function createAccountWithNonce(address owner, bytes32 nonce, bool initializeGuardian) returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) PackCreateAccountWithNonce(owner common.Address, nonce [32]byte, initializeGuardian bool) []byte {
	enc, err := latchkeyAccountFactory.abi.Pack("createAccountWithNonce", owner, nonce, initializeGuardian)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCreateAccountWithNonce is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5b31f150.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function createAccountWithNonce(address owner, bytes32 nonce, bool initializeGuardian) returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) TryPackCreateAccountWithNonce(owner common.Address, nonce [32]byte, initializeGuardian bool) ([]byte, error) {
	return latchkeyAccountFactory.abi.Pack("createAccountWithNonce", owner, nonce, initializeGuardian)
}

// UnpackCreateAccountWithNonce is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5b31f150.
//
// Solidity: function createAccountWithNonce(address owner, bytes32 nonce, bool initializeGuardian) returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackCreateAccountWithNonce(data []byte) (common.Address, error) {
	out, err := latchkeyAccountFactory.abi.Unpack("createAccountWithNonce", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackGetAddressWithKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe00ee54a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getAddressWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) view returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) PackGetAddressWithKey(kind uint8, x [32]byte, y [32]byte, nonce [32]byte) []byte {
	enc, err := latchkeyAccountFactory.abi.Pack("getAddressWithKey", kind, x, y, nonce)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetAddressWithKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe00ee54a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getAddressWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) view returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) TryPackGetAddressWithKey(kind uint8, x [32]byte, y [32]byte, nonce [32]byte) ([]byte, error) {
	return latchkeyAccountFactory.abi.Pack("getAddressWithKey", kind, x, y, nonce)
}

// UnpackGetAddressWithKey is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe00ee54a.
//
// Solidity: function getAddressWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) view returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackGetAddressWithKey(data []byte) (common.Address, error) {
	out, err := latchkeyAccountFactory.abi.Unpack("getAddressWithKey", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackGetAddressWithNonce is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01295c7a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getAddressWithNonce(address owner, bytes32 nonce) view returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) PackGetAddressWithNonce(owner common.Address, nonce [32]byte) []byte {
	enc, err := latchkeyAccountFactory.abi.Pack("getAddressWithNonce", owner, nonce)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetAddressWithNonce is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01295c7a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getAddressWithNonce(address owner, bytes32 nonce) view returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) TryPackGetAddressWithNonce(owner common.Address, nonce [32]byte) ([]byte, error) {
	return latchkeyAccountFactory.abi.Pack("getAddressWithNonce", owner, nonce)
}

// UnpackGetAddressWithNonce is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01295c7a.
//
// Solidity: function getAddressWithNonce(address owner, bytes32 nonce) view returns(address account)
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackGetAddressWithNonce(data []byte) (common.Address, error) {
	out, err := latchkeyAccountFactory.abi.Unpack("getAddressWithNonce", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackImplementation is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c60da1b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function implementation() view returns(address)
func (latchkeyAccountFactory *LatchkeyAccountFactory) PackImplementation() []byte {
	enc, err := latchkeyAccountFactory.abi.Pack("implementation")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackImplementation is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c60da1b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function implementation() view returns(address)
func (latchkeyAccountFactory *LatchkeyAccountFactory) TryPackImplementation() ([]byte, error) {
	return latchkeyAccountFactory.abi.Pack("implementation")
}

// UnpackImplementation is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5c60da1b.
//
// Solidity: function implementation() view returns(address)
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackImplementation(data []byte) (common.Address, error) {
	out, err := latchkeyAccountFactory.abi.Unpack("implementation", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// LatchkeyAccountFactoryAccountCreated represents a AccountCreated event raised by the LatchkeyAccountFactory contract.
type LatchkeyAccountFactoryAccountCreated struct {
	Account common.Address
	Owner   common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const LatchkeyAccountFactoryAccountCreatedEventName = "AccountCreated"

// ContractEventName returns the user-defined event name.
func (LatchkeyAccountFactoryAccountCreated) ContractEventName() string {
	return LatchkeyAccountFactoryAccountCreatedEventName
}

// UnpackAccountCreatedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event AccountCreated(address indexed account, address indexed owner)
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackAccountCreatedEvent(log *types.Log) (*LatchkeyAccountFactoryAccountCreated, error) {
	event := "AccountCreated"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != latchkeyAccountFactory.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(LatchkeyAccountFactoryAccountCreated)
	if len(log.Data) > 0 {
		if err := latchkeyAccountFactory.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range latchkeyAccountFactory.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], latchkeyAccountFactory.abi.Errors["Create2EmptyBytecode"].ID.Bytes()[:4]) {
		return latchkeyAccountFactory.UnpackCreate2EmptyBytecodeError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyAccountFactory.abi.Errors["FailedDeployment"].ID.Bytes()[:4]) {
		return latchkeyAccountFactory.UnpackFailedDeploymentError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyAccountFactory.abi.Errors["GuardianNotSupported"].ID.Bytes()[:4]) {
		return latchkeyAccountFactory.UnpackGuardianNotSupportedError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyAccountFactory.abi.Errors["InsufficientBalance"].ID.Bytes()[:4]) {
		return latchkeyAccountFactory.UnpackInsufficientBalanceError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// LatchkeyAccountFactoryCreate2EmptyBytecode represents a Create2EmptyBytecode error raised by the LatchkeyAccountFactory contract.
type LatchkeyAccountFactoryCreate2EmptyBytecode struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Create2EmptyBytecode()
func LatchkeyAccountFactoryCreate2EmptyBytecodeErrorID() common.Hash {
	return common.HexToHash("0x4ca249dcffe41558ef8b961d71c905e4fa4317a1663f377b9610642e4e0abdb6")
}

// UnpackCreate2EmptyBytecodeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Create2EmptyBytecode()
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackCreate2EmptyBytecodeError(raw []byte) (*LatchkeyAccountFactoryCreate2EmptyBytecode, error) {
	out := new(LatchkeyAccountFactoryCreate2EmptyBytecode)
	if err := latchkeyAccountFactory.abi.UnpackIntoInterface(out, "Create2EmptyBytecode", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyAccountFactoryFailedDeployment represents a FailedDeployment error raised by the LatchkeyAccountFactory contract.
type LatchkeyAccountFactoryFailedDeployment struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FailedDeployment()
func LatchkeyAccountFactoryFailedDeploymentErrorID() common.Hash {
	return common.HexToHash("0xb06ebf3d5067824a3fe5d5ba19471e035a7de6c88dac362c77b162830a5b9093")
}

// UnpackFailedDeploymentError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FailedDeployment()
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackFailedDeploymentError(raw []byte) (*LatchkeyAccountFactoryFailedDeployment, error) {
	out := new(LatchkeyAccountFactoryFailedDeployment)
	if err := latchkeyAccountFactory.abi.UnpackIntoInterface(out, "FailedDeployment", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyAccountFactoryGuardianNotSupported represents a GuardianNotSupported error raised by the LatchkeyAccountFactory contract.
type LatchkeyAccountFactoryGuardianNotSupported struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error GuardianNotSupported()
func LatchkeyAccountFactoryGuardianNotSupportedErrorID() common.Hash {
	return common.HexToHash("0xb22685f602f8bae8677342f69ce808fba7c38545ecaca662d19413e83fabf3ff")
}

// UnpackGuardianNotSupportedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error GuardianNotSupported()
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackGuardianNotSupportedError(raw []byte) (*LatchkeyAccountFactoryGuardianNotSupported, error) {
	out := new(LatchkeyAccountFactoryGuardianNotSupported)
	if err := latchkeyAccountFactory.abi.UnpackIntoInterface(out, "GuardianNotSupported", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyAccountFactoryInsufficientBalance represents a InsufficientBalance error raised by the LatchkeyAccountFactory contract.
type LatchkeyAccountFactoryInsufficientBalance struct {
	Balance *big.Int
	Needed  *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InsufficientBalance(uint256 balance, uint256 needed)
func LatchkeyAccountFactoryInsufficientBalanceErrorID() common.Hash {
	return common.HexToHash("0xcf4791818fba6e019216eb4864093b4947f674afada5d305e57d598b641dad1d")
}

// UnpackInsufficientBalanceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InsufficientBalance(uint256 balance, uint256 needed)
func (latchkeyAccountFactory *LatchkeyAccountFactory) UnpackInsufficientBalanceError(raw []byte) (*LatchkeyAccountFactoryInsufficientBalance, error) {
	out := new(LatchkeyAccountFactoryInsufficientBalance)
	if err := latchkeyAccountFactory.abi.UnpackIntoInterface(out, "InsufficientBalance", raw); err != nil {
		return nil, err
	}
	return out, nil
}
