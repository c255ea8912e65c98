package bundler

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

var (
	beforeExecutionTopic = eventTopic(bindings.EntryPointBeforeExecution{}.ContractEventName())
	operationTopic       = eventTopic(bindings.EntryPointUserOperationEvent{}.ContractEventName())
	callRevertedTopic    = eventTopic(bindings.EntryPointUserOperationRevertReason{}.ContractEventName())
	postOpRevertedTopic  = eventTopic(bindings.EntryPointPostOpRevertReason{}.ContractEventName())
)

func eventTopic(name string) common.Hash {
	contract := entryPoint.GetABI()
	return contract.Events[name].ID
}

// results reads what a mined transaction did with operations, by operation
// hash. The logs of an operation are those of its own execution: after
// BeforeExecution or the event that closes the operation before it, up to the
// event that closes it, which is not among them.
func results(receipt *types.Receipt, blockTime uint64) (map[common.Hash]*Result, error) {
	found := make(map[common.Hash]*Result)
	start := 0
	for i, log := range receipt.Logs {
		if log.Address != userop.EntryPoint || len(log.Topics) == 0 {
			continue
		}
		switch log.Topics[0] {
		case beforeExecutionTopic:
			start = i + 1
		case operationTopic:
			event, err := entryPoint.UnpackUserOperationEventEvent(log)
			if err != nil {
				return nil, fmt.Errorf("read UserOperationEvent, log %d of transaction %s: %w", log.Index, receipt.TxHash, err)
			}
			logs := receipt.Logs[start:i:i]
			start = i + 1
			found[event.UserOpHash] = &Result{
				Success:     event.Success,
				BlockNumber: receipt.BlockNumber.Uint64(),
				BlockHash:   receipt.BlockHash,
				BlockTime:   blockTime,
				TxHash:      receipt.TxHash,
				To:          userop.EntryPoint,
				GasUsed:     event.ActualGasUsed,
				GasFee:      event.ActualGasCost,
				Logs:        logs,
				Revert:      revertOf(logs, event.UserOpHash),
			}
		}
	}
	return found, nil
}

// revertOf finds what an operation's failed call, or its paymaster's, threw;
// nil when nothing failed or nothing was thrown.
func revertOf(logs []*types.Log, operation common.Hash) []byte {
	for _, log := range logs {
		if log.Address != userop.EntryPoint || len(log.Topics) < 2 || log.Topics[1] != operation {
			continue
		}
		switch log.Topics[0] {
		case callRevertedTopic:
			if event, err := entryPoint.UnpackUserOperationRevertReasonEvent(log); err == nil {
				return event.RevertReason
			}
		case postOpRevertedTopic:
			if event, err := entryPoint.UnpackPostOpRevertReasonEvent(log); err == nil {
				return event.RevertReason
			}
		}
	}
	return nil
}
