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

// LatchkeyPaymasterMetaData contains all meta data concerning the LatchkeyPaymaster contract.
var LatchkeyPaymasterMetaData = bind.MetaData{
	ABI: "[{\"type\":\"constructor\",\"inputs\":[{\"name\":\"admin\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"firstSigner\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"acceptOwnership\",\"inputs\":[],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"addStake\",\"inputs\":[{\"name\":\"unstakeDelaySec\",\"type\":\"uint32\",\"internalType\":\"uint32\"}],\"outputs\":[],\"stateMutability\":\"payable\"},{\"type\":\"function\",\"name\":\"deposit\",\"inputs\":[],\"outputs\":[],\"stateMutability\":\"payable\"},{\"type\":\"function\",\"name\":\"eip712Domain\",\"inputs\":[],\"outputs\":[{\"name\":\"fields\",\"type\":\"bytes1\",\"internalType\":\"bytes1\"},{\"name\":\"name\",\"type\":\"string\",\"internalType\":\"string\"},{\"name\":\"version\",\"type\":\"string\",\"internalType\":\"string\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"verifyingContract\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"salt\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"extensions\",\"type\":\"uint256[]\",\"internalType\":\"uint256[]\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"entryPoint\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"contractIEntryPoint\"}],\"stateMutability\":\"pure\"},{\"type\":\"function\",\"name\":\"owner\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"pendingOwner\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"postOp\",\"inputs\":[{\"name\":\"mode\",\"type\":\"uint8\",\"internalType\":\"enumIPaymaster.PostOpMode\"},{\"name\":\"context\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"actualGasCost\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"actualUserOpFeePerGas\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"renounceOwnership\",\"inputs\":[],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"setSigner\",\"inputs\":[{\"name\":\"slot\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"newSigner\",\"type\":\"address\",\"internalType\":\"address\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"signer\",\"inputs\":[{\"name\":\"slot\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"transferOwnership\",\"inputs\":[{\"name\":\"newOwner\",\"type\":\"address\",\"internalType\":\"address\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"unlockStake\",\"inputs\":[],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"validatePaymasterUserOp\",\"inputs\":[{\"name\":\"userOp\",\"type\":\"tuple\",\"internalType\":\"structPackedUserOperation\",\"components\":[{\"name\":\"sender\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"initCode\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"callData\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"accountGasLimits\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"preVerificationGas\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"gasFees\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"paymasterAndData\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"signature\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"userOpHash\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"maxCost\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[{\"name\":\"context\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"validationData\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"withdraw\",\"inputs\":[{\"name\":\"to\",\"type\":\"address\",\"internalType\":\"addresspayable\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"withdrawStake\",\"inputs\":[{\"name\":\"to\",\"type\":\"address\",\"internalType\":\"addresspayable\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"event\",\"name\":\"EIP712DomainChanged\",\"inputs\":[],\"anonymous\":false},{\"type\":\"event\",\"name\":\"OwnershipTransferStarted\",\"inputs\":[{\"name\":\"previousOwner\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"newOwner\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"OwnershipTransferred\",\"inputs\":[{\"name\":\"previousOwner\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"newOwner\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"SignerChanged\",\"inputs\":[{\"name\":\"slot\",\"type\":\"uint256\",\"indexed\":true,\"internalType\":\"uint256\"},{\"name\":\"previousSigner\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"newSigner\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"}],\"anonymous\":false},{\"type\":\"error\",\"name\":\"InvalidShortString\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"NoSuchSlot\",\"inputs\":[{\"name\":\"slot\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"OwnableInvalidOwner\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"OwnableUnauthorizedAccount\",\"inputs\":[{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"PaymasterUnauthorized\",\"inputs\":[{\"name\":\"sender\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"StringTooLong\",\"inputs\":[{\"name\":\"str\",\"type\":\"string\",\"internalType\":\"string\"}]}]",
	ID:  "LatchkeyPaymaster",
	Bin: "0x610160806040523461021c5760408161111a80380380916100208285610220565b83398101031261021c5761003f602061003883610257565b9201610257565b9060405161004e604082610220565b601181526020810190702630ba31b435b2bca830bcb6b0b9ba32b960791b82526040519161007d604084610220565b600183526020830191603160f81b83526100968161026b565b610120526100a38461026b565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a0815261010c60c082610220565b5190206080523060c0526001600160a01b031690811561020957600380546001600160a01b0319908116909155600280549182168417905560405192906001600160a01b03167f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e05f80a3600480546001600160a01b0319166001600160a01b039290921691821790555f807f40cb9497a5d64cf5fc1109e0ce040f8931a230fa168e0da6e93d82b6e36650db8180a4610e4390816102d7823960805181610cde015260a05181610d9b015260c05181610caf015260e05181610d2d01526101005181610d53015261012051816104b3015261014051816104dd0152f35b631e4fbdf760e01b5f525f60045260245ffd5b5f80fd5b601f909101601f19168101906001600160401b0382119082101761024357604052565b634e487b7160e01b5f52604160045260245ffd5b51906001600160a01b038216820361021c57565b601f815111610296576020815191015160208210610287571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe60806040526004361015610011575f80fd5b5f5f3560e01c80630396cb60146109b957806352b7512c146106ec578063715018a61461068857806379ba5097146105fd5780637c627b211461059557806384b0196e1461049957806385267907146103eb5780638da5cb5b146103c4578063b0d691fe14610395578063bb9fe6bf14610328578063c23a5cea146102a4578063d0e30db01461023e578063e30c397814610217578063ef62a44f146101e7578063f2fde38b146101775763f3fef3a3146100ca575f80fd5b3461016657604036600319011261016657806100e4610a78565b6100ec610aef565b734337084d9e255ff0702461cf8895ce9e3b5ff1083b15610174576001600160a01b036040519163040b850f60e31b83521660048201526024356024820152818160448183734337084d9e255ff0702461cf8895ce9e3b5ff1085af18015610169576101555750f35b8161015f91610a8e565b6101665780f35b80fd5b6040513d84823e3d90fd5b50fd5b5034610166576020366003190112610166576001600160a01b03610199610a78565b6101a1610aef565b16806001600160a01b031960035416176003556001600160a01b03600254167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e227008380a380f35b5034610166576020366003190112610166576020610206600435610ac4565b6001600160a01b0360405191168152f35b503461016657806003193601126101665760206001600160a01b0360035416604051908152f35b508060031936011261016657734337084d9e255ff0702461cf8895ce9e3b5ff1083b156101665760405163b760faf960e01b81523060048201528190818160248134734337084d9e255ff0702461cf8895ce9e3b5ff1085af18015610169576101555750f35b503461016657602036600319011261016657806102bf610a78565b6102c7610aef565b734337084d9e255ff0702461cf8895ce9e3b5ff1083b15610174576001600160a01b036040519163611d2e7560e11b8352166004820152818160248183734337084d9e255ff0702461cf8895ce9e3b5ff1085af18015610169576101555750f35b5034610166578060031936011261016657610341610aef565b734337084d9e255ff0702461cf8895ce9e3b5ff1083b156101665760405163bb9fe6bf60e01b81528190818160048183734337084d9e255ff0702461cf8895ce9e3b5ff1085af18015610169576101555750f35b50346101665780600319360112610166576020604051734337084d9e255ff0702461cf8895ce9e3b5ff1088152f35b503461016657806003193601126101665760206001600160a01b0360025416604051908152f35b503461016657604036600319011261016657600435602435906001600160a01b0382168092036104955761041d610aef565b61042681610ac4565b60028210156104815760048201805473ffffffffffffffffffffffffffffffffffffffff1916841790556001600160a01b0316907f40cb9497a5d64cf5fc1109e0ce040f8931a230fa168e0da6e93d82b6e36650db8480a480f35b634e487b7160e01b84526032600452602484fd5b8280fd5b5034610166578060031936011261016657610539906104d77f0000000000000000000000000000000000000000000000000000000000000000610c33565b906105017f0000000000000000000000000000000000000000000000000000000000000000610c33565b906020610547604051936105158386610a8e565b8385525f368137604051968796600f60f81b885260e08589015260e0880190610a54565b908682036040880152610a54565b904660608601523060808601528260a086015284820360c08601528080855193848152019401925b82811061057e57505050500390f35b83518552869550938101939281019260010161056f565b503461016657608036600319011261016657600360043510156101665760243567ffffffffffffffff81116105f957366023820112156105f957806004013567ffffffffffffffff81116104955736910160240111610166576105f6610b16565b80f35b5080fd5b5034610166578060031936011261016657336001600160a01b036003541603610675576001600160a01b031960035416600355600254336001600160a01b03198216176002556001600160a01b033391167f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e08380a380f35b63118cdaa760e01b815233600452602490fd5b50346101665780600319360112610166576106a1610aef565b6001600160a01b031960035416600355806001600160a01b0360025481198116600255167f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e08280a380f35b50346101665760603660031901126101665760043567ffffffffffffffff81116105f9578060040161012060031983360301126104955761072b610b16565b61073481610b46565b60405195602095939493929061074a8789610a8e565b88885284861865800000000000166109a757603860e48201358201013593356001600160a01b0381168091036109a357876fffffffffffffffffffffffffffffffff61089d9660c4856107af6044604298013582013690602460048201359101610b8c565b8581519101206107cf606483013583013690602460048201359101610b8c565b86815191012090604051968701977f0c330b34f0aad8cab1ae5a4241b0d75388786a99fffb1a39c5ce8dec5a5700678952604088015260248301356060880152608087015260a0860152608481013560c086015260a481013560e086015201356101008401528060801c6101208401521661014082015265ffffffffffff871661016082015265ffffffffffff881661018082015261018081526108756101a082610a8e565b519020610880610ca5565b906040519161190160f01b83526002830152602282015220610bd2565b1515600118916580000000000081831616155f1461099b5785905b80928092600281101561098757610943988161094b57505050506001600160a01b0380657fffffffffff808294169416945b16161665ffffffffffff60a01b60a09390931b929092167fffffffffffff000000000000000000000000000000000000000000000000000060d09290921b9190911617175b604051938493604085526040850190610a54565b918301520390f35b509394929360011461096a575b50506001600160a01b038080926108ea565b6580000000000091821794501791506001600160a01b0380610958565b634e487b7160e01b89526021600452602489fd5b6001906108b8565b8980fd5b5050505050506109439250600161092f565b506020366003190112610a505760043563ffffffff8116809103610a50576109df610aef565b734337084d9e255ff0702461cf8895ce9e3b5ff1083b15610a505760405190621cb65b60e51b825260048201525f8160248134734337084d9e255ff0702461cf8895ce9e3b5ff1085af18015610a4557610a37575080f35b610a4391505f90610a8e565b005b6040513d5f823e3d90fd5b5f80fd5b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b600435906001600160a01b0382168203610a5057565b90601f8019910116810190811067ffffffffffffffff821117610ab057604052565b634e487b7160e01b5f52604160045260245ffd5b6002811015610add57600401546001600160a01b031690565b63150cd04360e21b5f5260045260245ffd5b6001600160a01b03600254163303610b0357565b63118cdaa760e01b5f523360045260245ffd5b734337084d9e255ff0702461cf8895ce9e3b5ff1083303610b3357565b63327499a760e01b5f523360045260245ffd5b60e0810135019081359060818203610b7f5781604011610a50576060830191603f190190605a605485013560d01c94013560d01c929190565b5f92839250602001908290565b92919267ffffffffffffffff8211610ab05760405191610bb6601f8201601f191660200184610a8e565b829481845281830111610a50578281602093845f960137010152565b90610bdd9291610c71565b506004811015610c1f57610c1a576001600160a01b0380600454169116908114908115610c08575090565b90506001600160a01b03600554161490565b505f90565b634e487b7160e01b5f52602160045260245ffd5b60ff811690601f8211610c625760405191610c4f604084610a8e565b6020808452838101919036833783525290565b632cd44ac360e21b5f5260045ffd5b9060418303610c9b57610c949250602081013591604082359201355f1a90610dc1565b9192909190565b50505f9160029190565b6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016301480610d98575b15610d00577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a08152610d9260c082610a8e565b51902090565b507f00000000000000000000000000000000000000000000000000000000000000004614610cd7565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411610e38579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15610a45575f516001600160a01b03811615610e2e57905f905f90565b505f906001905f90565b5050505f916003919056",
}

// LatchkeyPaymaster is an auto generated Go binding around an Ethereum contract.
type LatchkeyPaymaster struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *LatchkeyPaymaster) GetABI() abi.ABI {
	return c.abi
}

// NewLatchkeyPaymaster creates a new instance of LatchkeyPaymaster.
func NewLatchkeyPaymaster() *LatchkeyPaymaster {
	parsed, err := LatchkeyPaymasterMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &LatchkeyPaymaster{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *LatchkeyPaymaster) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address admin, address firstSigner) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackConstructor(admin common.Address, firstSigner common.Address) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("", admin, firstSigner)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackAcceptOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79ba5097.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptOwnership() returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackAcceptOwnership() []byte {
	enc, err := latchkeyPaymaster.abi.Pack("acceptOwnership")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcceptOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79ba5097.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acceptOwnership() returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackAcceptOwnership() ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("acceptOwnership")
}

// PackAddStake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0396cb60.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function addStake(uint32 unstakeDelaySec) payable returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackAddStake(unstakeDelaySec uint32) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("addStake", unstakeDelaySec)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAddStake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0396cb60.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function addStake(uint32 unstakeDelaySec) payable returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackAddStake(unstakeDelaySec uint32) ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("addStake", unstakeDelaySec)
}

// PackDeposit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd0e30db0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deposit() payable returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackDeposit() []byte {
	enc, err := latchkeyPaymaster.abi.Pack("deposit")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeposit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd0e30db0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deposit() payable returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackDeposit() ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("deposit")
}

// PackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (latchkeyPaymaster *LatchkeyPaymaster) PackEip712Domain() []byte {
	enc, err := latchkeyPaymaster.abi.Pack("eip712Domain")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackEip712Domain() ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("eip712Domain")
}

// UnpackEip712Domain is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x84b0196e.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackEip712Domain(data []byte) (Eip712DomainOutput, error) {
	out, err := latchkeyPaymaster.abi.Unpack("eip712Domain", data)
	outstruct := new(Eip712DomainOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Fields = *abi.ConvertType(out[0], new([1]byte)).(*[1]byte)
	outstruct.Name = *abi.ConvertType(out[1], new(string)).(*string)
	outstruct.Version = *abi.ConvertType(out[2], new(string)).(*string)
	outstruct.ChainId = abi.ConvertType(out[3], new(big.Int)).(*big.Int)
	outstruct.VerifyingContract = *abi.ConvertType(out[4], new(common.Address)).(*common.Address)
	outstruct.Salt = *abi.ConvertType(out[5], new([32]byte)).(*[32]byte)
	outstruct.Extensions = *abi.ConvertType(out[6], new([]*big.Int)).(*[]*big.Int)
	return *outstruct, nil
}

// PackEntryPoint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb0d691fe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function entryPoint() pure returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) PackEntryPoint() []byte {
	enc, err := latchkeyPaymaster.abi.Pack("entryPoint")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEntryPoint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb0d691fe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function entryPoint() pure returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackEntryPoint() ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("entryPoint")
}

// UnpackEntryPoint is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb0d691fe.
//
// Solidity: function entryPoint() pure returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackEntryPoint(data []byte) (common.Address, error) {
	out, err := latchkeyPaymaster.abi.Unpack("entryPoint", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function owner() view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) PackOwner() []byte {
	enc, err := latchkeyPaymaster.abi.Pack("owner")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function owner() view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackOwner() ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("owner")
}

// UnpackOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8da5cb5b.
//
// Solidity: function owner() view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackOwner(data []byte) (common.Address, error) {
	out, err := latchkeyPaymaster.abi.Unpack("owner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPendingOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe30c3978.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pendingOwner() view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) PackPendingOwner() []byte {
	enc, err := latchkeyPaymaster.abi.Pack("pendingOwner")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPendingOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe30c3978.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pendingOwner() view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackPendingOwner() ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("pendingOwner")
}

// UnpackPendingOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe30c3978.
//
// Solidity: function pendingOwner() view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackPendingOwner(data []byte) (common.Address, error) {
	out, err := latchkeyPaymaster.abi.Unpack("pendingOwner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPostOp is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7c627b21.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postOp(uint8 mode, bytes context, uint256 actualGasCost, uint256 actualUserOpFeePerGas) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackPostOp(mode uint8, context []byte, actualGasCost *big.Int, actualUserOpFeePerGas *big.Int) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("postOp", mode, context, actualGasCost, actualUserOpFeePerGas)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostOp is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7c627b21.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postOp(uint8 mode, bytes context, uint256 actualGasCost, uint256 actualUserOpFeePerGas) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackPostOp(mode uint8, context []byte, actualGasCost *big.Int, actualUserOpFeePerGas *big.Int) ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("postOp", mode, context, actualGasCost, actualUserOpFeePerGas)
}

// PackRenounceOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x715018a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceOwnership() returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackRenounceOwnership() []byte {
	enc, err := latchkeyPaymaster.abi.Pack("renounceOwnership")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRenounceOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x715018a6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function renounceOwnership() returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackRenounceOwnership() ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("renounceOwnership")
}

// PackSetSigner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x85267907.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setSigner(uint256 slot, address newSigner) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackSetSigner(slot *big.Int, newSigner common.Address) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("setSigner", slot, newSigner)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetSigner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x85267907.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setSigner(uint256 slot, address newSigner) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackSetSigner(slot *big.Int, newSigner common.Address) ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("setSigner", slot, newSigner)
}

// PackSigner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xef62a44f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function signer(uint256 slot) view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) PackSigner(slot *big.Int) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("signer", slot)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSigner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xef62a44f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function signer(uint256 slot) view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackSigner(slot *big.Int) ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("signer", slot)
}

// UnpackSigner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xef62a44f.
//
// Solidity: function signer(uint256 slot) view returns(address)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackSigner(data []byte) (common.Address, error) {
	out, err := latchkeyPaymaster.abi.Unpack("signer", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackTransferOwnership(newOwner common.Address) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("transferOwnership", newOwner)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackTransferOwnership(newOwner common.Address) ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("transferOwnership", newOwner)
}

// PackUnlockStake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbb9fe6bf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function unlockStake() returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackUnlockStake() []byte {
	enc, err := latchkeyPaymaster.abi.Pack("unlockStake")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUnlockStake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbb9fe6bf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function unlockStake() returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackUnlockStake() ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("unlockStake")
}

// PackValidatePaymasterUserOp is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x52b7512c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function validatePaymasterUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes) userOp, bytes32 userOpHash, uint256 maxCost) returns(bytes context, uint256 validationData)
func (latchkeyPaymaster *LatchkeyPaymaster) PackValidatePaymasterUserOp(userOp PackedUserOperation, userOpHash [32]byte, maxCost *big.Int) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("validatePaymasterUserOp", userOp, userOpHash, maxCost)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackValidatePaymasterUserOp is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x52b7512c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function validatePaymasterUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes) userOp, bytes32 userOpHash, uint256 maxCost) returns(bytes context, uint256 validationData)
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackValidatePaymasterUserOp(userOp PackedUserOperation, userOpHash [32]byte, maxCost *big.Int) ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("validatePaymasterUserOp", userOp, userOpHash, maxCost)
}

// UnpackValidatePaymasterUserOp is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x52b7512c.
//
// Solidity: function validatePaymasterUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes) userOp, bytes32 userOpHash, uint256 maxCost) returns(bytes context, uint256 validationData)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackValidatePaymasterUserOp(data []byte) (ValidatePaymasterUserOpOutput, error) {
	out, err := latchkeyPaymaster.abi.Unpack("validatePaymasterUserOp", data)
	outstruct := new(ValidatePaymasterUserOpOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Context = *abi.ConvertType(out[0], new([]byte)).(*[]byte)
	outstruct.ValidationData = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// PackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf3fef3a3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdraw(address to, uint256 amount) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackWithdraw(to common.Address, amount *big.Int) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("withdraw", to, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf3fef3a3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdraw(address to, uint256 amount) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackWithdraw(to common.Address, amount *big.Int) ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("withdraw", to, amount)
}

// PackWithdrawStake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc23a5cea.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdrawStake(address to) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) PackWithdrawStake(to common.Address) []byte {
	enc, err := latchkeyPaymaster.abi.Pack("withdrawStake", to)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdrawStake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc23a5cea.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdrawStake(address to) returns()
func (latchkeyPaymaster *LatchkeyPaymaster) TryPackWithdrawStake(to common.Address) ([]byte, error) {
	return latchkeyPaymaster.abi.Pack("withdrawStake", to)
}

// LatchkeyPaymasterEIP712DomainChanged represents a EIP712DomainChanged event raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const LatchkeyPaymasterEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (LatchkeyPaymasterEIP712DomainChanged) ContractEventName() string {
	return LatchkeyPaymasterEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackEIP712DomainChangedEvent(log *types.Log) (*LatchkeyPaymasterEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != latchkeyPaymaster.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(LatchkeyPaymasterEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range latchkeyPaymaster.abi.Events[event].Inputs {
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

// LatchkeyPaymasterOwnershipTransferStarted represents a OwnershipTransferStarted event raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterOwnershipTransferStarted struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const LatchkeyPaymasterOwnershipTransferStartedEventName = "OwnershipTransferStarted"

// ContractEventName returns the user-defined event name.
func (LatchkeyPaymasterOwnershipTransferStarted) ContractEventName() string {
	return LatchkeyPaymasterOwnershipTransferStartedEventName
}

// UnpackOwnershipTransferStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackOwnershipTransferStartedEvent(log *types.Log) (*LatchkeyPaymasterOwnershipTransferStarted, error) {
	event := "OwnershipTransferStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != latchkeyPaymaster.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(LatchkeyPaymasterOwnershipTransferStarted)
	if len(log.Data) > 0 {
		if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range latchkeyPaymaster.abi.Events[event].Inputs {
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

// LatchkeyPaymasterOwnershipTransferred represents a OwnershipTransferred event raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterOwnershipTransferred struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const LatchkeyPaymasterOwnershipTransferredEventName = "OwnershipTransferred"

// ContractEventName returns the user-defined event name.
func (LatchkeyPaymasterOwnershipTransferred) ContractEventName() string {
	return LatchkeyPaymasterOwnershipTransferredEventName
}

// UnpackOwnershipTransferredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackOwnershipTransferredEvent(log *types.Log) (*LatchkeyPaymasterOwnershipTransferred, error) {
	event := "OwnershipTransferred"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != latchkeyPaymaster.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(LatchkeyPaymasterOwnershipTransferred)
	if len(log.Data) > 0 {
		if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range latchkeyPaymaster.abi.Events[event].Inputs {
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

// LatchkeyPaymasterSignerChanged represents a SignerChanged event raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterSignerChanged struct {
	Slot           *big.Int
	PreviousSigner common.Address
	NewSigner      common.Address
	Raw            *types.Log // Blockchain specific contextual infos
}

const LatchkeyPaymasterSignerChangedEventName = "SignerChanged"

// ContractEventName returns the user-defined event name.
func (LatchkeyPaymasterSignerChanged) ContractEventName() string {
	return LatchkeyPaymasterSignerChangedEventName
}

// UnpackSignerChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event SignerChanged(uint256 indexed slot, address indexed previousSigner, address indexed newSigner)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackSignerChangedEvent(log *types.Log) (*LatchkeyPaymasterSignerChanged, error) {
	event := "SignerChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != latchkeyPaymaster.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(LatchkeyPaymasterSignerChanged)
	if len(log.Data) > 0 {
		if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range latchkeyPaymaster.abi.Events[event].Inputs {
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
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], latchkeyPaymaster.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return latchkeyPaymaster.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyPaymaster.abi.Errors["NoSuchSlot"].ID.Bytes()[:4]) {
		return latchkeyPaymaster.UnpackNoSuchSlotError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyPaymaster.abi.Errors["OwnableInvalidOwner"].ID.Bytes()[:4]) {
		return latchkeyPaymaster.UnpackOwnableInvalidOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyPaymaster.abi.Errors["OwnableUnauthorizedAccount"].ID.Bytes()[:4]) {
		return latchkeyPaymaster.UnpackOwnableUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyPaymaster.abi.Errors["PaymasterUnauthorized"].ID.Bytes()[:4]) {
		return latchkeyPaymaster.UnpackPaymasterUnauthorizedError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyPaymaster.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return latchkeyPaymaster.UnpackStringTooLongError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// LatchkeyPaymasterInvalidShortString represents a InvalidShortString error raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func LatchkeyPaymasterInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackInvalidShortStringError(raw []byte) (*LatchkeyPaymasterInvalidShortString, error) {
	out := new(LatchkeyPaymasterInvalidShortString)
	if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyPaymasterNoSuchSlot represents a NoSuchSlot error raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterNoSuchSlot struct {
	Slot *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoSuchSlot(uint256 slot)
func LatchkeyPaymasterNoSuchSlotErrorID() common.Hash {
	return common.HexToHash("0x5433410c482db99a42c348614e563ba9ae6f774f7f8059be588c32fe1a6e5c8e")
}

// UnpackNoSuchSlotError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoSuchSlot(uint256 slot)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackNoSuchSlotError(raw []byte) (*LatchkeyPaymasterNoSuchSlot, error) {
	out := new(LatchkeyPaymasterNoSuchSlot)
	if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, "NoSuchSlot", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyPaymasterOwnableInvalidOwner represents a OwnableInvalidOwner error raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterOwnableInvalidOwner struct {
	Owner common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableInvalidOwner(address owner)
func LatchkeyPaymasterOwnableInvalidOwnerErrorID() common.Hash {
	return common.HexToHash("0x1e4fbdf7f3ef8bcaa855599e3abf48b232380f183f08f6f813d9ffa5bd585188")
}

// UnpackOwnableInvalidOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableInvalidOwner(address owner)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackOwnableInvalidOwnerError(raw []byte) (*LatchkeyPaymasterOwnableInvalidOwner, error) {
	out := new(LatchkeyPaymasterOwnableInvalidOwner)
	if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, "OwnableInvalidOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyPaymasterOwnableUnauthorizedAccount represents a OwnableUnauthorizedAccount error raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterOwnableUnauthorizedAccount struct {
	Account common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func LatchkeyPaymasterOwnableUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0x118cdaa7a341953d1887a2245fd6665d741c67c8c50581daa59e1d03373fa188")
}

// UnpackOwnableUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackOwnableUnauthorizedAccountError(raw []byte) (*LatchkeyPaymasterOwnableUnauthorizedAccount, error) {
	out := new(LatchkeyPaymasterOwnableUnauthorizedAccount)
	if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, "OwnableUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyPaymasterPaymasterUnauthorized represents a PaymasterUnauthorized error raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterPaymasterUnauthorized struct {
	Sender common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PaymasterUnauthorized(address sender)
func LatchkeyPaymasterPaymasterUnauthorizedErrorID() common.Hash {
	return common.HexToHash("0x327499a713dd0d80b45c032f882b325294f7d27e79628eeb33c5ffd95da1138d")
}

// UnpackPaymasterUnauthorizedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PaymasterUnauthorized(address sender)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackPaymasterUnauthorizedError(raw []byte) (*LatchkeyPaymasterPaymasterUnauthorized, error) {
	out := new(LatchkeyPaymasterPaymasterUnauthorized)
	if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, "PaymasterUnauthorized", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyPaymasterStringTooLong represents a StringTooLong error raised by the LatchkeyPaymaster contract.
type LatchkeyPaymasterStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func LatchkeyPaymasterStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (latchkeyPaymaster *LatchkeyPaymaster) UnpackStringTooLongError(raw []byte) (*LatchkeyPaymasterStringTooLong, error) {
	out := new(LatchkeyPaymasterStringTooLong)
	if err := latchkeyPaymaster.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}
