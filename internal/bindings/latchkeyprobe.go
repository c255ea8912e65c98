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

// LatchkeyProbeFrame is an auto generated low-level Go binding around an user-defined struct.
type LatchkeyProbeFrame struct {
	Success bool
	GasUsed *big.Int
	Output  []byte
}

// LatchkeyProbeResult is an auto generated low-level Go binding around an user-defined struct.
type LatchkeyProbeResult struct {
	Deployment  LatchkeyProbeFrame
	Validations []LatchkeyProbeFrame
	Paymaster   LatchkeyProbeFrame
	Execution   LatchkeyProbeFrame
}

// LatchkeyProbeMetaData contains all meta data concerning the LatchkeyProbe contract.
var LatchkeyProbeMetaData = bind.MetaData{
	ABI: "[{\"type\":\"fallback\",\"stateMutability\":\"payable\"},{\"type\":\"receive\",\"stateMutability\":\"payable\"},{\"type\":\"function\",\"name\":\"attempt\",\"inputs\":[{\"name\":\"target\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"data\",\"type\":\"bytes\",\"internalType\":\"bytes\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"probe\",\"inputs\":[{\"name\":\"op\",\"type\":\"tuple\",\"internalType\":\"structPackedUserOperation\",\"components\":[{\"name\":\"sender\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"initCode\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"callData\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"accountGasLimits\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"preVerificationGas\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"gasFees\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"paymasterAndData\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"signature\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"opHash\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"missingFunds\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"signatures\",\"type\":\"bytes[]\",\"internalType\":\"bytes[]\"},{\"name\":\"factory\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"factoryData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}],\"outputs\":[{\"name\":\"result\",\"type\":\"tuple\",\"internalType\":\"structLatchkeyProbe.Result\",\"components\":[{\"name\":\"deployment\",\"type\":\"tuple\",\"internalType\":\"structLatchkeyProbe.Frame\",\"components\":[{\"name\":\"success\",\"type\":\"bool\",\"internalType\":\"bool\"},{\"name\":\"gasUsed\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"output\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"validations\",\"type\":\"tuple[]\",\"internalType\":\"structLatchkeyProbe.Frame[]\",\"components\":[{\"name\":\"success\",\"type\":\"bool\",\"internalType\":\"bool\"},{\"name\":\"gasUsed\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"output\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"paymaster\",\"type\":\"tuple\",\"internalType\":\"structLatchkeyProbe.Frame\",\"components\":[{\"name\":\"success\",\"type\":\"bool\",\"internalType\":\"bool\"},{\"name\":\"gasUsed\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"output\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"execution\",\"type\":\"tuple\",\"internalType\":\"structLatchkeyProbe.Frame\",\"components\":[{\"name\":\"success\",\"type\":\"bool\",\"internalType\":\"bool\"},{\"name\":\"gasUsed\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"output\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}]}],\"stateMutability\":\"nonpayable\"},{\"type\":\"error\",\"name\":\"Attempted\",\"inputs\":[{\"name\":\"frame\",\"type\":\"tuple\",\"internalType\":\"structLatchkeyProbe.Frame\",\"components\":[{\"name\":\"success\",\"type\":\"bool\",\"internalType\":\"bool\"},{\"name\":\"gasUsed\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"output\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}]},{\"type\":\"error\",\"name\":\"OnlySelf\",\"inputs\":[]}]",
	ID:  "LatchkeyProbe",
	Bin: "0x60808060405234601557610c74908161001a8239f35b5f80fdfe60806040526004361015610076575b361561004757604051365f82375f8036837309c1da7a5726d36f9a07303cd3ec6081f9e80ab35af43d5f833e15610043573d90f35b3d90fd5b604051365f82375f8036837309c1da7a5726d36f9a07303cd3ec6081f9e80ab35af43d5f833e15610043573d90f35b5f3560e01c806325891bdb146101235763747dd71c0361000e573461011f57604036600319011261011f576004356001600160a01b038116810361011f5760243567ffffffffffffffff811161011f576100d4903690600401610829565b9190913033036101105761010c926100eb92610a79565b604051633b6a20b560e01b815260206004820152918291602483019061087b565b0390fd5b63029a949d60e31b5f5260045ffd5b5f80fd5b3461011f5760c036600319011261011f5767ffffffffffffffff6004351161011f576101206004353603600319011261011f5767ffffffffffffffff6064351161011f5736602360643501121561011f5767ffffffffffffffff606435600401351161011f573660246064356004013560051b60643501011161011f576084356001600160a01b03811680820361011f5760a43567ffffffffffffffff811161011f576101d4903690600401610829565b916101006040526101e36108e5565b608052606060a0526101f36108e5565b60c0526101fe6108e5565b60e0521515806107ff575b6107eb575b50505061022060643560040135610918565b61022d60405191826108c3565b60046064350135808252601f199061024490610918565b015f5b8181106107d45760a0839052604051610120810167ffffffffffffffff8111828210176107c05760405261027f600435600401610815565b8152600435602481013560208301526044013567ffffffffffffffff811161011f576102b2906004369181350101610982565b60408201526064600435013567ffffffffffffffff811161011f576102de906004369181350101610982565b60608201526004356084810135608083015260a481013560a083015260c481013560c083015260e4013567ffffffffffffffff811161011f576103273660048381350101610982565b60e083015267ffffffffffffffff61010460043501351161011f5761035736600480356101048101350101610982565b6101008301525f5b606435600401358110156104ad5760019061039361038c60248360051b606435010160246064350161099d565b369161094c565b6101008501526104a6816104926103ae600435600401610904565b604051906306608bdf60e21b6020830152606060248301526001600160a01b038951166084830152602089015160a483015261048d8261046f6104578c60e061042161040b604084015161012060c48901526101a4880190610857565b60608401518782036083190160e4890152610857565b608083015161010487015260a083015161012487015260c083015161014487015291015184820360831901610164860152610857565b6101008d015183820360831901610184850152610857565b6024356044830152604435606483015203601f1981018452836108c3565b610ad3565b60a051906104a083836109d0565b526109d0565b500161035f565b5060048035820101358015908115610764575f905b6001600160a01b0382166105c2575b505050506105036104e6600435600401610904565b6104fd61038c60646004350160043560040161099d565b90610ad3565b60606080015260405160208152806105286080516080602084015260a083019061087b565b60a051601f1983830301604084015280518083526020600582901b8401810193928101925f918101905b83831061059157868061058d61057989604060800151601f1985830301606086015261087b565b60e051838203601f1901608085015261087b565b0390f35b9193955091936020806105b0600193601f19868203018752895161087b565b97019301930190928695949293610552565b60a460043501356001600160801b0360846004350135166084600435013560801c01019215610737575b5061072b925061048d60405180936314add44b60e21b6020830152606060248301526001600160a01b03610624600435600401610815565b1660848301526024600435013560a48301526106fe6106d661068f6106696106566044600435016004356004016109f8565b61012060c48901526101a4880191610a2a565b61067d6064600435016004356004016109f8565b8783036083190160e489015290610a2a565b60048035608481013561010488015260a481013561012488015260c48101356101448801526106c39160e4820191016109f8565b8683036083190161016488015290610a2a565b6106eb610104600435016004356004016109f8565b8583036083190161018487015290610a2a565b9060243560448401526001600160801b0360c460043501351602606483015203601f1981018452836108c3565b60c052808080806104d1565b60349291921161011f57603861072b936004350101356001600160801b0381169060801c010190836105ec565b6024836004350101356bffffffffffffffffffffffff1981169060148310610791575b5060601c906104c2565b90506bffffffffffffffffffffffff19906bffffffffffffffffffffffff198360140360031b1b161684610787565b634e487b7160e01b5f52604160045260245ffd5b6020906107df6108e5565b82828601015201610247565b6107f492610a79565b60805280808061020e565b5061080e600435600401610904565b3b15610209565b35906001600160a01b038216820361011f57565b9181601f8401121561011f5782359167ffffffffffffffff831161011f576020838186019501011161011f57565b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b90606060406108a493805115158452602081015160208501520151918160408201520190610857565b90565b6060810190811067ffffffffffffffff8211176107c057604052565b90601f8019910116810190811067ffffffffffffffff8211176107c057604052565b604051906108f2826108a7565b60606040835f81525f60208201520152565b356001600160a01b038116810361011f5790565b67ffffffffffffffff81116107c05760051b60200190565b67ffffffffffffffff81116107c057601f01601f191660200190565b92919261095882610930565b9161096660405193846108c3565b82948184528183011161011f578281602093845f960137010152565b9080601f8301121561011f578160206108a49335910161094c565b903590601e198136030182121561011f570180359067ffffffffffffffff821161011f5760200191813603831361011f57565b80518210156109e45760209160051b010190565b634e487b7160e01b5f52603260045260245ffd5b9035601e198236030181121561011f57016020813591019167ffffffffffffffff821161011f57813603831361011f57565b908060209392818452848401375f828201840152601f01601f1916010190565b3d15610a74573d90610a5b82610930565b91610a6960405193846108c3565b82523d5f602084013e565b606090565b5f8091949394610a876108e5565b95825a95826040519384928337810182815203925af1610aa5610a4a565b6040850152151583525a8103908111610abf576020830152565b634e487b7160e01b5f52601160045260245ffd5b5f9190610b1b610b298493610ae66108e5565b506040519283916001600160a01b036020840196631d1f75c760e21b8852166024840152604060448401526064830190610857565b03601f1981018352826108c3565b519082305af1506108a4610b3b610a4a565b610b436108e5565b815160208301516001600160e01b03198116919060048210610c54575b50506001600160e01b03191663c495df4b60e01b01610c4b57508051600319808201600484015290820191602080840192828503011261011f5760248101519067ffffffffffffffff821161011f570191606090839003600319011261011f5760405191610bcd836108a7565b6024810151801515810361011f57835260448101516020840152606481015167ffffffffffffffff811161011f57602491010181601f8201121561011f57805190610c1782610930565b92610c2560405194856108c3565b8284526020838301011161011f57815f9260208093018386015e83010152604082015290565b90604082015290565b6001600160e01b031960049290920360031b82901b161690505f80610b6056",
}

// LatchkeyProbe is an auto generated Go binding around an Ethereum contract.
type LatchkeyProbe struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *LatchkeyProbe) GetABI() abi.ABI {
	return c.abi
}

// NewLatchkeyProbe creates a new instance of LatchkeyProbe.
func NewLatchkeyProbe() *LatchkeyProbe {
	parsed, err := LatchkeyProbeMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &LatchkeyProbe{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *LatchkeyProbe) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackAttempt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x747dd71c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function attempt(address target, bytes data) returns()
func (latchkeyProbe *LatchkeyProbe) PackAttempt(target common.Address, data []byte) []byte {
	enc, err := latchkeyProbe.abi.Pack("attempt", target, data)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAttempt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x747dd71c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function attempt(address target, bytes data) returns()
func (latchkeyProbe *LatchkeyProbe) TryPackAttempt(target common.Address, data []byte) ([]byte, error) {
	return latchkeyProbe.abi.Pack("attempt", target, data)
}

// PackProbe is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x25891bdb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function probe((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes) op, bytes32 opHash, uint256 missingFunds, bytes[] signatures, address factory, bytes factoryData) returns(((bool,uint256,bytes),(bool,uint256,bytes)[],(bool,uint256,bytes),(bool,uint256,bytes)) result)
func (latchkeyProbe *LatchkeyProbe) PackProbe(op PackedUserOperation, opHash [32]byte, missingFunds *big.Int, signatures [][]byte, factory common.Address, factoryData []byte) []byte {
	enc, err := latchkeyProbe.abi.Pack("probe", op, opHash, missingFunds, signatures, factory, factoryData)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProbe is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x25891bdb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function probe((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes) op, bytes32 opHash, uint256 missingFunds, bytes[] signatures, address factory, bytes factoryData) returns(((bool,uint256,bytes),(bool,uint256,bytes)[],(bool,uint256,bytes),(bool,uint256,bytes)) result)
func (latchkeyProbe *LatchkeyProbe) TryPackProbe(op PackedUserOperation, opHash [32]byte, missingFunds *big.Int, signatures [][]byte, factory common.Address, factoryData []byte) ([]byte, error) {
	return latchkeyProbe.abi.Pack("probe", op, opHash, missingFunds, signatures, factory, factoryData)
}

// UnpackProbe is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x25891bdb.
//
// Solidity: function probe((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes) op, bytes32 opHash, uint256 missingFunds, bytes[] signatures, address factory, bytes factoryData) returns(((bool,uint256,bytes),(bool,uint256,bytes)[],(bool,uint256,bytes),(bool,uint256,bytes)) result)
func (latchkeyProbe *LatchkeyProbe) UnpackProbe(data []byte) (LatchkeyProbeResult, error) {
	out, err := latchkeyProbe.abi.Unpack("probe", data)
	if err != nil {
		return *new(LatchkeyProbeResult), err
	}
	out0 := *abi.ConvertType(out[0], new(LatchkeyProbeResult)).(*LatchkeyProbeResult)
	return out0, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (latchkeyProbe *LatchkeyProbe) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], latchkeyProbe.abi.Errors["Attempted"].ID.Bytes()[:4]) {
		return latchkeyProbe.UnpackAttemptedError(raw[4:])
	}
	if bytes.Equal(raw[:4], latchkeyProbe.abi.Errors["OnlySelf"].ID.Bytes()[:4]) {
		return latchkeyProbe.UnpackOnlySelfError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// LatchkeyProbeAttempted represents a Attempted error raised by the LatchkeyProbe contract.
type LatchkeyProbeAttempted struct {
	Frame LatchkeyProbeFrame
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Attempted((bool,uint256,bytes) frame)
func LatchkeyProbeAttemptedErrorID() common.Hash {
	return common.HexToHash("0x3b6a20b538f5313a7f2d37c99902f24409989c360d3bafe580b36762d23fd5c1")
}

// UnpackAttemptedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Attempted((bool,uint256,bytes) frame)
func (latchkeyProbe *LatchkeyProbe) UnpackAttemptedError(raw []byte) (*LatchkeyProbeAttempted, error) {
	out := new(LatchkeyProbeAttempted)
	if err := latchkeyProbe.abi.UnpackIntoInterface(out, "Attempted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LatchkeyProbeOnlySelf represents a OnlySelf error raised by the LatchkeyProbe contract.
type LatchkeyProbeOnlySelf struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OnlySelf()
func LatchkeyProbeOnlySelfErrorID() common.Hash {
	return common.HexToHash("0x14d4a4e8a5140da60b7a280478fb427da973ca582a83cf5dbad8c5f2abee9ba4")
}

// UnpackOnlySelfError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OnlySelf()
func (latchkeyProbe *LatchkeyProbe) UnpackOnlySelfError(raw []byte) (*LatchkeyProbeOnlySelf, error) {
	out := new(LatchkeyProbeOnlySelf)
	if err := latchkeyProbe.abi.UnpackIntoInterface(out, "OnlySelf", raw); err != nil {
		return nil, err
	}
	return out, nil
}
