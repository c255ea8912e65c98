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
	Bin: "0x60808060405234601557611118908161001a8239f35b5f80fdfe60806040526004361015610076575b361561004757604051365f82375f8036837309c1da7a5726d36f9a07303cd3ec6081f9e80ab35af43d5f833e15610043573d90f35b3d90fd5b604051365f82375f8036837309c1da7a5726d36f9a07303cd3ec6081f9e80ab35af43d5f833e15610043573d90f35b5f3560e01c806325891bdb146101805763747dd71c0361000e573461017c5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261017c5760043573ffffffffffffffffffffffffffffffffffffffff8116810361017c5760243567ffffffffffffffff811161017c576100ff903690600401610b19565b919091303303610154576101509261011692610e45565b6040519182917f3b6a20b5000000000000000000000000000000000000000000000000000000008352602060048401526024830190610b8a565b0390fd5b7f14d4a4e8000000000000000000000000000000000000000000000000000000005f5260045ffd5b5f80fd5b3461017c5760c07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261017c5767ffffffffffffffff6004351161017c576101207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc6004353603011261017c5767ffffffffffffffff6064351161017c5736602360643501121561017c5767ffffffffffffffff606435600401351161017c573660246064356004013560051b60643501011161017c5760843573ffffffffffffffffffffffffffffffffffffffff811680820361017c5760a43567ffffffffffffffff811161017c5761027a903690600401610b19565b91610100604052610289610c13565b608052606060a052610299610c13565b60c0526102a4610c13565b60e052151580610ae2575b610ace575b5050506102c660643560040135610c53565b6102d36040519182610bd2565b600460643501358082527fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe09061030890610c53565b015f5b818110610ab75760a0839052604051610120810167ffffffffffffffff811182821017610a8a57604052610343600435600401610af8565b8152600435602481013560208301526044013567ffffffffffffffff811161017c57610376906004369181350101610cdb565b60408201526064600435013567ffffffffffffffff811161017c576103a2906004369181350101610cdb565b60608201526004356084810135608083015260a481013560a083015260c481013560c083015260e4013567ffffffffffffffff811161017c576103ec906004369181350101610cdb565b60e082015267ffffffffffffffff61010460043501351161017c5761041c36600480356101048101350101610cdb565b6101008201525f5b606435600401358110156106105760019061045861045160248360051b6064350101602460643501610cf6565b3691610ca5565b610100840152610609816105f5610473600435600401610c32565b604051907f19822f7c0000000000000000000000000000000000000000000000000000000060208301526060602483015273ffffffffffffffffffffffffffffffffffffffff8851166084830152602088015160a48301526105f0826105b461057e6105288c60606104f6604083015161012060c48901526101a4880190610b47565b9101517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7c8683030160e4870152610b47565b60808d015161010485015260a08d015161012485015260c08d015161014485015260e08d01517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7c85830301610164860152610b47565b6101008c01517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7c84830301610184850152610b47565b60243560448301526044356064830152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101845283610bd2565b610eb8565b60a051906106038383610d47565b52610d47565b5001610424565b61062460e460043501600435600401610cf6565b9081610a1d5750505f5b73ffffffffffffffffffffffffffffffffffffffff81166107b3575b5061067961065c600435600401610c32565b610673610451606460043501600435600401610cf6565b90610eb8565b606060800152604051602081528061069e6080516080602084015260a0830190610b8a565b602060800151907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0838203016040840152815180825260208201916020808360051b8301019401925f915b83831061076457868061076061072e896040608001517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0858303016060860152610b8a565b60e0518382037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0016080850152610b8a565b0390f35b9193955091936020806107a1837fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe086600196030187528951610b8a565b970193019301909286959492936106e9565b60a460043501356fffffffffffffffffffffffffffffffff60846004350135166084600435013560801c01016107f360e460043501600435600401610cf6565b809391936109eb575b506109e292506105f060405180937f52b7512c0000000000000000000000000000000000000000000000000000000060208301526060602483015273ffffffffffffffffffffffffffffffffffffffff61085a600435600401610af8565b1660848301526024600435013560a483015261098e6109486108e361089f61088c604460043501600435600401610d88565b61012060c48901526101a4880191610dd8565b6108b3606460043501600435600401610d88565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7c8884030160e4890152610dd8565b60048035608481013561010488015260a481013561012488015260c48101356101448801526109179160e482019101610d88565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7c87840301610164880152610dd8565b61095d61010460043501600435600401610d88565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7c86840301610184870152610dd8565b9060243560448401526fffffffffffffffffffffffffffffffff60c4600435013516026064830152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101845283610bd2565b60c0528061064a565b60349291921161017c5760146109e29301356fffffffffffffffffffffffffffffffff81169060801c010190836107fc565b357fffffffffffffffffffffffffffffffffffffffff00000000000000000000000081169160148110610a55575b505060601c61062e565b7fffffffffffffffffffffffffffffffffffffffff0000000000000000000000009250829060140360031b1b16168180610a4b565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b602090610ac2610c13565b8282860101520161030b565b610ad792610e45565b6080528080806102b4565b50610af1600435600401610c32565b3b156102af565b359073ffffffffffffffffffffffffffffffffffffffff8216820361017c57565b9181601f8401121561017c5782359167ffffffffffffffff831161017c576020838186019501011161017c57565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602080948051918291828752018686015e5f8582860101520116010190565b9060606040610bb393805115158452602081015160208501520151918160408201520190610b47565b90565b6060810190811067ffffffffffffffff821117610a8a57604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff821117610a8a57604052565b60405190610c2082610bb6565b60606040835f81525f60208201520152565b3573ffffffffffffffffffffffffffffffffffffffff8116810361017c5790565b67ffffffffffffffff8111610a8a5760051b60200190565b67ffffffffffffffff8111610a8a57601f017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe01660200190565b929192610cb182610c6b565b91610cbf6040519384610bd2565b82948184528183011161017c578281602093845f960137010152565b9080601f8301121561017c57816020610bb393359101610ca5565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18136030182121561017c570180359067ffffffffffffffff821161017c5760200191813603831361017c57565b8051821015610d5b5760209160051b010190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b90357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18236030181121561017c57016020813591019167ffffffffffffffff821161017c57813603831361017c57565b601f82602094937fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe093818652868601375f8582860101520116010190565b3d15610e40573d90610e2782610c6b565b91610e356040519384610bd2565b82523d5f602084013e565b606090565b5f8091949394610e53610c13565b95825a95826040519384928337810182815203925af1610e71610e16565b6040850152151583525a8103908111610e8b576020830152565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b5f9190610f26610f528493610ecb610c13565b5060405192839173ffffffffffffffffffffffffffffffffffffffff60208401967f747dd71c000000000000000000000000000000000000000000000000000000008852166024840152604060448401526064830190610b47565b037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282610bd2565b519082305af150610bb3610f64610e16565b610f6c610c13565b7f3b6a20b5000000000000000000000000000000000000000000000000000000007fffffffff00000000000000000000000000000000000000000000000000000000835160208501518281169160048110611103575b505016036110fa575080517ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc81016004830152810190602082019060207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc828503011261017c57602481015167ffffffffffffffff811161017c577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc6020916060930180950301011261017c576040519161107c83610bb6565b6024810151801515810361017c57835260448101516020840152606481015167ffffffffffffffff811161017c57602491010181601f8201121561017c578051906110c682610c6b565b926110d46040519485610bd2565b8284526020838301011161017c57815f9260208093018386015e83010152604082015290565b90604082015290565b839250829060040360031b1b16165f80610fc256",
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
